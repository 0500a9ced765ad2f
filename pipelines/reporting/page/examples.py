"""The error browser's examples: what each system predicted of them, and which systems are right."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from pipelines.data.examples import Example
from pipelines.evaluation.outcomes import answer, gold

SHOWN = 400  # examples of a group
TEXT_CHARACTERS = 600  # of a text; more are cut off
TOKENS = 150  # of a tagged sentence
NO_LABEL = "(no label)"


def chosen(right: np.ndarray, most: int = SHOWN) -> list[int]:
    """The numbers of the examples to show: first those on which systems disagree, then those that all have wrong.

    Of each kind they are spread evenly over the split.

    Args:
        right: which system is right on which example, bool (systems, examples).
        most: how many.
    """
    share = right.mean(axis=0)
    kinds = [np.flatnonzero(kind) for kind in ((share > 0) & (share < 1), share == 0, share == 1)]
    found: list[int] = []
    for numbers in kinds:
        room = min(most - len(found), len(numbers))
        if room > 0:
            places = np.linspace(0, len(numbers) - 1, room).round().astype(int)
            found += numbers[places].tolist()
    return sorted(found)


def described(
    example: Example, outputs: Sequence[Mapping[str, Any]], right: Sequence[bool], notes: Sequence[str]
) -> dict[str, Any]:
    """An example for the page: equal predictions of several systems together.

    Args:
        example: with what is known of it.
        outputs: each system's prediction.
        right: whether it is right.
        notes: what is said of it besides, such as its probability.
    """
    groups: dict[str, dict[str, Any]] = {}
    for number, row in enumerate(outputs):
        text = told(example, row)
        group = groups.setdefault(text, {"text": text, "systems": [], "notes": [], "right": bool(right[number])})
        group["systems"].append(number)
        group["notes"].append(notes[number])
    return {
        "id": example.id,
        **({"tokens": marked(example)} if example.tags is not None else {"text": _cut(example.text)}),
        "gold": "" if example.tags is not None else _cut(joined(gold(example))),  # tags stand in the text
        "outputs": sorted(groups.values(), key=lambda group: (not group["right"], -len(group["systems"]))),
    }


def marked(example: Example) -> list[list[str]]:
    """The tokens of a tagged sentence, each with its tag where that says something."""
    pairs = zip(example.tokens[:TOKENS], example.tags or (), strict=False)
    return [[token] if tag == "O" else [token, tag] for token, tag in pairs]


def told(example: Example, row: Mapping[str, Any]) -> str:
    """A prediction as text; of tags only those that are wrong."""
    if example.tags is None:
        return _cut(joined(answer(example, row)))
    wrong = [
        f"{token}: {tag}"
        for token, gold, tag in zip(example.tokens, example.tags, row["tags"], strict=True)
        if tag != gold
    ]
    return _cut("; ".join(wrong) or "all tags right")


def notes(example: Example, rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """What is said of each prediction: the probabilities of its labels, or how much of the reference it has."""
    if example.label is not None or example.labels is not None:
        of_labels = [row["labels"] if example.label is None else [row["label"]] for row in rows]
        shares = [row.get("probabilities") or {} for row in rows]
        return [
            ", ".join(f"{known[label]:.0%}" for label in sorted(labels) if label in known)
            for labels, known in zip(of_labels, shares, strict=True)
        ]
    if example.target_text is not None:
        from sacrebleu.metrics.chrf import CHRF

        scorer = CHRF(references=[[example.target_text]])
        return [f"chrF {scorer.corpus_score([row['text']], None).score:.0f}" for row in rows]
    return ["" for _ in rows]


def joined(value: Any) -> str:
    """An answer as text: of several labels their names."""
    return value if isinstance(value, str) else ", ".join(value) or NO_LABEL


def _cut(text: str) -> str:
    return text if len(text) <= TEXT_CHARACTERS else f"{text[:TEXT_CHARACTERS]} ..."
