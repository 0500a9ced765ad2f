"""A switch that changes neither the model nor the data nor the training is a failing test."""

import dataclasses
import json
from functools import cache

import numpy as np
import pytest
from conformance_cases import CELLS, RUN, TASKS, build, cell_config, examples_of, task_class, task_config

from embeddings.foundation.config import field_names
from embeddings.foundation.errors import InputError
from pipelines.data.examples import read_rows
from pipelines.decoding.config import DecodingConfig
from pipelines.evaluation.family import load_family
from pipelines.models.config import CharacterConfig, build_encoder, common_keys, own_keys
from pipelines.models.word_vectors import word_tables
from pipelines.runs.engines.keras_engine import KerasEngine
from pipelines.training import device
from pipelines.training.experiment import Experiment, samples
from pipelines.training.fit import fit

# For each key of a model another value than that of the small configuration.
MODEL = {
    "word_vectors": "frozen",
    "minimum_count": 2,
    "maximum_tokens": 2,
    "pooling": "max",
    "truncation": "tail",
    "annotations": "states",
    "attention": "additive",
    "input_feeding": True,
    "tied_embeddings": True,
    "label_smoothing": 0.1,
    "scheduled_sampling": 0.3,
    "word_dropout": 0.5,
    "output": "crf",
    "tag_scheme": "iobes",
    "characters": CharacterConfig("cnn", dimensions=5, units=6),
    "word_shapes": True,
    "chunk_tokens": 2,
}
BESIDE = {"truncation": {"maximum_tokens": 3}, "chunk_tokens": {"chunk_tokens": 3}}  # what else must be given
KEYS = [(task, field.name) for task in TASKS for field in dataclasses.fields(task_class(task).Model)]
KEYS.remove(("text_generation", "word_vectors"))  # which can have one value
CELL = {"cell": "gru", "units": 7, "depth": 2, "bidirectional": True, "dropout": 0.5, "clip_norm": 1e-3}
OWN = [(cell, key) for cell in CELLS for key in field_names(own_keys(cell))]
TRAINING = {"optimizer": "sgd", "learning_rate": 0.3, "batch_size": 3, "epochs": 1, "patience": 1, "schedule": "cosine",
            "lowercase_augmentation": 0.5, "shift_augmentation": True, "start_from_epoch": 2, "frozen_epochs": 2,
            "averaging": 0.9, "class_weights": "balanced", "focal_gamma": 2.0, "language_model_weight": 0.5,
            "language_model_vocab_size": 3}  # fmt: skip


def fingerprint(task, model, examples):
    """What a configuration can change before training: the model's structure and weights, its loss and its batches."""
    encoded = [task.encode(example) for example in examples]
    inputs = [np.asarray(part).tolist() for example in encoded for part in example]
    inputs += [np.shape(targets) for _, targets, _ in task.batches(encoded, 4, 1).epoch()]
    trainable = [tuple(weight.shape) for weight in model.trainable_weights]
    return json.dumps([model.to_json(), trainable, task.loss(encoded).get_config(), inputs])


@pytest.fixture(scope="module")
def printed(ten_examples, ten_entity_examples, small_vectors):
    """The fingerprint of a task with other keys of its model, and of its encoder."""

    @cache
    def fingerprint_of(task, keys, of_encoder):
        examples = examples_of(task, ten_examples, ten_entity_examples)
        values = {"cell": "lstm", **dict(of_encoder)}
        encoder = build_encoder({**cell_config(values["cell"], False).flat(), **values}, "a test")
        return fingerprint(*build(task_config(task, **dict(keys)), encoder, small_vectors, examples), examples)

    return lambda task, keys, of_encoder={}: fingerprint_of(task, tuple(keys.items()), tuple(of_encoder.items()))


@pytest.mark.parametrize(("task", "key"), KEYS)
def test_a_models_key_changes_the_model_or_the_data(task, key, printed):
    plain = BESIDE.get(key, {})
    assert printed(task, plain) != printed(task, {**plain, key: MODEL[key]})


@pytest.mark.parametrize("key", [field.name for field in dataclasses.fields(CharacterConfig)])
def test_a_key_of_characters_changes_the_model(key, printed):
    plain = CharacterConfig("cnn", dimensions=5, units=6)
    changed = {"encoder": "recurrent", "dimensions": 4, "units": 8, "dropout": 0.5}
    other = dataclasses.replace(plain, **{key: changed[key]})
    assert printed("pos_tagging", {"characters": plain}) != printed("pos_tagging", {"characters": other})


@pytest.mark.parametrize("key", [key for key in common_keys() if key != "clip_norm"])
@pytest.mark.parametrize("name", ["sentiment", "ner", "translation", "text_generation"])
def test_a_key_of_an_encoder_changes_the_model(name, key, printed):
    if (name, key) == ("text_generation", "bidirectional"):
        pytest.skip("it is refused")
    assert printed(name, {}) != printed(name, {}, {key: CELL[key]})


@pytest.mark.parametrize(("cell", "key"), OWN)
@pytest.mark.parametrize("name", ["sentiment", "translation", "text_generation"])
def test_a_cells_own_key_changes_the_model(name, cell, key, printed):
    other = 3 if key == "filter_width" else 0.5
    assert printed(name, {}, {"cell": cell}) != printed(name, {}, {"cell": cell, key: other})


