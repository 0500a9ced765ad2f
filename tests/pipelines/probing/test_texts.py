"""The texts of a probe."""

from pathlib import Path

import pytest

from embeddings.foundation.errors import InputError
from embeddings.foundation.files import write_json
from pipelines.data.examples import Example, write_examples
from pipelines.probing.texts import drawn, labelled_texts


def prepared(folder: Path, labels: str, **about: object) -> Path:
    """A prepared dataset of a text for each label in train and dev."""
    for split in ("train", "dev"):
        examples = [Example(f"{split}-{n}", str(n), (str(n),), label=label) for n, label in enumerate(labels)]
        write_examples(folder / f"{split}.jsonl", examples)
    write_json(folder / "dataset.json", {"name": "tiny", **about})
    return folder


def test_the_limit_draws_with_the_seed_and_keeps_the_order(tmp_path: Path) -> None:
    path = prepared(tmp_path, "pn" * 30) / "dev.jsonl"
    one, same, other = (drawn(path, 20, seed) for seed in (1, 1, 2))
    numbers = [int(example.text) for example in one]
    assert numbers == sorted(set(numbers))
    assert (len(one), one == same, one == other) == (20, True, False)
    assert len(drawn(path, 1000, 1)) == len(drawn(path, None, 1)) == 60


def test_splits_of_two_labels_are_taken(tmp_path: Path) -> None:
    splits = labelled_texts(prepared(tmp_path, "pnp"), ("train", "dev"), None, 1)
    assert {name: [example.label for example in examples] for name, examples in splits.items()} == {
        "train": ["p", "n", "p"], "dev": ["p", "n", "p"],
    }  # fmt: skip


def test_other_numbers_of_labels_and_features_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"train\.jsonl: expected two labels, .*, got 3, a, b, c"):
        labelled_texts(prepared(tmp_path, "abc"), ("train", "dev"), None, 1)
    with pytest.raises(InputError, match="expected texts, which a language model reads, got features"):
        labelled_texts(prepared(tmp_path, "ab", features=[3]), ("train", "dev"), None, 1)
