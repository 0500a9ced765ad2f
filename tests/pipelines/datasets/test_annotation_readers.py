"""Readers of annotation tools' exports, on files as the tools write them."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from embeddings.foundation.errors import InputError
from pipelines.data.examples import Example
from pipelines.datasets.left_out import LeftOut
from pipelines.datasets.readers import FileReader, brat, doccano, label_studio, spacy_json
from pipelines.datasets.spans import SpannedText

Write = Callable[[str | bytes], Path]


def found(reader: FileReader, paths: Sequence[Path]) -> list[tuple[str, list[tuple[str, str]]]]:
    """Texts with their entities, each as its own text and type."""
    return [
        (each.text, [(each.text[span.start : span.end], span.kind) for span in each.spans])
        for each in reader.read(paths)
        if isinstance(each, SpannedText)
    ]


ANNA = ("Anna is in New York.", [("Anna", "PER"), ("New York", "LOC")])
SPANS = [[11, 19, "LOC"], [0, 4, "PER"]]


@pytest.mark.parametrize(
    "row",
    [
        {"id": 7, "text": ANNA[0], "label": SPANS, "Comments": []},
        {"id": 7, "text": ANNA[0], "labels": SPANS, "meta": {}},
        {
            "id": 7,
            "text": ANNA[0],
            "entities": [
                {"id": 1, "label": "PER", "start_offset": 0, "end_offset": 4},
                {"id": 2, "label": "LOC", "start_offset": 11, "end_offset": 19},
            ],
            "relations": [{"id": 1, "from_id": 1, "to_id": 2, "type": "in"}],
        },
    ],
)
def test_doccano_exports_spans_in_three_ways(write: Write, row: dict[str, Any]) -> None:
    lines = json.dumps(row) + "\n\n" + json.dumps({"id": 8, "text": "None.", "label": []}) + "\n"
    assert found(doccano.Reader(), [write(lines)]) == [ANNA, ("None.", [])]
    assert found(doccano.Reader(), [write(json.dumps([row], indent=2))]) == [ANNA]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ('{"text": "a"}\n{"txt": "a"}', r":2: expected an object with the key 'text'; export it from doccano"),
        (
            '{"text": "a", "label": ["good"]}',
            r":1: expected array, got str at label\[0\]; .* `json_lines`",
        ),
        (
            '{"text": "a", "label": [[0, 2, "X"]]}',
            r":1: expected a span within the 1 characters of the text, got 0 to 2",
        ),
        ('[\n{"text": "a"},\n{"text": 5}]', r":3: expected str, got int at text"),
        ('{"text": "a"\n', r":1: expected JSON"),
        ('{"text": "a"}\n{"text": \n', r":2: expected JSON"),
    ],
)
def test_what_is_no_export_of_doccano_is_refused(write: Write, content: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        list(doccano.Reader().read([write(content)]))


def region(start: int, end: int, text: str | None, *labels: str) -> dict[str, Any]:
    value = {"start": start, "end": end, "labels": list(labels), **({"text": text} if text else {})}
    return {"id": "x", "from_name": "label", "to_name": "text", "type": "labels", "value": value}


def task(text: str, *results: list[dict[str, Any]], cancelled: int = 0) -> dict[str, Any]:
    annotations = [{"id": n, "was_cancelled": n < cancelled, "result": each} for n, each in enumerate(results)]
    return {"id": 1, "data": {"text": text}, "annotations": annotations, "predictions": []}


def test_label_studio_counts_characters_or_code_units(write: Write) -> None:
    relation = {"from_id": "x", "to_id": "y", "type": "relation", "direction": "right"}
    tasks = [
        task(ANNA[0], [region(0, 4, "Anna", "PER"), region(11, 19, "New York", "LOC"), relation]),
        task("👍 Anna 👍", [region(3, 7, "Anna", "PER")]),  # UTF-16: the emoji is two units
        task("👍 Anna 👍", [region(2, 6, "Anna", "PER")]),  # characters
        task("👍 Anna", [region(2, 6, None, "PER")]),
        task("Anna", [region(0, 4, "Anna", "PER")], [region(0, 4, "Anna", "LOC")]),  # a second annotator
        task("Anna", [region(0, 4, "Anna", "PER")], [region(0, 4, "Anna", "LOC")], cancelled=1),
    ]
    emoji = ("👍 Anna 👍", [("Anna", "PER")])
    expected = [
        ANNA,
        emoji,
        emoji,
        ("👍 Anna", [("Anna", "PER")]),
        ("Anna", [("Anna", "PER")]),
        ("Anna", [("Anna", "LOC")]),
    ]
    assert found(label_studio.Reader(), [write(json.dumps(tasks))]) == expected


def test_label_studio_exports_a_short_form_and_an_older_one(write: Write) -> None:
    short = {
        "id": 1,
        "review": ANNA[0],
        "ner": [{"start": 0, "end": 4, "text": "Anna", "labels": ["PER"]}],
        "lead_time": 2.5,
    }
    reader = label_studio.Reader(text="review", label="ner")
    assert found(reader, [write(json.dumps([short]))]) == [(ANNA[0], [("Anna", "PER")])]
    older = task("Anna", [region(0, 4, "Anna", "PER")])
    older["completions"] = older.pop("annotations")
    assert found(label_studio.Reader(), [write(json.dumps([older]))]) == [("Anna", [("Anna", "PER")])]


def test_label_studio_texts_without_an_annotation_are_refused_or_unlabelled(write: Write) -> None:
    path = write(json.dumps([task("Anna"), task("Lee", [region(0, 3, "Lee", "PER")], cancelled=1)], indent=1))
    with pytest.raises(InputError, match=r":2: expected an annotation, got none; `unlabelled: true` sets such texts"):
        list(label_studio.Reader().read([path]))
    reader = label_studio.Reader(unlabelled=True)
    assert [(each.text, each.tags) for each in reader.read([path])] == [("Anna", None), ("Lee", None)]
    assert found(reader, [path]) == []
    assert reader.sets_apart()


@pytest.mark.parametrize(
    ("row", "message"),
    [
        (task("Anna", [region(0, 4, "Otto", "PER")]), r":1: expected 'Otto' at 0 to 4 of the text, got 'Anna'"),
        (task("Anna", [{"type": "choices", "value": {"choices": ["a"]}}]), "expected entities, got choices .* as CSV"),
        ({"data": {"txt": "Anna"}}, ":1: expected a text under 'text', got none; did you mean 'txt'.*by `text`"),
        (task("Anna", [{"type": "labels", "value": {"start": 0}}]), ":1: expected an object with the key 'end'"),
    ],
)
def test_what_is_no_export_of_label_studio_is_refused(write: Write, row: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        list(label_studio.Reader().read([write(json.dumps([row]))]))


@pytest.mark.parametrize(
    "content",
    [
        [[ANNA[0], {"entities": SPANS}]],
        {"classes": ["PER", "LOC"], "annotations": [[ANNA[0], {"entities": SPANS}], None]},
        {
            "text": ANNA[0],
            "ents": [{"start": 0, "end": 4, "label": "PER"}, {"start": 11, "end": 19, "label": "LOC", "kb_id": ""}],
            "sents": [{"start": 0, "end": 20}],
            "tokens": [{"id": 0, "start": 0, "end": 4, "tag": "NNP"}],
        },
    ],
)
def test_spacy_writes_spans_in_three_ways(write: Write, content: Any) -> None:
    for indent in (None, 2):
        assert found(spacy_json.Reader(), [write(json.dumps(content, indent=indent))]) == [ANNA]


def test_spacy_documents_become_sentences(write: Write) -> None:
    document = {
        "text": "Anna left. New York? Yes.",
        "ents": [{"start": 11, "end": 19, "label": "LOC"}],
        "sents": [
            {"start": 0, "end": 10},
            {"start": 11, "end": 15},
            {"start": 16, "end": 20},
            {"start": 21, "end": 25},
        ],
    }
    expected = [("Anna left.", []), ("New York?", [("New York", "LOC")]), ("Yes.", [])]
    assert found(spacy_json.Reader(), [write(json.dumps(document))]) == expected


def test_tokens_of_spacy_2_keep_their_bilou_tags(write: Write) -> None:
    tokens = [("Anna", "U-PER"), ("in", "O"), ("New", "B-LOC"), ("York", "L-LOC"), ("\n", "O")]
    sentence = {"tokens": [{"id": n, "orth": orth, "ner": ner, "tag": "X"} for n, (orth, ner) in enumerate(tokens)]}
    path = write(json.dumps([{"id": 0, "paragraphs": [{"raw": "...", "sentences": [sentence], "cats": []}]}]))
    (example,) = spacy_json.Reader().read([path])
    expected = Example(
        f"{path}:1", "Anna in New York", ("Anna", "in", "New", "York"), tags=("U-PER", "O", "B-LOC", "L-LOC")
    )
    assert example == expected
    assert spacy_json.Reader().tag_notation().scheme == "bilou"


def test_a_docbin_of_spacy_is_named_with_its_converter(tmp_path: Path) -> None:
    (tmp_path / "train.spacy").write_bytes(b"\x78\x9c\x01\x02")
    with pytest.raises(InputError, match=r"train\.spacy:1: expected lines of text, got a DocBin of spaCy; .*to_json"):
        list(spacy_json.Reader().read([tmp_path / "train.spacy"]))


TEXT = "Anna is in New\nYork.\n\nNorth and South America.\n"
ANNOTATIONS = """\
T1\tPerson 0 4\tAnna
T2\tPlace 11 14;15 19\tNew York
R1\tLivesIn Arg1:T1 Arg2:T2
T3\tPlace 22 27;38 45\tNorth America
A1\tNegation T1
#1\tAnnotatorNotes T1\tA note
"""


def test_brat_gives_lines_with_entities(write: Write) -> None:
    paths = [write(TEXT), write(ANNOTATIONS)]
    expected = [
        ("Anna is in New\nYork.", [("Anna", "Person"), ("New\nYork", "Place")]),
        ("North and South America.", []),
    ]
    assert found(brat.Reader(), paths) == expected
    america, first, second = brat.Reader().read(paths)
    assert [america.id, first.id, second.id] == [f"{paths[1]}:4", f"{paths[0]}:1", f"{paths[0]}:4"]
    assert isinstance(america, LeftOut)
    assert america.reason == "entities left out, discontinuous"


def test_a_line_that_brat_s_text_repeats_has_its_own_number(write: Write) -> None:
    text = write("Oslo.\n\nOslo.\n")
    assert [each.id for each in brat.Reader().read([text, write("T1\tLOC 7 11\tOslo\n")])] == [f"{text}:1", f"{text}:3"]


def test_brat_counts_the_line_ends_of_windows(write: Write) -> None:
    text = "One.\r\nAnna left.\r\n"
    expected = [("One.\r", []), ("Anna left.\r", [("Anna", "PER")])]
    assert found(brat.Reader(), [write(text), write("T1\tPER 6 10\tAnna\r\n")]) == expected


def test_brat_reads_a_folder(tmp_path: Path) -> None:
    for name in ("b", "a"):
        (tmp_path / f"{name}.txt").write_text(f"{name} Oslo")
        (tmp_path / f"{name}.ann").write_text("T1\tLOC 2 6\tOslo\n")
    assert found(brat.Reader(), [tmp_path]) == [("a Oslo", [("Oslo", "LOC")]), ("b Oslo", [("Oslo", "LOC")])]
    (tmp_path / "a.ann").unlink()
    with pytest.raises(InputError, match=r"a\.ann: no such file"):
        list(brat.Reader().read([tmp_path]))


@pytest.mark.parametrize(
    ("annotation", "message"),
    [
        ("T1\tPER 0 4\tOtto", r":1: expected 'Otto' at 0 4 of the text, got 'Anna'; give the text that was annotated"),
        ("T1\tPER 0 99\tAnna", r":1: expected 'Anna' at 0 99 of the text"),
        ("R1\tX\nT1 PER 0 4 Anna", r":2: expected an entity as `T1<tab>TYPE 0 5<tab>text`, got 'T1 PER 0 4 Anna'"),
    ],
)
def test_annotations_of_another_text_are_refused(write: Write, annotation: str, message: str) -> None:
    paths = [write("Anna left."), write(annotation)]
    with pytest.raises(InputError, match=message):
        list(brat.Reader().read(paths))
    with pytest.raises(InputError, match=r"\.txt:1: expected a file of annotations behind that of the text, got none"):
        list(brat.Reader().read(paths[:1]))
