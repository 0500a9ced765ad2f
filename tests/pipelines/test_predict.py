"""Predictions for raw text."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from conformance_cases import (
    CASES,
    DATASET,
    RUN,
    TASKS,
    build,
    case_id,
    cell_config,
    examples_of,
    of_case,
    takes,
    task_class,
    task_config,
)

import pipelines
from pipelines import encode, predict
from pipelines.decoding.beam import Decoding as Beam
from pipelines.decoding.config import DecodingConfig
from pipelines.reporting.predictions import formatted
from pipelines.runs.engines.keras_engine import KerasEngine
from pipelines.runs.folder import save_run
from pipelines.runs.predict_options import FORMATS
from pipelines.runs.trained_run import TrainedRun, described
from pipelines.text.tokenization import characters, words


@pytest.fixture(scope="module")
def run(ten_entity_examples, small_vectors):
    """An untrained tagger of entities."""
    task, model = build(task_config("ner"), cell_config("gru", True), small_vectors, ten_entity_examples)
    return TrainedRun("small", task, KerasEngine(model), words)


@pytest.fixture
def folder(run, tmp_path):
    """The same as a run folder."""
    save_run(tmp_path, "small", RUN, run.task, run.engine.model, DATASET)
    return tmp_path


def test_tags_and_entities_come_with_their_characters(run):
    text = "  Anna  saw New Tver."
    (row,) = run.predict([text])
    assert [text[start:end] for start, end in row["offsets"]] == list(row["source_tokens"])
    assert len(row["tags"]) == len(row["probabilities"]) == 5
    assert [entity["text"] for entity in row["entities"]] == [text[e["start"] : e["end"]] for e in row["entities"]]
    assert len(row["entities"]) == sum(tag.startswith("B-") for tag in row["tags"])


def test_an_entity_reaches_from_its_first_to_its_last_character_and_is_as_sure_as_its_weakest_tag():
    row = {"offsets": [(0, 4), (5, 8), (9, 13)], "probabilities": [0.9, 0.8, 0.6]}
    assert described(("LOC", 1, 3), "from New Tver", row) == {
        "type": "LOC", "start": 5, "end": 13, "text": "New Tver", "probability": 0.6,
    }  # fmt: skip


def test_a_long_sentence_is_tagged_whole(run):
    (row,) = run.predict(["Anna " * 3000])
    assert len(row["tags"]) == 3000


EMPTY = {
    "label": {"label": None, "probabilities": {}},
    "labels": {"labels": [], "probabilities": {}},
    "tags": {"tags": [], "probabilities": [], "offsets": []},
    "target_tokens": {"tokens": [], "text": ""},
    "tokens": {"log_probabilities": [], "unknown": []},
}
READ = [name for name in TASKS if task_class(name).reads == "tokens"]


def small_run(task, ten_examples, ten_entity_examples, small_vectors):
    examples, cell = examples_of(task, ten_examples, ten_entity_examples), cell_config("gru", takes(task, "gru", True))
    built, model = build(task_config(task), cell, small_vectors, examples)
    return TrainedRun("small", built, KerasEngine(model), words)


@pytest.mark.parametrize("task", READ)
def test_a_text_without_tokens_has_an_empty_answer(task, ten_examples, ten_entity_examples, small_vectors):
    run = small_run(task, ten_examples, ten_entity_examples, small_vectors)
    texts = ["", "films", " \t", "\xa0\u3000", "Anna saw", "<br />"]
    expected = EMPTY[task_class(task).predicts] | ({"entities": []} if task == "ner" else {})
    rows = list(run.predict(texts))
    assert [row["id"] for row in rows] == list("012345")
    for number in (0, 2, 3, 5):
        assert rows[number] == {"id": str(number), "source_tokens": (), **expected}
    for number, alone in zip((1, 4), run.predict(["films", "Anna saw"]), strict=True):
        same = {key: value for key, value in alone.items() if key not in ("id", "probabilities", "log_probabilities")}
        assert rows[number].keys() == alone.keys()
        assert rows[number] | same == rows[number]
    assert list(run.predict([""], tokenised=True)) == rows[:1]


@pytest.mark.parametrize("task", READ)
def test_a_blank_line_is_read_by_a_language_model_of_characters_alone(
    task, ten_examples, ten_entity_examples, small_vectors
):
    run = replace(small_run(task, ten_examples, ten_entity_examples, small_vectors), tokenize=characters)
    empty, blank = run.predict(["", " \u3000"])
    assert empty["source_tokens"] == ()
    assert blank["source_tokens"] == ((" ", "\u3000") if task == "text_generation" else ())
    assert len(blank.get("log_probabilities", ())) == len(blank["source_tokens"])


@pytest.mark.parametrize("task", READ)
def test_a_text_without_tokens_is_encoded_as_zeros(task, ten_examples, ten_entity_examples, small_vectors):
    run = small_run(task, ten_examples, ten_entity_examples, small_vectors)
    empty, films, blank = run.encode(["", "films", " "])
    assert empty.shape == blank.shape == films.shape
    assert not empty.any()
    assert not blank.any()
    np.testing.assert_allclose(films, next(run.encode(["films"])), atol=1e-6)


def test_an_empty_text_has_no_translations_to_list(ten_examples, ten_entity_examples, small_vectors):
    run = small_run("translation", ten_examples, ten_entity_examples, small_vectors)
    empty, films = run.predict(["", "films"], Beam(beam_size=2, length_penalty=0.0, n_best=2))
    assert empty["n_best"] == []
    assert len(films["n_best"]) == 2


@pytest.mark.parametrize("task", ["sentiment", "translation"])
def test_an_empty_text_is_explained_by_no_weights(task, ten_examples, ten_entity_examples, small_vectors):
    run = small_run(task, ten_examples, ten_entity_examples, small_vectors)
    for texts in (["", "films"], [""]):
        row = next(run.predict(texts, explain=True))
        assert row["explanation"]["weights"] == []
        assert row["explanation"]["method"]
    page = "".join(formatted(run.predict(["films", "", "good films"], explain=True), "html"))
    assert page.count("<section>") == page.count("</section>") == 3
    assert "None" not in page


@pytest.mark.parametrize(
    ("task", "form"), [("ner", "conll"), ("ner", "text"), ("sentiment", "text"), ("translation", "text")]
)
def test_an_empty_text_is_an_empty_line(task, form, ten_examples, ten_entity_examples, small_vectors):
    run = small_run(task, ten_examples, ten_entity_examples, small_vectors)
    assert list(formatted(run.predict([""]), form)) == ["\n"]


def test_chunks_change_nothing(run):
    texts = ["Anna saw New Tver.", "films", "", "it was not good at all"] * 3
    one, all_at_once = list(run.predict(texts, chunk=1)), list(run.predict(texts, chunk=100))
    assert [row["tags"] for row in one] == [row["tags"] for row in all_at_once]
    assert [row["id"] for row in one] == [str(number) for number in range(len(texts))]


def test_tokens_may_be_given(run):
    (row,) = run.predict(["don't\tstop  10\xa0000 \u3000"], tokenised=True)
    assert row["source_tokens"] == ("don't", "stop", "10\xa0000")
    assert row["offsets"] == [(0, 5), (6, 10), (12, 18)]


@pytest.mark.parametrize("form", [form for form in FORMATS if form != "html"])
def test_every_format_holds_the_tags(folder, form, tmp_path, capsys):
    (tmp_path / "text.txt").write_text("Anna saw New Tver\r\nfilms\n", encoding="utf-8")
    predict.main([str(folder), "--text", str(tmp_path / "text.txt"), "--format", form])
    written = capsys.readouterr()
    expected = [row["tags"] for row in pipelines.load(folder).predict(["Anna saw New Tver", "films"])]
    if form == "jsonl":
        found = [json.loads(line)["tags"] for line in written.out.splitlines()]
    elif form == "text":
        found = [line.split(" ") for line in written.out.splitlines()]
    else:
        found = [[line.split("\t")[1] for line in block.split("\n")] for block in written.out.strip().split("\n\n")]
    assert found == expected
    assert "2 texts, 5 tokens" in written.err


OF_TEXT = [case for case in CASES if case[1] in ("lstm", "gru") and task_class(case[0]).reads == "tokens"]


@pytest.mark.parametrize("case", OF_TEXT, ids=case_id)
def test_the_vector_of_a_text_is_where_its_encoder_ends(case, ten_examples, ten_entity_examples, small_vectors):
    examples = examples_of(case[0], ten_examples, ten_entity_examples)
    task, model = build(*of_case(case), small_vectors, examples)
    texts = ["the dog saw Anna", "films"]
    run = TrainedRun("small", task, KerasEngine(model), words)
    vectors = np.array(list(run.encode(texts)))
    assert vectors.shape == (2, 32 if case[2] else 16)
    layer = model.encoder[-1] if case[0] == "translation" else model.get_layer("encoder_0")
    forward = layer.forward_layer if case[2] else layer
    alone = np.array(list(run.encode(texts[1:])))
    np.testing.assert_allclose(alone[0], vectors[1], atol=1e-5)  # neither company nor padding
    if len(getattr(model, "inputs", [0])) == 1:  # one token, from the layer itself
        token = model.get_layer("source_vectors")(task.inputs([task.source(examples[5])]))
        np.testing.assert_allclose(forward(token)[0][0, -1], vectors[1, :16], atol=1e-5)


def test_encode_writes_a_table_as_wide_as_any_for_no_text(folder, run, tmp_path):
    (tmp_path / "text.txt").write_text("")
    encode.main([str(folder), "--text", str(tmp_path / "text.txt"), "--output", str(tmp_path / "vectors.npy")])
    found = np.load(tmp_path / "vectors.npy", allow_pickle=False)
    assert (found.shape, found.dtype) == ((0, len(next(run.encode(["a"])))), np.float32)


@pytest.mark.parametrize("name", ["vectors.npy", "vectors.jsonl"])
def test_encode_writes_a_vector_a_line(folder, run, name, tmp_path):
    (tmp_path / "text.txt").write_text("Anna saw\nfilms\n\n", encoding="utf-8")
    encode.main([str(folder), "--text", str(tmp_path / "text.txt"), "--output", str(tmp_path / name)])
    expected = np.array(list(run.encode(["Anna saw", "films", ""])))
    if name.endswith("npy"):
        found = np.load(tmp_path / name, allow_pickle=False)
    else:
        found = np.array([json.loads(line) for line in (tmp_path / name).read_text().splitlines()])
    np.testing.assert_allclose(found, expected, atol=1e-5)


def test_another_form_of_vectors_is_refused(folder, capsys):
    with pytest.raises(SystemExit):
        encode.main([str(folder), "--output", "vectors.csv"])
    assert "ends in .npy or .jsonl" in capsys.readouterr().err


def test_the_configuration_of_another_task_is_refused(folder, capsys):
    configs = Path(__file__).parents[2] / "configs/tasks"
    with pytest.raises(SystemExit, match="2"):
        predict.main([str(folder), "--task", str(configs / "sentiment.yaml")])
    error = capsys.readouterr().err
    assert "sentiment.yaml: expected a configuration of task 'ner', as run 'small' is, got 'sentiment'" in error
    assert error.count("\n") == 1
    (folder / "text.txt").write_text("Anna\n", encoding="utf-8")
    predict.main([str(folder), "--task", str(configs / "ner_uner.yaml"), "--text", str(folder / "text.txt")])
    assert json.loads(capsys.readouterr().out)["source_tokens"] == ["Anna"]


def test_a_configuration_of_a_translator_without_decoding_is_refused(tmp_path, small_vectors, ten_examples, capsys):
    task, model = build(task_config("translation"), cell_config("gru", False), small_vectors, ten_examples)
    save_run(tmp_path, "small", RUN, task, model, DATASET)
    text = (Path(__file__).parents[2] / "configs/tasks/translation.yaml").read_text(encoding="utf-8")
    (tmp_path / "task.yaml").write_text(text[: text.index("decoding:")], encoding="utf-8")
    with pytest.raises(SystemExit, match="2"):
        predict.main([str(tmp_path), "--task", str(tmp_path / "task.yaml")])
    assert "task.yaml: decoding: the task needs it; give a `method`\n" in capsys.readouterr().err


def test_bytes_that_are_no_text_are_told_in_one_line(folder, tmp_path, capsys):
    (tmp_path / "text.txt").write_bytes(b"Anna\n\xff\n")
    for command in ([predict.main, []], [encode.main, ["--output", str(tmp_path / "vectors.npy")]]):
        with pytest.raises(SystemExit):
            command[0]([str(folder), "--text", str(tmp_path / "text.txt"), *command[1]])
        assert "expected UTF-8" in capsys.readouterr().err
    assert not (tmp_path / "vectors.npy").exists()


def test_options_of_text_do_not_go_with_data(folder, capsys):
    with pytest.raises(SystemExit):
        predict.main([str(folder), "--data", "data", "--output", "out", "--format", "text"])
    assert "cannot be used with --data" in capsys.readouterr().err


def test_options_of_shards_do_not_go_with_other_texts(folder, capsys):
    for options in (["--key", "body"], ["--jobs", "2"], ["--cpus", "2"]):
        with pytest.raises(SystemExit):
            predict.main([str(folder), *options])
        assert "--key, --cpus and --jobs are for shards" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        predict.main([str(folder), "--data", "data", "--output", "s3://bucket/out"])
    assert "--output: expected a folder with --data, got a URL" in capsys.readouterr().err


@pytest.fixture(scope="module")
def classifier(ten_examples, small_vectors):
    """An untrained classifier that reads four tokens: the first two and the last two."""
    config = task_config("sentiment", maximum_tokens=4, truncation="head_tail")
    task, model = build(config, cell_config("gru", True), small_vectors, ten_examples)
    return TrainedRun("small", task, KerasEngine(model), words)


def test_a_label_is_explained_by_a_weight_for_each_token_that_was_read(classifier):
    rows = list(classifier.predict(["the dog saw a cat there", "films"], explain=True))
    weights = [row["explanation"]["weights"] for row in rows]
    assert [[weight is None for weight in of_text] for of_text in weights] == [[False] * 2 + [True] * 2 + [False] * 2,
                                                                             [False]]  # fmt: skip
    assert all(weight for of_text in weights for weight in of_text if weight is not None)
    assert "explanation" not in next(classifier.predict(["films"]))


def test_a_translation_is_explained_by_what_each_word_attended_to(ten_examples, small_vectors):
    task, model = build(task_config("translation"), cell_config("gru", True), small_vectors, ten_examples)
    run = TrainedRun("small", task, KerasEngine(model), words)
    for row in run.predict(["the dog saw Anna", "films"], DecodingConfig(maximum_ratio=1.0), explain=True):
        weights = np.array(row["explanation"]["weights"]).reshape(len(row["tokens"]), len(row["source_tokens"]))
        np.testing.assert_allclose(weights.sum(axis=1), 1, atol=1e-3)


def test_a_task_without_explanations_says_so(folder, tmp_path, capsys):
    (tmp_path / "text.txt").write_text("Anna\n", encoding="utf-8")
    with pytest.raises(SystemExit) as stopped:
        predict.main([str(folder), "--text", str(tmp_path / "text.txt"), "--explain"])
    assert stopped.value.code == 2
    assert "task 'ner' cannot explain predictions" in capsys.readouterr().err


def test_a_page_of_explained_predictions_is_whole(classifier, tmp_path, capsys):
    (tmp_path / "run").mkdir()
    save_run(tmp_path / "run", "small", RUN, classifier.task, classifier.engine.model, DATASET)
    (tmp_path / "text.txt").write_text("a <b> film\nfilms\n", encoding="utf-8")
    predict.main([str(tmp_path / "run"), "--text", str(tmp_path / "text.txt"), "--format", "html"])
    page, said = capsys.readouterr()
    assert "--explain needs gradients: Keras is loaded for them" in said
    assert page.startswith("<!DOCTYPE html>")
    assert page.count("<section>") == page.count("</section>") == 2
    assert "&lt;b&gt;" in page or "&lt;</span>" in page
    assert page.rstrip().endswith("</html>")


def test_onnx_runtime_alone_refuses_what_needs_gradients(classifier, tmp_path, capsys):
    save_run(tmp_path, "small", RUN, classifier.task, classifier.engine.model, DATASET)
    (tmp_path / "text.txt").write_text("films\n", encoding="utf-8")
    given = [str(tmp_path), "--text", str(tmp_path / "text.txt")]
    with pytest.raises(SystemExit) as stopped:
        predict.main([*given, "--explain", "--engine", "onnx"])
    assert stopped.value.code == 2
    (line,) = [line for line in capsys.readouterr().err.splitlines() if line.startswith("error")]
    assert line == "error: --explain: expected the engine keras, which alone has gradients; use --engine keras"
    rows = {}
    for engine in (["--engine", "keras"], []):
        predict.main([*given, "--explain", *engine])
        rows[len(engine)] = json.loads(capsys.readouterr().out)
    assert rows[0]["explanation"] == rows[2]["explanation"]


def test_explaining_goes_with_json_lines_and_pages_alone(folder, capsys):
    with pytest.raises(SystemExit):
        predict.main([str(folder), "--explain", "--format", "conll"])
    assert "--explain: expected the format jsonl or html" in capsys.readouterr().err


def test_several_labels_are_written_with_commas_between_them():
    rows = [{"labels": ["a b", "c"], "probabilities": {}}, {"labels": [], "probabilities": {}}]
    assert list(formatted(rows, "text")) == ["a b, c\n", "\n"]
