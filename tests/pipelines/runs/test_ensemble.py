"""Ensembles: members' graphs in one, and what they average."""

import json
import os
import re
import shutil
from math import log

import exported_runs
import numpy as np
import onnx
import pytest
import yaml
from ensemble_members import describe, joined, other_member
from exported_runs import KINDS, TEXTS, answers_without_elman, small_run

import pipelines
from embeddings.foundation.errors import InputError
from pipelines import ensemble, export, predict
from pipelines.data.examples import Example, write_examples
from pipelines.graphs.ensemble import average
from pipelines.graphs.graph import Graph
from pipelines.models.probabilities import softmax
from pipelines.runs.engines.onnx_engine import Session
from pipelines.runs.ensemble import load_members
from pipelines.runs.variation import varied


def averaged(folder, averages, scores, temperatures=(1.0, 1.0), shares=()):
    """The average of constant scores, by ONNX Runtime."""
    graph = Graph("model")
    zero = graph.input("zero", "float32", [1])
    given = [graph.add("Add", zero, graph.constant(each)) for each in scores]
    graph.output("outputs", average(graph, given, averages, temperatures, shares), "float32", [*np.shape(scores[0])])
    graph.save(folder / "model.onnx")
    return Session(folder / "model.onnx").run(["outputs"], [np.zeros(1, "float32")])[0]


def test_the_average_of_choices_has_the_mean_of_their_probabilities(tmp_path):
    found = averaged(tmp_path, "choices", [[log(8), log(2)], [log(4), log(6)]])
    assert np.exp(found) == pytest.approx([0.6, 0.4], abs=1e-6)


def test_shares_weigh_the_probabilities_of_choices(tmp_path):
    found = averaged(tmp_path, "choices", [[log(8), log(2)], [log(4), log(6)]], shares=(0.25, 0.75))
    assert np.exp(found) == pytest.approx([0.5, 0.5], abs=1e-6)


def test_each_members_temperature_divides_its_scores_first(tmp_path):
    found = averaged(tmp_path, "choices", [[2 * log(8), 2 * log(2)], [log(4), log(6)]], (2.0, 1.0))
    assert np.exp(found) == pytest.approx([0.6, 0.4], abs=1e-6)


def test_a_choice_that_is_all_but_impossible_keeps_a_finite_score(tmp_path):
    found = averaged(tmp_path, "choices", [[0.0, -200.0], [0.0, -300.0]])
    assert found == pytest.approx([0.0, -200 - log(2)], abs=1e-4)


def test_the_average_of_decisions_has_the_mean_of_the_probability_of_each(tmp_path):
    found = averaged(tmp_path, "decisions", [[log(3), 0.0], [0.0, -log(3)]])  # 0.75 and 0.5, 0.5 and 0.25
    assert found == pytest.approx([log(0.625 / 0.375), log(0.375 / 0.625)], abs=1e-6)


def test_potentials_are_averaged_as_they_are(tmp_path):
    found = averaged(tmp_path, "potentials", [[[1.0, -1e4], [0.0, 2.0]], [[3.0, -1e4], [1.0, 2.0]]])
    assert found.tolist() == [[2.0, -1e4], [0.5, 2.0]]


@pytest.fixture(scope="module")
def members(run_folders, tmp_path_factory):
    """Two runs of each kind that differ in their weights, made when they are asked for."""
    place = tmp_path_factory.mktemp("others")

    class Members(dict):
        def __missing__(self, kind):
            self[kind] = [run_folders[kind], other_member(run_folders[kind], place / kind)]
            return self[kind]

    return Members()


def short_examples(kind, ten_examples, ten_entity_examples):
    """Examples that a run of a kind can read, each in one window."""
    examples = ten_entity_examples if KINDS[kind][0] == "ner" else ten_examples
    return [example for example in examples if len(example.tokens) <= 4]


def expected_average(run, scores):
    """The average of scores of two runs in float64, by what the kind of task says."""
    scores = [each.astype("float64") for each in scores]
    if run.task.predicts == "tags" and run.task.config.model.output == "crf":
        return sum(scores) / 2
    if run.task.predicts == "labels":
        share = sum(1 / (1 + np.exp(-each)) for each in scores) / 2
        return np.log(share / (1 - share))
    shares = [np.exp(each - each.max(axis=-1, keepdims=True)) for each in scores]
    return np.log(sum(each / each.sum(axis=-1, keepdims=True) for each in shares) / 2)


