"""Verdicts on figures made by hand: claims that must be shown, contradicted, or left undecided."""

import importlib

import pytest

from studies.charts import picture
from studies.claims import forget_bias, gradients_explode, gradients_vanish, relu_against_tanh

SEEDS = tuple(range(1, 8))  # of which all against none are significant, 2 / 3432
KINDS = (
    "tanh, orthogonal",
    "tanh, orthogonal, small inputs",
    "tanh, identity, small inputs",
    "ReLU, orthogonal",
    "ReLU, orthogonal x sqrt 2",
    "ReLU, identity, small inputs",
)
ONE = "France, one gap"
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


def gradients(plain, gated, trained, form=steadily):
    """Rows of study 1: powers of ten lost over 50 steps, by activation and initial weights, by cell and bias, by the
    cell of trained networks, gap and cut path."""
    kinds = [({"part": "gradient", "cell": "simple_rnn", "activation": activation, "start": start}, orders)
             for (activation, start), orders in plain.items()]  # fmt: skip
    kinds += [({"part": "gradient", "cell": cell, "start": f"bias {bias}"}, orders)
              for (cell, bias), orders in gated.items()]  # fmt: skip
    learned = {"question": "gradient", "accuracy": 0.95, "batches": 100}
    kinds += [({**learned, "cell": cell, "bias": bias, "gap": gap, "cut": cut}, orders)
              for (cell, bias, gap, cut), orders in trained.items()]  # fmt: skip
    rows = []
    for kind, orders in kinds:
        for distance in (0, 1, 10, 50, 60, 90):
            for row in rows_of(distance=distance, **kind):
                lost = orders * (1 + row["seed"] / 500) * form(distance / 50)
                rows.append({**row, "norm": 10.0**-lost})
    return [*rows, {"part": "one dimension", "activation": "tanh", "weight": 0.5, "distance": 1, "derivative": 0.4}]


WEIGHTS = [("tanh", "orthogonal"), ("tanh", "uniform"), ("sigmoid", "orthogonal"), ("relu", "orthogonal"),
           ("relu", "orthogonal x sqrt 2")]  # fmt: skip
BIASES = [("lstm", 1), ("gru", 0), ("sru", 0), ("lstm", 5), ("gru", 5), ("sru", 5)]
TRAINED = [("simple_rnn", None, 20, ""), ("simple_rnn", None, 50, ""), ("lstm", 5, 50, ""), ("gru", 5, 50, ""),
           ("sru", 5, 50, ""), ("lstm", 5, 50, "h"), ("lstm", 5, 50, "c")]  # fmt: skip


def of_study_1(weights, biases, trained, form=steadily):
    """Its rows, by powers of ten lost of each kind, in order."""
    plain, gated, learned = (dict(zip(keys, orders, strict=True)) for keys, orders in
                             ((WEIGHTS, weights), (BIASES, biases), (TRAINED, trained)))  # fmt: skip
    return gradients(plain, gated, learned, form)


FALL = of_study_1((3, 12, 15, 7, 0), (4, 9, 9, 0, 0, 0), (0, 5, 1, 1, 1, 0, 20))
TEXTBOOK = of_study_1((3, 12, 15, 0, 0), [1] * 6, (5, 5, 1, 1, 1, 0, 20))
RISE = of_study_1((1, 1, 0.5, 5, 5), [3] * 6, (1, 1, 2, 2, 2, 20, 1), less_and_less)


ARMS = (*gradients_explode.RIVALS, *gradients_explode.CLIPPED)
CLIPPED = (None, None, 75, 50, 25)  # batches of each, where clipping is better


def explosions(of_small_radius, linear, tanh, batches, largest=4.0, norm=300.0):
    """Rows of study 2; `batches` until each arm of the training has learned, in order, none for never."""
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
    for arm, needed in zip(ARMS, batches, strict=True):
        rows += rows_of(part="training", arm=arm, step=0, norm=norm)
        for step in (25, 50, 75):
            share = 0.95 if needed and step >= needed else 0.3
            rows += [{**row, "accuracy": share} for row in rows_of(part="training", arm=arm, step=step, norm=2.0)]
    return rows


