"""Every task learns with every cell, and what it learned survives saving."""

import keras
import numpy as np
import pytest
from conformance_cases import DATASET, RUN, build, of_case
from test_invariances import compare

from pipelines.runs.engines.keras_engine import KerasEngine
from pipelines.runs.folder import load_run_folder, save_run
from pipelines.runs.graphs import check_graphs
from pipelines.training.fit import fit
from pipelines.training.seeding import seed_everything


def correct_share(task, engine, examples):
    """Share of examples predicted without any mistake."""
    rows = list(task.predict(engine, examples))
    if task.predicts == "tokens":  # each sentence's first word tells all that follow
        return float(np.mean([value > np.log(0.5) for row in rows for value in row["log_probabilities"][1:]]))
    key = {"label": "label", "labels": "labels", "tags": "tags", "target_tokens": "tokens"}[task.predicts]
    right = [
        row[key] == (list(wanted) if isinstance(wanted, tuple) else wanted)
        for row, wanted in zip(rows, [getattr(example, task.predicts) for example in examples], strict=True)
    ]
    return sum(right) / len(right)


@pytest.fixture(scope="module")
def trained(case, examples, small_vectors, tmp_path_factory):
    """A task, its model trained on the ten sentences until it knows them, and what training reports."""
    seed_everything(1)
    task, model = build(*of_case(case), small_vectors, examples)
    engine = KerasEngine(model)
    history = tmp_path_factory.mktemp("run") / "history.csv"
    batches = task.batches([task.encode(example) for example in examples], 4, 1)
    known = keras.callbacks.LambdaCallback(  # what comes after the first of the best epochs is not kept
        on_epoch_end=lambda epoch, logs: setattr(model, "stop_training", model.stop_training or logs["val_right"] == 1)
    )
    cost = fit(model, task.loss(), batches, lambda: {"right": correct_share(task, engine, examples)},
               task.config.training, "right", 1.0, history, [known])  # fmt: skip
    return task, engine, cost, history


def test_the_model_memorises_ten_sentences(trained, examples):
    task, engine, _, _ = trained
    assert correct_share(task, engine, examples) == 1.0


def test_learning_curves_and_cost_are_recorded(trained):
    _, _, cost, history = trained
    header, *rows = history.read_text(encoding="utf-8").splitlines()
    assert header == "epoch,loss,val_right"
    assert len(rows) == cost["epochs"] >= cost["best_epoch"]
    assert 0 <= cost["padding_share"] < 0.6
    assert cost["tokens_per_second"] > 0


def test_a_saved_run_predicts_the_same_in_memory(trained, examples, tmp_path):
    task, engine, _, _ = trained
    save_run(tmp_path, "small", RUN, task, engine.model, DATASET)
    loaded = load_run_folder(tmp_path, "keras")
    expected = list(task.predict(engine, examples))
    assert list(loaded.task.predict(loaded.engine, examples)) == expected
    check_graphs(tmp_path, task, engine, examples)
    in_onnx = load_run_folder(tmp_path)
    compare(list(in_onnx.task.predict(in_onnx.engine, examples)), expected)


def test_saving_twice_gives_equal_bytes(trained, tmp_path):
    task, engine, _, _ = trained
    for folder in (tmp_path / "one", tmp_path / "two"):
        folder.mkdir()
        save_run(folder, "small", RUN, task, engine.model, DATASET)
    one, two = ({path.name: path.read_bytes() for path in (tmp_path / name).iterdir()} for name in ("one", "two"))
    assert any(name.endswith(".onnx") for name in one)
    assert one == two
