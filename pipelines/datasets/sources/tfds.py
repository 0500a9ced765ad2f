"""Datasets of TensorFlow Datasets: any builder; the dataset's config maps our fields to its features."""

import logging
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import reduce
from operator import getitem
from pathlib import Path
from typing import Any

import numpy as np

from embeddings.foundation.config import nearest
from embeddings.foundation.errors import InputError
from pipelines.data.examples import Example
from pipelines.datasets.config import DatasetConfig
from pipelines.datasets.options import NotationOptions

log = logging.getLogger(__name__)

Row = Mapping[str, Any]  # what TFDS yields: features by name
Column = Callable[[Row], Any]  # takes one field out of a row

SCALARS = ("text", "label", "target_text")
SEQUENCES = ("tokens", "tags", "labels", "target_tokens")
FEATURES = "features"


@dataclass(frozen=True, kw_only=True)
class Source(NotationOptions, DatasetConfig):
    """A builder of TensorFlow Datasets, with the features that become fields of an example."""

    source: str = "tfds"
    builder: str  # name, name/config or name/config:version
    splits: dict[str, str]  # our split -> the builder's split expression
    features: dict[str, str]  # our field -> path of the feature, as a/b
    skip_tokens: dict[str, str] = field(default_factory=dict)  # no token where this feature has this value
    label_names: tuple[str, ...] = ()  # for class numbers, where the builder's own names are to be replaced

    def __post_init__(self) -> None:
        super().__post_init__()
        for name in self.features:
            if name not in (*SCALARS, *SEQUENCES, FEATURES):
                known = nearest(name, [*SCALARS, *SEQUENCES, FEATURES])
                raise InputError(f"{self.builder}: unknown field {name!r} in `features`{known}")
        mapped = set(self.features)
        if not {"text", "tokens", FEATURES} & mapped or ("tags" in mapped and "tokens" not in mapped):
            raise InputError(
                f"{self.builder}: `features` must map text or tokens or features, and tokens where it maps tags"
            )
        if {"label", "labels"} <= mapped:
            raise InputError(f"{self.builder}: `features` map label and labels; expected one of them")
        if self.scheme != "none" and "tags" not in mapped:
            raise InputError(f"{self.builder}: `scheme: {self.scheme}` needs tags in `features`, got none")

    def origins(self) -> Mapping[str, str]:
        return self.splits

    def read(self, folder: Path) -> Mapping[str, Iterator[Example]]:
        """Reads every split in the order of its files, streaming; nothing is written to `folder`.

        What TFDS has not prepared yet, it downloads and prepares in TFDS_DATA_DIR (`~/tensorflow_datasets`).

        Raises:
            InputError: the builder, a split or a feature is not known, or a feature does not suit its field.
        """
        builder = prepared_builder(self.builder)
        columns, skips = self.columns(builder), self.skips(builder)
        paths = [*self.features.values(), *self.skip_tokens]
        return {
            split: _examples(_rows(builder, expression, paths), columns, skips, f"{self.builder} {split}")
            for split, expression in self.splits.items()
        }

    def columns(self, builder: Any) -> dict[str, Column]:
        """What takes each field from a row.

        Raises:
            InputError: the builder lacks a feature, or it does not suit its field.
        """
        return {
            name: _image(builder, path)
            if name == FEATURES
            else _column(builder, path, name in SEQUENCES, self.label_names if name in ("label", "labels") else ())
            for name, path in self.features.items()
        }

    def skips(self, builder: Any) -> list[tuple[Column, str]]:
        """What takes each feature of `skip_tokens` from a row, with the value at which a token is skipped."""
        return [(_column(builder, path, True), value) for path, value in self.skip_tokens.items()]


def prepared_builder(name: str) -> Any:
    """Finds a builder by `name`, `name/config` or `name/config:version`, its data ready to be read.

    Raises:
        InputError: TFDS knows none of this name, or its data cannot be downloaded.
    """
    import tensorflow_datasets as tfds

    try:
        builder = tfds.builder(name, data_dir=os.environ.get("TFDS_DATA_DIR"), try_gcs=False)
    except tfds.core.DatasetNotFoundError:
        known = tfds.list_builders(with_community_datasets=False)
        raise InputError(f"no TFDS builder {name!r}{nearest(name.partition('/')[0], known)}") from None
    except (AssertionError, ValueError) as error:  # an unknown config, a version that cannot be had
        raise InputError(f"no TFDS builder {name!r}: {_first_line(error)}") from None
    if not builder.is_prepared():
        log.info(f"{name}: not in {builder.data_dir}; TFDS downloads and prepares it now; offline it tries for minutes")
        try:
            builder.download_and_prepare(download_config=tfds.download.DownloadConfig(try_download_gcs=False))
        except Exception as error:  # a builder's own code, the network, a checksum: errors of a dozen kinds
            advice = "try again, or set TFDS_DATA_DIR to a folder that holds it"
            raise InputError(f"TFDS builder {name!r} cannot be prepared: {_first_line(error)}; {advice}") from None
    return builder


