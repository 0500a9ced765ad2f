"""A classifier of n-grams in the average of an ensemble."""

import json
from dataclasses import replace
from itertools import pairwise

import numpy as np
import onnx
import pytest

import pipelines
from embeddings.foundation.errors import InputError
from pipelines import ensemble, export
from pipelines.baselines.ngram_classifier import fit
from pipelines.data.examples import write_examples
from pipelines.graphs.ngrams import ngram_graph
from pipelines.models.probabilities import softmax
from pipelines.runs.engines.onnx_engine import ONNXEngine
from pipelines.runs.engines.onnx_file import check_graph_file
from pipelines.runs.ensemble import share_on_dev


@pytest.fixture(scope="module")
def with_ngrams(run_folders, tmp_path_factory, ten_examples):
    """An ensemble of one run and a classifier of n-grams, its member, and its folder of data."""
    tmp_path = tmp_path_factory.mktemp("ngrams")
    for split in ("train", "dev"):
        write_examples(tmp_path / f"{split}.jsonl", ten_examples)
    (tmp_path / "dataset.json").write_text('{"gold_tokens": true}', encoding="utf-8")
    (tmp_path / "1.json").write_text('{"peak_memory_megabytes": 1, "parameters": 7}', encoding="utf-8")
    arguments = [str(run_folders["windows"]), "--data", str(tmp_path), "--costs", str(tmp_path / "1.json")]
    made = ["--output", str(tmp_path / "both"), "--cost", str(tmp_path / "cost.json")]
    ensemble.main([*arguments, *made, "--ngrams", "1"])
    return tmp_path / "both", run_folders["windows"], tmp_path


def test_a_classifier_of_ngrams_has_its_share_in_the_average(with_ngrams, ten_examples):
    folder, member, data = with_ngrams
    found, run = pipelines.load(folder), pipelines.load(member)
    share = json.loads((folder / "config.json").read_text(encoding="utf-8"))["ngrams"]["share"]
    examples = [each for each in ten_examples if len(each.tokens) <= 4]  # in one window
    fitted = fit([run.task.source(each).source for each in ten_examples], [each.label for each in ten_examples], 1)
    logits = np.array([by_hand(fitted, run.task.source(each).source) for each in examples])
    temperature = run.task.calibration["temperature"]
    (scores,) = zip(*found.task.scores(found.engine, examples), strict=True)
    of_run = np.concatenate(run.task.scores(run.engine, examples)) / temperature
    wanted = (1 - share) * softmax(of_run) + share * softmax(logits)
    np.testing.assert_allclose(softmax(np.array(scores)), wanted, atol=1e-5)
    rows = list(found.predict(["good films", "a text of many words that is read in several windows", ""]))
    assert [row["label"] is None for row in rows] == [False, False, True]
    assert len(next(iter(found.encode(["good films"])))) == len(next(iter(run.encode(["good films"]))))
    cost = json.loads((data / "cost.json").read_text(encoding="utf-8"))
    assert cost["parameters"] == 7 + fitted.weights.size


def by_hand(fitted, ids):
    """The logits of a text, n-gram by n-gram."""
    present = {(each,) for each in ids} | set(pairwise(ids))
    places = [place for place, ngram in enumerate(fitted.ngrams) if ngram in present]
    values = fitted.scales[places]
    return values @ fitted.weights[places] / max(np.sqrt((values**2).sum()), 1e-12) + fitted.biases


def test_a_column_beyond_all_memory_is_refused(tmp_path):
    graph = ngram_graph([(4,), (4, 5)], [1.0, 1.0], np.zeros((2, 2)), [0.0, 0.0])
    node = next(node for node in graph.nodes if node.op_type == "TfIdfVectorizer")
    columns = next(each for each in node.attribute if each.name == "ngram_indexes")
    columns.ints[:] = [0, 2**39]
    onnx.save(onnx.helper.make_model(graph.proto()), tmp_path / "model.onnx")
    with pytest.raises(InputError, match="got n-grams that are not numbered from 0; copy the run folder again"):
        check_graph_file(tmp_path / "model.onnx")


def test_its_share_is_what_dev_likes_best(run_folders, tmp_path, ten_examples):
    run = pipelines.load(run_folders["windows"])
    certain = [9.0, *[0.0] * (len(run.task.labels) - 1)]
    ngram_graph([(4,), (4, 5)], [1.0, 1.0], np.zeros((2, len(certain))), certain).save(tmp_path / "model.onnx")
    right, wrong = ([replace(each, label=label) for each in ten_examples] for label in run.task.labels[:2])
    assert [share_on_dev([run], ONNXEngine(tmp_path), dev) for dev in (right, wrong)] == [0.9, 0.1]


def test_texts_without_a_common_word_have_no_ngrams():
    with pytest.raises(InputError, match="expected a word that 2 texts of train have; leave it out"):
        fit([[4], [5], [6]], list("aba"), 1)


def test_the_seed_of_ngrams_is_checked(tmp_path, capsys):
    arguments = ["run", "--data", str(tmp_path), "--output", str(tmp_path / "both"), "--ngrams", "-1"]
    with pytest.raises(SystemExit):
        ensemble.main(arguments)
    assert "argument --ngrams: expected a seed from 0" in capsys.readouterr().err


def test_its_card_and_its_row_tell_of_ngrams(with_ngrams, tmp_path):
    export.main([str(with_ngrams[0]), "--output", str(tmp_path / "hub"), "--format", "hub"])
    card = (tmp_path / "hub/README.md").read_text(encoding="utf-8")
    assert "ngrams: true" in card
    assert "1 runs and a linear classifier of n-grams whose average predicts" in card


def test_ngrams_beside_a_tagger_are_refused(run_folders, tmp_path, capsys):
    (tmp_path / "dataset.json").write_text('{"gold_tokens": true}', encoding="utf-8")
    write_examples(tmp_path / "dev.jsonl", [])
    folder = str(run_folders["pos"])
    with pytest.raises(SystemExit, match="2"):
        ensemble.main([folder, "--data", str(tmp_path), "--output", str(tmp_path / "both"), "--ngrams", "1"])
    assert "--ngrams: expected runs that choose a label of a text; leave it out" in capsys.readouterr().err
