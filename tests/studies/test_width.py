"""Bits to be remembered."""

import numpy as np
import pytest

from studies.claims.width import memory
from studies.experiments import width
from studies.experiments.width import DELAYS, bits, trained


def test_what_is_asked_for_are_the_bits_read_so_many_steps_ago():
    read, before = bits(np.random.default_rng(1), 3)
    assert read.shape == (3, 2 * DELAYS, 1)
    assert before.shape == (3, 2 * DELAYS, DELAYS)
    for delay in range(DELAYS):
        for step in range(delay, 2 * DELAYS):
            assert (read[:, step - delay, 0] > 0).tolist() == (before[:, step, delay] > 0).tolist()


@pytest.mark.parametrize(("gain", "batches"), [(1.0, 4), (-10.0, 6)], ids=["no longer falls", "falls on"])
def test_training_ends_when_the_loss_falls_no_more_or_at_the_limit(monkeypatch, gain, batches):
    for name, value in (("PART", 2), ("MOST", 6), ("GAIN", gain)):
        monkeypatch.setattr(width, name, value)
    assert trained("simple_rnn", 4, 1)[1] == batches


def test_memory_ends_at_the_first_bit_that_is_forgotten():
    shares = [1.0, 0.95, 0.9, 0.89, 0.99]
    rows = [
        {"cell": "gru", "units": 4, "seed": 1, "delay": delay, "share": share} for delay, share in enumerate(shares)
    ]
    assert memory(rows) == [{"cell": "gru", "units": 4, "seed": 1, "bits": 3}]
    assert memory(rows[:3])[0]["bits"] == 3
