"""Verdicts on figures made by hand: claims that must be confirmed, and claims that must not."""

import importlib

import pytest

from studies.charts import svg

SEEDS = (1, 2, 3)
KINDS = ("tanh, orthogonal", "tanh, identity", "ReLU, orthogonal", "ReLU, identity")


def rows_of(seeds=SEEDS, spread=0.01, **parts):
    """A row a seed; numbers are a little greater for each further seed."""
    return [
        {key: value * (1 + spread * seed) if isinstance(value, float) else value for key, value in parts.items()}
        | {"seed": seed}
        for seed in seeds
    ]


def gradients(fall, trained_fall):
    """Rows of study 1: `fall` and `trained_fall` give powers of ten lost over 50 steps, by cell and state."""
    rows = []
    for trained, falls in ((False, fall), (True, trained_fall)):
        for (cell, state), orders in falls.items():
            for distance in (0, 50):
                norm = 10.0 ** (-orders * distance / 50)
                kind = {"part": "gradient", "cell": cell, "state": state, "trained": trained, "distance": distance}
                rows += rows_of(norm=norm, **kind)
    gates = {"part": "gate", "cell": "lstm", "gate": "forget", "trained": True}
    rows += [row for step in (0, 4) for row in rows_of(value=0.7, step=step, **gates)]
    return [*rows, {"part": "one dimension", "activation": "tanh", "weight": 0.5, "distance": 1, "derivative": 0.4}]


PLAIN, SIGMOID, RELU = ("simple_rnn, tanh", "h"), ("simple_rnn, sigmoid", "h"), ("simple_rnn, relu", "h")
HIDDEN, CELL, GRU, SRU = ("lstm", "h"), ("lstm", "c"), ("gru", "h"), ("sru", "c")
TEXTBOOK = gradients(
    {PLAIN: 4, SIGMOID: 30, RELU: 0, HIDDEN: 2, CELL: 1, GRU: 1, SRU: 1},
    {PLAIN: 4, SIGMOID: 30, RELU: 0, HIDDEN: 2, CELL: 1, GRU: 1, SRU: 1},
)
CONTRARY = gradients(
    {PLAIN: 1, SIGMOID: 1, RELU: 5, HIDDEN: 3, CELL: 3, GRU: 3, SRU: 3},
    {PLAIN: 1, SIGMOID: 1, RELU: 5, HIDDEN: 3, CELL: 3, GRU: 3, SRU: 3},
)


def explosions(of_small_radius, linear, tanh, clipped):
    parts = [("linear", 0.9, of_small_radius), ("linear", 1.5, linear), ("tanh", 0.9, 0.1), ("tanh", 1.5, tanh)]
    rows = []
    for activation, radius, growth in parts:
        kind = {"part": "gradient", "activation": activation, "radius": radius, "length": 200}
        rows += [{**kind, "growth": growth, "seed": seed} for seed in SEEDS]
    for clipping, loss in (("none", 2.0), ("by norm, 1", clipped)):
        for step in (0, 290):
            rows += rows_of(part="training", clipping=clipping, step=step, loss=loss)
    return rows


def recalls(**far):
    rows = []
    for question in ("clouds", "France"):
        for cell in ("simple_rnn", "lstm", "gru", "sru"):
            for gap in (2, 200):
                value = far.get(cell, 0.9) if question == "France" and gap == 200 else 1.0
                rows += rows_of(question=question, cell=cell, gap=gap, accuracy=value, spread=0)
    return rows


def biases(one, zero):
    return [
        row
        for bias, accuracy in ((1, one), (0, zero))
        for step in (150, 300)
        for gap in (10, 100)
        for row in rows_of(bias=bias, step=step, gap=gap, accuracy=accuracy)
    ]


def widths(**bits):
    """`bits` by cell: remembered with 4 and with 32 units."""
    return [
        {"cell": cell, "units": units, "seed": seed, "delay": delay, "share": 1.0 if delay < of_units else 0.5}
        for cell, counts in bits.items()
        for units, of_units in zip((4, 32), counts, strict=True)
        for seed in SEEDS
        for delay in range(41)
    ]


def activations(gradients, accuracies):
    rows = []
    for kind, orders, accuracy in zip(KINDS, gradients, accuracies, strict=True):
        for distance in (0, 50):
            rows += rows_of(part="gradient", kind=kind, distance=distance, norm=10.0 ** (orders * distance / 50))
        for gap in (2, 50):
            rows += rows_of(part="accuracy", kind=kind, gap=gap, accuracy=accuracy)
    return rows


CASES = {
    "gradients_vanish: textbook": (TEXTBOOK, [True] * 6),
    "gradients_vanish: contrary": (CONTRARY, [False] * 6),
    "gradients_explode: textbook": (explosions(0.5, 1e6, 2.0, 0.1), [True, True, True]),
    "gradients_explode: below one": (explosions(1e6, 1e6, 2.0, 2.0), [False, True, False]),
    "gradients_explode: tanh as well": (explosions(0.5, 1e6, 1e6, 3.0), [True, False, False]),
    "recall_over_a_gap: textbook": (recalls(simple_rnn=0.2), [True, True, True]),
    "recall_over_a_gap: all alike": (recalls(simple_rnn=1.0, lstm=1.0, gru=1.0, sru=1.0), [True, False, False]),
    "recall_over_a_gap: one falls": (recalls(simple_rnn=0.5, sru=0.4), [True, True, False]),
    "forget_bias: one is better": (biases(0.9, 0.3), [True, True]),
    "forget_bias: no difference": (biases(0.5, 0.5), [False, False]),
    "width: textbook": (widths(simple_rnn=(2, 20), lstm=(3, 25)), [True, True, True]),
    "width: contrary": (widths(simple_rnn=(6, 6), lstm=(4, 4)), [False, False, False]),
    "relu_against_tanh: textbook": (
        activations((-1, 0, 3, 0), (0.6, 0.7, 0.2, 0.9)),
        [True, True, True, True],
    ),
    "relu_against_tanh: contrary": (
        activations((-1, 0, -3, -1), (0.2, 0.9, 0.2, 0.2)),
        [False, False, False, False],
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_the_verdict_follows_from_the_figures(case):
    rows, expected = CASES[case]
    claim = importlib.import_module(f"studies.claims.{case.split(':')[0]}")
    assert [verdict.confirmed for verdict in claim.verdicts(rows)] == expected
    assert svg(claim.chart(rows)).startswith("<svg")
