"""The leaderboard as a picture."""

import xml.etree.ElementTree as ElementTree
from dataclasses import replace

import altair
import vl_convert

from pipelines.evaluation.metrics import Metric
from pipelines.reporting.leaderboard import Group, Leaderboard, Row, Value
from pipelines.reporting.plots import COLOURS, leaderboard_chart, svg


def scores(value):
    return {"dev": {"bleu": Value(value, value - 2, value + 3)}}


BOARD = Leaderboard(
    (
        Group(
            "translation",
            "toy_translation",
            Metric("bleu"),
            (),
            (
                Row("translation-gru", "run", scores(30.0), {}, {}, verdict="wins"),
                Row("word_by_word", "baseline", scores(20.0), {}, {}),
                Row("translation-rnn", "run", scores(10.0), {}, {}, verdict="loses"),
            ),
        ),
    ),
    (),
)


def points():
    """The data of the picture's one panel."""
    return leaderboard_chart(BOARD).to_dict()["data"]["values"]


def test_points_and_bars_are_the_values_and_their_intervals():
    assert [(point["system"], point["low"], point["value"], point["high"]) for point in points()] == [
        ("translation-gru", 28, 30, 33),
        ("word_by_word", 18, 20, 23),
        ("translation-rnn", 8, 10, 13),
    ]


def test_a_run_below_its_baseline_has_a_colour_of_its_own():
    assert [point["kind"] for point in points()] == ["run", "baseline", "run below its baseline"]
    assert len(set(COLOURS.values())) == 3


def test_the_picture_is_drawn_offline_with_every_name_and_colour():
    picture = svg(leaderboard_chart(BOARD))
    assert picture.startswith("<svg")
    for text in ("translation-gru", "word_by_word", "translation-rnn", "bleu", *COLOURS.values()):
        assert text in picture


def test_the_scripts_that_draw_know_the_version_that_charts_are_written_in():
    major, minor, *_ = altair.SCHEMA_VERSION.removeprefix("v").split(".")
    assert f"{major}.{minor}" in vl_convert.get_vegalite_versions()


def test_names_are_text_of_the_picture_whatever_they_hold():
    """Control characters end the process that draws, if they get so far."""
    name = '</text><script>alert(1)</script>&"\x1b[2J\x00\u202e'
    (group,) = BOARD.groups
    rows = tuple(replace(row, name=f"{name}{number}") for number, row in enumerate(group.rows))
    drawn = svg(leaderboard_chart(Leaderboard((replace(group, dataset=name, rows=rows),), ())))
    texts = ["".join(each.itertext()) for each in ElementTree.fromstring(drawn).iter() if each.tag.endswith("text")]
    assert any("<script>alert(1)</script>" in text for text in texts)
    assert "<script" not in drawn
    assert any("\\x1b[2J\\x00\\u202e" in text for text in texts)


def test_equal_charts_give_equal_bytes_whatever_was_drawn_before():
    chart = altair.Chart(altair.Data(values=[{"x": 1, "y": 2}])).mark_line(clip=True).encode(x="x:Q", y="y:Q")
    first, _, again = svg(chart), svg(altair.hconcat(chart, chart)), svg(chart)
    assert "clip-path" in first
    assert first == again
