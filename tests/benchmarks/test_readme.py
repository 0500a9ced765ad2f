"""Tables and the picture of README, and those of RESULTS.md and docs/experiments.md, from made-up figures."""

import re
from typing import Literal
from xml.etree import ElementTree

import pytest

from benchmarks.picture import pictures, scale
from benchmarks.readme import (
    ENGLISH,
    RUSSIAN,
    beside_baselines,
    layer_speeds,
    layer_table,
    leaderboard_tables,
    results_table,
    speed_in_short,
    translator_speeds,
    translators_table,
)
from benchmarks.summary import summary_table
from embeddings.foundation.errors import InputError
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
    return list(summary_table(results))[2:]


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
        "| pairs | **gru** † | bleu | 60.0 | 20.0 | 19.0 to 21.0 | 2 |",
        "| pairs | *words* | bleu | 33.0 | 30.0 | 29.0 to 31.0 | 1 |",
        "| pairs | elman † | bleu | 32.0 | 30.0 | 29.0 to 31.0 | 1 |",
        "| pairs | lstm | bleu | 31.0 | 40.0 | 39.0 to 41.0 | 1 |",
        "| pairs | *none* | bleu | 9.0 | 10.0 | 9.0 to 11.0 | 1 |",
        "| others | **lstm** | bleu | 9.0 | 9.5 | 8.5 to 10.5 | 1 |",
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
        "| pairs | **gru** | bleu | 60.0 | 20.0 | 19.0 to 21.0 | 1 |",
        "| pairs | *words* | bleu | 33.0 | 15.0 | 14.0 to 16.0 | 1 |",
        "| pairs | *lucky* | bleu | 9.0 | 30.0 | 29.0 to 31.0 | 1 |",
    ]


def test_results_leave_out_probes_and_runs_that_are_compared_alone():
    assert lines(
        result("gru", 20.0),
        result("gru", 20.0, split="dev"),
        result("pairs_parts-none", 10.0),
        result("pairs_cells-sru-1", 10.0),
        result("pairs_vectors-fasttext-1", 10.0),
        result("gru: 3 units", 5.0, task="probe"),
    ) == ["| pairs | **gru** | bleu | 20.0 | 20.0 | 19.0 to 21.0 | 1 |"]


def of_every_dataset(run=2.5, baseline=1.0):
    """Results of a run and a baseline on the datasets that README shows."""
    values = sorted([("gru", run), ("baseline windowed_tagger", baseline)], key=lambda each: -each[1])
    for dataset in ENGLISH.titles:
        for split in ("test", "dev"):
            yield from (result(name, value, dataset=dataset, split=split) for name, value in values)


@pytest.mark.parametrize(
    ("run", "row"),
    [
        (2.5, "| **2.50** (1.50 to 3.50) | 1.00 (0.00 to 2.00), windowed tagger |"),
        (0.5, "| 0.50 † (-0.50 to 1.50) | **1.00** (0.00 to 2.00), windowed tagger |"),
    ],
)
def test_readme_shows_runs_beside_the_best_baseline_and_the_better_one_in_bold(run, row):
    table = "".join(results_table(beside_baselines([*of_every_dataset(run)]))).splitlines()
    assert table[3] == f"| IMDB, sentiment | BLEU {row}"
    assert len(table) == 3 + len(ENGLISH.titles) + 1


def test_the_table_in_russian_has_the_same_datasets():
    assert list(RUSSIAN.titles) == list(ENGLISH.titles)
    table = "".join(results_table(beside_baselines([*of_every_dataset()]), RUSSIAN)).splitlines()
    assert table[3] == "| IMDB, тональность | BLEU | **2.50** (1.50–3.50) | 1.00 (0.00–2.00), windowed tagger |"


def test_a_dataset_without_a_baseline_is_refused():
    results = [each for each in of_every_dataset() if (each["dataset"], each["run"][:8]) != ("ewt_pos", "baseline")]
    with pytest.raises(InputError, match="expected a run and a baseline of 'ewt_pos' on test, got none"):
        beside_baselines(results)


def layers(measured, **speeds):
    about = {"cell": "lstm", "bidirectional": False, "batch": 32, "features": 100, "units": 128, "measured": measured}
    for each in ("train", "inference"):
        for lengths in ("full", "imdb", "multi30k"):
            for name, speed in speeds.items():
                place = {"pass": each, "lengths": lengths, "implementation": name.replace("_", "-")}
                yield {**about, **place, "tokens_per_second": speed}


