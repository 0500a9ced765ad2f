"""The leaderboard as a picture."""

from pipelines.evaluation.metrics import Metric
from pipelines.reporting.leaderboard import Group, Leaderboard, Row, Value
from pipelines.reporting.plots import COLOURS, leaderboard_svg, specification


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


def test_points_and_bars_are_the_values_and_their_intervals():
    panel = specification(BOARD)["vconcat"][0]
    assert [(point["system"], point["low"], point["value"], point["high"]) for point in panel["data"]["values"]] == [
        ("translation-gru", 28, 30, 33),
        ("word_by_word", 18, 20, 23),
        ("translation-rnn", 8, 10, 13),
    ]


def test_a_losing_run_has_a_colour_of_its_own():
    kinds = [point["kind"] for point in specification(BOARD)["vconcat"][0]["data"]["values"]]
    assert kinds == ["run", "baseline", "run that loses"]
    assert len(set(COLOURS.values())) == 3


def test_the_picture_is_drawn_offline_with_every_name_and_colour():
    picture = leaderboard_svg(BOARD)
    assert picture.startswith("<svg")
    for text in ("translation-gru", "word_by_word", "translation-rnn", "bleu", *COLOURS.values()):
        assert text in picture
