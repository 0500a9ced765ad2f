"""What runs look at, as `predict` stored it of some examples of dev: attention, or what each token does for a label."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NotRequired, TypedDict

from embeddings.foundation.errors import InputError
from pipelines.data.examples import EXPLANATIONS, numbered_rows, read_examples
from pipelines.evaluation.outcomes import gold
from pipelines.reporting.leaderboard import Row
from pipelines.reporting.page.examples import joined

SHOWN_TARGET = 60  # tokens of a translation


class Explanation(TypedDict):
    """What `predict` gives: a weight for each token, or for each token that was written and each that was read."""

    method: str
    weights: list[float | list[float | None] | None]


class Explained(TypedDict):
    """A prediction with its explanation."""

    id: str
    source_tokens: list[str]
    explanation: Explanation
    label: NotRequired[str]
    labels: NotRequired[list[str]]
    probabilities: NotRequired[dict[str, float]]
    tokens: NotRequired[list[str]]


def explained_examples(rows: Sequence[Row], predictions: Path, data: Path) -> dict[str, Any] | None:
    """The explained examples of a group; None where no run has any.

    Args:
        rows: of the group.
        predictions: folder of all predictions.
        data: folder of the prepared dataset.

    Returns:
        `methods`, `systems` by name, and `examples`, each with its `outputs`: the number of their system, what was
        predicted, and its weights; of a label a list of them, of a translation the `tokens` too and a list for each.
    """
    names, examples, methods = [], {}, {}
    for row in rows:
        path = predictions / row.folder / EXPLANATIONS
        if not path.exists():
            continue
        names.append(row.system)
        for line, found in numbered_rows(path, Explained):
            methods[found["explanation"]["method"]] = None
            example = examples.setdefault(found["id"], {"tokens": found["source_tokens"], "outputs": []})
            if example["tokens"] == found["source_tokens"]:
                outputs = _outputs(found, f"{path}:{line}")
                example["outputs"] += [{"system": len(names) - 1, **each} for each in outputs]
    if not examples:
        return None
    actual = {each.id: joined(gold(each)) for each in read_examples(data / "dev.jsonl") if each.id in examples}
    listed = [{"id": number, "gold": actual.get(number, ""), **example} for number, example in examples.items()]
    return {"methods": [*methods], "systems": names, "examples": listed}


def _outputs(found: Explained, where: str) -> list[dict[str, Any]]:
    """What was predicted of an example, each with its weights: of several labels one output for each.

    Raises:
        InputError: there is not a weight for each token that was read.
    """
    probabilities, weights = found.get("probabilities", {}), found["explanation"]["weights"]
    written, labels = found.get("tokens"), found.get("labels")
    one = written is None and labels is None
    rows = _rows([weights] if one else weights, len(found["source_tokens"]))
    predicted = [found.get("label", "")] if one else written if labels is None else labels
    if rows is None or predicted is None or len(rows) != len(predicted):
        raise InputError(f"{where}: expected a weight for each token, got others; run the stage predict again")
    if written is not None:
        return [{"tokens": written[:SHOWN_TARGET], "weights": rows[:SHOWN_TARGET]}]
    outputs = [
        {"label": label, "probability": round(probabilities.get(label, 0.0), 3), "weights": row}
        for label, row in zip(predicted, rows, strict=True)
    ]
    return outputs or [{"label": "", "probability": 0, "weights": []}]


def _rows(weights: Any, tokens: int) -> list[list[float | None]] | None:
    """Rows of weights, rounded; None where one of them is no list of numbers, or of another length than the tokens."""
    if not all(isinstance(row, list) and len(row) == tokens for row in weights):
        return None
    if any(isinstance(weight, list) for row in weights for weight in row):
        return None
    return [[None if weight is None else round(weight, 2) for weight in row] for row in weights]
