"""The description of a prepared dataset, its `dataset.json`."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from embeddings.foundation.errors import InputError
from embeddings.foundation.files import checksum
from pipelines.data.features import open_features
from pipelines.datasets.config import DatasetConfig


def describe(
    config: DatasetConfig,
    name: str,
    tokenizers: Mapping[str, str | None],
    gold_tokens: bool,
    examples: Mapping[str, int],
    paths: Mapping[str, Path],
) -> dict[str, Any]:
    """What other stages ask of a dataset: its names, tokenizers, and the number and checksum of its examples.

    Where examples are features, their shape as well.

    Raises:
        InputError: splits have features of different shapes.
    """
    features = {split: path.with_suffix(".npy") for split, path in paths.items()}
    shapes = {split: open_features(path).shape[1:] for split, path in features.items() if path.exists()}
    if len({shapes.get(split) for split in paths}) > 1:
        raise InputError(f"dataset {name}: expected features of one shape in every split, got {shapes}")
    return {
        "name": name,
        "version": config.version,
        "language": config.language,
        "target_language": config.target_language,
        "tokenizers": tokenizers,
        "gold_tokens": gold_tokens,
        "examples": examples,
        "sha256": {split: checksum(path) for split, path in paths.items()},
        **({"features": list(next(iter(shapes.values())))} if shapes else {}),
    }
