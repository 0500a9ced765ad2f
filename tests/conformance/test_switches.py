"""A switch that changes neither the model nor the data nor the training is a failing test."""

import dataclasses
import json

import keras
import numpy as np
import pytest
from conformance_cases import build, cell_config, examples_of, task_config

from pipelines.config import CellConfig, CharacterConfig, DecodingConfig, ModelConfig, TrainingConfig
from pipelines.data.batching import TrainingBatches
from pipelines.tasks import OPTIONAL
from pipelines.training import device
from pipelines.training.augmentation import with_lower_cased, with_shifted
from pipelines.training.fit import fit

# For each key another value than that of the small configuration, and a task that reads it.
MODEL = {
    "word_vectors": ("frozen", "pos_tagging"),
    "minimum_count": (2, "pos_tagging"),
    "maximum_tokens": (2, "sentiment"),
    "pooling": ("max", "sentiment"),
    "truncation": ("tail", "sentiment"),
    "annotations": ("states_and_words", "translation"),
    "attention": ("additive", "translation"),
    "input_feeding": (True, "translation"),
    "tied_embeddings": (True, "translation"),
    "label_smoothing": (0.1, "translation"),
    "word_dropout": (0.5, "sentiment"),
    "output": ("crf", "pos_tagging"),
    "tag_scheme": ("iobes", "ner"),
    "characters": (CharacterConfig("cnn", 5, 6), "ner"),
    "word_shapes": (True, "pos_tagging"),
}
BESIDE = {  # what else must be given
    "pooling": {"pooling": "last"},
    "truncation": {"maximum_tokens": 3},
    "word_vectors": {"word_vectors": "fine_tuned"},
}
CELL = {"cell": "gru", "units": 7, "depth": 2, "bidirectional": True, "dropout": 0.5, "clip_norm": 1e-3,
        "recurrent_dropout": 0.5}  # fmt: skip
TRAINING = {"optimizer": "sgd", "learning_rate": 0.3, "batch_size": 3, "epochs": 1, "patience": 1, "schedule": "cosine",
            "lower_cased": 0.5, "shifted": True, "start_from_epoch": 2}  # fmt: skip


def fingerprint(task, model, examples):
    """What a configuration can change before training: the model's structure and weights, its loss and its batches."""
    inputs = [np.asarray(part).tolist() for example in examples for part in task.encode(example)]
    trainable = [tuple(weight.shape) for weight in model.trainable_weights]
    return json.dumps([model.to_json(), trainable, task.loss().get_config(), inputs])


@pytest.mark.parametrize("key", [field.name for field in dataclasses.fields(ModelConfig)])
def test_a_models_key_changes_the_model_or_the_data(key, ten_examples, ten_entity_examples, small_vectors):
    value, name = MODEL[key]
    examples = examples_of(name, ten_examples, ten_entity_examples)
    prints = [
        fingerprint(*build(task_config(name, **changes), cell_config("lstm", False), small_vectors, examples), examples)
        for changes in (BESIDE.get(key, {key: None} if key in OPTIONAL else {}), {**BESIDE.get(key, {}), key: value})
    ]
    assert prints[0] != prints[1]


@pytest.mark.parametrize("key", [field.name for field in dataclasses.fields(CharacterConfig)])
def test_a_key_of_characters_changes_the_model(key, ten_examples, small_vectors):
    plain = CharacterConfig("cnn", dimensions=5, units=6)
    changed = {"encoder": "recurrent", "dimensions": 4, "units": 8, "dropout": 0.5}
    prints = [
        fingerprint(*build(task_config("pos_tagging", characters=characters), cell_config("lstm", False),
                           small_vectors, ten_examples), ten_examples)
        for characters in (plain, dataclasses.replace(plain, **{key: changed[key]}))
    ]  # fmt: skip
    assert prints[0] != prints[1]


@pytest.mark.parametrize("key", [field.name for field in dataclasses.fields(CellConfig) if field.name != "clip_norm"])
@pytest.mark.parametrize("name", ["sentiment", "ner", "translation"])
def test_a_cells_key_changes_the_model(name, key, ten_examples, ten_entity_examples, small_vectors):
    examples = examples_of(name, ten_examples, ten_entity_examples)
    plain = cell_config("lstm", False)
    prints = [
        fingerprint(*build(task_config(name), cell, small_vectors, examples), examples)
        for cell in (plain, dataclasses.replace(plain, **{key: CELL[key]}))
    ]
    assert prints[0] != prints[1]


def trained_weights(examples, vectors, folder, cell, **training):
    """Weights after a short training, and what it cost."""
    config = dataclasses.replace(TrainingConfig("adam", 0.02, 4, 4, 3), **training)
    task, model = build(task_config("pos_tagging"), cell, vectors, examples)
    examples = with_shifted(examples) if config.shifted else examples
    encoded = [task.encode(example) for example in with_lower_cased(examples, config.lower_cased, 1)]
    batches = TrainingBatches(encoded, task.collate, config.batch_size, 1)
    falling = iter(range(100, 0, -1))
    cost = fit(model, task.loss(), batches, lambda: {"m": next(falling)}, config, "m", cell.clip_norm, folder / "h.csv")
    return np.concatenate([np.ravel(weight) for weight in model.get_weights()]), cost["epochs"]


@pytest.mark.parametrize("key", [*TRAINING, "clip_norm"])
def test_a_trainings_key_changes_the_training(key, ten_examples, small_vectors, tmp_path):
    cell = cell_config("lstm", False)
    plain, epochs = trained_weights(ten_examples, small_vectors, tmp_path, cell)
    if key == "clip_norm":
        cell = dataclasses.replace(cell, clip_norm=CELL[key])
        changes = {"optimizer": "sgd"}  # Adam's steps hardly depend on the gradients' scale
        plain, epochs = trained_weights(ten_examples, small_vectors, tmp_path, cell_config("lstm", False), **changes)
    else:
        changes = {key: TRAINING[key]}
    changed, changed_epochs = trained_weights(ten_examples, small_vectors, tmp_path, cell, **changes)
    assert changed_epochs != epochs or not np.allclose(changed, plain, atol=1e-7)


def test_every_training_key_is_covered():
    assert {field.name for field in dataclasses.fields(TrainingConfig)} == {*TRAINING, "device"}


def test_a_gpu_that_is_not_there_is_refused_in_one_line(monkeypatch):
    monkeypatch.setattr(device, "_gpu_name", lambda backend: None)
    with pytest.raises(ValueError, match=r"training\.device: expected a GPU"):
        device.choose_device("gpu")
    assert device.choose_device("cpu") == "cpu"


@pytest.mark.parametrize("change", [{"maximum_ratio": 0.0}, {"maximum_extra": 3}])
def test_a_decoding_key_changes_the_limit_of_an_untrained_models_output(change, ten_examples, small_vectors):
    task, model = build(task_config("translation"), cell_config("lstm", False), small_vectors, ten_examples)
    lengths = []
    for config in (DecodingConfig(), dataclasses.replace(DecodingConfig(), **change)):
        lengths.append([len(row["tokens"]) for row in task.predict(model, ten_examples, config)])
    assert lengths[0] != lengths[1]


def test_an_unused_key_is_refused(ten_examples, small_vectors):
    with pytest.raises(ValueError, match=r"`model\.pooling` is not read; leave it out"):
        build(task_config("pos_tagging", pooling="max"), cell_config("lstm", False), small_vectors, ten_examples)
    keras.backend.clear_session()
