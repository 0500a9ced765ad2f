"""A switch that changes neither the model nor the data nor the training is a failing test."""

import dataclasses
import json

import keras
import numpy as np
import pytest
from conformance_cases import build, cell_config, examples_of, task_config

from pipelines.batches.batching import TrainingBatches
from pipelines.cells.config import CellConfig
from pipelines.data.examples import read_rows
from pipelines.tasks.config import CharacterConfig, DecodingConfig, DynamicEvaluationConfig, ModelConfig, TrainingConfig
from pipelines.tasks.task import OPTIONAL
from pipelines.training import device
from pipelines.training.augmentation import with_lower_cased, with_shifted
from pipelines.training.callbacks import Samples
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
    "scheduled_sampling": (0.3, "translation"),
    "word_dropout": (0.5, "sentiment"),
    "output": ("crf", "pos_tagging"),
    "tag_scheme": ("iobes", "ner"),
    "characters": (CharacterConfig("cnn", 5, 6), "ner"),
    "word_shapes": (True, "pos_tagging"),
    "chunk_tokens": (2, "text_generation"),
}
BESIDE = {  # what else must be given
    "pooling": {"pooling": "last"},
    "chunk_tokens": {"chunk_tokens": 3},
    "truncation": {"maximum_tokens": 3},
}
CELL = {"cell": "gru", "units": 7, "depth": 2, "bidirectional": True, "dropout": 0.5, "clip_norm": 1e-3,
        "recurrent_dropout": 0.5, "weight_dropout": 0.5}  # fmt: skip
TRAINING = {"optimizer": "sgd", "learning_rate": 0.3, "batch_size": 3, "epochs": 1, "patience": 1, "schedule": "cosine",
            "lower_cased": 0.5, "shifted": True, "start_from_epoch": 2, "frozen_epochs": 2,
            "averaging": 0.9}  # fmt: skip


def fingerprint(task, model, examples):
    """What a configuration can change before training: the model's structure and weights, its loss and its batches."""
    encoded = [task.encode(example) for example in examples]
    inputs = [np.asarray(part).tolist() for example in encoded for part in example]
    inputs += [np.shape(targets) for _, targets, _ in task.batches(encoded, 4, 1).epoch()]
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
@pytest.mark.parametrize("name", ["sentiment", "ner", "translation", "text_generation"])
def test_a_cells_key_changes_the_model(name, key, ten_examples, ten_entity_examples, small_vectors):
    if (name, key) == ("text_generation", "bidirectional"):
        pytest.skip("it is refused")
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
    words = list(task.word_embeddings(model).values())
    cost = fit(
        model, task.loss(), batches, lambda: {"m": next(falling)}, config, "m", cell.clip_norm, folder / "h.csv",
        word_embeddings=words,
    )  # fmt: skip
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
    assert {field.name for field in dataclasses.fields(TrainingConfig)} == {*TRAINING, "device", "sample_steps"}


@pytest.mark.parametrize("steps", [None, 1, 4])
def test_samples_are_written_every_so_many_steps(steps, ten_examples, small_vectors, tmp_path):
    task, model = build(task_config("text_generation"), cell_config("lstm", False), small_vectors, ten_examples)
    config = dataclasses.replace(task.config.training, epochs=3)
    batches = task.batches([task.encode(example) for example in ten_examples], config.batch_size, 1)
    file = tmp_path / "samples.jsonl"
    more = [Samples(lambda: task.sample(model, 1), steps, file)] if steps else []
    rising = iter(range(3))
    fit(model, task.loss(), batches, lambda: {"m": next(rising)}, config, "m", 1.0, tmp_path / "h.csv", more)
    assert file.exists() == (steps is not None)
    if steps:
        rows = list(read_rows(file))
        assert [row["step"] for row in rows] == list(range(steps, 3 * len(batches) + 1, steps))
        words = {word for row in rows for word in row["text"].split()}
        assert words
        assert words <= set(task.vocabularies["tokens"].trained)


def test_a_metric_of_which_less_is_better_keeps_the_epoch_with_the_least(ten_examples, small_vectors, tmp_path):
    values = iter([3.0, 1.0, 2.0])
    task, model = build(task_config("text_generation"), cell_config("lstm", False), small_vectors, ten_examples)
    config = dataclasses.replace(task.config.training, epochs=3)
    batches = task.batches([task.encode(example) for example in ten_examples], config.batch_size, 1)
    cost = fit(model, task.loss(), batches, lambda: {"perplexity": next(values)}, config, "perplexity", 1.0,
               tmp_path / "h.csv", better="lower")  # fmt: skip
    assert cost["best_epoch"] == 2


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


def test_a_language_model_that_reads_backwards_or_learns_no_vectors_is_refused(ten_examples, small_vectors):
    with pytest.raises(ValueError, match="reads forwards; expected `bidirectional: false`"):
        build(task_config("text_generation"), cell_config("lstm", True), small_vectors, ten_examples)
    with pytest.raises(ValueError, match="expected `word_vectors: fine_tuned`, got frozen"):
        build(task_config("text_generation", word_vectors="frozen"), cell_config("lstm", False), small_vectors,
              ten_examples)  # fmt: skip


def test_a_language_model_reads_dynamic_evaluation_of_decoding_and_nothing_else(ten_examples, small_vectors):
    plain = task_config("text_generation")
    dynamic = DecodingConfig(dynamic_evaluation=DynamicEvaluationConfig(0.5, 2))
    task, model = build(dataclasses.replace(plain, decoding=dynamic), cell_config("lstm", False), small_vectors,
                        ten_examples)  # fmt: skip
    expected = list(task.predict(model, ten_examples, dynamic))
    assert list(task.predict(model, ten_examples)) == expected
    assert list(task.predict(model, ten_examples, task.dev_decoding)) != expected  # dev of training is static
    with pytest.raises(ValueError, match="of `decoding`, dynamic_evaluation alone is read"):
        build(dataclasses.replace(plain, decoding=DecodingConfig()), cell_config("lstm", False), small_vectors,
              ten_examples)  # fmt: skip
    task, model = build(task_config("translation"), cell_config("lstm", False), small_vectors, ten_examples)
    with pytest.raises(ValueError, match=r"decoding\.dynamic_evaluation: expected a language model"):
        list(task.predict(model, ten_examples, dynamic))


def test_a_task_that_writes_nothing_of_its_own_takes_no_samples(ten_examples, small_vectors):
    task, model = build(task_config("sentiment"), cell_config("lstm", False), small_vectors, ten_examples)
    with pytest.raises(ValueError, match="'sentiment' writes no text on"):
        task.sample(model, 1)


def test_an_unused_key_is_refused(ten_examples, small_vectors):
    with pytest.raises(ValueError, match=r"`model\.pooling` is not read; leave it out"):
        build(task_config("pos_tagging", pooling="max"), cell_config("lstm", False), small_vectors, ten_examples)
    keras.backend.clear_session()
