"""Readers of named fields: tables and JSON Lines, on files written here."""

from collections.abc import Callable
from pathlib import Path

import pytest

from embeddings.foundation.errors import InputError
from pipelines.datasets.readers import csv_table, json_lines

Write = Callable[[str | bytes], Path]


def test_a_table_is_read_by_the_names_of_its_columns(write: Write) -> None:
    path = write('id,stars,review\r\n1,good,"Fine, ""really""\nfine"\r\n\r\n2,bad,Dull\r\n')
    first, second = csv_table.Reader(text="review", label="stars").read([path])
    assert (first.text, first.label) == ('Fine, "really"\nfine', "good")
    assert (second.text, second.label, second.id) == ("Dull", "bad", f"{path}:5")


def test_a_text_of_a_table_may_be_long(write: Write) -> None:
    (example,) = csv_table.Reader().read([write(f"text,label\n{'a' * 1_000_000},1\n")])
    assert len(example.text) == 1_000_000


def test_columns_may_stand_between_tabs(write: Write) -> None:
    (example,) = csv_table.Reader(separator="\t").read([write("label\ttext\n1\ta, b\n")])
    assert (example.text, example.label) == ("a, b", "1")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (
            "txt,label\na,1\n",
            r":1: expected a column 'text'.*'txt'",
        ),
        ("text,label\na,1\nb\n", r":3: expected 2 columns, got 1"),
        ("text,label\na, \n", r":2: expected a label, got none"),
        ('text,label\n"a,1\n', r": expected a table: unexpected end of data"),
        ("", r":1: expected a column 'text'"),
        ("text,label,text\na,1,b\n", r":1: expected one column 'text', got 2; give them different names"),
    ],
)
def test_a_malformed_table_is_refused(write: Write, content: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        list(csv_table.Reader().read([write(content)]))


def test_columns_that_are_not_read_may_have_the_same_name(write: Write) -> None:
    (example,) = csv_table.Reader().read([write("text,label,,\na,1,b,c\n")])
    assert (example.text, example.label) == ("a", "1")


def test_marks_are_text_where_nothing_is_quoted(write: Write) -> None:
    path = write('text\tlabel\n"foo\t1\nbar"\t0\n  \t\n')
    found = [(example.text, example.label) for example in csv_table.Reader(separator="\t", quotes=False).read([path])]
    assert found == [('"foo', "1"), ('bar"', "0")]
    with pytest.raises(InputError, match="separator of one character"):
        csv_table.Reader(separator="||")


def test_objects_are_read_by_their_keys(write: Write) -> None:
    content = '{"review": "Fine", "stars": 5, "x": null}\n\n{"review": "Dull", "stars": 1}\n'
    first, second = json_lines.Reader({"text": "review", "label": "stars"}).read([write(content)])
    assert (first.text, first.label, second.text, second.label) == ("Fine", "5", "Dull", "1")


def test_labels_of_objects_are_equal_where_they_mean_the_same(write: Write) -> None:
    rows = "".join(f'{{"t": "a", "l": {label}}}\n' for label in (1, 1.0, 0.5, "1e0"))
    assert [each.label for each in json_lines.Reader({"text": "t", "label": "l"}).read([write(rows)])] == [
        *("1", "1", "0.5", "1")
    ]
    padded = '{"t": "a", "l": "good "}\n{"t": "a", "l": "good"}\n'
    assert [each.label for each in json_lines.Reader({"text": "t", "label": "l"}).read([write(padded)])] == [
        *("good", "good")
    ]


def test_objects_may_hold_tokens_and_tags(write: Write) -> None:
    content = '{"words": ["New", "York"], "ner": ["I-LOC", "I-LOC"]}\n'
    (example,) = json_lines.Reader({"tokens": "words", "tags": "ner"}).read([write(content)])
    assert (example.text, example.tokens, example.tags) == ("New York", ("New", "York"), ("I-LOC", "I-LOC"))


@pytest.mark.parametrize(
    ("content", "fields", "message"),
    [
        ("[1]", {"text": "text"}, r":1: expected a JSON object, got int"),
        ('{"text": "a"', {"text": "text"}, r":1: expected a JSON object: "),
        ('{"txt": "a"}', {"text": "text"}, r":1: expected the key 'text'.*'txt'"),
        ('{"text": ["a"]}', {"text": "text"}, r":1: expected a text under 'text', got a list"),
        ('{"text": null}', {"text": "text"}, r":1: expected a text under 'text', got null"),
        ('{"text": 5}', {"text": "text"}, r":1: expected a text under 'text', got 5"),
        ('{"text": "a", "label": NaN}', {"text": "text", "label": "label"}, r":1: expected a label.*got NaN"),
        ('{"text": "a", "label": null}', {"text": "text", "label": "label"}, r":1: expected a label.*got null"),
        ('{"tokens": ["a", null]}', {"tokens": "tokens"}, r":1: expected words in 'tokens', got null"),
        ('{"tokens": ["a", 1]}', {"tokens": "tokens"}, r":1: expected words in 'tokens', got 1"),
        ('{"tokens": "a"}', {"tokens": "tokens"}, r":1: expected a list of 'tokens'"),
        ('{"tokens": ["a", " "]}', {"tokens": "tokens"}, r":1: expected words in 'tokens', got an empty item"),
        ('{"text": "a", "label": " "}', {"text": "text", "label": "label"}, r":1: expected a label, got none"),
        (r'{"text": "\ud83d"}', {"text": "text"}, r":1: expected whole characters, got a lone surrogate, .ud83d"),
        ("[" * 200_000, {"text": "text"}, r":1: expected JSON, got lists within lists without end"),
        ('{"text": ' + "1" * 5_000 + "}", {"text": "text"}, r":1: expected a JSON object: "),
        ("{}", {"texts": "text"}, r"unknown field 'texts'"),
        ("{}", {"label": "label"}, r"must map text or tokens"),
    ],
)
def test_malformed_objects_are_refused(write: Write, content: str, fields: dict, message: str) -> None:
    with pytest.raises(InputError, match=message):
        list(json_lines.Reader(fields).read([write(content)]))


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        ('5 "5"', r":2: expected labels that are numbers, as in .*:1, got text; write all labels as text"),
        ('"good" true', r":2: expected labels that are text, as in .*:1, got truth values"),
        ("1 true", r":2: expected labels that are numbers, as in .*:1, got truth values"),
        ('["a"] ["b","c"] ["d",1]', r":3: expected labels that are text, as in .*:1, got numbers"),
        ('["a"] "b"', r":2: expected a list of 'l', got the text 'b'"),
        ('[""]', r":1: expected words in 'l', got an empty item"),
        ("[null]", r":1: expected words in 'l', got null"),
    ],
)
def test_labels_of_objects_are_of_one_kind(write: Write, labels: str, message: str) -> None:
    path = write("".join(f'{{"t": "a", "l": {label}}}\n' for label in labels.split(" ")))
    field = "labels" if labels.startswith("[") else "label"
    with pytest.raises(InputError, match=message):
        list(json_lines.Reader({"text": "t", field: "l"}).read([path]))


