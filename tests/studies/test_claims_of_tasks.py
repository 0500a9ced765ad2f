"""Verdicts of the studies that train the project's own tasks, on figures made by hand."""

import pytest

from studies.charts import curves, picture
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

SEEDS = (1, 2, 3)


def decided(module, rows):
    """Whether each claim is confirmed; every claim tells figures, and the chart can be drawn."""
    found = module.verdicts(rows)
    assert all(verdict.claim.endswith(".") and verdict.found for verdict in found)
    assert picture(module.chart(rows)).startswith("<svg")
    return [verdict.confirmed for verdict in found]


def scattered(value, seed):
    """A figure that differs a little from seed to seed."""
    return value + (0, 0.02, -0.01)[seed - 1]


@pytest.mark.parametrize(("gain", "confirmed"), [(2, True), (-2, False), (0, False)])
def test_both_directions_have_to_gain(gain, confirmed):
    rows = [
        {"task": task, "reads": reads, "seed": seed, "score": 90 + seed + scattered(more, seed)}
        for task in bidirectional.FIGURES
        for reads, more in ((bidirectional.FORWARDS, 0), (bidirectional.BOTH, gain))
        for seed in SEEDS
    ]
    assert decided(bidirectional, rows) == [confirmed] * 3
    assert [verdict.opposite for verdict in bidirectional.verdicts(rows)] == [gain < 0] * 3


@pytest.mark.parametrize(("weights", "focal"), [(2, -2), (0, 3)])
def test_a_loss_has_to_gain_on_the_rare_label(weights, focal):
    rows = [
        {"task": task, "loss": loss, "seed": seed}
        | {figure: 60 + seed + scattered(more, seed) for figure in ("f1", "precision", "recall")}
        for task in rare_labels.TASKS
        for loss, more in (("plain", 0), ("weighted", weights), ("focal", focal))
        for seed in SEEDS
    ]
    assert decided(rare_labels, rows) == [weights > 0] * 3 + [focal > 0] * 3 + [weights > 0] * 3
    assert [verdict.opposite for verdict in rare_labels.verdicts(rows)] == [False] * 3 + [focal < 0] * 3 + [False] * 3


def test_a_gain_that_seeds_disagree_on_confirms_nothing():
    rows = [
        {"task": task, "reads": reads, "seed": seed, "score": 90 + (reads != "forwards") * (9, -3, -1)[seed - 1]}
        for task in bidirectional.FIGURES
        for reads in (bidirectional.FORWARDS, bidirectional.BOTH)
        for seed in SEEDS
    ]
    assert decided(bidirectional, rows) == [False] * 3


@pytest.mark.parametrize(
    ("times", "gain", "confirmed"),
    [
        (6, 0, [True, True, True, True]),
        (2, -0.1, [True, False, True, True]),
        (0.9, -0.4, [False, False, False, False]),
    ],
)
def test_an_sru_is_judged_by_its_speed_and_by_a_margin(times, gain, confirmed):
    rows = [
        {
            "task": task,
            "cell": cell,
            "seed": seed,
            "score": 90 + seed + (gain if cell == "SRU" else 0) + (0.01 * seed if cell == "SRU" else 0),
            "tokens_per_second": scattered(1000, seed) * (times if cell == "SRU" else 1),
        }
        for task in sru_against_lstm.TASKS
        for cell in ("LSTM", "SRU")
        for seed in SEEDS
    ]
    assert decided(sru_against_lstm, rows) == confirmed
    assert not any(verdict.confirmed and verdict.opposite for verdict in sru_against_lstm.verdicts(rows))
    assert sru_against_lstm.verdicts(rows)[1].opposite == (times < sru_against_lstm.PAPER)


