"""Bootstrap intervals: widths, coverage, pairing."""

import numpy as np
import pytest

from pipelines.evaluation.significance import bootstrap, draws, interval


def mean_of(values):
    """A resampler of the mean of one number an example."""
    return lambda weights: {"mean": weights @ np.asarray(values, dtype=float) / weights.sum(axis=1)}


def test_every_resample_draws_as_many_examples_as_there_are():
    weights = np.concatenate(list(draws(7, seed=1, resamples=50)))
    assert weights.shape == (50, 7)
    assert (weights.sum(axis=1) == 7).all()
    assert len(np.unique(weights, axis=0)) > 1


def test_chunks_do_not_change_the_draws(monkeypatch):
    whole = np.concatenate(list(draws(7, seed=1, resamples=50)))
    monkeypatch.setattr("pipelines.evaluation.significance._CHUNK_NUMBERS", 21)
    pieces = list(draws(7, seed=1, resamples=50))
    assert [len(piece) for piece in pieces] == [3] * 16 + [2]
    assert (np.concatenate(pieces) == whole).all()


def test_constant_data_give_an_interval_without_width():
    assert interval(bootstrap(mean_of([4] * 30), 30, seed=1)["mean"]) == (4, 4)


def test_the_interval_of_a_share_has_the_width_of_the_binomial():
    right = np.arange(400) < 320
    low, high = interval(bootstrap(mean_of(right), 400, seed=1)["mean"])
    half_width = 1.96 * np.sqrt(0.8 * 0.2 / 400)
    assert low == pytest.approx(0.8 - half_width, abs=0.006)
    assert high == pytest.approx(0.8 + half_width, abs=0.006)


def test_about_95_percent_of_intervals_hold_the_truth():
    generator = np.random.default_rng(5)
    held = 0
    for seed in range(300):
        low, high = interval(bootstrap(mean_of(generator.random(80) < 0.7), 80, seed=seed, resamples=200)["mean"])
        held += low <= 0.7 <= high
    assert 0.90 <= held / 300 <= 0.98


def test_the_seed_decides_the_interval():
    values = np.arange(50) % 7
    first, again, other = (bootstrap(mean_of(values), 50, seed=seed)["mean"] for seed in (1, 1, 2))
    assert (first == again).all()
    assert (first != other).any()


def test_undefined_resamples_are_left_out_of_the_interval():
    assert interval(np.array([np.nan, 3.0, np.nan, 3.0])) == (3, 3)


def test_the_difference_of_a_system_to_itself_is_nought_on_shared_resamples():
    values = np.arange(50) % 7
    difference = bootstrap(mean_of(values), 50, seed=3)["mean"] - bootstrap(mean_of(values), 50, seed=3)["mean"]
    assert interval(difference) == (0, 0)


def test_pairing_narrows_the_interval_of_a_difference():
    worse = np.arange(200) < 120
    better = np.arange(200) < 130
    base = bootstrap(mean_of(worse), 200, seed=1)["mean"]
    paired = interval(bootstrap(mean_of(better), 200, seed=1)["mean"] - base)
    unpaired = interval(bootstrap(mean_of(better), 200, seed=2)["mean"] - base)
    assert paired[0] > 0
    assert unpaired[0] < 0