@pytest.mark.parametrize("kind", KINDS)
def test_an_ensemble_averages_in_any_order_what_its_members_say(
    members, tmp_path, ten_examples, ten_entity_examples, kind
):
    examples = short_examples(kind, ten_examples, ten_entity_examples)
    found = joined(members[kind], tmp_path / "ensemble", examples)
    turned = joined(members[kind][::-1], tmp_path / "turned", examples)
    runs = [pipelines.load(folder) for folder in members[kind]]
    of_members = [run.task.scores(run.engine, examples) for run in runs]
    of_both = zip(found.task.scores(found.engine, examples), turned.task.scores(turned.engine, examples), strict=True)
    temperatures = [run.task.calibration.get("temperature", 1) for run in runs]
    for one, other, (score, score_turned) in zip(*of_members, of_both, strict=True):
        wanted = expected_average(found, [one / temperatures[0], other / temperatures[1]])
        np.testing.assert_allclose(score, wanted, 1e-6, 2e-5)
        np.testing.assert_allclose(score_turned, score, 1e-6, 2e-5)
        assert np.abs(one - other).max() > 1e-3
    given = [example.features if found.task.reads == "features" else example.text for example in ten_examples]
    rows, rows_turned = list(found.predict(given)), list(turned.predict(given))
    key = next(key for key in ("tags", "label", "labels", "text", "unknown") if key in rows[0])
    assert [row[key] for row in rows] == [row[key] for row in rows_turned]
    width = [len(next(iter(run.encode(given)))) for run in (found, *runs)]
    assert width[0] == width[1] + width[2]


@pytest.mark.parametrize("kind", KINDS)
def test_an_ensemble_of_one_run_is_that_run(members, tmp_path, ten_examples, ten_entity_examples, kind):
    examples = short_examples(kind, ten_examples, ten_entity_examples)
    found, run = joined(members[kind][1:], tmp_path / "one", examples), pipelines.load(members[kind][1])
    given = [example.features if found.task.reads == "features" else example.text for example in ten_examples]
    assert json.dumps(list(found.predict(given))) == json.dumps(list(run.predict(given)))


def test_members_may_differ_in_their_cell(
    members, tmp_path, monkeypatch, ten_examples, ten_entity_examples, small_vectors
):
    monkeypatch.setitem(exported_runs.KINDS, "sru", ("ner", "sru", *KINDS["ner"][2:]))
    other = small_run("sru", tmp_path / "sru", ten_examples, ten_entity_examples, small_vectors)
    found = joined([members["ner"][0], other], tmp_path / "both", ten_entity_examples)
    runs = [pipelines.load(folder) for folder in (members["ner"][0], other)]
    scores = zip(*(run.task.scores(run.engine, ten_entity_examples) for run in (found, *runs)), strict=True)
    for score, *of_members in scores:
        np.testing.assert_allclose(score, expected_average(found, of_members), 1e-6, 2e-5)


@pytest.mark.parametrize("kind", ["pos", "crf", "head_tail"])
def test_members_may_read_other_words(members, tmp_path, ten_entity_examples, kind):
    other = shutil.copytree(members[kind][1], tmp_path / "other")
    another_word(other)
    folders = [members[kind][0], other]
    found, *runs = joined(folders, tmp_path / "both", ten_entity_examples), *map(pipelines.load, folders)
    texts = [("good", "films"), ("Movies", "films"), ("a", "room"), ("MOVIES", "<unk>"), ("nothing", "<pad>")]
    examples = [Example(str(place), " ".join(tokens), tokens) for place, tokens in enumerate(texts)]
    temperatures = [run.task.calibration.get("temperature", 1) for run in runs]
    for score, *of_members in zip(*(run.task.scores(run.engine, examples) for run in (found, *runs)), strict=True):
        wanted = expected_average(found, [one / t for one, t in zip(of_members, temperatures, strict=True)])
        np.testing.assert_allclose(score, wanted, 1e-6, 2e-5)
    assert found.task.vocabularies["tokens"].words[-1] == "movies"


