"""Charts of rows with seeds: what is drawn of whom, in which colours."""

import pytest

from studies.charts import (
    CELLS,
    DARK,
    STYLES,
    WIDTH,
    beside,
    curves,
    dots,
    gains,
    panels,
    percent,
    picture,
    powers,
    told,
)

ROWS = [
    {"cell": cell, "seed": seed, "gap": gap, "share": share + seed / 100}
    for cell, share in (("LSTM", 0.5), ("GRU", 0.7))
    for seed in (1, 2, 3)
    for gap in (2, 10)
]


def values(layer):
    return layer["data"]["values"]


def test_a_thin_line_a_seed_and_a_thick_one_of_their_mean():
    rule, label, seeds, mean = curves(
        "title", ROWS, "share", ("gap", "words"), "share", "cell", ticks=(2, 10), level=(0.1, "chance")
    ).to_dict()["layer"]
    assert seeds["encoding"]["detail"]["field"] == "seed"
    assert len(values(seeds)) == len(ROWS)
    assert {(row["cell"], row["gap"]): row["share"] for row in values(mean)} == {
        ("LSTM", 2): pytest.approx(0.52),
        ("LSTM", 10): pytest.approx(0.52),
        ("GRU", 2): pytest.approx(0.72),
        ("GRU", 10): pytest.approx(0.72),
    }
    assert seeds["mark"]["strokeWidth"] < mean["mark"]["strokeWidth"]
    assert values(rule) == values(label) == [{"level": 0.1, "text": "chance"}]
    assert mean["encoding"]["x"]["axis"]["values"] == [2, 10]


def test_a_cell_has_the_same_colour_and_dash_on_every_chart():
    for rows in (ROWS, ROWS[::-1], ROWS[:6]):
        *_, mean = curves("title", rows, "share", ("gap", "words"), "share", "cell").to_dict()["layer"]
        for channel, number in (("color", 0), ("strokeDash", 1)):
            scale = mean["encoding"][channel]["scale"]
            assert dict(zip(scale["domain"], map(str, scale["range"]), strict=True)) == {
                name: str(STYLES[name][number]) for name in scale["domain"]
            }
    assert set(STYLES) == set(CELLS.values())
    assert (
        len({colour for colour, _ in STYLES.values()}) == len({str(dash) for _, dash in STYLES.values()}) == len(CELLS)
    )


def test_a_cell_keeps_its_colour_beside_what_is_no_cell_and_lends_it_to_none():
    for cell, others in (("GRU", ["LSTM, open", "LSTMs"]), ("LSTM", ["convolution", "two LSTMs"])):
        names = [*others, cell]
        rows = [{**row, "cell": name} for name in names for row in ROWS if row["cell"] == cell]
        *_, mean = curves("title", rows, "share", ("gap", "words"), "share", "cell").to_dict()["layer"]
        for channel, number in (("color", 0), ("strokeDash", 1)):
            styles = dict(zip(names, map(str, mean["encoding"][channel]["scale"]["range"]), strict=True))
            assert styles[cell] == str(STYLES[cell][number])
            assert len(set(styles.values())) == 3
            if "LSTM, open" in names:
                assert styles["LSTM, open"] == str(STYLES["LSTM"][number])


def test_the_meaning_of_a_line_stands_outside_the_data():
    _, label, *_ = curves("title", ROWS, "share", ("gap", "words"), "share", "cell", level=(0, "none")).to_dict()[
        "layer"
    ]
    assert label["encoding"]["x"]["value"] == WIDTH
    _, label, *_ = dots("title", ROWS, "share", "share", "cell", level=(0, "none")).to_dict()["layer"]
    assert label["encoding"]["y"]["value"] < 0


def test_points_have_a_mean_only_where_it_describes_them():
    seeds, interval, mean = dots("title", ROWS, "share", "share", "cell").to_dict()["layer"]
    assert len(values(seeds)) == len(ROWS)
    assert [row["share"] for row in values(mean)] == [pytest.approx(0.52), pytest.approx(0.72)]
    assert interval["encoding"]["x"]["field"] == "low"
    alone = dots("title", ROWS, "share", "share", "cell", interval=False).to_dict()
    assert len(alone["layer"]) == 1
    assert values(alone) == values(seeds)


def test_gains_are_differences_of_the_same_seed():
    rows = [{"arm": arm, "seed": seed, "loss": loss} for arm, seed, loss in
            (("new", 1, 2.0), ("new", 2, 3.0), ("old", 2, 5.0), ("old", 1, 4.5))]  # fmt: skip
    layers = gains("title", rows, "loss", "less", "arms", {"pair": ({"arm": "new"}, {"arm": "old"})}, -1)
    _, _, seeds, *_ = layers.to_dict()["layer"]
    assert [row["gain"] for row in values(seeds)] == [2.5, 2.0]


def test_norms_are_drawn_as_powers_of_ten_and_shares_in_percent():
    rows = [{"norm": norm} for norm in (1000.0, 1e-30, 0.0)]
    assert [row["norm"] for row in powers(rows, "norm", 1e-24)] == [pytest.approx(3), -24, -24]
    assert [row["norm"] for row in powers(rows, "norm")] == [pytest.approx(3), pytest.approx(-30)]
    assert percent([{"share": 0.25}], "share") == [{"share": 25}]


def test_a_picture_states_its_finding_and_has_colours_for_dark_screens():
    panel = dots("two cells: 0.5 and 0.7", ROWS, "share", "share", "cell")
    drawn = picture(panel)
    assert drawn.startswith("<svg")
    assert DARK in drawn
    assert "two cells: 0.5 and 0.7" in drawn
    assert [told(each) for each in panels(beside(panel, panel))] == ["Two cells: 0.5 and 0.7."] * 2


def test_a_long_title_is_broken_into_lines_and_told_as_one():
    title = "simple RNN: of seven seeds all learn ten words, none a hundred, and two fifty"
    panel = dots(title, ROWS, "share", "share", "cell")
    assert len(panel.to_dict()["title"]) == 2
    assert told(panel) == title[0].upper() + title[1:] + "."
