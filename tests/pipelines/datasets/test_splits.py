"""Splits: written with their numbers, drawn from train, and freed of what train shares with them."""

from collections import Counter
from pathlib import Path

import pytest

from embeddings.foundation.errors import InputError
from pipelines.data.examples import Example, read_examples, write_examples
from pipelines.datasets.splits import draw_dev, largest_remainders, remove_overlap, split_paths, write_split


def write(folder: Path, split: str, texts: str, label: str | None = None) -> None:
    """Writes a split of texts of one word each."""
    write_examples(folder / f"{split}.jsonl", [Example(text, text, (text,), label=label) for text in texts.split()])


def texts(folder: Path, split: str) -> list[str]:
    return [example.text for example in read_examples(folder / f"{split}.jsonl")]


def test_a_split_is_numbered_from_0(tmp_path: Path) -> None:
    assert write_split(tmp_path, "dev", (Example("x", word, (word,)) for word in "ab")) == 2
    assert [example.id for example in read_examples(tmp_path / "dev.jsonl")] == ["dev-0", "dev-1"]
    assert split_paths(tmp_path) == {"dev": tmp_path / "dev.jsonl"}


def test_a_split_without_examples_is_refused_with_its_origin(tmp_path: Path) -> None:
    with pytest.raises(
        InputError, match=r"split 'dev': expected examples, got none in a\.txt; see the dataset's files"
    ):
        write_split(tmp_path, "dev", [], "a.txt")


def test_dev_has_the_same_share_of_every_label_in_the_order_of_train(tmp_path: Path) -> None:
    examples = [Example("", str(n), (str(n),), label="neg" if n % 4 == 0 else "pos") for n in range(40)]
    write_examples(tmp_path / "train.jsonl", examples)
    assert draw_dev(tmp_path, 0.2, seed=1) == 8
    dev, train = list(read_examples(tmp_path / "dev.jsonl")), texts(tmp_path, "train")
    assert Counter(example.label for example in dev) == {"pos": 6, "neg": 2}
    numbers = [int(example.text) for example in dev]
    assert numbers == sorted(numbers)
    assert sorted([*numbers, *map(int, train)]) == list(range(40))


def test_dev_has_its_share_of_the_texts_by_the_rarest_label_of_each(tmp_path: Path) -> None:
    labels = [("often", "rare") if n % 10 == 0 else ("often", "some") if n % 2 else ("often",) for n in range(100)]
    examples = [Example("", str(n), (str(n),), labels=each) for n, each in enumerate(labels)]
    write_examples(tmp_path / "train.jsonl", examples)
    assert draw_dev(tmp_path, 0.2, seed=1) == 20
    counts = Counter(label for example in read_examples(tmp_path / "dev.jsonl") for label in example.labels or ())
    assert counts == {"often": 20, "rare": 2, "some": 10}


@pytest.mark.parametrize(
    ("counts", "share", "sizes"),
    [
        ([4] * 25, 0.1, [1] * 10 + [0] * 15),  # 10 of 100, though no label gives 1 of 4
        ([4] * 25 + [100], 0.1, [1] * 10 + [0] * 15 + [10]),
        ([86, 1162, 1250, 1223, 835, 896], 0.1, [9, 116, 125, 122, 83, 90]),  # TREC: 545 of 5,452
        ([100], 0.29, [29]),  # 28.999999999999996 in binary
        ([5, 15, 25], 0.1, [0, 1, 3]),  # 4 of 45; of equal remainders, one half, the larger count is first
        ([15, 15], 0.1, [2, 1]),
        ([3], 0.1, [0]),
        ([7, 3], 0.0, [0, 0]),
    ],
)
def test_dev_has_its_share_of_the_whole_by_largest_remainders(
    counts: list[int], share: float, sizes: list[int]
) -> None:
    assert largest_remainders(counts, share) == sizes


def test_many_rare_labels_and_a_frequent_one_all_count(tmp_path: Path) -> None:
    labels = [f"rare-{n % 25}" for n in range(100)] + ["frequent"] * 100
    write_examples(tmp_path / "train.jsonl", [Example("", str(n), (str(n),), label) for n, label in enumerate(labels)])
    assert draw_dev(tmp_path, 0.1, seed=1) == 20
    drawn = Counter(example.label for example in read_examples(tmp_path / "dev.jsonl"))
    assert drawn == {"frequent": 10} | {f"rare-{n}": 1 for n in range(10)}
    assert len(texts(tmp_path, "train")) == 180


def test_what_stands_in_dev_or_test_leaves_train_and_unlabelled(tmp_path: Path) -> None:
    for split, words in {"train": "a b B c", "dev": "b", "test": "c c", "unlabelled": "c d"}.items():
        write(tmp_path, split, words, label=split)  # whatever the label
    assert remove_overlap(tmp_path) == {"train": 2, "unlabelled": 1}
    assert (texts(tmp_path, "train"), texts(tmp_path, "unlabelled")) == (["a", "B"], ["d"])
    assert (texts(tmp_path, "dev"), texts(tmp_path, "test")) == (["b"], ["c", "c"])
    assert remove_overlap(tmp_path) == {"train": 0, "unlabelled": 0}
