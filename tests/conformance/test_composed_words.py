"""Words of no vocabulary are read by the vectors of their n-grams, alike in both engines, alone and in a batch."""

from dataclasses import replace

import numpy as np
import pytest
from conformance_cases import (
    CELLS,
    DATASET,
    RUN,
    TASKS,
    build,
    cell_config,
    compare,
    examples_of,
    task_class,
    task_config,
)

from embeddings.foundation.subwords import Subwords
from pipelines.models.config import CharacterConfig
from pipelines.runs.engines.keras_engine import KerasEngine
from pipelines.runs.engines.onnx_engine import ONNXEngine
from pipelines.runs.folder import export_run, load_run_folder, save_run
from pipelines.runs.graphs import check_graphs, write_graphs
from pipelines.training.fit import fit

COMPOSING = [name for name in TASKS if task_class(name).composes]
SWITCHES = {
    "text_classification": {"maximum_tokens": 2, "truncation": "windows", "pooling": "attention"},
    "pos_tagging": {"characters": CharacterConfig("cnn", dimensions=5, units=6), "word_shapes": True},
    "ner": {"output": "crf", "word_vectors": "frozen"},
}


@pytest.fixture(scope="module")
def vectors(small_vectors):
    """The small vectors with n-grams."""
    from gensim.models import KeyedVectors

    found = KeyedVectors(6)
    found.add_vectors(small_vectors.index_to_key, small_vectors.vectors)
    found.subwords = Subwords(np.random.default_rng(3).normal(0, 0.5, (200, 6)).astype("float32"), 3, 5)
    return found


@pytest.fixture(scope="module", params=[(name, switch) for name in COMPOSING for switch in (False, True)], ids=str)
def case(request, vectors, ten_examples, ten_entity_examples):
    """A task with its untrained model, and ten sentences with a new word in each."""
    name, switch = request.param
    keys = SWITCHES.get(name, {}) if switch else {}
    examples = examples_of(name, ten_examples, ten_entity_examples)
    cell = CELLS[(COMPOSING.index(name) + switch) % len(CELLS)]
    task, model = build(task_config(name, **keys), cell_config(cell, True), vectors, examples)
    new = [replace(each, tokens=(f"{each.tokens[0]}ish{n}", *each.tokens[1:])) for n, each in enumerate(examples)]
    return task, model, examples, new


def test_both_engines_read_new_words_alike_and_after_saving(case, tmp_path):
    task, model, examples, new = case
    folder = tmp_path / "run"
    folder.mkdir()
    save_run(folder, "small", RUN, task, model, DATASET)
    check_graphs(folder, task, KerasEngine(model), [*examples, *new])
    expected = list(task.predict(KerasEngine(model), new))
    (tmp_path / "exported").mkdir()
    for loaded in (
        load_run_folder(folder),
        load_run_folder(folder, "keras"),
        export_run(folder, tmp_path / "exported"),
    ):
        compare(list(loaded.task.predict(loaded.engine, new)), expected)
        compare([row for each in new for row in loaded.task.predict(loaded.engine, [each])], expected)
        assert list(loaded.task.predict(loaded.engine, [])) == []


def test_rows_that_are_read_some_at_a_time_have_their_own_new_words(case, tmp_path, monkeypatch):
    task, model, examples, new = case
    write_graphs(tmp_path, task, model)
    whole = task.scores(ONNXEngine(tmp_path), [*examples, *new])
    monkeypatch.setattr("pipelines.runs.engines.onnx_engine.STEPS", 1)  # eight rows at a time
    for found, expected in zip(task.scores(ONNXEngine(tmp_path), [*examples, *new]), whole, strict=True):
        np.testing.assert_allclose(found, expected, atol=1e-5, rtol=1e-6)


def test_new_words_differ_from_each_other_and_from_the_unknown_word(case):
    task, model, _, new = case
    engine = KerasEngine(model)
    one, other, unknown = (replace(new[0], tokens=(first, *new[0].tokens[1:])) for first in ("qqqq", "zzzz", "<unk>"))
    scores = [task.scores(engine, [each])[0] for each in (one, other, unknown)]
    assert np.abs(scores[0] - scores[1]).max() > 1e-5
    assert np.abs(scores[0] - scores[2]).max() > 1e-5


def test_a_word_that_is_composed_has_the_mean_of_its_n_grams(case):
    task, model, _, new = case
    inputs = task.padded([task.source(each).source for each in new])
    known = len(task.vocabularies["tokens"])
    assert sorted({int(number) for number in inputs[0][inputs[0] >= known]}) == [known + n for n in range(len(new))]
    layer = model.get_layer("source_vectors")
    rows = np.asarray(layer(*inputs))
    for number, each in enumerate(new):
        np.testing.assert_allclose(rows[number, 0], task.subwords.matrix([each.tokens[0]])[0], atol=1e-6)


def test_a_model_learns_with_new_words_among_those_of_train(case, tmp_path):
    task, model, examples, new = case
    encoded = [task.encode(each) for each in [*examples, *new]]
    config = replace(task.config.training, epochs=2, patience=2)
    batches, history = task.batches(encoded, 4, 1), tmp_path / "history.csv"
    cost = fit(model, task.loss(encoded), batches, lambda: {"m": 1.0}, config, "m", 1.0, history)
    assert cost["epochs"] == 2


def test_words_of_train_without_a_vector_begin_with_their_n_grams(vectors, ten_examples):
    task, model = build(task_config("pos_tagging"), cell_config("gru", True), vectors, ten_examples)
    words = task.vocabularies["tokens"]
    table = np.concatenate(model.get_layer("source_vectors").get_weights())
    without = [word for word in words.trained if word not in vectors and word.lower() not in vectors]
    assert without
    composed = [word for word in without if vectors.subwords.matrix([word]).any()]
    rows = table[[words.id(word) for word in composed]]
    np.testing.assert_allclose(rows, vectors.subwords.matrix(composed), atol=1e-6)


def test_tokens_of_new_words_are_explained(vectors, ten_examples):
    task, model = build(task_config("text_classification"), cell_config("gru", True), vectors, ten_examples)
    engine, example = KerasEngine(model), replace(ten_examples[0], tokens=("Annaish", *ten_examples[0].tokens[1:]))
    rows = list(task.predict(engine, [example, ten_examples[5]]))
    first, _ = task.explain(engine, [example, ten_examples[5]], rows)
    assert len(first["weights"]) == len(example.tokens)
    assert all(first["weights"])


@pytest.mark.parametrize("name", [name for name in TASKS if task_class(name).text_fields() and name not in COMPOSING])
def test_other_tasks_read_new_words_as_the_unknown_word(name, vectors, ten_examples):
    cell = cell_config("gru", name != "text_generation" and name != "captioning")
    task, _ = build(task_config(name), cell, vectors, ten_examples)
    assert task.subwords is None
