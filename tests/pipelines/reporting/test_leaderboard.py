"""The leaderboard as data."""

import json
from dataclasses import asdict

import pytest

from embeddings.foundation.errors import InputError
from embeddings.foundation.files import write_json
from pipelines.evaluation.metrics import Metric
from pipelines.reporting.leaderboard import (
    AllPairs,
    Gap,
    Group,
    Leaderboard,
    Row,
    Standing,
    Value,
    decide,
    rank,
    read_leaderboard,
    write_leaderboard,
)

ACCURACY = Metric("accuracy")
NATS = Metric("nats_per_character", better="lower", decimals=4, unit="nats")


def row(name, **scores):
    values = {split: {"accuracy": Value(value, value - 1, value + 1)} for split, value in scores.items()}
    return Row(name, "run", values, {}, {})


@pytest.mark.parametrize(("splits", "decisive"), [("", ""), ("dev", "dev"), ("dev test", "test"), ("test", "test")])
def test_test_decides_where_run_and_baseline_are_scored_on_it(splits, decisive):
    differences = {split: Value(1.0, 0.0, 2.0) for split in splits.split()}
    assert Row("a", "run", {}, {}, {}, difference=differences).decisive == decisive


@pytest.mark.parametrize(
    ("difference", "verdict"),
    [
        (Value(3, 1, 5), "wins"),
        (Value(3, -1, 5), "unclear"),
        (Value(3, 0, 5), "unclear"),
        (Value(0, 0, 0), "loses"),
        (Value(-0.5, -3, 2), "loses"),
        (Value(-3, -5, -1), "loses"),
    ],
)
def test_a_run_that_is_not_above_its_baseline_loses_and_one_within_the_interval_is_unclear(difference, verdict):
    assert decide(difference, ACCURACY) == verdict


@pytest.mark.parametrize(
    ("difference", "verdict"),
    [(Value(-3, -5, -1), "wins"), (Value(-3, -5, 1), "unclear"), (Value(0, 0, 0), "loses"), (Value(3, 1, 5), "loses")],
)
def test_fewer_nats_than_the_baseline_win(difference, verdict):
    assert decide(difference, NATS) == verdict


def test_fewer_nats_come_first():
    def row(name, value):
        return Row(name, "run", {"dev": {"nats_per_character": Value(value, value, value)}}, {}, {})

    rows = rank([row("c", 1.6), row("a", 1.5), row("b", 1.4)], NATS)
    assert [each.name for each in rows] == ["b", "a", "c"]


def test_dev_ranks_whatever_test_says_and_names_break_ties():
    rows = [row("b", dev=70.0, test=99.0), row("c", dev=80.0, test=1.0), row("a", dev=70.0), row("d", test=75.0)]
    assert [each.name for each in rank(rows, ACCURACY)] == ["c", "d", "a", "b"]


def test_a_leaderboard_survives_its_file(tmp_path):
    rows = (row("a", dev=70.0, test=71.5), Row("b", "baseline", {}, {"dev": "metric:x"}, {"wall_seconds": 1.5}))
    leaderboard = Leaderboard((Group("ner", "toy", ACCURACY, (Metric("mcc", unit=""),), rows),), ("c",))
    write_leaderboard(tmp_path / "leaderboard.json", leaderboard)
    assert read_leaderboard(tmp_path / "leaderboard.json") == leaderboard


def test_a_leaderboard_of_another_version_is_refused_with_what_to_do(tmp_path):
    group = {"task": "ner", "dataset": "toy", "headline": "accuracy", "side": [], "rows": []}
    write_json(tmp_path / "leaderboard.json", {"groups": [group], "missing": []})
    with pytest.raises(InputError, match=r"leaderboard\.json: expected Metric under .*; run `elman compare` again"):
        read_leaderboard(tmp_path / "leaderboard.json")


def test_a_leaderboard_that_lacks_a_test_of_two_systems_is_refused(tmp_path):
    ten = Value(10, 9, 11)
    standings = tuple(Standing(name, (name,), ten, None, "a") for name in "abc")
    gaps = [Gap("b", "a", ten, 1.0), Gap("c", "a", ten, 1.0), Gap("c", "b", ten, 1.0)]
    pairs = AllPairs("dev", "sentence", 5, standings, tuple(gaps))
    group = Group("ner", "toy", ACCURACY, (), (row("a", dev=10.0),), pairs)
    write_leaderboard(tmp_path / "leaderboard.json", Leaderboard((group,), ()))
    assert read_leaderboard(tmp_path / "leaderboard.json").groups[0].pairs == pairs
    written = json.loads((tmp_path / "leaderboard.json").read_text())
    for others in (gaps[:2], [*gaps, gaps[0]], [*gaps[:2], Gap("d", "a", ten, 1.0)]):
        written["groups"][0]["pairs"]["gaps"] = [asdict(gap) for gap in others]
        write_json(tmp_path / "leaderboard.json", written)
        with pytest.raises(InputError, match="expected each pair of `standings` once among `gaps`"):
            read_leaderboard(tmp_path / "leaderboard.json")
