"""The stage prepare on tags: what is repaired, and what is left as it is."""

import json
from pathlib import Path

import pytest
from prepared import prepare, read_json

from pipelines.data.examples import read_examples
from pipelines.prepare import main


def test_malformed_entities_are_repaired_and_counted(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    files = {"train": "a\tO\nb\tI-PER\nc\tI-PER\n\nd\tB-LOC\ne\tI-PER\n", "dev": "a\tB-PER\n"}
    folder = prepare(root, files, reader="conll_columns", tokenizer="words")
    assert [example.tags for example in read_examples(folder / "train.jsonl")] == [
        ("O", "B-PER", "I-PER"),
        ("B-LOC", "B-PER"),
    ]
    warning = "tags repaired, as conlleval reads them"
    assert read_json(folder / "report.json")["warnings"][warning] == 2
    assert f"- {warning}: 2\n" in (folder / "report.md").read_text(encoding="utf-8")
    assert f"warning: {warning}: 2\n" in capsys.readouterr().err


def test_malformed_iobes_is_repaired_and_counted(root: Path) -> None:
    train = "a\tS-PER\nb\tE-PER\n\nc\tB-LOC\nd\tO\ne\tB-LOC\nf\tE-LOC\n"  # S-PER for E-PER, S-LOC for the first B-LOC
    files = {"train": train, "dev": "a\tB-PER\nb\tE-PER\n"}
    options = {"scheme": "iobes"}
    folder = prepare(root, files, reader="conll_columns", tokenizer="words", options=options)
    assert [example.tags for example in read_examples(folder / "train.jsonl")] == [
        ("B-PER", "B-PER"),
        ("B-LOC", "O", "B-LOC", "I-LOC"),
    ]
    report = read_json(folder / "report.json")
    assert report["changes"]["repaired, as conlleval reads them"] == {"train": 2}
    assert "repaired_tags" not in (folder / "train.jsonl").read_text(encoding="utf-8")


GOTHIC = "".join(
    f"{number}\t{word}\t_\tX\t{tag}\t_\t_\t_\t_\t_\n"
    for number, (word, tag) in enumerate([("jah", "C-"), ("ni", "I-"), ("in", "I-LOC")], start=1)
)


ROW = {"words": ["jah", "ni", "in"], "tags": ["C-", "I-", "I-LOC"]}


@pytest.mark.parametrize(
    ("content", "reader", "options"),
    [
        (GOTHIC, "conllu", {"tags": "xpos"}),
        ("jah\tC-\nni\tI-\nin\tI-LOC\n", "conll_columns", {"scheme": "none"}),
        (json.dumps(ROW) + "\n", "json_lines", {"fields": {"tokens": "words", "tags": "tags"}}),
    ],
)
def test_parts_of_speech_that_look_like_entity_tags_stay(root: Path, content: str, reader: str, options: dict) -> None:
    folder = prepare(root, {"train": content, "dev": content}, reader=reader, options=options, tokenizer="words")
    (example,) = read_examples(folder / "train.jsonl")
    assert example.tags == ("C-", "I-", "I-LOC")
    assert read_json(folder / "counts.json")["tags"] == {"C-": 1, "I-": 1, "I-LOC": 1}
    assert "tags repaired, as conlleval reads them" not in read_json(folder / "report.json")["warnings"]


@pytest.mark.parametrize(("scheme", "repaired"), [("iob2", 2), ("iob1", 0)])
def test_entity_tags_of_json_lines_are_repaired_where_their_scheme_is_given(root: Path, scheme: str, repaired) -> None:
    row = json.dumps({"words": ["a", "b", "c"], "tags": ["O", "I-PER", "I-LOC"]}) + "\n"
    options = {"fields": {"tokens": "words", "tags": "tags"}, "scheme": scheme}
    folder = prepare(root, {"train": row, "dev": row}, reader="json_lines", options=options, tokenizer="words")
    (example,) = read_examples(folder / "train.jsonl")
    assert example.tags == ("O", "B-PER", "B-LOC")
    changes = read_json(folder / "report.json")["changes"]["repaired, as conlleval reads them"]
    assert changes == ({"train": repaired, "dev": repaired} if repaired else {})


CONLL_2003 = """-DOCSTART- -X- -X- O

U.N. NNP I-NP I-ORG
official NN I-NP O
Rolf NNP I-NP I-PER
Ekeus NNP I-NP I-PER
New NNP B-NP I-LOC
York NNP I-NP I-LOC
"""


@pytest.mark.parametrize("tags", ["iob1", "iob2"])
def test_conll_2003_is_read_from_its_three_files_as_they_ship(root: Path, tags: str) -> None:
    content = CONLL_2003
    if tags == "iob2":
        for entity in ("U.N. NNP I-NP I-ORG", "Rolf NNP I-NP I-PER", "New NNP B-NP I-LOC"):
            content = content.replace(entity, entity[:-5] + "B" + entity[-4:])
    (root / "conll2003").mkdir()
    for name in ("eng.train", "eng.testa", "eng.testb"):
        (root / "conll2003" / name).write_text(content)
    config = Path(__file__).parents[2] / "configs/datasets/conll2003.yaml"
    main(["--dataset", str(config), "--output", str(root / "data")])
    (example,) = read_examples(root / "data/test.jsonl")
    assert example.tags == ("B-ORG", "O", "B-PER", "I-PER", "B-LOC", "I-LOC")