def test_layers_are_those_of_the_last_day_with_the_better_keras_and_the_fastest_in_bold():
    before = layers("2026-11-18", elman=9e6, keras=9e6, keras_jit=9e6, torch=9e6)
    now = {"elman": 99_400, "keras": 50_000, "keras_jit": 70_600, "torch_padded": 1_234_000, "torch_packed": 19_000}
    table = "".join(layer_table(layer_speeds([*layers("2026-11-30", **now), *before]))).splitlines()
    assert table[1] == "| an LSTM of 128 units, thousand tokens/s | Elman | Keras | PyTorch, padded | PyTorch, packed |"
    assert table[4] == "| training, lengths of IMDB | 99 | 71 | **1,234** | 19 |"
    assert len(table) == 10
    with pytest.raises(InputError, match=r"expected a row of .*torch-packed"):
        layer_speeds([row for row in layers("2026-11-30", **now) if row["implementation"] != "torch-packed"])


TRANSLATORS = [("training", "1,651", "213"), ("greedy", "36", "53.5"), ("beam", "9", "3")]


def test_translators_are_those_of_the_page_of_speed():
    page = "| a |\n| --- |\n\n| what | Elman | joeynmt | ratio |\n| --- | ---: | ---: | ---: |\n"
    page += "| training | 1,651 | 213 | 7.8 |\n| greedy | 36 | 53.5 | 0.7 |\n| beam | 9 | 3 | 3 |\n\ntext\n"
    assert translator_speeds(page) == TRANSLATORS
    rows = list(translators_table(TRANSLATORS))[1:3]
    assert rows == ["| training | **1,651** | 213 |\n", "| greedy | 36 | **53.5** |\n"]
    with pytest.raises(InputError, match="expected a table of Elman and joeynmt, got none"):
        translator_speeds("| a |\n| --- |\n")


def test_speed_in_short_names_every_library_in_training():
    layers = {("train", "imdb"): [224.4, 81.9, 129, 19], ("train", "full"): [1235, 170, 376, 356]}
    text = speed_in_short(layers, TRANSLATORS)
    assert " ".join(text.split()).startswith(
        "On two CPU cores an LSTM layer trains 224 thousand tokens/s on texts as long as IMDB's (Keras 82, PyTorch 129 "
        "padded and 19 packed), and 1,235 thousand tokens/s on rows of equal length (Keras 170, PyTorch 376 padded and "
        "356 packed). A translator trains 7.8 times as fast as joeynmt's, and decodes 0.7 times as fast:"
    )
    assert all(len(line) <= 120 for line in text.splitlines())
    assert " ".join(speed_in_short(layers, TRANSLATORS, RUSSIAN).split()).startswith(
        "На двух ядрах CPU слой LSTM обучается со скоростью 224 тыс. токенов/с на текстах той же длины, что в IMDB "
        "(Keras — 82, PyTorch — 129 с паддингом и 19 с упаковкой), и 1,235 тыс. токенов/с на текстах одинаковой длины "
        "(Keras — 170, PyTorch — 376 с паддингом и 356 с упаковкой). Скорость модели перевода относительно joeynmt: "
        "обучение — "
        "7.8×, перевод — 0.7×."
    )


@pytest.mark.parametrize(
    ("low", "high", "lines"), [(90.56, 92.08, [90.5, 91, 91.5, 92, 92.5]), (15.11, 38.6, [10, 20, 30, 40])]
)
def test_a_scale_has_lines_at_equal_steps_around_all_values(low, high, lines):
    assert scale(low, high) == lines


def test_the_picture_has_a_dot_within_its_interval_for_every_system():
    shown = beside_baselines([*of_every_dataset()])
    light, dark = pictures(shown).values()
    uncoloured = [re.sub("#[0-9a-f]{6}", "", each) for each in (light, dark)]
    assert uncoloured[0] == uncoloured[1]
    drawn = ElementTree.fromstring(light)
    panels = [each for each in drawn if each.tag.endswith("}g")]
    assert len(panels) == len(ENGLISH.titles)
    texts = [each.text for each in panels[0] if each.tag.endswith("}text")]
    assert texts == ["IMDB, sentiment", "BLEU", "0", "1", "2", "3", "4", "Elman", "2.5", "windowed tagger", "1.0"]
    # 280 wide from 200 on: 0 to 4, so that 2.5 is at 200 + 280 * 2.5 / 4, and its interval reaches from 1.5 to 3.5.
    assert [each.get("cx") for each in panels[0] if each.tag.endswith("}circle")] == ["375.0", "270.0"]
    assert [each.get("d") for each in panels[0] if each.get("stroke-width")] == ["M305.0 37H445.0", "M200.0 57H340.0"]
