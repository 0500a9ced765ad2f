"""Interrupted training resumes after its last epoch; tests/test_end_to_end.py kills real processes."""

import importlib.util
import json
import sys
import time
from types import ModuleType
from typing import Any

import keras
import numpy as np
import pytest

from pipelines.tasks.config import TrainingConfig
from pipelines.training import resumption
from pipelines.training.fit import fit
from pipelines.training.resumption import Checkpoint

BROKEN = None  # a dev metric: the process ends before it is known


class KilledError(Exception):
    pass


def train(make, tmp_path, metrics, settings=("a",), resumable=True, **changes):
    """Trains a new model until its dev metrics are used up or broken."""
    model, batches = make()
    config = TrainingConfig(**{"optimizer": "adam", "learning_rate": 0.5, "batch_size": 2, "epochs": 9, "patience": 2,
                               "schedule": "cosine", **changes})  # fmt: skip
    values = iter(metrics)

    def evaluate():
        if (value := next(values)) is BROKEN:
            raise KilledError
        return {"metric": value}

    loss = keras.losses.MeanSquaredError(reduction="mean_with_sample_weight")
    (tmp_path / "input").touch()
    checkpoint = Checkpoint(tmp_path / "run", {"settings": settings}, [tmp_path / "input"], time.perf_counter())
    history = tmp_path / "history.csv"
    history.unlink(missing_ok=True)
    kept = checkpoint if resumable else None
    cost = fit(model, loss, batches, evaluate, config, "metric", 1.0, history, checkpoint=kept)
    assert next(values, None) is None, "fewer epochs than expected"
    del cost["training_seconds"], cost["tokens_per_second"]
    return model.get_weights(), batches.random.bit_generator.state, history.read_bytes(), cost, checkpoint


def same(one, other):
    """Whether two trainings ended with equal weights, draws, learning curves and counts."""
    return all(np.array_equal(a, b) for a, b in zip(one[0], other[0], strict=True)) and one[1:4] == other[1:4]


@pytest.mark.parametrize("broken", [(1, 1), (2,), (3,), (1, 2), (1, 1, 1)])
def test_a_broken_training_ends_as_an_unbroken_one_does(new_problem, tmp_path, caplog, broken):
    caplog.set_level("INFO", "pipelines")
    metrics = [1, 5, 3, 4]  # the second epoch is best, the fourth the last that patience allows
    unbroken = train(new_problem, tmp_path, metrics, resumable=False)
    assert (unbroken[3]["epochs"], unbroken[3]["best_epoch"]) == (4, 2)
    for epochs in broken:  # done before the process ends
        with pytest.raises(KilledError):
            train(new_problem, tmp_path, [*metrics[:epochs], BROKEN])
        metrics = metrics[epochs:]
    resumed = train(new_problem, tmp_path, metrics)
    assert same(resumed, unbroken)
    assert f"resumes after epoch {sum(broken)} of 9" in caplog.messages


def test_epochs_that_may_not_be_the_best_are_remembered_as_such(new_problem, tmp_path):
    metrics = [9, 8, 1, 5, 3, 4]  # of the third epoch on, the fourth is best
    late: Any = {"start_from_epoch": 2}
    unbroken = train(new_problem, tmp_path, metrics, resumable=False, **late)
    assert (unbroken[3]["epochs"], unbroken[3]["best_epoch"]) == (6, 4)
    for epochs in (1, 1, 1):
        with pytest.raises(KilledError):
            train(new_problem, tmp_path, [*metrics[:epochs], BROKEN], **late)
        metrics = metrics[epochs:]
    assert same(train(new_problem, tmp_path, metrics, **late), unbroken)


def test_draws_of_layers_go_on(new_problem, tmp_path):
    def make():
        model, batches = new_problem()
        dropped = keras.layers.Dropout(0.5, seed=1)(model.output)
        return keras.Model(model.input, dropped), batches

    unbroken = train(make, tmp_path, [1, 2, 3], resumable=False, epochs=3)
    with pytest.raises(KilledError):
        train(make, tmp_path, [1, BROKEN], epochs=3)
    assert same(train(make, tmp_path, [2, 3], epochs=3), unbroken)