@pytest.mark.parametrize(
    ("worse", "confirmed"),
    [
        ({}, [True, True, True, True, True, True]),
        ({"accuracy": 0.2}, [False, True, True, True, True, True]),
        ({"raised": -0.05}, [True, False, True, True, True, True]),
        ({"orders": 2}, [True, True, False, True, True, True]),
        ({"pace": 2}, [True, True, True, False, True, True]),
        ({"parameters": 0.1}, [True, True, True, True, False, True]),
        ({"time": 0.1}, [True, True, True, True, True, False]),
    ],
    ids=lambda given: next(iter(given), "") if isinstance(given, dict) else "",
)
def test_all_linear_cells_have_to_stand_the_comparison_with_the_lstm(worse, confirmed):
    rows = []
    for cell in (linear_cells.LSTM, *linear_cells.LINEAR):
        lag = worse if cell == linear_cells.LINEAR[-1] else {}  # one that falls short is enough
        pace = 1000 if cell == linear_cells.LSTM else 1500 / lag.get("pace", 1)
        for seed in SEEDS:
            kind = {"cell": cell, "seed": seed}
            accuracy = 0.9 - lag.get("accuracy", 0) + seed / 1000
            biases = [({}, 0)]
            if cell != linear_cells.LSTM:
                biases = [(linear_cells.DEFAULT, 0), (linear_cells.RAISED, lag.get("raised", 0.05))]
            for bias, more in biases:
                row = {"part": "recall", **kind, **bias, "accuracy": scattered(accuracy + more, seed)}
                rows += [{**row, "gap": gap} for gap in (2, linear_cells.FAR)]
            rows.append({"part": "gradient", **kind, "distance": linear_cells.NEAR_END, "norm": scattered(1.0, seed)})
            faint = 10.0 ** -(3 + lag.get("orders", 0))
            rows.append({"part": "gradient", **kind, "distance": linear_cells.FROM_END, "norm": faint})
            for equal in ("parameters", "time") if cell != linear_cells.LSTM else ("parameters",):
                nats = scattered(2.0, seed) + lag.get(equal, 0)
                row = {"equal": equal, "nats": nats, "tokens_per_second": pace + seed}
                rows.append({"part": "language model", **kind, **row})
    assert decided(linear_cells, rows) == confirmed


def test_depth_is_judged_by_more_accuracy_and_by_fewer_nats():
    levels = {"1 layer": 0, "2 layers": 1, "3 layers": 2, "1 wide layer": 1.5}
    rows = [
        {"task": task, "network": network, "seed": seed, "score": scattered(50 + sign * level, seed)}
        for task, sign in (("parts of speech", 1), ("characters", -1))
        for network, level in levels.items()
        for seed in SEEDS
    ]
    assert decided(depth, rows) == [True] * 6
    wrong = [{**row, "score": 100 - row["score"]} for row in rows]
    assert decided(depth, wrong) == [False] * 6
    assert all(verdict.opposite for verdict in depth.verdicts(wrong))


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

    assert decided(carried_state, rows(lambda position: 1 / position)) == [True] * 5
    assert decided(carried_state, rows(lambda position: 0)) == [True] * 4 + [False]
    assert decided(carried_state, rows(lambda position: position / -10)) == [False, False, True, True, False]


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

    assert decided(module, rows(1)) == [True] * 8
    assert decided(module, rows(0)) == [False] * 8
    assert decided(module, rows(-1)) == [False] * 8


def test_networks_are_judged_by_accuracy_by_order_and_by_slope():
    module = recurrent_against_convolutional

    def rows(order, found, slope):
        accuracies = {"sentiment": found, "one cue": found, module.ORDER: order}
        return [
            {"network": network, "task": task, "seed": seed,
             "accuracy": scattered(80 + (gain if network == "convolutional" else 0) * (1 + seed / 50), seed)}
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

    assert decided(module, rows(-30, -0.5, 3)) == [True] * 5
    assert decided(module, rows(0, -2, 1)) == [False] * 5
    assert decided(module, rows(5, 5, 0.5)) == [True, True, False, False, False]
    assert [verdict.opposite for verdict in module.verdicts(rows(0, -2, 1))] == [True, True, False, False, False]
    assert module.verdicts(rows(0, 0, 3))[3].found.startswith("3003 (2965 to 3041) and 1003 (965 to 1041) microseconds")
    slopes = module.slopes(rows(0, 0, 3), "reading", {"network": "recurrent"})
    assert slopes == pytest.approx({1: 3, 2: 3.02, 3: 2.99})


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


def test_a_band_belongs_to_one_line_though_lines_share_a_colour():
    rows = [
        {"x": x, "colour": "red", "dash": dash, "value": x, "low": x - 1, "high": x + 1}
        for dash in "ab"
        for x in (1, 2)
    ]
    band, line = curves("title", rows, ("x", "x"), "y", "colour", dash="dash").to_dict()["layer"]
    assert band["mark"]["type"] == "area"
    assert band["encoding"]["detail"]["field"] == line["encoding"]["strokeDash"]["field"] == "dash"
