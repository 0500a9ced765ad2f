"""What the report tells of single predictions: confusions, and examples with what each system says of them."""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from pipelines.data.examples import read_examples, read_rows
from pipelines.data.requirements import ENTITIES
from pipelines.evaluation.entity_errors import entity_errors
from pipelines.evaluation.family import Family
from pipelines.evaluation.outcomes import rights
from pipelines.evaluation.predictions import join
from pipelines.reporting.contrast import read_train
from pipelines.reporting.leaderboard import Group
from pipelines.reporting.page.examples import chosen, described, notes
from pipelines.reporting.page.slices import Slicer, SliceTable

LABELS = 30  # of a confusion matrix; rarer ones share the last row and column
OTHER = "(other)"
SEED = 1  # of resamples


@dataclass(frozen=True)
class Survey:
    """Of a group: confusions by system, examples, and scores by slices of the data.

    `confusion` has `labels`, and by system the counts of actual and predicted labels; `browser` has the names of the
    `systems` and `examples`. Each is None where there is nothing of the kind.
    """

    split: str
    total: int  # examples of the split
    confusion: dict[str, Any] | None
    browser: dict[str, Any] | None
    slices: SliceTable | None


def survey(group: Group, family: Family, predictions: Path, data: Path, texts: bool, most_bytes: int) -> Survey:
    """Reads the predictions of a group, one system after another.

    Args:
        group: of the leaderboard.
        family: that scores it.
        predictions: folder of all predictions.
        data: folder of the prepared dataset.
        texts: whether examples are shown, and what systems wrote.
        most_bytes: of the examples as JSON.
    """
    split = shown_split(group)
    rows = [row for row in group.rows if split in row.scores]
    path = data / f"{split}.jsonl"
    references = list(read_examples(path))
    train = read_train(data, of_entities=group.metrics == ENTITIES)
    slicer = Slicer(references, len(rows), train, SEED)
    right, confusions, sliced, errors = [], [], [], {}
    for row in rows:
        outputs = join(references, predictions / row.folder / path.name, family.check)
        confusions.append(Counter(family.confusion(references, outputs)))
        right.append(rights(references, outputs))
        if right[-1] is not None:
            sliced.append(slicer.scores(outputs))
        if train.entities is not None:
            errors[row.system] = entity_errors(references, outputs)
    names = [row.system for row in rows]
    written = any(example.target_text is not None for example in references)
    confusion = confusion_of(names, confusions) if any(confusions) and (texts or not written) else None
    by_slice = [(part, [scores[number] for scores in sliced]) for part, number in slicer.known.items()]
    slices = SliceTable(len(slicer.references), names, by_slice, errors) if sliced and by_slice else None
    browser = None
    if texts and right and right[0] is not None:
        numbers = chosen(np.array(right))
        known = [references[number] for number in numbers]
        ids = {example.id for example in known}
        outputs = [_outputs_of(predictions / row.folder / path.name, ids) for row in rows]
        examples = []
        for number, example in zip(numbers, known, strict=True):
            of_systems = [of_system[example.id] for of_system in outputs]
            of_example = [bool(of_system[number]) for of_system in right]
            examples.append(described(example, of_systems, of_example, notes(example, of_systems)))
        browser = {"systems": names, "examples": fitting(examples, most_bytes)}
    return Survey(split, len(references), confusion, browser, slices)


def shown_split(group: Group) -> str:
    """The split that the tests are of; else the one that most rows have."""
    if group.pairs:
        return group.pairs.split
    return max(("test", "dev"), key=lambda split: sum(split in row.scores for row in group.rows))


def fitting(examples: Sequence[dict[str, Any]], most_bytes: int) -> list[dict[str, Any]]:
    """Of examples that take too many bytes as JSON every second, third ... one."""
    sizes = [len(json.dumps(example, ensure_ascii=False).encode("utf-8")) for example in examples]
    every = 1
    while sum(sizes[::every]) > most_bytes:
        every += 1
    return list(examples[::every])


def confusion_of(names: Sequence[str], confusions: Sequence[Counter[tuple[str, str]]]) -> dict[str, Any]:
    """The counts of each system, in a table of the most frequent labels."""
    frequency: Counter[str] = Counter()
    for actual, count in confusions[0].items():
        frequency[actual[0]] += count
    seen = {label for counts in confusions for pair in counts for label in pair}
    labels = sorted(seen, key=lambda label: (-frequency[label], label))
    shown, others = labels[:LABELS], len(labels) > LABELS
    place = {label: number for number, label in enumerate(shown)}
    tables = {}
    for name, counts in zip(names, confusions, strict=True):
        table = np.zeros((len(shown) + others,) * 2, dtype=int)
        for (actual, predicted), count in counts.items():
            table[place.get(actual, len(shown)), place.get(predicted, len(shown))] += count
        tables[name] = table.tolist()
    return {"labels": shown + [OTHER] * others, "systems": tables}


def _outputs_of(path: Path, ids: set[str]) -> dict[str, dict[str, Any]]:
    """The predictions of some examples, by id."""
    return {each["id"]: each for each in read_rows(path) if each["id"] in ids}
