"""The stage prepare on layouts that are converted: the report counts what is converted, left out and set apart."""

import json
from pathlib import Path
from typing import Any

import pytest
from prepared import prepare, read_json

from pipelines.data.examples import read_examples


def read(folder: Path, split: str = "train") -> list[tuple[tuple[str, ...], tuple[str, ...] | None]]:
    return [(example.tokens, example.tags) for example in read_examples(folder / f"{split}.jsonl")]


@pytest.mark.parametrize(
    ("options", "tags", "converted"),
    [
        ({}, "B-PER I-PER O B-LOC", 0),
        ({"scheme": "bilou"}, "B-PER L-PER O U-LOC", 2),
        ({"scheme": "bmewo"}, "B-PER E-PER O W-LOC", 2),
        ({"scheme": "bmes", "tag_form": "X-B"}, "PER-B PER-E O LOC-S", 3),
        ({"scheme": "iob1"}, "I-PER I-PER O I-LOC", 2),
        ({"scheme": "io", "tag_form": "X"}, "PER PER O LOC", 3),
        ({"tag_form": "B_X"}, "b_PER i_PER o B_LOC", 4),
        ({"tag_names": ["O", "B-PER", "I-PER", "B-LOC"]}, "1 2 0 3", 0),  # the file has the names in another place
    ],
)
def test_tags_of_every_notation_are_converted_and_counted(
    root: Path, options: dict[str, Any], tags: str, converted: int
) -> None:
    rows = "".join(f"{token}\t{tag}\n" for token, tag in zip(["Anna", "Lee", "in", "Oslo"], tags.split(), strict=True))
    folder = prepare(root, {"train": rows, "dev": rows}, reader="conll_columns", tokenizer="words", options=options)
    assert read(folder) == [(("Anna", "Lee", "in", "Oslo"), ("B-PER", "I-PER", "O", "B-LOC"))]
    changes = read_json(folder / "report.json")["changes"]
    assert changes.get("tags rewritten in IOB2", {}) == ({"train": converted, "dev": converted} if converted else {})
    assert changes["repaired, as conlleval reads them"] == {}


def test_a_tag_that_is_converted_and_one_that_is_repaired_are_counted_apart(root: Path) -> None:
    rows = "a\tU-PER\nb\tI-LOC\nc\tL-LOC\n"  # I-LOC begins nothing: it is B-LOC
    folder = prepare(
        root, {"train": rows, "dev": rows}, reader="conll_columns", tokenizer="words", options={"scheme": "bilou"}
    )
    assert read(folder) == [(("a", "b", "c"), ("B-PER", "B-LOC", "I-LOC"))]
    changes = read_json(folder / "report.json")["changes"]
    assert changes["repaired, as conlleval reads them"] == {"train": 1, "dev": 1}
    assert changes["tags rewritten in IOB2"] == {"train": 3, "dev": 3}


def test_spans_become_tags_of_the_dataset_s_own_tokens(root: Path) -> None:
    row = {"text": "Anna's in New York.", "label": [[0, 4, "PER"], [10, 18, "LOC"], [14, 18, "GPE"], [7, 8, "X"]]}
    content = json.dumps(row) + "\n"
    files = {"train": content, "dev": content}
    folder = prepare(root, files, reader="doccano", tokenizer="words")
    tags = ("B-PER", "O", "B-X", "B-LOC", "I-LOC", "O")
    assert read(folder) == [(("Anna", "'s", "in", "New", "York", "."), tags)]
    assert read_json(folder / "dataset.json")["gold_tokens"] is False  # new texts are tokenised in the same way
    changes = read_json(folder / "report.json")["changes"]
    assert changes["entities left out, overlapping with a longer one"] == {"train": 1, "dev": 1}
    assert changes["entities widened to whole tokens"] == {"train": 1, "dev": 1}
    assert "- entities widened to whole tokens: dev 1, train 1\n" in (folder / "report.md").read_text(encoding="utf-8")
    by_character = prepare(root, files, reader="doccano", tokenizer="characters")
    ((_, tags_of_characters),) = read(by_character)
    assert tags_of_characters == (
        *("B-PER", "I-PER", "I-PER", "I-PER", "O", "O", "O", "B-X", "O", "O", "B-LOC", *["I-LOC"] * 7, "O"),
    )


