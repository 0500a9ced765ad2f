"""Paired tests: by hand, against sacreBLEU's, and on systems that do not differ."""

import random
from typing import Any

import numpy as np
import pytest
from sacrebleu.metrics.bleu import BLEU
from sacrebleu.significance import PairedTest

from pipelines.data.examples import Example
from pipelines.evaluation.family import load_family
from pipelines.evaluation.paired import difference, holm, measure

CLASSIFICATION = load_family("classification")
ACCURACY = CLASSIFICATION.metric("accuracy")


def labelled(right):
    """Texts of one label, and predictions that are right where this says so."""
    references = [Example(id=str(number), text="", tokens=(), label="a") for number in range(len(right))]
    return references, [{"label": "a" if each else "b"} for each in right]


def of_accuracy(base, other, **options):
    """The difference in accuracy of systems given by where they are right, one row a seed."""
    references, _ = labelled(np.atleast_2d(base)[0])
    below, above = ([labelled(row)[1] for row in np.atleast_2d(side)] for side in (base, other))
    return compared(CLASSIFICATION, references, below, above, ACCURACY, **{"resamples": 1000, **options})


def compared(family, references, base, other, metric, seed=1, **options):
    """The difference of two systems in a metric."""
    found = measure(family, references, {"base": base, "other": other}, metric, seed=seed, **options)
    return difference(family, references, found["base"], found["other"], metric, seed=seed)


def test_every_example_swapped_gives_the_p_value_that_can_be_counted():
    """Of four examples on which only one system is right, 2 of 16 swaps give a difference as large."""
    found = of_accuracy([False] * 4 + [True] * 4, [True] * 8, resamples=4000)
    assert found.value == 50
    assert found.p_randomisation == pytest.approx(2 / 16, abs=0.02)
    assert found.p == found.p_randomisation


def test_mcnemar_by_hand():
    base = [True] * 1 + [False] * 8 + [True] * 20
    other = [False] * 1 + [True] * 8 + [True] * 20
    assert of_accuracy(base, other).p_mcnemar == pytest.approx(2 * (1 + 9) / 2**9)
    assert of_accuracy(base, base).p_mcnemar == 1


def test_holm_by_hand():
    assert holm([0.01, 0.04, 0.03]) == pytest.approx([0.03, 0.06, 0.06])
    assert holm([0.5, 0.9]) == pytest.approx([1, 1])
    assert holm([]) == []


def test_p_values_of_bleu_are_sacrebleus(monkeypatch):
    monkeypatch.setenv("SACREBLEU_SEED", "1")
    generator = random.Random(3)
    raw = [
        " ".join(generator.choices(["the", "old", "cat", "saw", "a", "dog", "near", "home"], k=8)) for _ in range(80)
    ]
    base, other = ([" ".join(word for word in text.split() if generator.random() < share) for text in raw]
                   for share in (0.8, 0.83))  # fmt: skip
    references = [
        Example(id=str(number), text="", tokens=(), target_text=text, target_tokens=tuple(text.split()))
        for number, text in enumerate(raw)
    ]
    family = load_family("translation")
    sides = [[{"text": text, "tokens": text.split()} for text in texts] for texts in (base, other)]
    found = compared(family, references, [sides[0]], [sides[1]], family.metric("bleu"), resamples=4000)
    named: Any = [("base", base), ("other", other)]
    for kind, ours in (("bs", found.p_bootstrap), ("ar", found.p_randomisation)):
        results: Any = PairedTest(named, {"BLEU": BLEU(references=[raw])}, None, kind, n_samples=4000)()[1]
        assert found.value == pytest.approx(results["BLEU"][1].score - results["BLEU"][0].score)
        assert ours == pytest.approx(results["BLEU"][1].p_value, abs=0.02)


@pytest.mark.parametrize("seeds", [1, 3])
def test_systems_that_do_not_differ_are_told_apart_in_5_percent_of_the_tests(seeds):
    """Seeds differ in how good they are, too, by as much as chance on 60 examples allows."""
    generator, alarms, tests = np.random.default_rng(1), np.zeros(3), 300
    for seed in range(tests):
        found = of_accuracy(*(generator.random((2, seeds, 60)) < 0.7), seed=seed, resamples=200)
        mcnemar = 1 if found.p_mcnemar is None else found.p_mcnemar
        assert found.p_randomisation is not None
        alarms += [found.p_randomisation < 0.05, mcnemar < 0.05, found.p_bootstrap < 0.05]
    assert 0.01 <= alarms[0] / tests <= 0.09
    assert alarms[1] / tests <= 0.07  # an exact test of few decisions raises fewer
    assert alarms[2] / tests <= 0.10


def test_several_seeds_widen_the_interval_by_their_own_deviation():
    examples = np.arange(400) < 200
    alike, apart = np.stack([examples] * 3), np.stack([np.arange(400) < right for right in (160, 200, 240)])
    narrow, wide = of_accuracy(alike, alike), of_accuracy(alike, apart)
    assert (narrow.low, narrow.high) == pytest.approx((0, 0))
    assert wide.value == 0
    # The standard error of a mean of three seeds whose shares are 40, 50 and 60 %.
    assert wide.high - wide.low == pytest.approx(2 * 1.96 * 10 / 3**0.5, rel=0.2)
    assert wide.p_mcnemar is None


def test_sides_with_other_numbers_of_seeds_are_compared_by_the_bootstrap():
    found = of_accuracy([np.arange(100) < 50] * 2, [np.arange(100) < 80] * 3)
    assert found.p_randomisation is None
    assert found.p == found.p_bootstrap < 0.01


def test_the_number_of_examples_needed_is_that_of_a_two_sided_test_with_80_percent_power():
    """20 of 100 decisions gained, 10 lost: the difference is 10 points, one decision's deviation sqrt(.3 - .01)."""
    base, other = np.arange(100) < 10, (np.arange(100) >= 10) & (np.arange(100) < 30)
    needed = of_accuracy(base, other, resamples=10_000).units_needed
    assert needed == pytest.approx((1.959964 + 0.841621) ** 2 * (0.3 - 0.01) / 0.1**2, rel=0.05)
    assert of_accuracy(np.tile(base, 4), np.tile(other, 4), resamples=10_000).units_needed == pytest.approx(
        needed, rel=0.05
    )
