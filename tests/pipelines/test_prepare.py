"""The stage prepare, from a config to the dataset's folder."""

import hashlib
import json
import subprocess
import sys
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from pipelines.data.examples import read_examples
from pipelines.prepare import main

LABELLED = {"reader": "labelled_text", "tokenizer": "words_lowercase"}


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The data root, a folder that ELMAN_DATA names."""
    monkeypatch.setenv("ELMAN_DATA", str(tmp_path))
    return tmp_path


def prepare(root: Path, files: Mapping[str, str | list[str]], **config: Any) -> Path:
    """Prepares a dataset of files with the given contents; returns its folder."""
    named: dict[str, list[dict[str, str]]] = {}
    for split, contents in files.items():
        for number, content in enumerate([contents] if isinstance(contents, str) else contents):
            (root / f"{split}{number}").write_text(content, encoding="utf-8")
            named.setdefault(split, []).append({"path": f"{split}{number}"})
    about = {"source": "files", "version": "3", "language": "en", "licence": "none", "citation": "none", "files": named}
    (root / "tiny.yaml").write_text(yaml.safe_dump(about | config))
    main(["--dataset", str(root / "tiny.yaml"), "--output", str(root / "data")])
    return root / "data"


def read_json(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def test_raw_text_is_tokenised_numbered_and_counted(root: Path) -> None:
    folder = prepare(root, {"train": "pos\tIt's good\nneg\tNot good\n", "dev": "pos\tFine\n"}, **LABELLED)
    first, second = read_examples(folder / "train.jsonl")
    assert (first.id, first.text, first.tokens, first.label) == ("train-0", "It's good", ("it", "'s", "good"), "pos")
    assert (second.id, second.tokens) == ("train-1", ("not", "good"))
    counts = read_json(folder / "counts.json")
    assert counts["tokens"] == {"good": 2, "it": 1, "'s": 1, "not": 1}
    assert counts["labels"] == {"pos": 1, "neg": 1}
    assert counts["tags"] == counts["target_tokens"] == {}
    assert read_json(folder / "dataset.json") == {
        "name": "tiny",
        "version": "3",
        "language": "en",
        "target_language": "",
        "tokenizers": {"tokens": "words_lowercase", "target_tokens": None},
        "gold_tokens": False,
        "examples": {"train": 2, "dev": 1},
        "sha256": {
            split: hashlib.sha256((folder / f"{split}.jsonl").read_bytes()).hexdigest() for split in ("train", "dev")
        },
    }


def test_gold_tokens_are_kept(root: Path) -> None:
    text = "# text = don't\nDon't\tO\nEU\tB-ORG\n"
    folder = prepare(
        root, {"train": text}, reader="conll_columns", options={"comment": "# "}, tokenizer="words_lowercase"
    )
    (example,) = read_examples(folder / "train.jsonl")
    assert (example.text, example.tokens, example.tags) == ("don't", ("Don't", "EU"), ("O", "B-ORG"))
    assert read_json(folder / "dataset.json")["gold_tokens"] is True


def test_both_sides_of_a_translation_are_tokenised(root: Path) -> None:
    config = {"reader": "parallel_text", "tokenizer": "words", "target_tokenizer": "words_lowercase"}
    folder = prepare(root, {"train": ["Ein Haus.\n", "A House.\n"]}, **config, target_language="en")
    (example,) = read_examples(folder / "train.jsonl")
    assert (example.tokens, example.target_tokens) == (("Ein", "Haus", "."), ("a", "house", "."))
    assert example.target_text == "A House."
    assert read_json(folder / "counts.json")["target_tokens"] == {"a": 1, "house": 1, ".": 1}
    assert read_json(folder / "report.json")["splits"]["train"]["restored_targets"] == 0  # in lower case
    folder = prepare(root, {"train": ["Ein Haus.\n", "A House.\n"]}, **config | {"target_tokenizer": "words"},
                     target_language="en")  # fmt: skip
    assert "| train | 1 (100.0 %) |" in (folder / "report.md").read_text(encoding="utf-8")


def test_an_empty_text_is_one_unknown_word_and_reported(root: Path) -> None:
    folder = prepare(root, {"train": "neg\t <br /> \npos\tgood\n"}, **LABELLED)
    first, _ = read_examples(folder / "train.jsonl")
    assert (first.text, first.tokens) == (" <br /> ", ("<unk>",))
    assert read_json(folder / "report.json")["splits"]["train"]["empty_texts"] == 1


NUMBERED = "".join(f"{'pos' if number % 4 else 'neg'}\ttext {number}\n" for number in range(40))  # 30 pos, 10 neg


def test_dev_is_drawn_with_the_same_share_of_every_label(root: Path) -> None:
    folder = prepare(root, {"train": NUMBERED}, **LABELLED, dev_share=0.2)
    train, dev = (list(read_examples(folder / f"{split}.jsonl")) for split in ("train", "dev"))
    assert Counter(example.label for example in dev) == {"pos": 6, "neg": 2}
    assert {e.text for e in train} | {e.text for e in dev} == {f"text {number}" for number in range(40)}
    assert [example.id for example in train] == [f"train-{number}" for number in range(32)]
    numbers = [int(example.text.split()[1]) for example in dev]
    assert numbers == sorted(numbers)  # the order of the source


def test_what_drawing_dev_leaves_amiss_is_warned_of(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rare = "".join(f"rare-{number % 12}\ttext {number}\n" for number in range(48))
    files = {"train": rare + "frequent\tthe same\n" * 52}
    prepare(root, files, **LABELLED, dev_share=0.1)
    told = capsys.readouterr().err
    names = "rare-10, rare-11, rare-5, rare-6, rare-7, rare-8, rare-9"
    assert f"warning: labels or tags that dev lacks and cannot measure ({names}): 7\n" in told
    assert "warning: examples drawn for dev that train has as well: 5\n" in told
    prepare(root, files, **LABELLED, dev_share=0.1, remove_overlap=True)
    assert "examples drawn for dev" not in capsys.readouterr().err


def test_the_draw_depends_on_the_seed_alone(root: Path) -> None:
    def drawn(seed: int) -> list[str]:
        folder = prepare(root, {"train": NUMBERED}, **LABELLED, dev_share=0.2, seed=seed)
        return [example.text for example in read_examples(folder / "dev.jsonl")]

    assert drawn(1) == drawn(1) != drawn(2)


def test_held_out_sentences_leave_train_and_unlabelled_where_asked(root: Path) -> None:
    files = {
        "train": "pos\tgood\npos\tfine\nneg\tbad\npos\tGood\n",
        "dev": "pos\tgood\n",
        "test": "neg\tbad\n",
        "unlabelled": "none\tbad\nnone\tnew\n",
    }
    config = {"reader": "labelled_text", "tokenizer": "words"}
    assert read_json(prepare(root, files, **config) / "dataset.json")["examples"]["train"] == 4
    folder = prepare(root, files, **config, remove_overlap=True)
    assert [(e.id, e.text) for e in read_examples(folder / "train.jsonl")] == [("train-0", "fine"), ("train-1", "Good")]
    assert [example.text for example in read_examples(folder / "unlabelled.jsonl")] == ["new"]
    changes = read_json(folder / "report.json")["changes"]
    assert changes["removed, same sentence in dev or test"] == {"train": 2, "unlabelled": 1}


@pytest.mark.parametrize(
    ("files", "config", "message"),
    [
        ({"training": "pos\ta\n"}, {}, "tiny.yaml: unknown split 'training'; did you mean 'train'?"),
        ({"train": "pos\ta\n", "dev": "pos\tb\n"}, {"dev_share": 0.1}, "expected dev_share 0"),
        ({"train": "pos\ta\n"}, {"dev_share": 1.5}, "tiny.yaml: expected dev_share from 0 to below 1, got 1.5"),
        ({"train": "pos\ta\n"}, {"tokenizer": "word"}, "tiny.yaml: no tokenizer 'word'; did you mean 'words'?"),
        ({"train": "pos\ta\n"}, {"target_tokenizer": "word"}, "tiny.yaml: no tokenizer 'word'; did you"),
        (
            {"train": "pos\ta\n"},
            {"reader": "conll"},
            "tiny.yaml: no module 'conll' in pipelines/datasets/readers; did you",
        ),
        ({"train": "pos\ta\nbad line\n"}, {}, "train0:2: expected 'label\\ttext'"),
        ({"train": ["a\n", "b\n"]}, {"reader": "parallel_text"}, "expected a target_tokenizer"),
        ({"train": ""}, {}, "train0:1: expected text, got an empty file"),
        ({"train": ["\n \n", "\n"]}, {}, "split 'train': expected examples, got none in train0, train1; see"),
        ({}, {}, "expected a split (train, dev, test, unlabelled), got none"),
        (
            {"test": "pos\ta\n"},
            {"dev_share": 0.1},
            "tiny.yaml: expected a split train that dev_share 0.1 takes dev from",
        ),
        ({"train": "pos\ta\n"}, {"dev_share": 0.1}, "split 'dev': expected examples, got none; see the dataset's"),
        ({"train": "pos\ta\n"}, {"options": {"separator": 1}}, "expected str under 'separator', got 1"),
        (
            {"train": "pos\ta\n"},
            {"options": {"separator": ""}},
            "tiny.yaml: reader labelled_text: expected a separator, got none",
        ),
        (
            {"train": "{}\n"},
            {"reader": "json_lines", "options": {"fields": ["text"]}},
            "tiny.yaml: reader json_lines: expected a mapping of keys to values under 'fields', got ('text',)",
        ),
        (
            {"train": "a\tO\n"},
            {"reader": "conll_columns", "options": {"drop_types": "X"}},
            "expected tuple[str, ...] under 'drop_types', got 'X'",
        ),
        (
            {"train": "pos\ta\n"},
            {"reader": "file_per_label"},
            "tiny.yaml: reader file_per_label: the key 'labels' is missing",
        ),
        ({"train": "pos\ta\n"}, {"source": "file"}, "under 'source', got 'file'; did you mean 'files'?"),
        (
            {"train": '{"w": ["a"], "t": ["O"]}\n{"w": ["a"], "t": ["NOUN"]}\n'},
            {"reader": "json_lines", "options": {"fields": {"tokens": "w", "tags": "t"}, "scheme": "iob2"}},
            "train0:2: expected O, B-..., I-... (iob2), got 'NOUN'; correct it, or choose another `scheme`",
        ),
    ],
)
def test_wrong_input_is_one_line_and_leaves_the_old_folder(
    root: Path, capsys: pytest.CaptureFixture[str], files: dict, config: dict, message: str
) -> None:
    folder = prepare(root, {"train": "pos\told\n"}, **LABELLED)
    capsys.readouterr()
    with pytest.raises(SystemExit, match="2"):
        prepare(root, files, **LABELLED | config)
    error = capsys.readouterr().err
    assert message in error
    assert error.count("\n") == 1
    assert [example.text for example in read_examples(folder / "train.jsonl")] == ["old"]
    assert sorted(path.name for path in root.iterdir() if path.name.startswith(".")) == []


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


def test_a_full_disk_is_one_line_and_leaves_the_old_folder(root: Path) -> None:
    folder = prepare(root, {"train": "pos\told\n"}, **LABELLED)
    (root / "train0").write_text("pos\tnew\n" * 10_000)
    limited = "import resource, sys; resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000)); "
    command = [sys.executable, "-c", limited + "from pipelines.prepare import main; main(sys.argv[1:])"]
    arguments = ["--dataset", str(root / "tiny.yaml"), "--output", str(folder)]
    done = subprocess.run([*command, *arguments], capture_output=True, text=True, cwd=Path(__file__).parents[2])
    advice = "nothing is left half-written; make room, or write to another disk"
    assert (done.returncode, done.stderr) == (2, f"error: {folder}: File too large; {advice}\n")
    assert [example.text for example in read_examples(folder / "train.jsonl")] == ["old"]
    assert [path.name for path in root.iterdir() if path.name.startswith(".")] == []


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


SUBWORDS = {
    "reader": "parallel_text", "target_language": "en",
    "tokenizer": "subwords", "target_tokenizer": "subwords", "subword_vocab_size": 20,
}  # fmt: skip


def test_subwords_are_trained_on_train_and_given_to_every_split(root: Path) -> None:
    texts = ["low lower lowest\n" * 5, "new newer newest\n" * 5]
    folder = prepare(root, {"train": texts, "dev": ["slow xyz\n", "renew\n"]}, **SUBWORDS)
    (example,) = read_examples(folder / "dev.jsonl")
    assert example.text == "slow xyz"
    assert "".join(example.tokens) == "▁slow▁xyz"
    assert "".join(example.target_tokens or ()) == "▁renew"
    assert example.tokens[-1] == "xyz"  # characters of dev alone stay together
    tokenizers = read_json(folder / "dataset.json")["tokenizers"]
    assert tokenizers["tokens"].startswith("subwords ")
    assert tokenizers["tokens"] != tokenizers["target_tokens"]
    assert (folder / "subwords_tokens.model").exists()
    assert "xyz" not in read_json(folder / "counts.json")["tokens"]


@pytest.mark.parametrize(("changes", "message"), [
    ({"subword_vocab_size": None}, "tiny.yaml: the tokenizer `subwords` and `subword_vocab_size` go together"),
    ({"tokenizer": "words", "target_tokenizer": "words"}, "`subwords` and `subword_vocab_size` go together"),
    ({"subword_vocab_size": 4000}, "4000 is not possible"),
    ({"subword_vocab_size": 0}, "tiny.yaml: expected a subword_vocab_size of at least 1, got 0"),
    ({"subword_vocab_size": -5}, "tiny.yaml: expected a subword_vocab_size of at least 1, got -5"),
])  # fmt: skip
def test_subwords_that_cannot_be_trained_are_refused(root: Path, capsys, changes, message) -> None:
    with pytest.raises(SystemExit) as stopped:
        prepare(root, {"train": ["low\n" * 5, "new\n" * 5]}, **{**SUBWORDS, **changes})
    assert stopped.value.code == 2
    assert message in capsys.readouterr().err
    assert not (root / "data").exists()


def test_subwords_of_tagged_tokens_are_refused(root: Path, capsys) -> None:
    for size in (12, 4000):  # refused before training, which would fail
        config = {**SUBWORDS, "reader": "conll_columns", "subword_vocab_size": size}
        with pytest.raises(SystemExit):
            prepare(root, {"train": "lower\tO\n" * 9}, **config)
        told = capsys.readouterr().err
        assert "train0:1: tokenizer `subwords`: expected texts, got tagged tokens; choose `whitespace`" in told


def test_a_side_without_texts_has_no_subwords(root: Path, capsys) -> None:
    with pytest.raises(SystemExit, match="2"):
        prepare(
            root, {"train": "pos\tlow lower\n" * 9}, **{**SUBWORDS, "reader": "labelled_text", "subword_vocab_size": 9}
        )
    assert "9 is not possible for these texts: they have no words" in capsys.readouterr().err


def test_tokens_that_subwords_replace_are_not_gold(root: Path) -> None:
    rows = {"train": '{"words": ["low", "lower"]}\n' * 9}
    config = {"reader": "json_lines", "options": {"fields": {"tokens": "words"}}}
    folder = prepare(root, rows, **config, tokenizer="subwords", subword_vocab_size=9)
    assert next(read_examples(folder / "train.jsonl")).tokens[0].startswith("▁")
    assert read_json(folder / "dataset.json")["gold_tokens"] is False
    folder = prepare(root, rows, **config, tokenizer="words")
    assert read_json(folder / "dataset.json")["gold_tokens"] is True


CONTINUOUS = {"reader": "whole_file", "tokenizer": "characters", "continuous": True}


def test_a_continuous_dataset_is_one_text_a_split_and_dev_is_the_end_of_train(root: Path) -> None:
    folder = prepare(root, {"train": ["abcde\n", "fghij\n"], "test": "klm\n"}, dev_share=0.25, **CONTINUOUS)
    texts = {split: [example.text for example in read_examples(folder / f"{split}.jsonl")] for split in
             ("train", "dev", "test")}  # fmt: skip
    assert texts == {"train": ["abcde\nfgh"], "dev": ["ij\n"], "test": ["klm\n"]}
    (dev,) = read_examples(folder / "dev.jsonl")
    assert dev.tokens == ("i", "j", "\n")
    assert set(read_json(folder / "counts.json")["tokens"]) == set("abcde\nfgh")


def test_a_continuous_dataset_without_train_has_no_end_that_dev_could_be(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as exit_:
        prepare(root, {"test": "klm\n"}, dev_share=0.25, **CONTINUOUS)
    assert exit_.value.code == 2
    assert "expected a split train that dev_share 0.25 takes dev from" in capsys.readouterr().err


def test_a_continuous_dataset_with_a_dev_of_its_own_takes_no_share(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        prepare(root, {"train": "abc\n", "dev": "klm\n"}, dev_share=0.25, **CONTINUOUS)
    assert "expected dev_share 0" in capsys.readouterr().err


def test_texts_without_a_tokenizer_are_refused(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        prepare(root, {"train": "pos\tgood\n"}, reader="labelled_text", tokenizer="")
    assert "expected a tokenizer, since the dataset has texts" in capsys.readouterr().err


LINES = {"reader": "plain_text", "tokenizer": "words", "continuous": True}


def test_lines_that_are_joined_keep_their_words_apart(root: Path) -> None:
    folder = prepare(root, {"train": "one two\nthree four\n", "test": ["five\n", "six"]}, **LINES)
    (train,), (test,) = (list(read_examples(folder / f"{split}.jsonl")) for split in ("train", "test"))
    assert (train.text, train.tokens) == ("one two\nthree four\n", ("one", "two", "three", "four"))
    assert test.tokens == ("five", "six")


@pytest.mark.parametrize(
    ("share", "train", "dev"),
    [
        (0.6, "one three", " five\n"),  # the border falls into `three`
        (0.4, "one three", " five\n"),  # before ` five`
        (1 / 3, "one three ", "five\n"),  # before `five`
        (0.8, "one", " three five\n"),
    ],
)
def test_no_word_is_cut_between_train_and_dev(root: Path, share: float, train: str, dev: str) -> None:
    folder = prepare(root, {"train": "one three five"}, **LINES, dev_share=share)
    (first,), (second,) = (list(read_examples(folder / f"{split}.jsonl")) for split in ("train", "dev"))
    assert (first.text, second.text) == (train, dev)


@pytest.mark.parametrize(
    ("content", "config", "message"),
    [
        ("abc def", {"dev_share": 0.00001}, "split 'dev': expected a text, got none; see"),
        ("abc def", {"dev_share": 0.3}, "split 'dev': expected a text, got none; see"),  # the last word is train's
        ("abc def", {"dev_share": 0.99}, "split 'train': expected a text, got none in train0; see"),
        ("\n \n", {}, "split 'train': expected a text, got none in train0; see"),
        ("pos\ta\n", {"reader": "labelled_text"}, "train0:1: expected only a text, got its label too, which"),
        ("a\tO\n", {"reader": "conll_columns"}, "train0:1: expected only a text, got its tags too"),
        (["a\n", "b\n"], {"reader": "parallel_text"}, "train0:1: expected only a text, got its target_text too"),
    ],
)
def test_what_cannot_be_one_text_is_refused(root: Path, capsys, content, config: dict, message: str) -> None:
    with pytest.raises(SystemExit, match="2"):
        prepare(root, {"train": content}, **LINES | config)
    error = capsys.readouterr().err
    assert message in error
    assert error.count("\n") == 1
