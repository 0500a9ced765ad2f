"""README's tables, from a leaderboard and from results."""

from typing import Literal

from benchmarks.readme import leaderboard_tables, results_table
from pipelines.evaluation.metrics import Metric
from pipelines.reporting.leaderboard import Group, Leaderboard, Row, Value


def row(name, kind: Literal["run", "baseline"] = "run", verdict: Literal["", "loses"] = "", **splits):
    scores = {split: {"accuracy": Value(value, value - 2, value + 1)} for split, value in splits.items()}
    return Row(name, kind, scores, {}, {}, verdict=verdict)


def test_the_best_is_bold_a_run_below_its_baseline_has_a_dagger_and_baselines_are_italic():
    rows = (row("good", dev=90.26, test=80.0), row("linear", "baseline", dev=85), row("bad", verdict="loses", dev=80))
    leaderboard = Leaderboard((Group("ner", "cities", Metric("accuracy"), (), rows),), ())
    assert "".join(leaderboard_tables(leaderboard)).split("\n") == [
        "",
        "| ner | accuracy, dev | accuracy, test |",
        "| --- | ---: | ---: |",
        "| **good** | 90.3 ± 1.5 | 80.0 ± 1.5 |",
        "| *linear* | 85.0 ± 1.5 |  |",
        "| bad † | 80.0 ± 1.5 |  |",
        "",
        "",
    ]


def result(run, value, metric="bleu", split="test", task="translation", dataset="pairs", seeds=(1,)):
    return {"run": run, "task": task, "dataset": dataset, "split": split, "metric": metric, "value": value,
            "low": value - 1, "high": value + 1, "seeds": list(seeds)}  # fmt: skip


def lines(*results):
    return "".join(results_table(results)).split("\n")[3:-2]


def test_results_show_the_headline_on_test_and_mark_the_best_on_dev_and_runs_below_its_best_baseline():
    assert lines(
        result("lstm", 40.0),
        result("baseline words", 30.0),
        result("elman", 30.0),
        result("gru", 20.0, seeds=(1, 2)),
        result("baseline none", 10.0),
        result("gru", 50.0, "chrf"),
        result("gru", 60.0, split="dev"),
        result("baseline words", 33.0, split="dev"),
        result("elman", 32.0, split="dev"),
        result("lstm", 31.0, split="dev"),
        result("baseline none", 9.0, split="dev"),
        result("lstm", 50.0, "chrf", split="dev"),
        result("lstm", 9.5, dataset="others"),
        result("lstm", 9.0, dataset="others", split="dev"),
        result("unscored", 9.0, dataset="third", split="dev"),
    ) == [
        "| pairs | **gru** † | bleu | 20.0 | 19.0 to 21.0 | 2 |",
        "| pairs | *words* | bleu | 30.0 | 29.0 to 31.0 | 1 |",
        "| pairs | elman † | bleu | 30.0 | 29.0 to 31.0 | 1 |",
        "| pairs | lstm | bleu | 40.0 | 39.0 to 41.0 | 1 |",
        "| pairs | *none* | bleu | 10.0 | 9.0 to 11.0 | 1 |",
        "| others | **lstm** | bleu | 9.5 | 8.5 to 10.5 | 1 |",
    ]


def test_a_run_above_a_baseline_that_is_best_on_test_alone_has_no_dagger():
    assert lines(
        result("baseline lucky", 30.0),
        result("gru", 20.0),
        result("baseline words", 15.0),
        result("gru", 60.0, split="dev"),
        result("baseline words", 33.0, split="dev"),
        result("baseline lucky", 9.0, split="dev"),
    ) == [
        "| pairs | **gru** | bleu | 20.0 | 19.0 to 21.0 | 1 |",
        "| pairs | *words* | bleu | 15.0 | 14.0 to 16.0 | 1 |",
        "| pairs | *lucky* | bleu | 30.0 | 29.0 to 31.0 | 1 |",
    ]


def test_results_leave_out_probes_and_runs_that_are_compared_alone():
    assert lines(
        result("gru", 20.0),
        result("gru", 20.0, split="dev"),
        result("pairs_parts-none", 10.0),
        result("pairs_cells-sru-1", 10.0),
        result("pairs_vectors-fasttext-1", 10.0),
        result("gru: 3 units", 5.0, task="probe"),
    ) == ["| pairs | **gru** | bleu | 20.0 | 19.0 to 21.0 | 1 |"]
