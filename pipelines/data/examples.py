"""The example, the unit of every dataset, and its JSON Lines form."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from itertools import chain
from pathlib import Path
from typing import Annotated, Any, TypedDict, get_type_hints

import msgspec
import numpy as np

from embeddings.foundation.errors import InputError
from embeddings.foundation.files import atomic_file
from embeddings.foundation.limits import PARSED_BYTES, check_text
from embeddings.foundation.reading import decode, read_json
from pipelines.data.computed import Computed
from pipelines.data.features import feature_file, open_features
from pipelines.data.lines import mapped_lines, numbered_lines

EXPLANATIONS = "explanations.jsonl"  # of some examples of dev, beside the predictions of a run


@dataclass(frozen=True, slots=True)
class Example:
    """A text, or features in its place, with what is known of it: a label, several labels, a tag for each token, or a
    translation.

    `id` is unique in a dataset and joins examples to predictions. `text` is the untouched raw text (of a treebank
    without one, the tokens joined by spaces). A dataset has `label` or `labels`, which may be none. `tags` are as many
    as `tokens`; in a prepared dataset entity tags are valid IOB2. `features` are a vector, float32 (dimensions,), or an
    image, (height, width); in JSON Lines hold the number of their row in the NumPy file of the same name. `target_text`
    is then a caption. `confidence` is that of a run which predicted the label or the tags; gold ones have none.
    """

    id: str
    text: str
    tokens: tuple[str, ...]
    label: str | None = None
    labels: tuple[str, ...] | None = None
    tags: tuple[str, ...] | None = None
    target_text: str | None = None
    target_tokens: tuple[str, ...] | None = None
    features: np.ndarray | None = field(default=None, compare=False)
    confidence: float | None = None

    def __post_init__(self) -> None:
        if self.tags is not None and len(self.tags) != len(self.tokens):
            raise InputError(f"{self.id}: expected {len(self.tokens)} tags, one per token, got {len(self.tags)}")


def names_of(example: Example) -> tuple[str, ...]:
    """The label of an example, or its labels; none where it has neither."""
    return example.labels or (() if example.label is None else (example.label,))


def write_examples(path: str | Path, examples: Iterable[Example]) -> int:
    """Writes examples as JSON Lines, and their features as a NumPy file next to them, streaming; returns how many.

    Raises:
        InputError: some examples have no features, or features of another shape than the first one.
    """
    remaining = iter(examples)
    first = next(remaining, None)
    examples = chain([first] if first else [], remaining)
    if first is None or first.features is None:
        return write_rows(path, map(as_row, examples))
    with feature_file(Path(path).with_suffix(".npy"), first.features.shape) as add:
        return write_rows(path, (as_row(example, add) for example in examples))


def as_row(example: Example, add: Callable[[np.ndarray], int] | None = None) -> dict[str, Any]:
    """An example as an object of JSON; `add` stores its features, where it has any, and returns their row."""
    row = {key: value for key in Example.__slots__ if (value := getattr(example, key)) is not None}
    if ("features" in row) != (add is not None):
        raise InputError(f"{example.id}: expected features of every example or of none")
    return {**row, "features": add(row["features"])} if add else row


def write_rows(path: str | Path, rows: Iterable[Mapping[str, Any]]) -> int:
    """Writes JSON Lines, streaming and atomically; returns how many.

    Raises:
        InputError: a line is longer than what may be read again.
    """
    count = 0
    with atomic_file(path) as file:
        for row in rows:
            line = json.dumps(row, ensure_ascii=False) + "\n"
            check_text(row.get("id", Path(path).name), line, PARSED_BYTES, "bytes of JSON")
            file.write(line)
            count += 1
    return count


def read_rows(path: str | Path, shape: Any = dict[str, Any]) -> Iterator[Any]:
    """Reads JSON Lines that a stage wrote, streaming, each of the shape; see `embeddings.foundation.reading`.

    Raises:
        InputError: the file is missing or a line is something else.
    """
    return (row for _, row in numbered_rows(path, shape))


def numbered_rows(path: str | Path, shape: Any) -> Iterator[tuple[int, Any]]:
    """Reads the same with the numbers of their lines."""
    if not Path(path).exists():
        raise InputError(f"{path}: no such file; run the stage that writes it (`dvc repro`)")
    decoder = msgspec.json.Decoder(shape)
    for number, line in numbered_lines(Path(path)):
        if line.strip():
            yield number, decode(line, decoder, path, number)


# An example as an object of JSON: its features are the number of their row.
ROW = msgspec.defstruct(
    "ROW",
    [
        (each.name, int | None if each.name == "features" else kind, *([None] if each.default is None else []))
        for each, kind in zip(fields(Example), get_type_hints(Example).values(), strict=True)
    ],
    forbid_unknown_fields=True,
)


def read_examples(path: str | Path) -> Iterator[Example]:
    """Reads examples from JSON Lines, streaming; features are views of the memory-mapped NumPy file.

    Raises:
        InputError: a line is not an example, or its features are missing.
    """
    example = _Decoded(Path(path))
    for number, row in numbered_rows(path, ROW):
        yield example(row, number)


class ExampleFile(Computed[Example]):
    """The examples of a file as a sequence, each read when it is asked for; only the places of lines are in memory.

    Raises:
        InputError: there is no file; as it is read, what `read_examples` refuses.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._content, self._starts, self._ends, self._blank = mapped_lines(path)
        self._decoder, self._decoded = msgspec.json.Decoder(ROW), _Decoded(path)
        super().__init__(len(self._starts), self._read)

    def __iter__(self) -> Iterator[Example]:
        return read_examples(self.path)

    def _read(self, place: int) -> Example:
        number = place + 1 + int(np.searchsorted(self._blank, place, side="right"))
        line = self._content[self._starts[place] : self._ends[place]].tobytes()
        return self._decoded(decode(line, self._decoder, self.path, number), number)