def test_spans_of_subwords_are_refused(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    content = json.dumps({"text": "Anna", "label": []}) + "\n"
    with pytest.raises(SystemExit):
        prepare(root, {"train": content}, reader="doccano", tokenizer="subwords", subword_vocab_size=9)
    told = "train0:1: tokenizer `subwords`: expected texts, got tagged tokens; choose `whitespace`"
    assert told in capsys.readouterr().err
    assert not (root / "data").exists()


def test_rows_without_a_label_are_set_apart_of_train_and_left_out_of_dev(root: Path) -> None:
    files = {
        "train": "text,label\na,x\nb,\nc,y\nd, \n",
        "dev": "text,label\ne,x\nf,\n",
        "unlabelled": "text,label\ng,\n",
    }
    folder = prepare(root, files, reader="csv_table", tokenizer="words", options={"unlabelled": True})
    found = {split: [each.text for each in read_examples(folder / f"{split}.jsonl")] for split in files}
    assert found == {"train": ["a", "c"], "dev": ["e"], "unlabelled": ["g", "b", "d"]}
    changes = read_json(folder / "report.json")["changes"]
    assert changes["without a label, set apart as unlabelled"] == {"train": 2}
    assert changes["without a label, left out"] == {"dev": 1}


def test_annotated_texts_are_not_set_apart_with_those_that_nobody_has_annotated(root: Path) -> None:
    region = {"start": 0, "end": 4, "labels": ["PER"]}
    rows = [{"text": "Anna is.", "label": [region]}, {"text": "She is."}, {"text": "It is.", "label": []}]
    files = {"train": json.dumps(rows), "dev": json.dumps(rows)}
    folder = prepare(root, files, reader="label_studio", tokenizer="words", options={"unlabelled": True})
    found = {
        split: [each.text for each in read_examples(folder / f"{split}.jsonl")]
        for split in ("train", "dev", "unlabelled")
    }
    assert found == {"train": ["Anna is.", "It is."], "dev": ["Anna is.", "It is."], "unlabelled": ["She is."]}
    assert sorted(path.name for path in folder.iterdir() if "label" in path.name) == ["unlabelled.jsonl"]


def test_units_of_a_translation_memory_in_one_language_are_left_out_and_counted(root: Path) -> None:
    unit = '<tu><tuv xml:lang="en"><seg>{}</seg></tuv>{}</tu>'
    units = unit.format("a", '<tuv xml:lang="de"><seg>b</seg></tuv>') + unit.format("alone", "")
    files = {"train": f"<tmx>{units}</tmx>", "dev": f"<tmx>{units}</tmx>"}
    options = {"source": "en", "target": "de"}
    about: dict[str, Any] = {"reader": "tmx", "tokenizer": "words", "target_tokenizer": "words"}
    folder = prepare(root, files, target_language="de", options=options, **about)
    assert [(each.text, each.target_text) for each in read_examples(folder / "train.jsonl")] == [("a", "b")]
    changes = read_json(folder / "report.json")["changes"]
    assert changes["units left out, without a text in both languages"] == {"train": 1, "dev": 1}


def test_without_such_rows_there_is_no_unlabelled_split(root: Path) -> None:
    rows = "text,label\na,x\nb,y\n"
    folder = prepare(
        root, {"train": rows, "dev": rows}, reader="csv_table", tokenizer="words", options={"unlabelled": True}
    )
    assert not (folder / "unlabelled.jsonl").exists()
    assert set(read_json(folder / "report.json")["changes"]) == {
        "skipped, sentences without tokens",
        "repaired, as conlleval reads them",
    }


def test_a_dataset_without_tags_can_be_prepared_for_prediction(root: Path) -> None:
    folder = prepare(
        root, {"test": "Anna\nlives\n\nOslo\n"}, reader="conll_columns", tokenizer="words", options={"tag": None}
    )
    assert read(folder, "test") == [(("Anna", "lives"), None), (("Oslo",), None)]
    assert read_json(folder / "dataset.json")["gold_tokens"] is True
