"""What runs look at, as `predict` stored it of some examples of dev: attention, or what each token does for a label."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NotRequired, TypedDict

from pipelines.data.examples import EXPLANATIONS, read_examples, read_rows
from pipelines.evaluation.outcomes import gold
from pipelines.reporting.leaderboard import Row
from pipelines.reporting.page.examples import joined

SHOWN_TARGET = 60  # tokens of a translation


class Explanation(TypedDict):
    """What `predict` gives: a weight for each token, or for each token that was written and each that was read."""

    method: str
    weights: list[Any]


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
        for found in read_rows(path, Explained):
            methods[found["explanation"]["method"]] = None
            example = examples.setdefault(found["id"], {"tokens": found["source_tokens"], "outputs": []})
            if example["tokens"] == found["source_tokens"]:
                example["outputs"] += [{"system": len(names) - 1, **each} for each in _outputs(found)]
    if not examples:
        return None
    actual = {each.id: joined(gold(each)) for each in read_examples(data / "dev.jsonl") if each.id in examples}
    listed = [{"id": number, "gold": actual.get(number, ""), **example} for number, example in examples.items()]
    return {"methods": [*methods], "systems": names, "examples": listed}


def _outputs(found: Explained) -> list[dict[str, Any]]:
    """What was predicted of an example, each with its weights: of several labels one output for each."""
    weights = found["explanation"]["weights"]
    if "tokens" in found:
        of_tokens = [[round(weight, 2) for weight in of_token] for of_token in weights[:SHOWN_TARGET]]
        return [{"tokens": found["tokens"][:SHOWN_TARGET], "weights": of_tokens}]
    several = found.get("labels")
    pairs = [(found.get("label", ""), weights)] if several is None else zip(several, weights, strict=True)
    probabilities = found.get("probabilities", {})
    outputs = [
        {
            "label": label,
            "probability": round(probabilities.get(label, 0.0), 3),
            "weights": [None if weight is None else round(weight, 2) for weight in of_text],
        }
        for label, of_text in pairs
    ]
    return outputs or [{"label": "", "probability": 0, "weights": []}]
