"""Verdicts of the studies of small language models and classifiers, on figures made by hand."""

import pytest

from studies.charts import panels, picture
from studies.claims import chunk_length, clipping_losses, depth, gates, gradient_map, padding, units

SEEDS = tuple(range(1, 9))  # of which all against none are significant, 2 / 12,870
CODES = {"shown": "s", "contradicted": "c", "undecided": "u", "not testable here": "n"}


def decided(module, rows):
    """A letter for the kind of each verdict; every claim tells figures, and each panel can be drawn."""
    found = module.verdicts(rows)
    assert all(verdict.claim.endswith(".") and verdict.found for verdict in found)
    assert module.finding(found).endswith(".")
    assert all(picture(panel).startswith("<svg") for panel in panels(module.chart(rows)))
    return "".join(CODES[verdict.kind] for verdict in found)


def scattered(value, seed):
    """A figure that differs a little from seed to seed."""
    return value + (0, 0.02, -0.01, 0.01, -0.02, 0.015, 0.005, -0.005)[seed - 1] / 5


@pytest.mark.parametrize(
    ("at_end", "at_start", "changed", "kinds"),
    [(0.12, 1.0, (0.0, 0.9, 0.3), "ssss"), (1.0, 0.12, (0.1, 0.0, 0.3), "cucs"), (1.0, 1.0, (0, 0.2, 0), "suuu")],
)
def test_a_mask_is_judged_by_seeds_that_learn_and_by_answers_that_change(at_end, at_start, changed, kinds):
    rows = [
        {"arm": kind["arm"], "seed": seed, "padding": length, "accuracy": accuracy,
         "changed": length / padding.FAR * (scattered(share, seed) if share else 0)}
        for kind, accuracy, share in zip(
            (padding.MASK, padding.END, padding.START), (1.0, at_end, at_start), changed, strict=True
        )
        for length in (0, padding.TRAINED, padding.FAR)
        for seed in SEEDS
    ]  # fmt: skip
    assert decided(padding, rows) == kinds


@pytest.mark.parametrize(
    ("lost", "without_input", "gru", "kinds"),
    [
        ({"input": 0.1, "forget": 0.3, "output": 0.1}, 0.2, 0.0, "ssssss"),
        ({"input": -0.1, "forget": -0.3, "output": -0.1}, 1.0, 0.5, "ccccuc"),
        ({"input": 0.1, "forget": 0.3, "output": 0.6}, 1.0, 0.0, "sssuus"),
    ],
)
def test_gates_are_judged_by_what_is_lost_without_them(lost, without_input, gru, kinds):
    nats = {"LSTM": 2.0, "GRU": 2.0 + gru} | {f"no {gate} gate": 2.0 + more for gate, more in lost.items()}
    rows = [
        {"part": "characters", "network": name, "seed": seed, "nats": scattered(value, seed) + value * seed / 1000}
        for name, value in nats.items()
        for seed in SEEDS
    ]
    rows += [
        {"part": "recall", "network": name, "seed": seed, "accuracy": without_input if name == "no input gate" else 1.0}
        for name in nats
        for seed in SEEDS
    ]
    assert decided(gates, rows) == kinds


@pytest.mark.parametrize(("gains", "kinds"), [((0.3, 0.05), "sss"), ((0.05, 0.3), "ccc"), ((0.1, 0.1), "uuu")])
def test_short_chunks_are_judged_by_what_carrying_and_length_gain(gains, kinds):
    nats = {10: 2.2 if kinds[1] == "s" else 2.0, 50: 2.1, 200: 2.05}
    if kinds == "uuu":
        nats = dict.fromkeys(nats, 2.1)
    gain = {10: gains[0], 50: gains[0], 200: gains[1]}
    rows = [
        {"chunk": chunk, "states": states, "seed": seed,
         "nats": value + seed / 100 - (scattered(gain[chunk], seed) if states == "carried" else 0)
         + (chunk * seed / 1e6 if kinds != "uuu" else 0)}
        for chunk, value in nats.items()
        for states in ("carried", "reset")
        for seed in SEEDS
    ]  # fmt: skip
    found = decided(chunk_length, rows)
    assert found == kinds


