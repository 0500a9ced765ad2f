"""The data report's numbers, worked out by hand."""

from pathlib import Path

from pipelines.data.examples import Example, write_examples
from pipelines.datasets.report import (
    DRAWN,
    LONG_BYTES,
    REPAIRED,
    build_report,
    fingerprint,
    first_names,
    markdown,
    quantiles,
    truncated,
    warnings,
)
from pipelines.text.tokenization import Detokenizer, words


def test_quantiles_are_the_smallest_length_that_covers_the_share() -> None:
    lengths = dict.fromkeys(range(1, 11), 1)
    assert quantiles(lengths) == {"min": 1, "50 %": 5, "90 %": 9, "95 %": 10, "99 %": 10, "max": 10}
    assert set(quantiles({7: 3}).values()) == {7}
    assert set(quantiles({}).values()) == {0}


def test_truncation_cuts_what_is_longer_than_the_limit() -> None:
    assert truncated({5: 10, 8: 2, 9: 1}, limit=6) == {"tokens": 2 * 2 + 3, "examples": 3}
    assert truncated({5: 10}, limit=5) == {"tokens": 0, "examples": 0}


def test_fingerprints_tell_case_and_boundaries_apart() -> None:
    different = [("a", "b"), ("A", "b"), ("ab",), ("a", "b", ""), ("b", "a")]
    assert len({fingerprint(tokens) for tokens in different}) == len(different)
    assert fingerprint(("a", "b")) == fingerprint(["a", "b"])


def test_texts_with_invisible_characters_are_counted(tmp_path: Path) -> None:
    texts = ["co\u00adoperate", "\ufeffword", "zero\u200bwidth", "e\u0301 a\u200cb \u200e", "co-operate"]
    pairs = [Example("t", "plain", ("plain",), target_text="word\u2060joiner", target_tokens=("word\u2060joiner",))]
    write_examples(tmp_path / "train.jsonl", examples("train", [(text, "a") for text in texts]))
    write_examples(tmp_path / "dev.jsonl", pairs)
    report = build_report({split: tmp_path / f"{split}.jsonl" for split in ("train", "dev")})
    assert [report["splits"][split].get("invisible_texts") for split in ("train", "dev")] == [3, 1]
    told = "texts with soft hyphens or other invisible characters, which change or split words"
    assert warnings({**report, "changes": {}})[told] == 4
    write_examples(tmp_path / "train.jsonl", examples("train", [("plain", "a")]))
    plain = build_report({"train": tmp_path / "train.jsonl"})
    assert "invisible_texts" not in plain["splits"]["train"]
    assert told not in warnings({**plain, "changes": {}})


def examples(split: str, texts: list[tuple[str, str]]) -> list[Example]:
    return [Example(f"{split}-{n}", text, tuple(text.split()), label) for n, (text, label) in enumerate(texts)]


def test_overlap_repeats_and_rare_labels_are_counted(tmp_path: Path) -> None:
    texts = {
        "train": [("so good", "pos"), ("so good", "pos"), ("bad", "neg"), ("odd", "odd"), ("<unk>", "neg")],
        "dev": [("so good", "pos"), ("So good", "pos"), ("bad", "neg")],
        "test": [("fine", "new"), ("bad", "neg"), ("bad", "neg")],
    }
    paths = {split: tmp_path / f"{split}.jsonl" for split in texts}
    for split, rows in texts.items():
        write_examples(paths[split], examples(split, rows))
    report = build_report(paths)
    assert report["overlap"] == {
        "train and dev": {"sentences": 2, "examples": {"train": 3, "dev": 2}},
        "train and test": {"sentences": 1, "examples": {"train": 1, "test": 2}},
        "dev and test": {"sentences": 1, "examples": {"dev": 1, "test": 2}},
    }
    train = report["splits"]["train"]
    assert (train["examples"], train["tokens"], train["repeated"], train["empty_texts"]) == (5, 7, 1, 1)
    assert train["labels"] == {"pos": 2, "neg": 2, "odd": 1}
    assert report["rare"]["labels"] == {
        "once in train": ["odd"],
        "only in dev or test": ["new"],
        "in train, not in dev": ["odd"],
    }