def of_one_gap(share, **kind):
    """Rows of networks of one gap, which have learned it if they recall so large a share."""
    batches = 100 if share > 0.5 else None
    question = {} if "place" in kind else {"question": ONE}
    return rows_of(accuracy=share, batches=batches, spread=0, **question, **kind)


def recalls(plain, usual, opened, mixed=(0.2, 0.95)):
    """Rows of study 3: accuracies of a simple RNN of one gap at 10, 50 and 100 words, of gated cells of one gap by
    their gates, and of simple RNNs and gated cells that learn all gaps."""
    rows = []
    for cell in ("simple_rnn", "lstm", "gru", "sru"):
        rows += rows_of(question="clouds", cell=cell, gap=200, accuracy=1.0, spread=0)
        share = mixed[cell != "simple_rnn"]
        rows += rows_of(question="France", cell=cell, gap=200, accuracy=share, spread=0)
    for gap, share in zip((10, 50, 100), plain, strict=True):
        rows += of_one_gap(share, cell="simple_rnn", bias=None, gap=gap)
    for number, (cell, bias) in enumerate((("lstm", 1), ("gru", 0), ("sru", 0))):
        for share, start in ((usual[number], bias), (opened[number], 5)):
            rows += of_one_gap(share, cell=cell, bias=start, gap=50)
    return rows


def biases(*batches):
    """Rows of study 4: batches until LSTMs with biases of 0, 1, 3 and 5 had learned."""
    return [
        {"question": ONE, "cell": "lstm", "bias": bias, "gap": 50, "seed": seed, "batches": needed}
        for bias, needed in zip((0, 1, 3, 5), batches, strict=True)
        for seed in SEEDS
    ]


def beginnings(forwards, beginning, middle):
    """Rows of study 15: accuracies of one direction, and of both with the cue at the beginning and in the middle."""
    rows = of_one_gap(forwards, cell="simple_rnn", bias=None, gap=100)
    rows += of_one_gap(1.0, cell="simple_rnn", bias=None, gap=10)
    for place, share in (("beginning", beginning), ("middle", middle)):
        rows += of_one_gap(share, place=place, gap=100)
    return rows


def widths(**bits):
    """`bits` by cell: remembered with 4 and with 32 units."""
    return [
        {
            "cell": cell,
            "units": units,
            "seed": seed,
            "delay": delay,
            "share": 1.0 if delay < of_units else 0.5,
            "batches": 1000,
        }
        for cell, counts in bits.items()
        for units, of_units in zip((4, 32), counts, strict=True)
        for seed in SEEDS
        for delay in range(41)
    ]


def activations(gradients, accuracies):
    """Rows of study 12: powers of ten gained over 200 words, and accuracies over them, by kind in order."""
    rows = []
    for kind, orders, accuracy in zip(KINDS, gradients, accuracies, strict=True):
        for distance in (0, 200):
            for row in rows_of(part="gradient", kind=kind, distance=distance):
                rows.append({**row, "norm": 10.0 ** (orders * (1 + row["seed"] / 100) * distance / 200)})
        for gap in (2, 200):
            rows += rows_of(part="accuracy", kind=kind, gap=gap, accuracy=accuracy)
    return rows


