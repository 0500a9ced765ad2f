"""Verdicts of the studies that train the project's own tasks, on figures made by hand."""

import pytest

from studies.charts import picture
from studies.claims import (
    bidirectional,
    carried_state,
    cbow_against_skip_gram,
    depth,
    linear_cells,
    rare_labels,
    recurrent_against_convolutional,
    sru_against_lstm,
)

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


@pytest.mark.parametrize(("times", "gain", "kinds"), [(6, 0, "ssss"), (2, -0.1, "scss"), (0.9, -0.4, "cccc")])
def test_an_sru_is_judged_by_its_speed_and_by_a_margin(times, gain, kinds):
    rows = [
        {
            "task": task,
            "cell": cell,
            "seed": seed,
            "score": 90 + seed + (gain if cell == "SRU" else 0) + (0.01 * seed if cell == "SRU" else 0),
            "tokens_per_second": 1000 * (scattered(times, seed) if cell == "SRU" else 1),
        }
        for task in sru_against_lstm.TASKS
        for cell in ("LSTM", "SRU")
        for seed in SEEDS
    ]
    assert decided(sru_against_lstm, rows) == kinds


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


def test_depth_is_judged_by_more_accuracy_and_by_fewer_nats():
    levels = {"1 layer": 0, "2 layers": 1, "3 layers": 2, "1 wide layer": 1.5}
    rows = [
        {"task": task, "network": network, "seed": seed, "score": scattered(50 + sign * level, seed)}
        for task, sign in (("parts of speech", 1), ("characters", -1))
        for network, level in levels.items()
        for seed in SEEDS
    ]
    assert decided(depth, rows) == "ssssss"
    wrong = [{**row, "score": 100 - row["score"]} for row in rows]
    assert decided(depth, wrong) == "cccccc"


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


def test_vectors_are_judged_by_their_scores_and_by_tasks():
    module = cbow_against_skip_gram
    better = {"skip_gram": {"semantic analogies": 5, **dict.fromkeys(module.TASKS, 20)}, "random": {}}
    better["cbow"] = {"words a second": 300, "syntactic analogies": 5, **dict.fromkeys(module.TASKS, 10)}

    def rows(sign):
        return [
            {"vectors": kind, "task": task, "seed": seed, "score": scattered(400 + sign * gains.get(task, 0), seed)}
            for kind, gains in better.items()
            for task in ("words a second", *module.INTRINSIC, *module.TASKS)
            for seed in SEEDS
        ]

    assert decided(module, rows(1)) == "snnsssss"
    assert decided(module, rows(0)) == "unnuuuuu"
    assert decided(module, rows(-1)) == "cnnccccc"


def test_networks_are_judged_by_accuracy_by_order_and_by_slope():
    module = recurrent_against_convolutional

    def rows(order, found, slope):
        accuracies = {"sentiment": found, "one cue": found, module.ORDER: order}
        return [
            {"network": network, "task": task, "seed": seed,
             "accuracy": scattered(95 + (gain if network == "convolutional" else 0) * (1 + seed / 50), seed)}
            for network in ("recurrent", "convolutional")
            for task, gain in accuracies.items()
            for seed in SEEDS
        ] + [
            {"network": network, "task": task, "seed": seed, "length": length,
             "milliseconds": 1 + length * scattered(slope if network == "recurrent" else 1, seed)}
            for network in ("recurrent", "convolutional")
            for task in module.TIMES
            for length in (16, 64, 256)
            for seed in SEEDS
        ]  # fmt: skip

    assert decided(module, rows(-30, -0.5, 3)) == "sssnn"
    assert decided(module, rows(0, -6, 1)) == "ccunn"
    assert decided(module, rows(5, 5, 0.5)) == "ssunn"
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
