import numpy as np

from pipelines.probing.page import ShownText, histogram_chart, page

SCORES = {"all units": {"dev": "90.0 [88.0, 92.0]"}, "one unit": {"dev": "80.0 [78.0, 82.0]"}}
ROWS = [{"label": "neg", "low": 0.0, "high": 0.5, "texts": 3}, {"label": "pos", "low": 0.0, "high": 0.5, "texts": 1}]


def page_of(*texts):
    return page("a <run>: unit 7", SCORES, "<svg></svg>", texts, 0.2, "pos", "neg")


def test_pieces_are_coloured_by_their_side_of_the_threshold_and_neighbours_of_a_colour_together():
    values = np.array([0.2, 1.2, 1.2, -0.3, 0.2])
    shown = page_of(ShownText("dev-1", "pos", "neg", -0.5, list("a<b&c"), values))
    spans = "<span class=a0>a</span><span class=a10>&lt;b</span><span class=b10>&amp;</span><span class=a0>c</span>"
    assert f'<div class="text">{spans}</div>' in shown
    assert "dev-1: pos; the unit predicts neg (-0.500)" in shown
    assert ".a10 { background: rgba(31, 119, 180, 0.70); }" in shown
    assert ".b10 { background: rgba(214, 39, 40, 0.70); }" in shown
    assert "neg, -0.300 or less <b><i class=b10></i>" in shown
    assert "<i class=a10></i></b> pos, 1.200 or more" in shown
    assert "white at the threshold, 0.200" in shown


def test_what_comes_from_data_is_escaped():
    shown = page_of(ShownText("<u>", "<s>", "<q>", 0.0, ["<script>"], np.array([0.3])))
    assert "a &lt;run&gt;: unit 7" in shown
    assert not [tag for tag in ("<u>", "<s>", "<q>", "<script>", "<run>") if tag in shown]


def test_a_text_that_goes_on_says_so():
    text = ShownText("dev-1", "pos", "pos", 0.5, ["a"], np.array([0.3]), cut=True)
    assert "</span> …</div>" in page_of(text)


def test_accuracies_are_a_table_with_a_column_for_each_split():
    assert "<tr><th>one unit</th><td>80.0 [78.0, 82.0]</td></tr>" in page_of()


def test_the_histogram_has_a_bar_for_each_label_and_bin_and_the_threshold():
    drawn = histogram_chart(ROWS, 7, 0.2, "pos", "neg").to_dict()
    bars, rule = drawn["layer"]
    assert bars["data"]["values"] == ROWS
    assert bars["encoding"]["color"]["scale"]["domain"] == ["pos", "neg"]
    assert rule["data"]["values"] == [{"threshold": 0.2}]
