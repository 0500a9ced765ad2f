"""Verdicts on figures made by hand: claims that must be shown, contradicted, or left undecided."""

import importlib

import pytest

from studies.charts import picture
from studies.claims import gradients_explode, gradients_vanish

SEEDS = tuple(range(1, 8))  # of which all against none are significant, 2 / 3432
KINDS = ("tanh, orthogonal", "tanh, identity", "ReLU, orthogonal", "ReLU, identity")
CODES = {"s": "shown", "c": "contradicted", "u": "undecided", "n": "not testable here"}


def rows_of(spread=0.01, **parts):
    """A row a seed; numbers are a little greater for each further seed."""
    return [
        {key: value * (1 + spread * seed) if isinstance(value, float) else value for key, value in parts.items()}
        | {"seed": seed}
        for seed in SEEDS
    ]


def steadily(steps):
    return steps


def less_and_less(steps):
    return steps**0.5


def gradients(plain, gated, form=steadily):
    """Rows of study 1: powers of ten lost over 50 steps, by activation and first weights, and by cell and bias."""
    kinds = [({"cell": "simple_rnn", "activation": activation, "start": start}, orders)
             for (activation, start), orders in plain.items()]  # fmt: skip
    kinds += [({"cell": cell, "start": f"bias {bias}"}, orders) for (cell, bias), orders in gated.items()]
    rows = []
    for kind, orders in kinds:
        for distance in (0, 1, 10, 50, 60, 90):
            for row in rows_of(part="gradient", distance=distance, **kind):
                lost = orders * (1 + row["seed"] / 500) * form(distance / 50)
                rows.append({**row, "norm": 10.0**-lost})
    return [*rows, {"part": "one dimension", "activation": "tanh", "weight": 0.5, "distance": 1, "derivative": 0.4}]


WEIGHTS = [("tanh", "orthogonal"), ("tanh", "uniform"), ("sigmoid", "orthogonal"), ("relu", "orthogonal"),
           ("relu", "orthogonal x sqrt 2")]  # fmt: skip
BIASES = [("lstm", 1), ("gru", 0), ("sru", 0), ("lstm", 5), ("gru", 5), ("sru", 5)]
FALL = gradients(dict(zip(WEIGHTS, (3, 12, 15, 7, 0), strict=True)), dict(zip(BIASES, (4, 9, 9, 0, 0, 0), strict=True)))
TEXTBOOK = gradients(dict(zip(WEIGHTS, (3, 12, 15, 0, 0), strict=True)), dict(zip(BIASES, [1] * 6, strict=True)))
RISE = gradients(
    dict(zip(WEIGHTS, (1, 1, 0.5, 5, 5), strict=True)), dict(zip(BIASES, [3] * 6, strict=True)), less_and_less
)


def explosions(of_small_radius, linear, tanh, clipped, without=3.0, largest=4.0):
    parts = [
        ("Gaussian", "linear", 0.9, 0.5),
        ("triangular", "linear", 0.9, of_small_radius),
        ("Gaussian", "linear", 1.5, linear),
        ("Gaussian", "tanh", 0.9, 0.1),
        ("Gaussian", "tanh", 1.5, tanh),
    ]
    rows = []
    for matrix, activation, radius, growth in parts:
        for length in (10, 200):
            kind = {"part": "gradient", "matrix": matrix, "activation": activation, "radius": radius, "length": length}
            kind["largest_singular_value"] = largest
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
                value = far.get(cell, 0.95) if question == "France" and gap == 200 else 1.0
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
            for row in rows_of(part="gradient", kind=kind, distance=distance):
                rows.append({**row, "norm": 10.0 ** (orders * (1 + row["seed"] / 100) * distance / 50)})
        for gap in (2, 50):
            rows += rows_of(part="accuracy", kind=kind, gap=gap, accuracy=accuracy)
    return rows