WHOLE = {"model": {"maximum_tokens": None, "truncation": None}}


def test_an_ensemble_may_read_more_of_a_text_than_its_members(members, tmp_path, ten_examples):
    first, second = members["head_tail"]
    shutil.copytree(second, tmp_path / "shorter")
    model = json.loads((first / "config.json").read_text(encoding="utf-8"))["task"]["model"]
    edited("task", "model", {**model, "maximum_tokens": model["maximum_tokens"] - 1})(tmp_path / "shorter")
    folders = [first, tmp_path / "shorter"]
    (tmp_path / "dataset.json").write_text('{"gold_tokens": true}', encoding="utf-8")
    write_examples(tmp_path / "dev.jsonl", ten_examples)
    arguments = [*map(str, folders), "--data", str(tmp_path), "--output", str(tmp_path / "both")]
    ensemble.main([*arguments, "--set", json.dumps(WHOLE)])
    texts = [each for each in ten_examples if each.tokens]
    read, shares = [pipelines.load(folder) for folder in folders], []
    for run in read:
        run.task.config = varied(run.task.config, WHOLE, "here")
        (scores,) = zip(*run.task.scores(run.engine, texts), strict=True)
        shares.append(softmax(np.array(scores) / run.task.calibration["temperature"]))
    found = pipelines.load(tmp_path / "both")
    (scores,) = zip(*found.task.scores(found.engine, texts), strict=True)
    np.testing.assert_allclose(softmax(np.array(scores)), np.mean(shares, axis=0), atol=1e-5)
    assert max(len(each.tokens) for each in texts) > model["maximum_tokens"]
    assert found.task.config.model.maximum_tokens is None
    with pytest.raises(InputError, match=r"shorter: expected model.maximum_tokens \d, as .* has, got \d"):
        load_members(folders)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ("{", "argument --set: expected JSON such as"),
        ('{"model": 5}', "argument --set: expected JSON such as"),
        ('{"model": {"pooling": "mean"}}', "--set: `model.pooling` is read by training; write a run for it"),
        ('{"model": {"truncation": "tial"}}', "--set: model: expected a known value under 'truncation', got 'tial'"),
    ],
)
def test_what_no_ensemble_can_set_is_refused(members, tmp_path, capsys, changes, message):
    folder = str(members["head_tail"][0])
    with pytest.raises(SystemExit, match="2"):
        ensemble.main([folder, "--data", "d", "--output", str(tmp_path / "both"), "--set", changes])
    assert message in capsys.readouterr().err


def test_equal_weights_stand_once(members, tmp_path, ten_examples):
    shutil.copytree(members["pos"][0], tmp_path / "same")
    joined([members["pos"][0], tmp_path / "same"], tmp_path / "both", ten_examples)
    joined([*members["pos"]], tmp_path / "differing", ten_examples)
    sizes = [(place / "model.onnx").stat().st_size for place in (members["pos"][0], tmp_path / "both")]
    assert sizes[1] < 1.7 * sizes[0]
    assert (tmp_path / "differing/model.onnx").stat().st_size > 1.7 * sizes[0]


def test_weights_that_are_linked_to_a_cache_are_read(members, tmp_path, ten_examples):
    first, second = members["head_tail"]
    linked, model = shutil.copytree(first, tmp_path / "linked"), onnx.load(first / "model.onnx")
    file = "model.weights"
    onnx.save_model(model, linked / "model.onnx", save_as_external_data=True, location=file, size_threshold=300)
    shutil.move(linked / file, tmp_path / "cached")
    os.link(tmp_path / "cached", linked / file)
    describe(linked)
    with pytest.raises(onnx.checker.ValidationError):
        onnx.load(linked / "model.onnx")
    for folder, name in ((linked, "of_linked"), (first, "of_first")):
        joined([folder, second], tmp_path / name, ten_examples)
    assert (tmp_path / "of_linked/model.onnx").read_bytes() == (tmp_path / "of_first/model.onnx").read_bytes()


