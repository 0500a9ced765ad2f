"""The leaderboard as Markdown and on the terminal."""

import io
from dataclasses import replace

import pytest
from rich.console import Console

from pipelines.evaluation.metrics import Metric
from pipelines.reporting.leaderboard import Group, Leaderboard, Row, Sample, Value
from pipelines.reporting.systems import TrainedCell, described
from pipelines.reporting.table import duration, markdown, print_leaderboard, whole


def scores(**values):
    return {split: {"span_f1": Value(value, value - 1, value + 2)} for split, value in values.items()}


RUN = Row(
    name="ner-bilstm-skip_gram",
    kind="run",
    scores=scores(dev=80.25, test=79.0),
    signatures={"dev": "metric:span_f1|split:dev"},
    cost={"wall_seconds": 150, "tokens_per_second": 12345.6, "parameters": 54321, "peak_memory_megabytes": 700},
    cell="lstm",
    direction="both",
    depth=2,
    units=64,
    source_vectors="english_skip_gram",
    target_vectors="russian_skip_gram",
    word_vectors="fine_tuned",
    baseline="windowed_linear_tagger",
    difference={"dev": Value(5.25, 3.0, 7.5), "test": Value(4.0, 2.0, 6.0)},
    verdict="wins",
)
BASELINE = Row("windowed_linear_tagger", "baseline", scores(dev=75.0, test=75.0), {}, {"wall_seconds": 3.2})
LOSER = Row(
    "translation-simple_rnn-skip_gram",
    "run",
    scores(dev=60.0),
    {},
    {},
    "simple_rnn",
    "forward",
    1,
    64,
    baseline="windowed_linear_tagger",
    difference={"dev": Value(-15.0, -17.0, -13.0)},
    verdict="loses",
)
BOARD = Leaderboard((Group("ner", "toy_ner", Metric("span_f1"), (), (RUN, BASELINE, LOSER)),), ("ner-gru",))


def cells(page, name):
    """The cells of the row of a Markdown table, by header."""
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in page.splitlines() if line.startswith("| ")]
    return dict(zip(rows[0], next(row for row in rows if row[0] == name), strict=True))


def printed(width):
    file = io.StringIO()
    print_leaderboard(BOARD, Console(file=file, width=width, force_terminal=True, color_system=None))
    return file.getvalue()


def test_a_row_has_dev_beside_test_with_intervals_and_cost():
    row = cells(markdown(BOARD), "**ner-bilstm-skip_gram**")
    assert row["cell"] == "bi-lstm 2×64"
    assert row["vectors"] == "english_skip_gram → russian_skip_gram, fine-tuned"
    assert row["span_f1 dev"] == "80.25 [79.25, 82.25]"
    assert row["span_f1 test"] == "79.00 [78.00, 81.00]"
    assert row["over best baseline, dev"] == "+5.25 [+3.00, +7.50]"
    assert row["verdict"] == "wins"  # on test, as the page says
    assert row["time"] == "2.5 min"
    assert row["tokens/s"] == "12,346"
    assert row["peak memory, MB"] == "700"


def test_the_cells_of_an_ensembles_members_stand_in_the_place_of_a_cell():
    lstm, sru = TrainedCell("lstm", 160, 2, True), TrainedCell("sru", 64, 1, False)
    assert replace(RUN, ensemble=described([lstm, sru, lstm])).architecture == "2 of bi-lstm 2×160 + 1 of sru 1×64"
    assert replace(RUN, trained_on="more").architecture == "bi-lstm 2×64, trained on more"
    assert (replace(RUN, ensemble=described([])).architecture, BASELINE.architecture) == ("bi-lstm 2×64", "")


def test_a_run_below_its_baseline_is_marked_and_what_is_unknown_stays_empty():
    row = cells(markdown(BOARD), "translation-simple_rnn-skip_gram †")
    assert row["verdict"] == "loses to windowed_linear_tagger on dev"  # the only split that both are scored on
    assert row["span_f1 test"] == row["over best baseline, test"] == row["time"] == row["tokens/s"] == ""


def test_the_page_names_signatures_and_what_was_not_evaluated():
    page = markdown(BOARD)
    assert "`metric:span_f1|split:dev`" in page
    assert "Not evaluated: ner-gru" in page
    assert "*windowed_linear_tagger*" in page


@pytest.mark.parametrize("width", [100, 110, 120, 140])
def test_the_terminal_shows_every_row_whole(width):
    lines = printed(width).splitlines()
    assert max(map(len, lines)) <= width
    for name, parts in {
        "ner-bilstm-skip_gram": ["80.2 ±1.5", "79.0 ±1.5", "+4.0", "2.5 min", "12,346"],
        "translation-simple_rnn-skip_gram": ["simple_rnn 1×64", "60.0 ±1.5", "-15.0 loses"],
        "windowed_linear_tagger": ["baseline", "75.0 ±1.5", "3 s"],
    }.items():
        line = next(line for line in lines if line.startswith(name))
        for part in parts:
            assert part in line, width


def test_the_terminal_says_below_a_verdict_that_it_is_that_of_dev():
    lines = printed(140).splitlines()
    place = next(number for number, line in enumerate(lines) if "-15.0 loses" in line)
    assert lines[place + 1].split() == ["on", "dev"]
    assert sum(line.split() == ["on", "dev"] for line in lines) == 1


def test_a_wide_terminal_shows_the_vectors_too():
    assert "english_skip_gram" in printed(130)
    assert "english_skip_gram" not in printed(100)


def test_units_of_cost():
    assert [duration(seconds) for seconds in (None, 0.4, 119, 120, 5400)] == ["", "0 s", "119 s", "2.0 min", "90.0 min"]
    assert [whole(number) for number in (None, 0, 1234567.8)] == ["", "0", "1,234,568"]


NATS = Metric("nats_per_character", better="lower", decimals=4, unit="nats")


def test_nats_are_shown_with_four_decimals_and_samples_line_by_line():
    values = {"dev": {"nats_per_character": Value(1.4697, 1.45, 1.48)}}
    samples = (Sample(250, 2.5, "Thou\n\n  art `x`\x1b"), Sample(2000, 1.5, "To be"))
    row = Row("lm", "run", values, {}, {}, difference={"dev": Value(-0.2, -0.3, -0.1)}, samples=samples)
    board = Leaderboard((Group("text_generation", "plays", NATS, (), (row,)),), ())
    page = markdown(board)
    assert "| nats_per_character ↓ dev |" in page
    assert "1.4697 [1.4500, 1.4800]" in page
    assert "-0.2000 [-0.3000, -0.1000]" in page
    assert "after 250 steps, loss 2.50:\n\n    Thou\n    \n      art `x`\\x1b\n" in page
    assert page.index("after 250 steps") < page.index("after 2,000 steps")