def test_labels_that_dev_lacks_and_copies_that_it_was_drawn_beside_are_warned_of(tmp_path: Path) -> None:
    texts = {"train": [(text, text) for text in "aabbcd"], "dev": [("a", "a"), ("a", "a"), ("x", "a")]}
    paths = {split: tmp_path / f"{split}.jsonl" for split in texts}
    for split, rows in texts.items():
        write_examples(paths[split], examples(split, rows))
    lacking = {"labels or tags that dev lacks and cannot measure (b, c, d)": 3}
    rare = {"labels or tags that occur once in train": 2}
    copies = {"examples drawn for dev that train has as well": 2}
    assert warnings({**build_report(paths), "changes": {DRAWN: {"dev": 3}}}) == rare | lacking | copies
    assert warnings({**build_report(paths), "changes": {}}) == rare | lacking  # a dev that the dataset gives
    del paths["dev"]
    assert warnings({**build_report(paths), "changes": {}}) == rare


def test_labels_that_look_alike_are_warned_of(tmp_path: Path) -> None:
    labels = ["Good", "good", "bad", "e\u0301t\u00e9", "\u00e9t\u00e9"]
    write_examples(tmp_path / "train.jsonl", examples("train", [("a", label) for label in labels] * 2))
    write_examples(tmp_path / "test.jsonl", examples("test", [("b", "bad "), ("b", "BAD")]))
    report = build_report({split: tmp_path / f"{split}.jsonl" for split in ("train", "test")})
    alike = ["BAD", "Good", "bad", "e\u0301t\u00e9", "good", "\u00e9t\u00e9"]
    assert report["rare"]["labels"]["written differently"] == alike
    told = "labels or tags that differ in case alone, or in how they are encoded (" + ", ".join(alike) + ")"
    assert warnings({**report, "changes": {}})[told] == 6


def test_of_many_names_the_first_are_shown() -> None:
    assert first_names(["a", "b"]) == "a, b"
    assert first_names([str(n) for n in range(12)]) == "0, 1, 2, 3, 4, 5, 6, 7, 8, 9 and 2 more"


def test_targets_that_detokenization_restores_are_counted(tmp_path: Path) -> None:
    targets = ["It's 3 €.", "Two  spaces", "Cost €5", "(a) b"]
    rows = [
        Example(f"train-{n}", "x", ("x",), target_text=text, target_tokens=tuple(words(text)))
        for n, text in enumerate(targets)
    ]
    write_examples(tmp_path / "train.jsonl", rows)
    paths = {"train": tmp_path / "train.jsonl"}
    report = build_report(paths, Detokenizer("words", "en"))
    assert report["splits"]["train"]["restored_targets"] == 3  # all but that with two spaces
    about = dict.fromkeys(("name", "version", "licence", "citation"), "x")
    assert "| train | 3 (75.0 %) |" in markdown({**about, "changes": {}, **report})
    lower = build_report(paths, Detokenizer("characters", "en"))
    assert lower["splits"]["train"]["restored_targets"] == 0  # tokens of words, joined as characters


def test_the_page_holds_a_row_for_every_label(tmp_path: Path) -> None:
    write_examples(tmp_path / "train.jsonl", examples("train", [("a b", "x|y")] * 3 + [("c", "z")]))
    about = {
        "name": "tiny",
        "version": "1",
        "licence": "none",
        "citation": "A. Author",
        "changes": {"drawn": {"dev": 1}},
    }
    page = markdown({**about, **build_report({"train": tmp_path / "train.jsonl"})})
    assert "| x\\|y | 3 (75.0 %) |" in page
    assert "| z | 1 (25.0 %) |" in page
    assert "- drawn: dev 1" in page
    assert "Once in train: z." in page
    assert "- labels or tags that occur once in train: 1\n" in page


def test_a_text_of_a_megabyte_is_long(tmp_path: Path) -> None:
    texts = [("a" * (LONG_BYTES - 1), "x"), ("a" * LONG_BYTES, "x"), ("ж" * (LONG_BYTES // 2), "x")]
    write_examples(tmp_path / "train.jsonl", examples("train", texts))
    report = {**build_report({"train": tmp_path / "train.jsonl"}), "changes": {REPAIRED: {"train": 3, "dev": 1}}}
    assert report["splits"]["train"]["long_texts"] == 2
    assert warnings(report) == {"texts of a megabyte or more": 2, f"tags {REPAIRED}": 4}