def _column(builder: Any, path: str, sequence: bool, names: Sequence[str] = ()) -> Column:
    """Checks a feature and returns what takes its value from a row: a string, or a tuple of strings.

    Args:
        builder: of the dataset.
        path: of the feature, as `translation/en`.
        sequence: whether values are to be sequences.
        names: of classes; the builder's own where there are none.
    """
    import tensorflow_datasets as tfds

    feature, dimensions = _known(builder, path)
    if dimensions != sequence:
        expected = "a sequence" if sequence else "a single value"
        raise InputError(f"{builder.name}: expected {expected} in feature {path!r}, got {dimensions} dimensions")
    if isinstance(feature, tfds.features.ClassLabel):
        names = names or feature.names
    classes = feature.num_classes if isinstance(feature, tfds.features.ClassLabel) else 0
    if len(names) != classes:
        raise InputError(f"{builder.name}: expected {classes} label_names for feature {path!r}, got {len(names)}")

    def name(value: Any) -> str | None:
        if isinstance(value, bytes):
            return value.decode("utf-8").removesuffix("\n")  # which some builders leave where they read lines
        if not names:
            return str(value)
        return names[int(value)] if value >= 0 else None  # TFDS writes -1 where a class is not known

    raw = _value(path)

    def take(row: Row) -> Any:
        value = raw(row)
        value = value.tolist() if hasattr(value, "tolist") else value
        return tuple(name(item) for item in value) if sequence else name(value)

    return take


def _known(builder: Any, path: str) -> tuple[Any, int]:
    """A feature that a builder has, with the number of its dimensions."""
    known = _leaves(builder.info.features)
    if path not in known:
        raise InputError(f"{builder.name}: no feature {path!r}; known: {', '.join(sorted(known))}")
    return known[path]


def _value(path: str) -> Column:
    """Takes the value at a path `a/b` from a row."""
    return lambda row: reduce(getitem, path.split("/"), row)


def _image(builder: Any, path: str) -> Column:
    """Checks a feature and returns what takes an image of one channel from a row, scaled to 0 to 1: (height, width)."""
    import tensorflow_datasets as tfds

    feature, _ = _known(builder, path)
    if not isinstance(feature, tfds.features.Image) or feature.shape[-1] != 1 or feature.np_dtype != np.uint8:
        raise InputError(f"{builder.name}: expected single-channel images of bytes in feature {path!r}, got {feature}")
    value = _value(path)
    return lambda row: (np.asarray(value(row))[:, :, 0] / 255).astype("float32")


def _leaves(feature: Any, path: str = "", dimensions: int = 0) -> dict[str, tuple[Any, int]]:
    """Every feature that holds values, by its path `a/b`, with the number of its dimensions."""
    import tensorflow_datasets as tfds

    if isinstance(feature, tfds.features.FeaturesDict):
        parts = [_leaves(part, f"{path}/{name}".lstrip("/"), dimensions) for name, part in feature.items()]
        return {name: leaf for part in parts for name, leaf in part.items()}
    if isinstance(feature, tfds.features.Sequence):
        return _leaves(feature.feature, path, dimensions + 1)
    return {path: (feature, dimensions + len(feature.shape or ()))}


def _rows(builder: Any, expression: str, paths: Iterable[str]) -> Any:
    """The rows of a split expression such as `train[:90%]`, with no more features than are asked for."""
    import tensorflow_datasets as tfds

    wanted: dict[str, Any] = {}
    for path in paths:
        *outer, last = path.split("/")
        level = wanted
        for key in outer:
            level = level.setdefault(key, {})
        level[last] = True
    try:
        dataset = builder.as_dataset(
            split=expression,
            shuffle_files=False,
            decoders=tfds.decode.PartialDecoding(wanted),
            read_config=tfds.ReadConfig(interleave_cycle_length=1, try_autocache=False),
        )
    except ValueError as error:
        raise InputError(f"{builder.name}: {' '.join(str(error).split())}") from None
    return tfds.as_numpy(dataset)


def _numbered(rows: Iterable[Row], where: str) -> Iterator[tuple[int, Row]]:
    """Rows with their numbers from 0; TensorFlow's error for a damaged file becomes one line."""
    number = 0
    try:
        for number, row in enumerate(rows):
            yield number, row
    except Exception as error:
        advice = "remove the dataset from TFDS_DATA_DIR and prepare it again"
        raise InputError(f"{where}: cannot be read after row {number}: {_first_line(error)}; {advice}") from None


def _first_line(error: Exception) -> str:
    return f"{type(error).__name__}: {' '.join(str(error).strip().splitlines()[:1])}"


def _examples(
    rows: Any, columns: Mapping[str, Column], skips: Sequence[tuple[Column, str]], where: str
) -> Iterator[Example]:
    for number, row in _numbered(rows, where):
        try:
            values = {name: take(row) for name, take in columns.items()}
        except UnicodeDecodeError as error:
            byte = error.object[error.start]
            raise InputError(f"{where}:{number}: expected UTF-8, got byte 0x{byte:02x}") from None
        skipped = {at for take, value in skips for at, found in enumerate(take(row)) if found == value}
        for name in {"tokens", "tags"} & set(values) if skipped else ():
            values[name] = tuple(item for at, item in enumerate(values[name]) if at not in skipped)
        tokens = values.pop("tokens", ())
        text = values.pop("text", " ".join(tokens))
        yield Example(id=f"{where}:{number}", text=text, tokens=tokens, **values)