def test_a_training_that_was_killed_behind_its_last_epoch_trains_no_more(new_problem, tmp_path):
    whole = train(new_problem, tmp_path, [1, 5, 3, 4])
    assert same(train(new_problem, tmp_path, []), whole)


def test_the_time_of_killed_processes_counts(new_problem, tmp_path):
    *_, first = train(new_problem, tmp_path, [1, 5, 3, 4])
    spent = first.wall_seconds()
    assert train(new_problem, tmp_path, [])[-1].wall_seconds() > spent > 0


def change_input(tmp_path, monkeypatch):
    (tmp_path / "input").write_text("other")


def change_package(tmp_path, monkeypatch):
    monkeypatch.setattr(resumption, "version", lambda name: "0")


def damage(tmp_path, monkeypatch):
    file = tmp_path / ".run.training.npz"
    file.write_bytes(file.read_bytes()[:-100])


def flip_a_bit(tmp_path, monkeypatch):
    file = tmp_path / ".run.training.npz"
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (change_input, "of another training (inputs)"),
        (change_package, "of another training (packages)"),
        (damage, "File is not a zip file"),
        (flip_a_bit, "Bad CRC-32"),
    ],
)
def test_a_checkpoint_of_another_training_is_ignored_and_removed(
    new_problem, tmp_path, caplog, monkeypatch, change, message
):
    caplog.set_level("INFO", "pipelines")
    unbroken = train(new_problem, tmp_path, [1, 5, 3, 4], resumable=False)
    with pytest.raises(KilledError):
        train(new_problem, tmp_path, [1, 5, BROKEN])
    change(tmp_path, monkeypatch)
    assert same(train(new_problem, tmp_path, [1, 5, 3, 4]), unbroken)
    assert message in caplog.text
    assert "starts from scratch" in caplog.text
    assert "resumes" not in caplog.text


def test_other_settings_and_other_code_are_told_by_name(new_problem, tmp_path, caplog, monkeypatch):
    caplog.set_level("INFO", "pipelines")
    with pytest.raises(KilledError):
        train(new_problem, tmp_path, [1, BROKEN])
    with pytest.raises(KilledError):
        train(new_problem, tmp_path, [1, BROKEN], settings=("b",))
    assert "another training (settings); training starts from scratch" in caplog.text
    sha256 = resumption.sha256
    monkeypatch.setattr(resumption, "sha256", lambda path: "0" if path.name == "batching.py" else sha256(path))
    train(new_problem, tmp_path, [1, 5, 3, 4], settings=("b",))
    assert "another training (pipelines/batches/batching.py); training starts from scratch" in caplog.text


def test_reading_twice_gives_the_same_and_counts_earlier_time_once(tmp_path):
    earlier = Checkpoint(tmp_path / "run", {}, [], time.perf_counter() - 100)
    earlier.write({"counts": 1}, {"weights": np.ones(2)})
    checkpoint = Checkpoint(tmp_path / "run", {}, [], time.perf_counter())
    for _ in range(2):
        state, arrays = checkpoint.read() or ({}, {})
        assert (state, arrays["weights"].tolist()) == ({"counts": 1}, [1, 1])
    assert checkpoint.wall_seconds() == pytest.approx(100, abs=20)


def test_the_code_of_the_command_itself_counts(tmp_path, monkeypatch):
    command = ModuleType("__main__")
    command.__spec__ = importlib.util.find_spec("pipelines.train")
    command.__file__ = str(resumption.ROOT / "pipelines" / "train.py")
    monkeypatch.setitem(sys.modules, "__main__", command)
    monkeypatch.delitem(sys.modules, "pipelines.train", raising=False)
    checkpoint = Checkpoint(tmp_path / "run", {}, [], time.perf_counter())
    checkpoint.write({}, {})
    about = json.loads(str(np.load(checkpoint.path)["about"]))
    assert "pipelines/train.py" in about["code"]
