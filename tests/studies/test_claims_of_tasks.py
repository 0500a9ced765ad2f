"""Verdicts of the studies that train the project's own tasks, on figures made by hand."""

from pathlib import Path

import pytest

from embeddings.foundation.reading import read_json
from studies.charts import picture
from studies.claims import (
    bidirectional,
    carried_state,
    cbow_against_skip_gram,
    linear_cells,
    rare_labels,
    recurrent_against_convolutional,
    sru_against_lstm,
    units,
)

ROOT = Path(__file__).parents[2]

SEEDS = tuple(range(1, 8))  # of which all against none are significant, 2 / 3432
CODES = {"shown": "s", "contradicted": "c", "undecided": "u", "not testable here": "n"}


def decided(module, rows):
    """A letter for the kind of each verdict; every claim tells figures, and the chart can be drawn."""
    found = module.verdicts(rows)
    assert all(verdict.claim.endswith(".") and verdict.found for verdict in found)
    assert module.finding(found).endswith(".")
    assert picture(module.chart(rows)).startswith("<svg")
    return "".join(CODES[verdict.kind] for verdict in found)


def scattered(value, seed):
    """A figure that differs a little from seed to seed."""
    return value + (0, 0.02, -0.01, 0.01, -0.02, 0.015, 0.005)[seed - 1]


def taggers(gain, both=0.95, forwards=0.5, left=1.0):
    """Rows of study 5: gains of the project's taggers by seed, and accuracies on planted names told to the right by
    taggers of both kinds, and to the left."""
    module = bidirectional
    planted = ((module.BOTH, module.RIGHT, both), (module.FORWARDS, module.RIGHT, forwards),
               (module.BOTH, module.LEFT, left), (module.FORWARDS, module.LEFT, left))  # fmt: skip
    return [
        {"task": "planted", "reads": reads, "side": side, "seed": seed, "accuracy": share}
        for reads, side, share in planted
        for seed in SEEDS
    ] + [
        {"task": task, "reads": reads, "seed": seed, "score": 90 + seed + (gain(seed) if reads == module.BOTH else 0)}
        for task in module.FIGURES
        for reads in (module.FORWARDS, module.BOTH)
        for seed in SEEDS
    ]


@pytest.mark.parametrize(("gain", "kinds"), [(2, "ss"), (-2, "cc"), (0, "uu")])
def test_both_directions_have_to_gain(gain, kinds):
    assert decided(bidirectional, taggers(lambda seed: scattered(gain, seed) if gain else 0)) == "ss" + kinds


@pytest.mark.parametrize(
    ("known", "kinds"), [({"forwards": 0.95}, "us"), ({"both": 0.5}, "us"), ({"left": 0.98}, "sc")], ids=str
)
def test_planted_names_have_to_be_learned_by_one_kind_of_tagger_alone(known, kinds):
    assert decided(bidirectional, taggers(lambda seed: 0, **known)) == kinds + "uu"


@pytest.mark.parametrize(("weights", "focal", "kinds"), [(2, -2, "ssscccsss"), (0, 3, "uuusssuuu")])
def test_a_loss_has_to_gain_on_the_rare_label(weights, focal, kinds):
    rows = [
        {"task": task, "loss": loss, "seed": seed}
        | {figure: 60 + seed + (scattered(more, seed) if more else 0) for figure in ("f1", "precision", "recall")}
        for task in rare_labels.TASKS
        for loss, more in (("plain", 0), ("weighted", weights), ("focal", focal))
        for seed in SEEDS
    ]
    assert decided(rare_labels, rows) == kinds


def test_a_gain_that_seeds_disagree_on_decides_nothing():
    assert decided(bidirectional, taggers(lambda seed: (9, -3, -1, 4, -2, -5, 1)[seed - 1])) == "ssuu"


