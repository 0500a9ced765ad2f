"""Accuracies of the systems of a probe: all units, one unit, and baselines trained on the same texts."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from embeddings.foundation import plugins
from pipelines.data.examples import Example
from pipelines.evaluation.significance import bootstrap, interval
from pipelines.probing.regression import Probe
from pipelines.probing.texts import labels

BASELINES = ("majority", "tfidf_logistic_regression")


def score_systems(
    probe: Probe, states: Mapping[str, np.ndarray], splits: Mapping[str, Sequence[Example]], seed: int
) -> list[dict[str, Any]]:
    """A score of every system on each split but train, with `system` and `split`.

    Args:
        probe: fitted on train.
        states: of each split, float (texts, units).
        splits: train, and those held out.
        seed: of the baselines and the intervals.
    """
    held_out = [name for name in splits if name != "train"]
    systems: dict[str, dict[str, Any]] = {
        "all_units": {name: probe.by_all_units(states[name]) for name in held_out},
        "one_unit": {name: probe.by_unit(states[name]) for name in held_out},
    }
    for baseline in BASELINES:
        predict = plugins.load("pipelines.baselines", baseline).fit(splits["train"], seed)
        systems[baseline] = {name: np.array([row["label"] for row in predict(splits[name])]) for name in held_out}
    return [
        {"system": system, "split": name, **accuracy(predicted == np.array(labels(splits[name])), seed)}
        for system, of_system in systems.items()
        for name, predicted in of_system.items()
    ]


def accuracy(correct: np.ndarray, seed: int) -> dict[str, Any]:
    """The accuracy in percent with its bootstrap interval, of whether each text's label is right."""
    values = bootstrap(lambda weights: {"accuracy": 100 * weights @ correct / len(correct)}, len(correct), seed=seed)[
        "accuracy"
    ]
    low, high = interval(values)
    found = {"value": 100 * float(correct.mean()), "low": low, "high": high}
    return {"metric": "accuracy", **{key: round(value, 4) for key, value in found.items()}, "texts": len(correct)}
