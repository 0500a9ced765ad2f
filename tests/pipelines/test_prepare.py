"""The stage prepare, from a config to the dataset's folder."""

import hashlib
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from prepared import prepare, read_json

from pipelines.data.examples import read_examples

LABELLED = {"reader": "labelled_text", "tokenizer": "words_lowercase"}


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
        ({"train": "pos\ta\n"}, {"version": " "}, "tiny.yaml: expected a version, which is part of each metric's"),
        (
            {"train": "pos\ta\n", "dev": "pos\ta\n"},
            {"remove_overlap": True},
            "split 'train': expected examples, got none; dev and test have them all, and `remove_overlap` drops them",
        ),
        ({"train": "pos\ta\n"}, {"tokenizer": "word"}, "tiny.yaml: no tokenizer 'word'; did you mean 'words'?"),
        ({"train": "pos\ta\n"}, {"target_tokenizer": "word"}, "tiny.yaml: no tokenizer 'word'; did you"),
        (
            {"train": "pos\ta\n"},
            {"reader": "conll"},
            "tiny.yaml: no module 'conll' in pipelines/datasets/readers; did you",
        ),
        ({"train": "pos\ta\nbad line\n"}, {}, "train0:2: expected 'label\\ttext'"),
        ({"train": ["a\n", "b\n"]}, {"reader": "parallel_text"}, "expected a `target_tokenizer`"),
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
            "train0:2: expected O, B-..., I-... (iob2), got 'NOUN'; "
            "correct it, or choose another `scheme` or `tag_form`",
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


def test_texts_without_a_tokenizer_are_refused(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        prepare(root, {"train": "pos\tgood\n"}, reader="labelled_text", tokenizer="")
    told = f"expected a `tokenizer`, since {root / 'train0'}:1 has a text, got none"
    assert f"error: {root / 'tiny.yaml'}: {told}; add one, such as `tokenizer: words`\n" in capsys.readouterr().err