class _Decoded:
    """Makes examples of decoded rows of a file."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._features: np.ndarray | None = None

    def __call__(self, row: Any, number: int) -> Example:
        values = {name: getattr(row, name) for name in Example.__slots__}
        if (place := values["features"]) is not None:
            if self._features is None:
                self._features = open_features(self.path.with_suffix(".npy"))
            if place not in range(len(self._features)):
                expected = f"expected `features` to be a row of {len(self._features)}, got {place}"
                raise InputError(f"{self.path}:{number}: {expected}; prepare the dataset again")
            values["features"] = self._features[place]
        try:
            return Example(**values)
        except InputError as error:
            raise InputError(f"{self.path}:{number}: {error}; prepare the dataset again") from None


class Tokenizers(TypedDict):
    """The tokenizers of a dataset, by field."""

    tokens: str | None
    target_tokens: str | None


class Dataset(TypedDict, total=False):
    """What prepare says of a dataset, its `dataset.json`; each stage requires some of it."""

    name: str
    version: str
    language: str
    target_language: str
    tokenizers: Tokenizers
    gold_tokens: bool
    examples: dict[str, int]
    sha256: dict[str, str]
    features: list[Annotated[int, msgspec.Meta(gt=0)]]  # their shape
    held_out_of: str  # of self-training: the dataset whose dev and test it has
    self_training: dict[str, Any]  # and how its train was made


def scored_as(dataset: Mapping[str, Any]) -> str:
    """The name of the dataset that scores are on: of self-training the one whose dev and test it has."""
    return dataset.get("held_out_of") or dataset["name"]


def check_shape(shape: Sequence[int] | None, expected: Sequence[int] | None, where: str) -> None:
    """Refuses features of another shape than those of a run's dataset; None is that of texts.

    Raises:
        InputError: they differ.
    """
    wanted, got = ("text" if each is None else f"features of shape {tuple(each)}" for each in (expected, shape))
    if wanted != got:
        raise InputError(f"{where}: expected {wanted}, as its dataset has, got {got}")


def read_dataset(folder: str | Path, *keys: str) -> dict[str, Any]:
    """Reads what prepare said of a dataset: its version, languages, tokenizers and splits; it must have the `keys`.

    Raises:
        InputError: prepare has not written it, or it lacks a key or is of another shape.
    """
    path = Path(folder) / "dataset.json"
    if not path.exists():
        raise InputError(f"{folder}: expected a prepared dataset with a dataset.json; run the stage prepare")
    dataset: dict[str, Any] = {**read_json(path, Dataset)}
    for key in keys:
        if key not in dataset:
            raise InputError(f"{path}: expected an object with the key {key!r}; run the stage that writes it again")
    return dataset
