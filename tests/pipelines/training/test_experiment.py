"""An experiment: what decides its best epoch."""

import csv
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from conformance_cases import RUN, build, cell_config, task_config

from embeddings.foundation.errors import InputError
from pipelines.evaluation.family import load_family
from pipelines.training.experiment import Experiment, check_monitor, learn


def experiment(monitor, examples, vectors):
    config = task_config("sentiment", training={"epochs": 6, "patience": 6, "learning_rate": 0.3})
    task, model = build(replace(config, monitor=monitor), cell_config("gru", False), vectors, examples)
    splits = {"train": examples, "dev": examples[::-1][:6]}
    return Experiment(RUN, task, model, {}, splits, {}, "cpu", load_family(config.metrics))


@pytest.mark.parametrize(("monitor", "best"), [("accuracy", np.argmax), ("log_loss", np.argmin)])
def test_the_best_epoch_has_the_best_value_whichever_way_is_better(
    monitor, best, ten_examples, small_vectors, tmp_path
):
    cost = learn(experiment(monitor, ten_examples, small_vectors), tmp_path / "history.csv")
    with open(tmp_path / "history.csv", encoding="utf-8") as file:
        values = [float(row[f"val_{monitor}"]) for row in csv.DictReader(file)]
    assert len(set(values)) > 2
    assert cost["best_epoch"] == best(values) + 1


def test_a_monitor_that_the_labels_of_dev_cannot_give_is_refused(ten_examples, small_vectors):
    ready = experiment("roc_auc", ten_examples, small_vectors)
    check_monitor(ready.task, ten_examples, Path("data/dev.jsonl"))
    negative = [example for example in ten_examples if example.label == "negative"]
    with pytest.raises(InputError, match=r"data/dev\.jsonl: its labels give no 'roc_auc'; choose another `monitor`"):
        check_monitor(ready.task, negative, Path("data/dev.jsonl"))
    ready = experiment("log_loss", ten_examples, small_vectors)
    check_monitor(ready.task, negative, Path("data/dev.jsonl"))  # of one label, log loss is known
