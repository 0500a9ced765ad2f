"""Scores of a probe's systems."""

import numpy as np

from pipelines.data.examples import Example
from pipelines.probing.regression import fit_probe
from pipelines.probing.scores import accuracy, score_systems


def test_an_accuracy_and_its_interval() -> None:
    found = accuracy(np.array([True, True, False, True]), seed=1)
    assert (found["value"], found["low"], found["high"]) == (75.0, 25.0, 100.0)


def test_every_system_is_scored_on_what_is_held_out() -> None:
    names = ["good", "bad", "good", "bad", "good"]
    splits = {split: [Example(name, name, (name,), label=name) for name in names] for split in ("train", "dev")}
    states = {split: np.array([[float(name == "good"), 0.5] for name in names]) for split in splits}
    probe = fit_probe(states["train"], names, states["dev"], names, seed=1)
    scores = score_systems(probe, states, splits, seed=1)
    assert {score["system"]: (score["split"], score["value"]) for score in scores} == {
        "all_units": ("dev", 100.0),
        "one_unit": ("dev", 100.0),
        "majority": ("dev", 60.0),
        "tfidf_logistic_regression": ("dev", 100.0),
    }
    assert probe.described()["units_used"] == 1
    assert (probe.described()["unit"], probe.described()["label_above"]) == (0, "good")