@pytest.mark.parametrize(
    ("sgd", "adam", "cosine", "kinds"), [(0.8, 0.0, 0.5, "ssss"), (-0.5, 0.6, 1.0, "cccc"), (0.0, 0.05, 0.5, "usus")]
)
def test_clipping_is_judged_by_nats_and_by_direction(sgd, adam, cosine, kinds):
    rows = [
        {"part": "training", "optimizer": optimizer, "clipping": clipping, "seed": seed, "step": step,
         "loss": 1 + seed / 10 + (scattered(more, seed) if clipping == "norm 0.1" and more else 0)}
        for optimizer, more in (("SGD", sgd), ("Adam", adam))
        for clipping in clipping_losses.CLIPPINGS
        for step in (20, 340, 400)
        for seed in SEEDS
    ] + [
        {"part": "gradient", "clipping": clipping, "seed": seed, "cosine": cosine if "value" in clipping else 1.0}
        for clipping in clipping_losses.CLIPPINGS
        for seed in SEEDS
    ]  # fmt: skip
    if kinds == "usus":
        rows = [row | ({"loss": row["loss"] + row["seed"] % 2 / 10} if row.get("clipping") == "norm 0.1" and
                       row.get("optimizer") == "SGD" else {}) for row in rows]  # fmt: skip
        assert decided(clipping_losses, rows)[1::2] == "ss"
    else:
        assert decided(clipping_losses, rows) == kinds


@pytest.mark.parametrize(
    ("batches", "kinds"), [((300, 200, 100, 400), "ssss"), ((100, 200, 300, 50), "sccc"), ((0, 200, 200, 200), "csuu")]
)
def test_depth_is_judged_by_batches_until_a_criterion(batches, kinds):
    rows = []
    for network, until in zip(depth.NETWORKS, batches, strict=True):
        for seed in SEEDS:
            steps = range(25, (until or 600) + 1, 25)
            for step in steps:
                nats = 0.01 if until and step == steps[-1] else 0.5
                rows.append(
                    {"network": network, "seed": seed, "step": step, "all": nats} | dict.fromkeys(depth.LEVELS, nats)
                )
    assert decided(depth, rows) == kinds
    assert depth.batches(rows, depth.TWO) == [200] * 8
    assert depth.batches(rows, depth.ONE) == [batches[0] or float("inf")] * 8


@pytest.mark.parametrize(
    ("one", "every", "kinds"),
    [((70, 60), (71, 65), "sssn"), ((60, 70), (80, 85), "cccn"), ((60, 60), (61, 61), "uusn")],
)
def test_a_unit_is_judged_beside_a_random_network_and_beside_all_units(one, every, kinds):
    rows = [
        {"part": "probe", "network": network, "seed": seed, "units": of, "unit": 3,
         "accuracy": value + seed + (scattered(0.1, seed) if kinds[0] != "u" and network == "trained" else 0)
         + (seed / 1000 if of == "one" and network == "trained" and kinds[0] != "u" else 0)}
        for of, values in (("one", one), ("all", every))
        for network, value in zip(("trained", "untrained"), values, strict=True)
        for seed in SEEDS
    ]  # fmt: skip
    rows += [{"part": "model", "seed": seed, "nats": 1.5} for seed in SEEDS]
    rows.append({"part": "text", "label": "negative", "text": "Oh no.", "unit": 3, "states": [0.1, 0.2, 0, -1, -1, -2]})
    assert decided(units, rows) == kinds


@pytest.mark.parametrize(("before", "lit", "kinds"), [(0.2, 4, "sss"), (1.0, 4, "ssu"), (1.0, 6, "ccc")])
def test_a_map_is_judged_by_where_it_is_darkest(before, lit, kinds):
    rows = []
    for cell, network in gradient_map.COLUMNS:
        for seed in SEEDS:
            kind = {"cell": cell, "network": network, "seed": seed}
            rows.append({**kind, "accuracy": 1.0})
            for place, word in enumerate(["i", "grew", "up", "in", "france", ".", "fluent"]):
                norm = 1.0 if network == "trained" and place == lit else 0.1 * (1 + seed / 100)
                if network == "untrained":
                    norm = before if place == gradient_map.CUE else 1.0
                    norm *= 1 + (seed / 1000 if place == gradient_map.CUE and before < 1 else 0)
                rows.append({**kind, "place": place, "word": word, "norm": norm})
    assert decided(gradient_map, rows) == kinds
