"""Verdicts on figures made by hand: claims that must be confirmed, and claims that must not."""

import importlib
from pathlib import Path

import pytest

from studies import page
from studies.charts import picture
from studies.claims import Verdict, gradients_vanish, judge, recall_over_a_gap, width
from studies.intervals import interval

SEEDS = (1, 2, 3)
KINDS = ("tanh, orthogonal", "tanh, identity", "ReLU, orthogonal", "ReLU, identity")


def rows_of(seeds=SEEDS, spread=0.01, **parts):
    """A row a seed; numbers are a little greater for each further seed."""
    return [
        {key: value * (1 + spread * seed) if isinstance(value, float) else value for key, value in parts.items()}
        | {"seed": seed}
        for seed in seeds
    ]


def steadily(steps):
    return steps


def less_and_less(steps):
    return steps**0.5


def gradients(fall, trained_fall, form=steadily):
    """Rows of study 1: `fall` and `trained_fall` give powers of ten lost over 50 steps, by cell and state."""
    rows = []
    for trained, falls in ((False, fall), (True, trained_fall)):
        for (cell, state), orders in falls.items():
            for distance in (0, 1, 10, 50, 60, 90):
                norm = 10.0 ** (-orders * form(distance / 50))
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
    less_and_less,
)


def explosions(of_small_radius, linear, tanh, clipped, without=2.0):
    parts = [("linear", 0.9, of_small_radius), ("linear", 1.5, linear), ("tanh", 0.9, 0.1), ("tanh", 1.5, tanh)]
    rows = []
    for activation, radius, growth in parts:
        kind = {"part": "gradient", "activation": activation, "radius": radius, "length": 200}
        rows += [{**kind, "growth": growth, "seed": seed} for seed in SEEDS]
    for clipping, loss in (("none", without), ("by norm, 1", clipped)):
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
    "gradients_vanish: textbook": (TEXTBOOK, [True] * 7),
    "gradients_vanish: contrary": (CONTRARY, [False] * 7),
    "gradients_explode: textbook": (explosions(0.5, 1e6, 2.0, 0.1), [True, True, True]),
    "gradients_explode: below one": (explosions(1e6, 1e6, 2.0, 2.0), [False, True, False]),
    "gradients_explode: less, but chance": (explosions(0.5, 1e6, 2.0, 2.1, without=3.0), [True, True, False]),
    "gradients_explode: tanh as well": (explosions(0.5, 1e6, 1e6, 3.0), [True, False, False]),
    "recall_over_a_gap: textbook": (recalls(simple_rnn=0.2), [True, True, True]),
    "recall_over_a_gap: all alike": (recalls(simple_rnn=1.0, lstm=1.0, gru=1.0, sru=1.0), [True, False, False]),
    "recall_over_a_gap: one falls": (recalls(simple_rnn=0.5, sru=0.4), [True, True, False]),
    "forget_bias: one is better": (biases(0.9, 0.3), [True, True]),
    "forget_bias: no difference": (biases(0.5, 0.5), [False, False]),
    "width: textbook": (widths(simple_rnn=(2, 20), lstm=(3, 25)), [True, True, True]),
    "width: with the SRU": (widths(simple_rnn=(2, 20), lstm=(3, 25), gru=(3, 25), sru=(3, 28)), [True, True, True]),
    "width: one cell fails": (widths(simple_rnn=(2, 20), lstm=(3, 25), gru=(3, 25), sru=(3, 3)), [False, True, False]),
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
    assert picture(claim.chart(rows)).startswith("<svg")


OPPOSITES = {
    "gradients_vanish: textbook": [False] * 7,
    "gradients_vanish: contrary": [True, True, False, True, True, True, False],
    "gradients_explode: tanh as well": [False, False, True],
    "recall_over_a_gap: all alike": [False, False, False],
    "recall_over_a_gap: one falls": [False, False, False],
    "forget_bias: no difference": [False, False],
    "width: contrary": [False, False, True],
    "relu_against_tanh: contrary": [True, False, False, True],
}


