"""Bits to be remembered."""

import numpy as np

from studies.claims.width import memory
from studies.experiments.width import DELAYS, bits


def test_what_is_asked_for_are_the_bits_read_so_many_steps_ago():
    read, before = bits(np.random.default_rng(1), 3)
    assert read.shape == (3, 2 * DELAYS, 1)
    assert before.shape == (3, 2 * DELAYS, DELAYS)
    for delay in range(DELAYS):
        for step in range(delay, 2 * DELAYS):
            assert (read[:, step - delay, 0] > 0).tolist() == (before[:, step, delay] > 0).tolist()


def test_memory_ends_at_the_first_bit_that_is_forgotten():
    shares = [1.0, 0.95, 0.9, 0.89, 0.99]
    rows = [
        {"cell": "gru", "units": 4, "seed": 1, "delay": delay, "share": share} for delay, share in enumerate(shares)
    ]
    assert memory(rows) == [{"cell": "gru", "units": 4, "seed": 1, "bits": 3}]
    assert memory(rows[:3])[0]["bits"] == 3
