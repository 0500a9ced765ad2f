"""The stage prepare on languages without spaces: characters and subwords, for every kind of task."""

import json
from pathlib import Path
from typing import Any

import pytest
from prepared import prepare, read_json

from pipelines.data.examples import read_examples

TEXTS = {
    "zh": ["他昨天去了图书馆。", "图书馆昨天没有开门。", "我去北京看朋友。"],
    "ja": ["彼は昨日図書館へ行きました。", "図書館は昨日休みでした。", "私は東京へ行きます。"],
    "th": ["เมื่อวานเขาไปห้องสมุด", "ห้องสมุดปิดเมื่อวาน", "ฉันไปกรุงเทพฯ พรุ่งนี้"],  # a space parts clauses
}
ENGLISH = ["He went to the library yesterday.", "The library was closed yesterday.", "I am going to town."]


@pytest.mark.parametrize("language", TEXTS)
@pytest.mark.parametrize(
    "tokens",
    [{"tokenizer": "characters"}, {"tokenizer": "subwords", "subword_vocab_size": 60}],
    ids=["characters", "subwords"],
)
def test_labelled_texts_lose_nothing(root: Path, language: str, tokens: dict[str, Any]) -> None:
    rows = "".join(f"good\t{text}\n" for text in TEXTS[language])
    folder = prepare(root, {"train": rows, "dev": rows}, reader="labelled_text", language=language, **tokens)
    examples = list(read_examples(folder / "dev.jsonl"))
    assert ["".join(each.tokens).replace("▁", " ").strip() for each in examples] == TEXTS[language]
    assert all(len(each.tokens) > 1 for each in examples)
    assert not any("without spaces" in warning for warning in read_json(folder / "report.json")["warnings"])


@pytest.mark.parametrize("language", TEXTS)
@pytest.mark.parametrize("tokenizer", ["characters", "subwords"])
def test_translations_into_them_are_restored_from_their_tokens(root: Path, language: str, tokenizer: str) -> None:
    files = {"train": ["\n".join(ENGLISH), "\n".join(TEXTS[language])], "dev": [ENGLISH[0], TEXTS[language][2]]}
    config: dict[str, Any] = {"reader": "parallel_text", "tokenizer": "words", "target_language": language}
    size = {"subword_vocab_size": 60} if tokenizer == "subwords" else {}
    folder = prepare(root, files, **config, target_tokenizer=tokenizer, **size)
    splits = read_json(folder / "report.json")["splits"]
    assert {split: each["restored_targets"] for split, each in splits.items()} == {"train": 3, "dev": 1}


def test_characters_with_tags_are_tokens_as_they_are(root: Path) -> None:
    rows = "我\tO\n去\tO\n北\tB-LOC\n京\tE-LOC\n看\tO\n李\tS-PER\n"
    options = {"scheme": "bmes"}
    about: dict[str, Any] = {"reader": "conll_columns", "tokenizer": "characters", "language": "zh", "options": options}
    folder = prepare(root, {"train": rows, "dev": rows}, **about)
    (example, *_) = read_examples(folder / "train.jsonl")
    assert (example.tokens, example.tags) == (tuple("我去北京看李"), ("O", "O", "B-LOC", "I-LOC", "O", "B-PER"))


@pytest.mark.parametrize(("language", "place"), [("zh", "北京"), ("ja", "東京"), ("th", "กรุงเทพฯ")])
def test_spans_of_characters_become_tags_of_characters(root: Path, language: str, place: str) -> None:
    text = TEXTS[language][2]
    start = text.index(place)
    row = json.dumps({"text": text, "label": [[start, start + len(place), "LOC"]]}) + "\n"
    folder = prepare(root, {"train": row, "dev": row}, reader="doccano", tokenizer="characters", language=language)
    (example,) = read_examples(folder / "train.jsonl")
    tagged = [token for token, tag in zip(example.tokens, example.tags or (), strict=True) if tag != "O"]
    assert "".join(tagged) == place
    assert (example.tags or ())[start] == "B-LOC"
    changes = read_json(folder / "report.json")["changes"]
    assert "entities widened to whole tokens" not in changes


@pytest.mark.parametrize("language", [*TEXTS, "zh-Hans"])
def test_words_are_warned_of_where_spaces_part_none(root: Path, language: str, capsys) -> None:
    rows = "".join(f"good\t{text}\n" for text in TEXTS[language[:2]])
    folder = prepare(root, {"train": rows, "dev": rows}, reader="labelled_text", language=language, tokenizer="words")
    warning = "texts of a language without spaces, in which `words` finds clauses"
    assert read_json(folder / "report.json")["warnings"][warning] == 6
    assert f"warning: {warning}: 6\n" in capsys.readouterr().err
    segmented = prepare(
        root,
        {"train": "good\t他 去\n", "dev": "good\t他 去\n"},
        reader="labelled_text",
        language="zh",
        tokenizer="whitespace",
    )
    assert warning not in read_json(segmented / "report.json")["warnings"]