@pytest.mark.parametrize(("times", "kinds"), [(6, "ssssnn"), (2, "scssnn"), (0.9, "ccccnn")])
def test_an_sru_is_judged_by_its_speed_alone_and_end_to_end(times, kinds):
    module = sru_against_lstm
    pace = {"LSTM": 1.0, "SRU": times, "two SRUs": times}
    rows = [
        {"part": "task", "task": task, "network": network, "seed": seed, "score": scattered(90, seed),
         "tokens_per_second": 1000 * (scattered(faster, seed) if faster != 1 else 1)}
        for task in module.TASKS
        for network, faster in pace.items()
        for seed in SEEDS
    ]  # fmt: skip
    rows += [
        {"part": "layer", "units": units, "network": network, "seed": seed}
        | {"tokens_per_second": 1000 * (scattered(faster, seed) if faster != 1 else 1)}
        for units in module.UNITS
        for network, faster in pace.items()
        for seed in SEEDS
    ]
    assert decided(module, rows) == kinds


def test_the_benchmarks_that_a_study_quotes_are_those_of_the_repository():
    compared = {each["system"]: each["difference"] for each in read_json(ROOT / "benchmarks/comparisons.json")}
    for system, told in sru_against_lstm.BENCHMARKS.values():
        value, low, high = (compared[system][key] for key in ("value", "low", "high"))
        assert told.endswith(f"{value:+.2f} points ({low:+.2f} to {high:+.2f})")
    results = {(row["run"], row["split"], row["metric"]): row for row in read_json(ROOT / "benchmarks/results.json")}
    system, accuracy = units.BENCHMARK
    assert round(results[system, "test", "accuracy"]["value"], 1) == accuracy


@pytest.mark.parametrize(
    ("worse", "kinds"),
    [
        ({}, "uussss"),
        ({"accuracy": 0.2}, "ssssss"),
        ({"orders": 2}, "uuusss"),
        ({"pace": 2}, "uususs"),
        ({"parameters": 0.1}, "uussus"),
        ({"time": 0.1}, "uusssu"),
    ],
    ids=lambda given: next(iter(given), "") if isinstance(given, dict) else "",
)
def test_all_linear_cells_have_to_stand_the_comparison_with_the_lstm(worse, kinds):
    rows = []
    for cell in (linear_cells.LSTM, *linear_cells.LINEAR):
        lag = worse if cell == linear_cells.LINEAR[-1] or "accuracy" in worse else {}  # one that falls short is enough
        pace = 1000 if cell == linear_cells.LSTM else 1500 / lag.get("pace", 1)
        for seed in SEEDS:
            kind = {"cell": cell, "seed": seed}
            biases = [{}] if cell == linear_cells.LSTM else [linear_cells.DEFAULT, linear_cells.RAISED]
            for bias in biases:
                accuracy = 0.95 - (lag.get("accuracy", 0) if bias == linear_cells.DEFAULT else 0)
                row = {"part": "recall", **kind, **bias, "accuracy": scattered(accuracy, seed)}
                rows += [{**row, "gap": gap} for gap in (2, linear_cells.FAR)]
            rows.append({"part": "gradient", **kind, "distance": linear_cells.NEAR_END, "norm": scattered(1.0, seed)})
            faint = 10.0 ** -(3 + lag.get("orders", 0))
            rows.append({"part": "gradient", **kind, "distance": linear_cells.FROM_END, "norm": faint})
            for equal in ("parameters", "time") if cell != linear_cells.LSTM else ("parameters",):
                nats = scattered(2.0, seed) + lag.get(equal, 0)
                row = {"equal": equal, "nats": nats, "tokens_per_second": pace + seed}
                rows.append({"part": "language model", **kind, **row})
    assert decided(linear_cells, rows) == kinds


def test_carried_states_gain_where_a_chunk_begins():
    nats = {("carried", "carried"): 2.0, ("reset", "carried"): 2.05, ("reset", "reset"): 2.1, ("carried", "reset"): 2.2}

    def rows(of_reset):
        return [
            {
                "trained": trained,
                "read": read,
                "seed": seed,
                "position": position,
                "nats": scattered(value, seed) + (of_reset(position) if read == "reset" else 0),
            }
            for (trained, read), value in nats.items()
            for seed in SEEDS
            for position in range(1, 21)
        ]

    assert decided(carried_state, rows(lambda position: 1 / position)) == "sssss"
    assert decided(carried_state, rows(lambda position: 0)) == "ssssu"
    assert decided(carried_state, rows(lambda position: position / -10)) == "ccssu"


