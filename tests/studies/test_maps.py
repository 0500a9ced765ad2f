"""Maps of single texts: where each character stands, and how dark each word is."""

from studies.charts import picture
from studies.maps import CHARACTER, HEIGHT, LINE, coloured, heat


def test_lines_break_between_words_and_a_character_has_the_strength_of_its_value():
    text = "word " * 12
    panel = coloured("title", text, [1.0, -0.5] * 30)
    cells = panel.to_dict()["data"]["values"]
    assert "".join(cell["character"] for cell in cells) == text
    lines = {}
    for cell in cells:
        lines.setdefault(cell["y"] // HEIGHT, []).append(cell)
    assert list(lines) == [0, 1]
    assert all(line[0]["x"] == 0 and line[0]["character"] == "w" for line in lines.values())
    assert all(cell["x"] < LINE * CHARACTER for cell in cells if cell["character"] != " ")
    assert [(cell["strength"], cell["side"]) for cell in cells[:2]] == [(1, "praise"), (0.5, "blame")]
    assert picture(panel).startswith("<svg")


def test_a_word_that_counts_more_is_darker_and_words_keep_their_order():
    rows = [
        {"place": place, "word": word, "column": column, "share": share}
        for column in ("LSTM", "GRU")
        for place, (word, share) in enumerate([("don't", 0.1), ("stop", 1.0), ("stop", 0.5)])
    ]
    panel = heat("title", rows, "share", "column")
    drawn = panel.to_dict()["layer"][0]
    assert drawn["encoding"]["opacity"]["scale"] == {"domain": [0, 1], "range": [0, 1]}
    assert drawn["encoding"]["x"]["sort"] == ["LSTM", "GRU"]
    svg = picture(panel)
    assert svg.index("don't") < svg.index("stop")
    assert svg.count(">stop<") == 2