CASES = {
    "gradients_vanish: only open gates": (FALL, "sssscscccsssn"),
    "gradients_vanish: textbook": (TEXTBOOK, "ssssssssssssn"),
    "gradients_vanish: contrary": (RISE, "ccccccccccccn"),
    "gradients_explode: textbook": (explosions(0.5, 1e6, 2.0, 0.1), "ssss"),
    "gradients_explode: below one": (explosions(1e6, 1e6, 2.0, 0.1), "scss"),
    "gradients_explode: past the bound": (explosions(0.5, 1e6, 2.0, 0.1, largest=3.9), "csss"),
    "gradients_explode: no better with clipping": (explosions(0.5, 1e6, 2.0, 2.1), "sssu"),
    "gradients_explode: tanh as well": (explosions(0.5, 1e6, 1e6, 3.0, without=1.0), "sscc"),
    "recall_over_a_gap: textbook": (recalls(simple_rnn=0.2), "sssss"),
    "recall_over_a_gap: all alike": (recalls(), "suuuu"),
    "recall_over_a_gap: gated ones fall": (recalls(lstm=0.4, gru=0.4, sru=0.4), "succc"),
    "recall_over_a_gap: one falls": (recalls(simple_rnn=0.5, sru=0.4), "ssssu"),
    "forget_bias: one is better": (biases(0.95, 0.3), "ss"),
    "forget_bias: no difference": (biases(0.5, 0.5), "uu"),
    "forget_bias: zero is better": (biases(0.3, 0.95), "cc"),
    "width: textbook": (widths(simple_rnn=(2, 20), lstm=(3, 25)), "ssss"),
    "width: one cell fails": (widths(simple_rnn=(2, 20), lstm=(3, 3)), "susc"),
    "width: contrary": (widths(simple_rnn=(6, 6), lstm=(4, 2)), "uccc"),
    "relu_against_tanh: textbook": (activations((-1, 0, 3, 2), (0.6, 0.7, 0.2, 0.95)), "ssuss"),
    "relu_against_tanh: contrary": (activations((-1, 0, -3, -1), (0.95, 0.95, 0.2, 0.2)), "ccscc"),
}


@pytest.mark.parametrize("case", CASES)
def test_the_verdict_follows_from_the_figures(case):
    rows, expected = CASES[case]
    claim = importlib.import_module(f"studies.claims.{case.split(':')[0]}")
    found = claim.verdicts(rows)
    assert [verdict.kind for verdict in found] == [CODES[code] for code in expected]
    assert all(verdict.claim.endswith(".") and verdict.found for verdict in found)
    assert picture(claim.chart(rows)).startswith("<svg")


@pytest.mark.parametrize("study", sorted({case.split(":")[0] for case in CASES}))
def test_the_sentence_to_remember_is_another_where_the_verdicts_are(study):
    claim = importlib.import_module(f"studies.claims.{study}")
    sentences = [claim.finding(claim.verdicts(rows)) for case, (rows, _) in CASES.items() if case.startswith(study)]
    assert len(set(sentences)) == len(sentences) > 1
    assert all(sentence[0].isupper() and sentence.endswith(".") and "  " not in sentence for sentence in sentences)


def test_norms_that_float32_does_not_hold_count_as_the_smallest():
    rows = [{**row, "norm": 0.0 if row["distance"] == 60 else row["norm"]} for row in FALL if "norm" in row]
    lost = gradients_vanish.orders_lost(rows, gradients_vanish.ORTHOGONAL)
    assert list(lost.values()) == pytest.approx([37 - 0.6] * len(SEEDS), abs=0.02)


def test_a_fall_at_the_first_step_alone_is_not_counted():
    fallen = [{**row, "norm": row["norm"] * 10} if row.get("distance") == 0 else row for row in FALL]
    assert [each.found for each in gradients_vanish.verdicts(FALL)] == [
        each.found for each in gradients_vanish.verdicts(fallen)
    ]


def test_seeds_that_clipping_did_not_help_are_counted():
    rows = [
        {**row, "loss": 2.2} if row.get("clipping") == "by norm, 1" and row["seed"] == 3 else row
        for row in explosions(0.5, 1e6, 2.0, 0.1)
    ]
    *_, clipped = gradients_explode.verdicts(rows)
    assert clipped.found.startswith("6 of 7 seeds and 0 of 7")
