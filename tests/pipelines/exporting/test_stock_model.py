"""Stock models give what the trained ones give, for each cell, task and switch that they cover."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from conformance_cases import CELLS, TASKS, build, cell_config, examples_of, takes, task_class, task_config

from embeddings.foundation.subwords import Subwords
from pipelines.exporting import coverage
from pipelines.exporting.coverage import refusal
from pipelines.exporting.stock_cells import CELLS as STOCK
from pipelines.exporting.stock_model import stock_model, viterbi
from pipelines.models import tag_sequences
from pipelines.models.config import CharacterConfig
from pipelines.runs.engines.keras_engine import KerasEngine

CHARACTERS = {name: CharacterConfig(name, dimensions=5, units=6) for name in ("cnn", "recurrent")}
# A task, its small configuration, a cell, whether in both directions, and further keys of the model.
CASES = [
    ("text_classification", 0, "lstm", True, {"word_vectors": "frozen"}),
    ("text_classification", 1, "gru", False, {"maximum_tokens": 3, "truncation": "tail"}),
    ("text_classification", 0, "min_gru", True, {}),
    ("text_classification", 0, "min_lstm", False, {}),
    ("text_classification", 0, "qrnn", True, {}),
    ("text_classification", 2, "sru", True, {}),
    ("multilabel_classification", 0, "simple_rnn", True, {"pooling": "mean", "maximum_tokens": 2}),
    ("column_classification", 0, "sru", False, {}),
    ("column_classification", 1, "lstm", False, {}),
    ("pos_tagging", 0, "gru", True, {"characters": CHARACTERS["recurrent"], "word_shapes": True}),
    ("pos_tagging", 0, "simple_rnn", True, {"output": "crf", "characters": CHARACTERS["cnn"]}),
    ("ner", 0, "sru", True, {"characters": CHARACTERS["recurrent"], "word_vectors": "frozen"}),
    ("ner", 1, "lstm", True, {}),
    ("ner", 2, "simple_rnn", False, {}),
    ("ner", 0, "qrnn", True, {}),
]  # fmt: skip


def arrays_of(task, examples):
    """What a stock model is called with, in the order of its signature."""
    inputs = task.inputs([task.source(example) for example in examples])
    first, *more = inputs if isinstance(inputs, tuple) else (inputs,)
    lengths = [] if task.reads == "features" else [(first != 0).sum(axis=1).astype("int32")]
    return inputs, [tf.constant(each) for each in (first, *lengths, *more)]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case[0]}{case[1]}-{case[2]}")
def test_a_stock_model_agrees(case, ten_examples, ten_entity_examples, small_vectors):
    name, small, cell, bidirectional, keys = case
    examples = examples_of(name, ten_examples, ten_entity_examples)
    config = cell_config(cell, bidirectional, units=5, depth=1 + bidirectional)
    task, model = build(task_config(name, small=small, **keys), config, small_vectors, examples)
    task.calibration.update({"temperature": 1.7, "thresholds": {"PER": 0.52}, "outside_penalty": 0.5})
    engine, stock = KerasEngine(model), stock_model(task, model)
    inputs, arrays = arrays_of(task, examples)
    found = {key: value.numpy() for key, value in stock(*arrays).items()}
    np.testing.assert_allclose(found["hidden_states"], engine.hidden_states(inputs), atol=1e-5)
    expected, rows = engine.outputs(inputs), list(task.predict(engine, examples))
    if task.predicts != "tags":
        np.testing.assert_allclose(found["outputs"], expected, atol=1e-5)
        shares = [list(row["probabilities"].values()) for row in rows]
        np.testing.assert_allclose(found["probabilities"], shares, atol=2e-6)
        if task.predicts == "labels":
            chosen = [[label for label, is_chosen in zip(task.labels, row, strict=True) if is_chosen]
                      for row in found["labels"]]  # fmt: skip
            assert chosen == [row["labels"] for row in rows]
        return
    for of_text, outputs, tags, example, row in zip(
        found["outputs"], expected, found["tags"], examples, rows, strict=True
    ):
        real = len(example.tokens)
        np.testing.assert_allclose(of_text[:real], outputs[:real], rtol=1e-5, atol=1e-5)
        assert task.decode_tags([task.labels[number] for number in tags[:real]]) == row["tags"]
        assert (tags[real:] == -1).all()


def test_padding_changes_nothing_but_itself(ten_entity_examples, small_vectors):
    task, model = build(task_config("ner", small=1), cell_config("lstm", True), small_vectors, ten_entity_examples)
    stock = stock_model(task, model)
    _, together = arrays_of(task, ten_entity_examples)
    tags = stock(*together)["tags"].numpy()
    for row, example in zip(tags, ten_entity_examples, strict=True):
        _, alone = arrays_of(task, [example])
        np.testing.assert_array_equal(stock(*alone)["tags"].numpy()[0], row[: len(example.tokens)])


def test_every_cell_is_covered_and_its_layers_are_those_of_keras_where_it_has_them():
    assert set(STOCK) == set(CELLS) == set(coverage.CELLS)
    own = type("Own", (), {"highway_bias": 0.0})
    for cell, gates, biases in (("simple_rnn", 1, 3), ("lstm", 4, 12), ("gru", 3, (2, 9))):
        weights = [np.zeros((2, 3 * gates)), np.zeros((3, 3 * gates)), np.zeros(biases)]
        layer = STOCK[cell](weights, own).layer
        assert type(layer).__module__.startswith("keras.src.layers.rnn")
        assert getattr(layer, "use_cudnn", False) is False
    assert issubclass(type(layer), keras.layers.GRU)


def test_viterbi_finds_the_best_sequences():
    random = np.random.default_rng(5)
    lengths = np.array([4, 1, 3], "int32")
    potentials = random.normal(size=(3, 4, 3, 3))
    potentials[:, 0] = potentials[:, 0, :1]
    found = viterbi(tf.constant(potentials), tf.constant(lengths)).numpy()
    expected = tag_sequences.viterbi(potentials, lengths)
    assert [row[:length].tolist() for row, length in zip(found, lengths, strict=True)] == expected


@pytest.mark.parametrize("name", TASKS)
def test_what_it_cannot_hold_is_told(name, ten_examples, ten_entity_examples, small_vectors):
    kind, examples = task_class(name), examples_of(name, ten_examples, ten_entity_examples)
    cell = cell_config("gru", takes(name, "gru", True))
    task, model = build(task_config(name), cell, small_vectors, examples)
    writes = kind.predicts in ("tokens", "target_tokens")
    assert refusal(task) == (f"task {name!r}, which writes word by word" if writes else None)
    if writes:
        with pytest.raises(ValueError, match="writes word by word"):
            stock_model(task, model)
        return
    if task.composes:
        task.subwords = Subwords(np.zeros((2, 6), "float32"), 3, 5)
        assert "n-grams" in str(refusal(task))
        task.subwords = None
    if "classification" in name and task.reads == "tokens":
        task.config = task_config(name, maximum_tokens=3, truncation="windows")
        assert "windows" in str(refusal(task))
