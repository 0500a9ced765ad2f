"""Every switch of a model and of a cell: ONNX Runtime gives what Keras gives."""

import dataclasses
from itertools import cycle, product

import numpy as np
import pytest
from conformance_cases import CELLS, build, cell_config, compare, examples_of, takes, task_class, task_config
from test_switches import BESIDE, KEYS, MODEL

from embeddings.foundation import plugins
from embeddings.foundation.config import build_config
from pipelines.decoding.config import DecodingConfig
from pipelines.models.config import CharacterConfig
from pipelines.runs.engines.keras_engine import KerasEngine
from pipelines.runs.engines.onnx_engine import ONNXEngine
from pipelines.runs.graphs import difference, write_graphs

OWN = [(cell, keys) for cell in CELLS for keys in plugins.load("pipelines.cells", cell).SMALL]
SWITCHES = [
    *((task, {**BESIDE.get(key, {}), key: MODEL[key]}) for task, key in KEYS),
    *(("text_classification", {"pooling": pooling}) for pooling in ("last", "max", "mean", "attention")),
    *(("column_classification", {"pooling": pooling}) for pooling in ("max", "mean", "attention")),
    *(
        ("pos_tagging", {"output": output, "word_shapes": shapes, "characters": CharacterConfig(encoder, 5, 6)})
        for output, shapes, encoder in product(("crf", "softmax"), (False, True), ("cnn", "recurrent"))
    ),
    *(
        (
            "translation",
            {"attention": attention, "input_feeding": fed, "tied_embeddings": tied, "annotations": annotations},
        )
        for attention, fed, tied, annotations in product(
            ("multiplicative", "additive", "none"), (False, True), (False, True), ("states", "states_and_words")
        )
        if attention != "none" or annotations == "states"
    ),
]
CASES = [
    pytest.param(task, keys, *of_cell, id=f"{task}-{'-'.join(str(one) for one in keys.values())}-{of_cell[0]}")
    for (task, keys), of_cell in zip(SWITCHES, cycle(OWN), strict=False)
]


def engines_of(task, model, folder):
    """ONNX Runtime and Keras."""
    write_graphs(folder, task, model)
    return ONNXEngine(folder), KerasEngine(model)


@pytest.mark.parametrize(("name", "keys", "cell", "own"), CASES)
def test_two_layers_with_a_switch_give_the_same_scores_states_and_predictions(
    name, keys, cell, own, ten_examples, ten_entity_examples, small_vectors, tmp_path, request
):
    if task_class(name).predicts != "target_tokens":  # decoding takes many steps
        request.getfixturevalue("eagerly")
    examples = examples_of(name, ten_examples, ten_entity_examples)
    encoder = cell_config(cell, takes(name, cell, True), depth=2, **own)
    task, model = build(task_config(name, **keys), encoder, small_vectors, examples)
    found, expected = engines = engines_of(task, model, tmp_path)
    for one, other in zip(*(task.scores(engine, examples) for engine in engines), strict=True):
        assert difference(one, other) is None
    inputs = task.inputs([task.source(example) for example in examples])
    np.testing.assert_allclose(found.hidden_states(inputs), expected.hidden_states(inputs), atol=1e-5)
    compare(*(list(task.predict(engine, examples)) for engine in engines))


@pytest.mark.parametrize("cell", CELLS)
def test_hypotheses_scores_copies_and_attention_are_the_same(cell, ten_examples, small_vectors, tmp_path):
    task, model = build(task_config("translation"), cell_config(cell, True), small_vectors, ten_examples)
    engines = engines_of(task, model, tmp_path)
    decoding = build_config(
        DecodingConfig,
        {"method": "beam", "beam_size": 3, "length_penalty": 1.0, "n_best": 3, "no_repeat_ngram": 2,
         "copy_unknown": True},
        "",
    )  # fmt: skip
    rows = [list(task.predict(engine, ten_examples, decoding)) for engine in engines]
    for one, other in zip(*rows, strict=True):
        assert [each["tokens"] for each in one["n_best"]] == [each["tokens"] for each in other["n_best"]]
        found, expected = ([each["score"] for each in row["n_best"]] for row in (one, other))
        np.testing.assert_allclose(found, expected, atol=1e-5)
    explained = [task.explain(engine, ten_examples, rows[0]) for engine in engines]
    for one, other in zip(*explained, strict=True):
        np.testing.assert_allclose(one["weights"], other["weights"], atol=2e-4)  # they are rounded


def test_frozen_words_and_trained_ones_come_from_one_table(ten_examples, small_vectors, tmp_path):
    task, model = build(
        task_config("pos_tagging", word_vectors="frozen"), cell_config("gru", True), small_vectors, ten_examples
    )
    words = task.vocabularies["tokens"]
    assert words.frozen
    assert words.trained
    engines = engines_of(task, model, tmp_path)
    every = dataclasses.replace(ten_examples[0], tokens=words.words[4:], tags=None)
    compare(*(list(task.predict(engine, [every])) for engine in engines))


def test_states_carry_on_from_chunk_to_chunk(ten_examples, small_vectors, tmp_path):
    for cell in CELLS:
        task, model = build(task_config("text_generation"), cell_config(cell, False), small_vectors, ten_examples)
        folder = tmp_path / cell
        folder.mkdir()
        engine, _ = engines_of(task, model, folder)
        ids = np.array([task.source(ten_examples[0]).source, task.source(ten_examples[2]).source])
        whole, after = engine.read(ids, engine.first_states(2))
        states, parts = engine.first_states(2), []
        for start in range(0, ids.shape[1], 2):
            logits, states = engine.read(ids[:, start : start + 2], states)
            parts.append(logits)
        np.testing.assert_allclose(np.concatenate(parts, axis=1), whole, atol=1e-5)
        for one, other in zip(states, after, strict=True):
            np.testing.assert_allclose(one, other, atol=1e-5)
