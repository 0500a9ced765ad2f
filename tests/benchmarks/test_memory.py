"""Peak memory of recurrent layers: what a process measures of itself, and which rows it is written into."""

import sys
from dataclasses import asdict

import pytest

from benchmarks.speed import memory
from benchmarks.speed.cases import Case

LARGE = Case("simple_rnn", False, 64, 500, 20, 128, "full")


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux lets the peak start anew")
def test_the_peak_holds_what_training_needs_and_no_imports():
    measured = memory.peak_memory("elman", LARGE)
    states = 64 * 500 * 128 * 4 / 2**20  # those after each step and those before it are kept, and two gradients made
    assert 4 * states < measured["peak_memory_mb"] < 20 * states
    assert measured["process_memory_mb"] > measured["peak_memory_mb"] + 200  # of TensorFlow and Keras


def test_training_on_full_batches_is_measured_and_an_sru_beside_the_others_lstm(monkeypatch):
    measured = []

    def peak_memory(implementation, case):
        measured.append((implementation, case.cell))
        return {"peak_memory_mb": 1.5, "process_memory_mb": 2.5}

    monkeypatch.setattr(memory, "peak_memory", peak_memory)
    empty = {"peak_memory_mb": None, "process_memory_mb": None}
    rows = [
        {**asdict(LARGE), "cell": cell, "lengths": lengths, "pass": name, "implementation": implementation, **empty}
        for cell in ("gru", "sru")
        for lengths in ("full", "imdb")
        for name in ("train", "inference")
        for implementation in ("elman", "keras")
    ]
    memory.fill(rows)
    assert measured == [("elman", "gru"), ("keras", "gru"), ("elman", "sru"), ("keras", "lstm")]
    filled = [row for row in rows if row["peak_memory_mb"] == 1.5 and row["process_memory_mb"] == 2.5]
    assert [(row["lengths"], row["pass"]) for row in filled] == [("full", "train")] * 4
    assert sum(row["peak_memory_mb"] is None for row in rows) == 12