def test_an_object_may_have_several_labels_or_none(write: Write) -> None:
    path = write('{"t": "a", "l": ["x", " y ", "x"]}\n{"t": "b", "l": []}\n')
    assert [example.labels for example in json_lines.Reader({"text": "t", "labels": "l"}).read([path])] == [
        ("x", "y"), (),
    ]  # fmt: skip
    (numbers,) = json_lines.Reader({"text": "t", "labels": "l"}).read([write('{"t": "a", "l": [1, 2.5]}')])
    assert numbers.labels == ("1", "2.5")
    with pytest.raises(InputError, match="label and labels; expected one of them"):
        json_lines.Reader({"text": "t", "labels": "l", "label": "k"})


def test_several_columns_hold_the_labels_of_a_text(write: Write) -> None:
    path = write("text,first,second\na,x,y\nb,,y\nc,x,x\n")
    reader = csv_table.Reader(labels=("first", "second"))
    assert [example.labels for example in reader.read([path])] == [("x", "y"), ("y",), ("x",)]
    with pytest.raises(InputError, match=r":2: expected a first or second, got none; `one_hot` columns may"):
        list(reader.read([write("text,first,second\na,,\n")]))
    with pytest.raises(InputError, match=r":1: expected a column 'second', got none"):
        list(reader.read([write("text,first\na,x\n")]))


def test_columns_of_zero_and_one_mark_the_labels_of_a_text(write: Write) -> None:
    reader = csv_table.Reader(one_hot=("toxic", "insult"))
    examples = list(reader.read([write("toxic,text,insult\n1,a,0\n0,b, 0\n1,c,1\n")]))
    assert [(example.text, example.labels) for example in examples] == [
        ("a", ("toxic",)), ("b", ()), ("c", ("toxic", "insult")),
    ]  # fmt: skip
    with pytest.raises(InputError, match=r":3: expected 0 or 1 in column 'insult', got 'yes'"):
        list(reader.read([write("toxic,text,insult\n1,a,0\n1,b,yes\n")]))
    with pytest.raises(InputError, match="expected one of `label`, `labels`, `one_hot`, `target`, got several"):
        csv_table.Reader(label="toxic", one_hot=("toxic",))


def test_tokens_and_tags_of_an_object_must_be_as_many(write: Write) -> None:
    with pytest.raises(InputError, match="expected 2 tags, one per token, got 1"):
        list(json_lines.Reader({"tokens": "w", "tags": "t"}).read([write('{"w": ["a", "b"], "t": ["O"]}')]))