def test_the_code_of_its_export_needs_no_elman(members, tmp_path, ten_examples, ten_entity_examples):
    kinds = ("crf", "additive", "language_model")
    for kind in kinds:
        joined(members[kind], tmp_path / kind, short_examples(kind, ten_examples, ten_entity_examples))
        export.main([str(tmp_path / kind), "--output", str(tmp_path / f"{kind}_exported")])
    readme = (tmp_path / "crf_exported/README.md").read_text(encoding="utf-8")
    assert "an ensemble, 2 runs whose average predicts (crf, other)" in readme
    answers = answers_without_elman([(tmp_path / f"{kind}_exported", TEXTS) for kind in kinds])
    assert [list(row["tags"]) for row in pipelines.load(tmp_path / "crf").predict(TEXTS)] == answers[0]
    assert [row["tokens"] for row in pipelines.load(tmp_path / "additive").predict(TEXTS)] == answers[1]
    assert all(answers[2])


def edited(part, key, value):
    """A change of a run's description."""

    def change(folder):
        about = json.loads((folder / "config.json").read_text(encoding="utf-8"))
        describe(folder, **{part: {**about[part], key: value}})

    return change


def without_graphs(folder):
    (folder / "model.onnx").unlink()
    describe(folder)


def another_word(folder):
    path = folder / "vocabulary_tokens.json"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace('"films"', '"movies"'), encoding="utf-8")
    assert '"films"' in text
    describe(folder)


def another_character(folder):
    path = folder / "vocabulary_characters.json"
    words = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps({**words, "trained": [*words["trained"][:-1], "☃"]}), encoding="utf-8")
    describe(folder)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (edited("dataset", "version", "2"), "other: expected dataset.version None, as {first} has, got '2'"),
        (edited("task", "monitor", "macro_f1"), "other: expected task.monitor 'accuracy', as {first} has"),
        (edited("task", "model", {"output": "crf"}), "other: expected model.word_vectors 'fine_tuned', as {first}"),
        (edited("graphs", "quantized", True), "other: expected whole weights, got some of 8 bits"),
        (edited("graphs", "opset", 20), "other: expected graphs of opset 21, as {first} has, got 20"),
        (without_graphs, "other: expected ONNX graphs, of which an ensemble is made, got none"),
        (another_character, "other: expected the vocabulary_characters.json of {first}, got another"),
        (lambda folder: describe(folder, members=[]), "other: expected a trained run, got an ensemble"),
    ],
)  # fmt: skip
def test_what_an_ensemble_cannot_hold_is_refused(members, tmp_path, capsys, change, message):
    first = members["pos"][0]
    shutil.copytree(first, tmp_path / "other")
    change(tmp_path / "other")
    with pytest.raises(SystemExit, match="2"):
        ensemble.main([str(first), str(tmp_path / "other"), "--data", "d", "--output", str(tmp_path / "both")])
    told = capsys.readouterr().err
    assert message.format(first=first) in told
    assert told.count("\n") == 1
    assert not (tmp_path / "both").exists()


@pytest.fixture(scope="module")
def made(members, tmp_path_factory, ten_examples):
    """An ensemble by the stage, whose members are gone, and its cost file."""
    tmp_path = tmp_path_factory.mktemp("stage")
    data = tmp_path / "data"
    write_examples(data / "dev.jsonl", ten_examples)
    (data / "dataset.json").write_text('{"gold_tokens": true}', encoding="utf-8")
    folders = [shutil.copytree(folder, tmp_path / str(place)) for place, folder in enumerate(members["head_tail"])]
    costs = [tmp_path / "1.json", tmp_path / "2.json"]
    for seconds, path in enumerate(costs, 1):
        cost = {"wall_seconds": 10.5 * seconds, "training_seconds": 10 * seconds, "tokens_per_second": 100 * seconds,
                "peak_memory_megabytes": 50 * seconds, "parameters": 7, "device": "cpu"}  # fmt: skip
        path.write_text(json.dumps(cost), encoding="utf-8")
    arguments = [*map(str, folders), "--data", str(data), "--costs", *map(str, costs)]
    ensemble.main([*arguments, "--output", str(tmp_path / "both"), "--cost", str(tmp_path / "cost.json")])
    for folder in folders:
        shutil.rmtree(folder)
    return tmp_path / "both", json.loads((tmp_path / "cost.json").read_text(encoding="utf-8"))


