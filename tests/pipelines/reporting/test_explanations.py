from pipelines.reporting.explanations import section


def test_words_are_coloured_by_their_share_of_the_largest_weight():
    row = {
        "source_tokens": ["a", "<b>", "bad"], "label": "positive", "probabilities": {"positive": 0.75},
        "explanation": {"weights": [0.5, None, -2.0]},
    }  # fmt: skip
    page = section(row)
    assert "positive (75.0%)" in page
    assert '<span style="background: rgba(31, 119, 180, 0.17)" title="+0.5000">a</span>' in page
    assert 'title="truncated">&lt;b&gt;</span>' in page
    assert '<span style="background: rgba(214, 39, 40, 0.70)" title="-2.0000">bad</span>' in page


def test_each_of_several_labels_colours_the_text():
    row = {
        "source_tokens": ["a", "bad"], "labels": ["x", "<y>"], "probabilities": {"x": 0.75, "<y>": 0.6, "z": 0.1},
        "explanation": {"weights": [[0.5, -1.0], [2.0, None]]},
    }  # fmt: skip
    page = section(row)
    assert page.index("x (75.0%)") < page.index('title="-1.0000">bad') < page.index("&lt;y&gt; (60.0%)")
    assert '0.70)" title="+2.0000">a</span>' in page
    assert section({"source_tokens": [], "labels": [], "explanation": {"weights": []}}) == "<section>\n</section>\n"


def test_attention_is_a_table_with_a_row_for_each_word_written():
    row = {
        "source_tokens": ["ein", "Haus"], "tokens": ["house", "&"], "text": "house &",
        "explanation": {"weights": [[0.2, 0.8], [1.0, 0.0]]},
    }  # fmt: skip
    page = section(row)
    assert "<th>ein</th><th>Haus</th>" in page
    assert page.count("<tr>") == 3
    assert '<tr><th>&amp;</th><td style="background: rgba(31, 119, 180, 0.70)" title="1.000">' in page


def test_a_text_whose_words_say_nothing_has_no_colour():
    row = {"source_tokens": ["a"], "label": "x", "probabilities": {"x": 1.0}, "explanation": {"weights": [0.0]}}
    assert "0.00)" in section(row)


def test_a_translation_without_words_is_a_table_of_no_rows():
    row = {"source_tokens": ["ein"], "tokens": [], "text": "", "explanation": {"weights": []}}
    assert "<th>ein</th></tr></thead>\n</table>" in section(row)


def test_an_empty_text_is_an_empty_section():
    row = {"source_tokens": [], "label": None, "probabilities": {}, "explanation": {"weights": []}}
    assert section(row) == "<section>\n</section>\n"