CASES = {
    "gradients_vanish: only open gates": (FALL, "sssscscccssscssss"),
    "gradients_vanish: textbook": (TEXTBOOK, "sssssssssssssssss"),
    "gradients_vanish: contrary": (RISE, "ccccccccccccccccc"),
    "gradients_explode: textbook": (explosions(0.5, 1e6, 2.0, CLIPPED), "ssss" + "ssssss"),
    "gradients_explode: below one": (explosions(1e6, 1e6, 2.0, CLIPPED), "scss" + "ssssss"),
    "gradients_explode: past the bound": (explosions(0.5, 1e6, 2.0, CLIPPED, largest=3.9), "csss" + "ssssss"),
    "gradients_explode: a small rate is as good": (
        explosions(0.5, 1e6, 2.0, (None, None, 50, 75, 50)),
        "ssss" + "sscssu",
    ),
    "gradients_explode: not in training": (
        explosions(0.5, 1e6, 1e6, (25, 25, 25, 50, None), norm=5.0),
        "sscc" + "cccccc",
    ),
    "recall_over_a_gap: textbook": (recalls((1.0, 0.2, 0.1), [1.0] * 3, [1.0] * 3), "sssssssss"),
    "recall_over_a_gap: open gates alone": (recalls((1.0, 0.2, 0.1), [0.2] * 3, [1.0] * 3), "ssuuussss"),
    "recall_over_a_gap: all alike": (recalls([1.0] * 3, [1.0] * 3, [1.0] * 3, (1.0, 1.0)), "suuuuuuuu"),
    "recall_over_a_gap: contrary": (recalls((0.1, 1.0, 1.0), [0.1] * 3, [0.1] * 3, (1.0, 0.1)), "scccccccc"),
    "forget_bias: a gate near one": (biases(None, None, 100, 100), "usu"),
    "forget_bias: the more the better": (biases(None, 200, 100, 50), "sss"),
    "forget_bias: contrary": (biases(25, 50, 100, None), "ccc"),
    "forgetting_the_beginning: cured": (beginnings(0.1, 0.95, 0.2), "ss"),
    "forgetting_the_beginning: the middle, too": (beginnings(0.1, 0.95, 0.95), "su"),
    "forgetting_the_beginning: contrary": (beginnings(0.95, 0.1, 0.95), "cc"),
    "width: textbook": (widths(simple_rnn=(2, 20), lstm=(3, 25)), "ssss"),
    "width: one cell fails": (widths(simple_rnn=(2, 20), lstm=(3, 3)), "susc"),
    "width: contrary": (widths(simple_rnn=(6, 6), lstm=(4, 2)), "uccc"),
    "relu_against_tanh: textbook": (
        activations((-1, -1, 0, 3, 3, 3), (0.6, 0.95, 0.95, 0.2, 0.95, 0.95)),
        "sssscssu",
    ),
    "relu_against_tanh: a gradient kept is not enough": (
        activations((-1, -1, 0, -30, 3, -1), (0.3, 0.2, 0.2, 0.1, 0.1, 0.5)),
        "cscscsss",
    ),
    "relu_against_tanh: contrary": (
        activations((-5, -5, -5, -3, -3, -3), (0.9, 0.95, 0.95, 0.95, 0.2, 0.2)),
        "cccc" + "s" + "ccc",
    ),
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


def test_seeds_that_never_learn_count_as_slower_than_any():
    rows = [{**row, "batches": 300 if row["bias"] == 1 and row["seed"] < 3 else row["batches"]}
            for row in biases(None, None, 100, 100)]  # fmt: skip
    assert forget_bias.batches(rows, 1) == [300, 300, *[float("inf")] * 5]
    one, *_ = forget_bias.verdicts(rows)
    assert one.found == "bias 1: 2 of 7 seeds learned after 300 to 300 batches; bias 0: 0 of 7 seeds learned"
    assert one.evidence
    assert one.evidence.speaks_for


def test_a_network_that_forgets_again_learned_when_it_first_knew():
    rows = explosions(0.5, 1e6, 2.0, CLIPPED)
    arm = gradients_explode.CLIPPED[0]
    again = [{**row, "accuracy": 0.1} if row.get("arm") == arm and row["step"] == 75 else row for row in rows]
    assert gradients_explode.batches(again, arm) == [50] * len(SEEDS)


def test_networks_that_keep_a_gradient_are_counted_by_seed():
    rows = activations((-1, -1, 0, -30, 3, -1), (0.3, 0.2, 0.2, 0.1, 0.1, 0.95))
    fact = next(each for each in relu_against_tanh.verdicts(rows) if each.evidence is None)
    assert fact.found == "7 of 28 networks whose gradient changes by less than a factor of a hundred learned"