def test_a_damaged_cost_file_is_refused_before_anything_is_written(tmp_path, capsys):
    (tmp_path / "c.json").write_text("{}", encoding="utf-8")
    cost, places = str(tmp_path / "c.json"), ["a", "b", "--data", "data", "--output", str(tmp_path / "both")]
    with pytest.raises(SystemExit) as end:
        ensemble.main([*places, "--costs", cost, cost, "--cost", str(tmp_path / "cost.json")])
    assert end.value.code == 2
    assert "c.json: expected an object with the key 'peak_memory_megabytes'" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["c.json"]


def test_its_cost_is_the_sum_of_its_members_training(made):
    cost = made[1]
    assert cost.pop("latency_milliseconds") > 0
    assert cost == {"wall_seconds": 31.5, "training_seconds": 30, "tokens_per_second": 167, "parameters": 14,
                    "peak_memory_megabytes": 100, "device": "cpu"}  # fmt: skip


def test_it_predicts_and_explains_without_its_members(made, tmp_path, capsys):
    (tmp_path / "text").write_text("good films\n", encoding="utf-8")
    predict.main([str(made[0]), "--text", str(tmp_path / "text"), "--explain"])
    row = json.loads(capsys.readouterr().out)
    assert sum(row["probabilities"].values()) == pytest.approx(1, abs=1e-5)
    assert row["explanation"]["method"] == "leave_one_out"


def test_its_model_card_tells_how_it_is_made_again(made, tmp_path):
    export.main([str(made[0]), "--output", str(tmp_path / "hub"), "--format", "hub"])
    card = (tmp_path / "hub/README.md").read_text(encoding="utf-8")
    metadata = yaml.safe_load(card.split("---\n")[1])
    (told,) = re.findall(r"`dvc repro ensemble-both`.*?```yaml\n(.*?)```", card, re.DOTALL)
    assert "keras" not in metadata["tags"]
    lines = yaml.safe_load(told)
    assert lines["ensembles"] == {"both": {"runs": ["head_tail", "other"], "seed": 1, "report_test": False}}
    assert list(lines["runs"]) == ["head_tail", "other"]
    assert pipelines.load(tmp_path / "hub").is_ensemble


def test_what_needs_keras_is_refused(made, capsys):
    with pytest.raises(SystemExit, match="2"):
        predict.main([str(made[0]), "--text", "good films", "--engine", "keras"])
    assert "both: --engine keras needs a Keras model, which an ensemble has not; give one of" in capsys.readouterr().err


@pytest.mark.parametrize("kind", ["translation", "composed"])
def test_other_words_are_refused_where_they_are_written_or_composed(members, tmp_path, kind):
    other = shutil.copytree(members[kind][1], tmp_path / "other")
    another_word(other)
    with pytest.raises(InputError, match=r"other: expected the vocabulary_tokens\.json of .*, got another"):
        load_members([members[kind][0], other])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--costs", "1.json"], "--costs and --cost go together"),
        (["--costs", "1.json", "--cost", "cost.json"], "--costs: expected 2 files, one for each run, got 1"),
        (["--output", "a b"], "--output: expected a name of an ensemble of letters"),
    ],
)
def test_what_does_not_fit_together_is_refused(capsys, arguments, message):
    with pytest.raises(SystemExit, match="2"):
        ensemble.main(["one", "two", "--data", "d", "--output", "both", *arguments])
    assert message in capsys.readouterr().err


def test_another_dataset_is_refused(members, tmp_path, capsys):
    (tmp_path / "dataset.json").write_text('{"sha256": {"train": "0"}}', encoding="utf-8")
    folders = map(str, members["pos"])
    with pytest.raises(SystemExit, match="2"):
        ensemble.main([*folders, "--data", str(tmp_path), "--output", str(tmp_path / "both")])
    assert "expected the dataset that the runs were trained on" in capsys.readouterr().err


def test_a_run_that_is_given_twice_is_refused(members, capsys):
    one = str(members["pos"][0])
    with pytest.raises(SystemExit, match="2"):
        ensemble.main([one, one, "--data", "d", "--output", "both"])
    assert "expected different runs, got it twice" in capsys.readouterr().err