@pytest.mark.parametrize("case", OPPOSITES)
def test_the_opposite_holds_only_where_the_figures_say_it(case):
    rows, _ = CASES[case]
    claim = importlib.import_module(f"studies.claims.{case.split(':')[0]}")
    assert [verdict.opposite for verdict in claim.verdicts(rows)] == OPPOSITES[case]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([1.0, 1.1, 1.2], "confirmed"),
        ([-1.0, 0.0, 1.0], "not confirmed here"),
        ([0.0, 0.0, 0.0], "not confirmed here"),
        ([-1.0, -1.1, -1.2], "not confirmed here; the opposite holds"),
    ],
)
def test_undecided_and_contrary_figures_read_differently(values, expected):
    assert page.verdict_text(judge("A claim.", "figures", interval(values))) == expected
    assert (
        page.verdict_text(judge("A claim.", "figures", interval([value + 5 for value in values]), above=5)) == expected
    )


def test_table_and_text_say_the_same_of_the_opposite():
    verdict = Verdict("A claim.", "figures", confirmed=False, opposite=True)
    table = "\n".join(page.contents({}, {name: [verdict] for name in page.STUDIES}))
    text = "\n".join(page.section(9, "width", width, [verdict], Path("plots")))
    assert table.count("| A claim. | not confirmed here; the opposite holds |") == len(page.STUDIES)
    assert "- A claim. **Not confirmed here; the opposite holds**: figures." in text


def test_one_of_several_gaps_decides_nothing_alone():
    above, below = interval([1.0, 1.1]), interval([-1.0, -1.1])
    verdict = judge("A claim.", "figures", above, below)
    assert (verdict.confirmed, verdict.opposite) == (False, False)


def test_a_fall_at_the_first_step_alone_says_nothing_of_the_highway():
    even = dict.fromkeys((PLAIN, SIGMOID, RELU, HIDDEN, CELL, GRU, SRU), 2)
    rows = [
        {**row, "norm": row["norm"] * 10} if row.get("state") == "h" and row["distance"] == 0 else row
        for row in gradients(even, even)
    ]
    *_, highway = gradients_vanish.verdicts(rows)
    assert highway.claim.startswith("In the trained LSTM")
    assert (highway.confirmed, highway.opposite) == (False, False)


def test_norms_that_float32_does_not_hold_count_as_the_smallest():
    rows = [{**row, "norm": 0.0 if row["distance"] == 60 else row["norm"]} for row in TEXTBOOK if "norm" in row]
    lost = gradients_vanish.orders_lost(rows, *PLAIN, trained=False)
    assert list(lost.values()) == pytest.approx([24 - 0.8] * 3, abs=0.02)


def test_a_plain_network_that_learned_nothing_is_told_with_the_verdicts():
    failed = [
        {**row, "accuracy": 0.3} if row["cell"] == "simple_rnn" and row["question"] == "France" else row
        for row in recalls()
    ]
    _, fall, gated = recall_over_a_gap.verdicts(failed)
    for verdict in (fall, gated):
        assert "recalls only 30 (30 to 30) % over 2 words" in verdict.found
        assert verdict.found.endswith("says nothing about distance")
    _, fall, gated = recall_over_a_gap.verdicts(recalls(simple_rnn=0.2))
    assert "distance" not in fall.found + gated.found


def test_seeds_that_clipping_did_not_help_are_counted():
    *_, clipped = importlib.import_module("studies.claims.gradients_explode").verdicts(
        [
            {**row, "loss": 2.2} if row.get("clipping") == "by norm, 1" and row["seed"] == 3 else row
            for row in explosions(0.5, 1e6, 2.0, 0.1)
        ]
    )
    assert "below chance in 2 of 3 seeds" in clipped.found