@pytest.fixture(scope="module")
def learned(ten_examples, small_vectors, tmp_path_factory):
    """Weights after a short training of a task with other keys, and the epochs that it took."""

    @cache
    def training_of(name, keys):
        training = {"epochs": 4, "patience": 3, **dict(keys)}
        cell = cell_config("lstm", False, clip_norm=training.pop("clip_norm", 1.0))
        config = task_config(name, training=training)
        task, model = build(config, cell, small_vectors, ten_examples)
        encoded = [task.encode(example) for example in config.training.augment(ten_examples, 1)]
        falling = iter(range(100, 0, -1))
        cost = fit(
            task.training_model(model, encoded, 1), task.loss(encoded),
            task.batches(encoded, config.training.batch_size, 1),
            lambda: {"m": next(falling)}, config.training, "m", cell.clip_norm,
            tmp_path_factory.mktemp("run") / "h.csv",
            word_tables=list(word_tables(model, task.text_fields()).values()),
            frozen_epochs=training.get("frozen_epochs", 0),
        )  # fmt: skip
        return np.concatenate([np.ravel(weight) for weight in model.get_weights()]), cost["epochs"]

    return lambda name, keys: training_of(name, tuple(keys.items()))


@pytest.mark.parametrize("key", [*TRAINING, "clip_norm"])
def test_a_trainings_key_changes_the_training(key, learned):
    name = "column_classification" if key == "shift_augmentation" else "pos_tagging"
    beside = {"clip_norm": {"optimizer": "sgd"},  # Adam's steps hardly depend on the gradients' scale
              "language_model_vocab_size": {"language_model_weight": 0.5}}.get(key, {})  # fmt: skip
    plain, epochs = learned(name, beside)
    changed, changed_epochs = learned(name, {**beside, key: {**TRAINING, **CELL}[key]})
    assert changed_epochs != epochs or not np.allclose(changed, plain, atol=1e-7)


def test_every_training_key_is_covered():
    keys = {field.name for task in TASKS for field in dataclasses.fields(task_class(task).Training)}
    assert keys == {
        *TRAINING,
        "device",
        "loggers",
        "sample_steps",
        "workers",
    }  # these four leave the weights as they are


@pytest.mark.parametrize("steps", [None, 1, 4])
def test_samples_are_written_every_so_many_steps(steps, ten_examples, small_vectors, tmp_path):
    config = task_config("text_generation", training={"epochs": 3, "patience": 3, "sample_steps": steps})
    task, model = build(config, cell_config("lstm", False), small_vectors, ten_examples)
    batches = task.batches([task.encode(example) for example in ten_examples], config.training.batch_size, 1)
    file = tmp_path / "samples.jsonl"
    experiment = Experiment(RUN, task, model, {}, {}, {}, "cpu", load_family("perplexity"))
    rising = iter(range(3))
    fit(model, task.loss(), batches, lambda: {"m": next(rising)}, config.training, "m", 1.0, tmp_path / "h.csv",
        samples(experiment, file))  # fmt: skip
    assert file.exists() == (steps is not None)
    if steps:
        rows = list(read_rows(file))
        assert [row["step"] for row in rows] == list(range(steps, 3 * len(batches) + 1, steps))
        words = {word for row in rows for word in row["text"].split()}
        assert words
        assert words <= set(task.vocabularies["tokens"].trained)


def test_a_lower_is_better_metric_keeps_the_epoch_with_the_least(ten_examples, small_vectors, tmp_path):
    values = iter([3.0, 1.0, 2.0])
    config = task_config("text_generation", training={"epochs": 3, "patience": 3})
    task, model = build(config, cell_config("lstm", False), small_vectors, ten_examples)
    batches = task.batches([task.encode(example) for example in ten_examples], config.training.batch_size, 1)
    cost = fit(model, task.loss(), batches, lambda: {"perplexity": next(values)}, config.training, "perplexity", 1.0,
               tmp_path / "h.csv", better="lower")  # fmt: skip
    assert cost["best_epoch"] == 2


def test_a_monitor_that_dev_does_not_give_is_refused_after_the_first_epoch(ten_examples, small_vectors, tmp_path):
    task, model = build(task_config("sentiment"), cell_config("lstm", False), small_vectors, ten_examples)
    batches = task.batches([task.encode(example) for example in ten_examples], 4, 1)
    with pytest.raises(InputError, match="monitor: there is no dev metric 'roc_auc'; known: accuracy"):
        fit(model, task.loss(), batches, lambda: {"accuracy": 50.0}, task.config.training, "roc_auc", 1.0,
            tmp_path / "h.csv")  # fmt: skip


def test_a_gpu_that_is_not_there_is_refused_in_one_line(monkeypatch):
    monkeypatch.setattr(device, "_gpu_name", lambda backend: None)
    with pytest.raises(ValueError, match=r"training\.device: expected a GPU"):
        device.choose_device("gpu")
    assert device.choose_device("cpu") == "cpu"


@pytest.mark.parametrize("change", [{"maximum_ratio": 0.0}, {"maximum_extra": 3}])
def test_a_decoding_key_changes_the_limit_of_an_untrained_models_output(change, ten_examples, small_vectors):
    task, model = build(task_config("translation"), cell_config("lstm", False), small_vectors, ten_examples)
    engine, lengths = KerasEngine(model), []
    for config in (DecodingConfig(), dataclasses.replace(DecodingConfig(), **change)):
        lengths.append([len(row["tokens"]) for row in task.predict(engine, ten_examples, config)])
    assert lengths[0] != lengths[1]


def test_dynamic_evaluation_changes_probabilities_but_not_those_of_dev_while_training(ten_examples, small_vectors):
    config = task_config(
        "text_generation", decoding={"dynamic_evaluation": {"learning_rate": 0.5, "segment_tokens": 2}}
    )
    task, model = build(config, cell_config("lstm", False), small_vectors, ten_examples)
    engine = KerasEngine(model)
    expected = list(task.predict(engine, ten_examples, config.decoding))
    assert list(task.predict(engine, ten_examples)) == expected
    assert list(task.predict(engine, ten_examples, task.dev_decoding)) != expected
