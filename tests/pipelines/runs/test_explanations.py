"""What `predict` explains of dev, by ONNX Runtime alone, and how long a sentence takes."""

from dataclasses import replace

import numpy as np
import pytest
from conformance_cases import DATASET, RUN, build, cell_config, examples_of, task_config

from embeddings.foundation.files import write_json
from pipelines import predict
from pipelines.data.examples import EXPLANATIONS, read_rows, write_examples
from pipelines.runs import latency
from pipelines.runs.explanations import EXAMPLES, TOKENS, explanations
from pipelines.runs.folder import load_run_folder, save_run
from pipelines.runs.latency import WARM_UP, latency_milliseconds


@pytest.fixture(scope="module")
def loaded(ten_examples, ten_entity_examples, small_vectors, tmp_path_factory):
    """Loads an untrained run of a task in ONNX Runtime, without Keras; made once."""
    runs = {}

    def load(name, **changes):
        key = name, *changes.items()
        if key not in runs:
            folder = tmp_path_factory.mktemp(name)
            examples = examples_of(name, ten_examples, ten_entity_examples)
            cell = cell_config("gru", name != "text_generation")
            task, model = build(task_config(name, **changes), cell, small_vectors, examples)
            save_run(folder, name, RUN, task, model, DATASET)
            runs[key] = folder, load_run_folder(folder, "onnx")
        return runs[key]

    return load


def log_odds(probability):
    return np.log(probability) - np.log1p(-probability)


@pytest.mark.parametrize("name", ["text_classification", "multilabel_classification"])
def test_a_token_weighs_what_the_log_odds_of_the_label_lose_without_it(name, loaded, ten_examples):
    _, run = loaded(name)
    run.task.calibration["temperature"] = 0.5  # probabilities, and so weights, are the calibrated ones
    run.task.calibration["thresholds"] = dict.fromkeys(run.task.labels, 0.0)  # every label is predicted
    for row in explanations(run, ten_examples):
        labels, weights = row.get("labels", [row.get("label")]), row["explanation"]["weights"]
        weights = weights if "labels" in row else [weights]
        tokens = row["source_tokens"]
        without = [" ".join((*tokens[:place], *tokens[place + 1 :])) or "<unk>" for place in range(len(tokens))]
        probabilities = [found["probabilities"] for found in run.predict([" ".join(tokens), *without], tokenised=True)]
        for label, of_label in zip(labels, weights, strict=True):
            whole, *others = (log_odds(each[label]) for each in probabilities)
            assert of_label == pytest.approx([whole - other for other in others], abs=2e-4)
        assert row["explanation"]["method"] == "leave_one_out"


def test_tokens_that_are_cut_off_have_no_weight_and_none_comes_in_for_the_one_left_out(loaded, ten_examples):
    _, run = loaded("text_classification", maximum_tokens=2, truncation="head")
    long = next(example for example in ten_examples if len(example.tokens) > 3)
    (row,) = explanations(run, [long])
    first, second, *others = row["explanation"]["weights"]
    assert others == [None] * (len(long.tokens) - 2)
    texts = [" ".join(long.tokens[:2]), long.tokens[1], long.tokens[0]]
    whole, *without = (found["probabilities"][row["label"]] for found in run.predict(texts, tokenised=True))
    assert [first, second] == pytest.approx([log_odds(whole) - log_odds(each) for each in without], abs=2e-4)


def test_attention_is_that_of_the_tokens_that_were_written(loaded, ten_examples):
    _, run = loaded("translation")
    found = explanations(run, ten_examples)
    assert [row["id"] for row in found] == [example.id for example in ten_examples]
    for row in found:
        weights = np.array(row["explanation"]["weights"]).reshape(len(row["tokens"]), len(row["source_tokens"]))
        np.testing.assert_allclose(weights.sum(axis=1), 1, atol=1e-3)


def test_a_tagger_and_a_translator_without_attention_explain_nothing(loaded, ten_examples, ten_entity_examples):
    assert explanations(loaded("ner")[1], ten_entity_examples) == []
    assert explanations(loaded("translation", attention="none")[1], ten_examples) == []


def test_explained_examples_are_few_short_and_spread_over_dev(loaded, ten_examples):
    _, run = loaded("text_classification")
    dev = [replace(ten_examples[0], id=str(number)) for number in range(3 * EXAMPLES)]
    dev[0] = replace(dev[0], tokens=("a",) * (TOKENS + 1), tags=None)
    dev[1] = replace(dev[1], tokens=(), tags=None)
    assert [int(row["id"]) for row in explanations(run, dev)] == [2 + 3 * number for number in range(EXAMPLES)]
    assert explanations(run, dev[:2]) == []


def test_the_stage_writes_them_beside_the_predictions(loaded, ten_examples, tmp_path):
    folder, _ = loaded("sentiment")
    write_examples(tmp_path / "data/dev.jsonl", ten_examples)
    write_json(tmp_path / "data/dataset.json", {"name": "d", "features": DATASET["features"]})
    for output in ("one", "two"):
        predict.main([str(folder), f"--data={tmp_path / 'data'}", f"--output={tmp_path / output}"])
    files = [tmp_path / output / EXPLANATIONS for output in ("one", "two")]
    assert files[0].read_bytes() == files[1].read_bytes()
    assert [row["id"] for row in read_rows(files[0])] == [example.id for example in ten_examples]


def test_latency_is_the_median_after_a_warm_up(loaded, ten_examples, monkeypatch):
    folder, run = loaded("sentiment")
    seconds = [9.0] * WARM_UP + [0.001, 0.002, 0.004] + [0.003] * 6 + [9.0]
    clock = iter(np.cumsum([step for each in seconds for step in (1.0, each)]).tolist())
    monkeypatch.setattr(latency.time, "perf_counter", lambda: next(clock))
    assert latency_milliseconds(folder, run.task, ten_examples) == pytest.approx(3.0)
    assert next(clock, None) is None


def test_a_language_model_and_books_have_no_latency_of_a_sentence(loaded, ten_examples):
    folder, run = loaded("sentiment")
    assert latency_milliseconds(folder, run.task, [replace(ten_examples[0], tokens=("a",) * 2000, tags=None)]) is None
    folder, run = loaded("text_generation")
    assert latency_milliseconds(folder, run.task, ten_examples) is None
