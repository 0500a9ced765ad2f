"""Predictions: the folders that hold them, and the rows put beside their examples by id."""

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, Literal

from embeddings.foundation.errors import InputError
from pipelines.data.examples import Example, numbered_rows

Split = Literal["dev", "test"]
SPLITS: tuple[Split, ...] = ("dev", "test")


def splits_in(folder: Path) -> list[str]:
    """The splits that a folder has predictions for."""
    return [split for split in SPLITS if (folder / f"{split}.jsonl").exists()]


def system_folders(predictions: Path) -> dict[str, Path]:
    """The folders with predictions, by system: the folder itself, or those below it.

    Raises:
        InputError: there are none.
    """
    if splits_in(predictions):
        return {predictions.name: predictions}
    folders = {folder.name: folder for folder in sorted(predictions.glob("*/")) if splits_in(folder)}
    if not folders:
        raise InputError(f"{predictions}: expected dev.jsonl or test.jsonl, found neither; run the stage that predicts")
    return folders


def join(
    references: Iterable[Example], path: str | Path, check: Callable[[Example, Mapping[str, Any]], None]
) -> list[dict[str, Any]]:
    """Reads one prediction for each example, in the examples' order.

    Args:
        references: the examples of a split.
        path: the predictions, JSON Lines in any order.
        check: raises an `InputError` where a prediction cannot be one for its example.

    Raises:
        InputError: a prediction is missing, double, of an unknown id, or does not pass the check.
    """
    examples = {example.id: example for example in references}
    rows: dict[str, dict[str, Any]] = {}
    for line, row in numbered_rows(path, dict[str, Any]):
        name = row.get("id")
        if not isinstance(name, str) or name not in examples:
            raise InputError(f"{path}:{line}: expected the id of an example, got {name!r}; predict on this data again")
        if name in rows:
            raise InputError(f"{path}:{line}: expected one prediction for {name!r}, got another; remove one")
        try:
            check(examples[name], row)
        except InputError as error:
            raise InputError(f"{path}:{line}: prediction for {name!r}: {error}") from None
        rows[name] = row
    for name in examples:
        if name not in rows:
            raise InputError(f"{path}: expected {len(examples)} predictions, got none for {name!r}; predict again")
    if not examples:
        raise InputError(f"{path}: there are no examples to score")
    return [rows[name] for name in examples]


def require_probabilities(prediction: Mapping[str, Any], sum_to_one: bool) -> None:
    """Checks that `probabilities`, where a prediction has them, are numbers from 0 to 1 by label.

    Raises:
        InputError: they are not, or do not add up to 1 (within the rounding of what is written) where they should.
    """
    found = prediction.get("probabilities")
    if found in (None, {}):
        return
    valid = isinstance(found, dict) and all(type(p) in (int, float) and 0 <= p <= 1 for p in found.values())
    if not valid or (sum_to_one and abs(sum(found.values()) - 1) > 1e-3):
        raise InputError("expected `probabilities` from 0 to 1" + " that add up to 1" * sum_to_one)