@pytest.mark.parametrize(("sign", "kinds"), [(1, "ssssssss"), (-1, "cccccccc")])
def test_vectors_are_judged_by_questions_by_words_and_by_tasks(sign, kinds):
    module = cbow_against_skip_gram
    gains = {"cbow": 10, "skip_gram": 20, "random": 0}
    rows = [
        {"part": "task", "task": task, "vectors": kind, "seed": seed, "words": words, "of": 9}
        | {"score": 50 + seed + sign * (scattered(gain, seed) if gain else 0)}
        for task in module.TASKS
        for words in module.WORDS
        for kind, gain in gains.items()
        for seed in SEEDS
    ]
    rows += [
        {
            "part": "pace",
            "vectors": kind,
            "seed": seed,
            "score": scattered(300 if (kind == "cbow") == (sign > 0) else 100, seed),
        }
        for kind in ("cbow", "skip_gram")
        for seed in SEEDS
    ]
    for kind, better in (("semantic", "skip_gram"), ("syntactic", "cbow")):
        other = {"cbow": "skip_gram", "skip_gram": "cbow"}[better]
        first, second = (better, other) if sign > 0 else (other, better)
        rows.append({"part": "analogies", "kind": kind, first: True, second: False, "questions": 40})
        rows.append({"part": "analogies", "kind": kind, first: False, second: False, "questions": 60})
    rows += [
        {
            "part": "cosines",
            "vectors": kind,
            "word": str(seed),
            "same": 0.5 + sign * scattered(0.2, seed),
            "opposite": 0.5,
        }
        for kind in ("cbow", "skip_gram")
        for seed in SEEDS
    ]
    rows += [{"part": "pair", "vectors": kind, "cosine": 0.99} for kind in ("cbow", "skip_gram")]
    assert decided(module, rows) == kinds
    gain, solved = module.analogies(rows, "semantic", 1)
    assert (gain.count, gain.value) == (100, pytest.approx(sign * 0.4))
    assert solved == {"skip_gram": 40 if sign > 0 else 0, "cbow": 0 if sign > 0 else 40}


def test_networks_are_judged_by_accuracy_by_order_and_by_slope():
    module = recurrent_against_convolutional

    def rows(order, found, slope, anywhere=100):
        accuracies = {"sentiment": found, module.ORDER: order}
        return [
            {"network": network, "task": task, "seed": seed,
             "accuracy": scattered(95 + (gain if network == "convolutional" else 0) * (1 + seed / 50), seed)}
            for network in ("recurrent", "convolutional")
            for task, gain in accuracies.items()
            for seed in SEEDS
        ] + [
            {"network": network, "task": module.CUE, "seed": seed, "behind": behind,
             "accuracy": anywhere if network == "recurrent" else 100}
            for network in ("recurrent", "convolutional")
            for behind in (25, 75)
            for seed in SEEDS
        ] + [
            {"network": network, "task": task, "seed": seed, "length": length,
             "milliseconds": 1 + length * scattered(slope if network == "recurrent" else 1, seed)}
            for network in ("recurrent", "convolutional")
            for task in module.TIMES
            for length in (16, 64, 256)
            for seed in SEEDS
        ]  # fmt: skip

    assert decided(module, rows(-30, -0.5, 3)) == "ssssnn"
    assert decided(module, rows(0, -6, 1, anywhere=40)) == "cscunn"
    assert decided(module, rows(5, 5, 0.5)) == "sssunn"
    slopes = module.slopes(rows(0, 0, 3), "reading", {"network": "recurrent"})
    assert slopes == pytest.approx({1: 3, 2: 3.02, 3: 2.99, 4: 3.01, 5: 2.98, 6: 3.015, 7: 3.005})


def test_two_cues_stand_one_after_the_other_and_the_first_is_asked_for(monkeypatch):
    import numpy as np

    from studies.experiments.recurrent_against_convolutional import first_of_two

    class Texts:
        question = "what is it"

        def __init__(self):
            self.drawn = 0

        def draw(self, random, count, gap, split):
            self.drawn += 1
            return np.full((count, 2 + gap + 3), self.drawn), np.full(count, self.drawn)

    token_ids, labels = first_of_two(Texts(), np.random.default_rng(1), 4, 5, "train")  # pyright: ignore
    assert token_ids.shape == (4, 2 * (2 + 5) + 3)
    assert (token_ids[:, :7] == 1).all()
    assert (token_ids[:, 7:] == 2).all()
    assert (labels == 1).all()
