"""The folder of a probe: scores, weights, the unit's histograms, and a page with coloured texts."""

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from embeddings.foundation.escaping import cell
from embeddings.foundation.files import atomic_file, write_json
from pipelines.data.examples import Example
from pipelines.probing.page import ShownText, histogram_svg, page
from pipelines.probing.regression import Probe, histogram
from pipelines.probing.texts import labels, token_ids, tokens_of

if TYPE_CHECKING:
    from pipelines.runs.trained_run import TrainedRun

SHOWN_TEXTS = 4  # of each label on the page
SHOWN_TOKENS = 1500  # of a text there


def write_probe(
    folder: Path,
    run: "TrainedRun",
    probe: Probe,
    splits: Mapping[str, Sequence[Example]],
    states: Mapping[str, np.ndarray],
    scores: Sequence[Mapping[str, Any]],
    about: Mapping[str, Any],
) -> None:
    """Writes the folder.

    Args:
        folder: where, an empty one.
        run: the language model's.
        probe: fitted on train.
        splits: train, dev, and test where it is scored.
        states: of each, float (texts, units).
        scores: of every system on each split held out.
        about: what `probe.json` says of the probe.
    """
    write_json(folder / "scores.json", scores)
    write_json(folder / "probe.json", about)
    weights = probe.regression.weights
    used = sorted(np.flatnonzero(weights).tolist(), key=lambda unit: -abs(weights[unit]))
    write_rows(folder / "weights.csv", [{"unit": unit, "weight": f"{weights[unit]:.6f}"} for unit in used])
    for name in [name for name in splits if name != "train"]:
        rows = histogram(states[name][:, probe.unit], labels(splits[name]))
        write_rows(folder / name / "histogram.csv", rows)
        if name == "dev":
            svg = histogram_svg(rows, probe.unit, probe.threshold.value, probe.above, probe.below)
    with atomic_file(folder / "histogram.svg") as file:
        file.write(svg)
    table: dict[str, dict[str, str]] = {}
    for score in scores:
        shown = "{value:.1f} [{low:.1f}, {high:.1f}]".format(**score)
        table.setdefault(score["system"].replace("_", " "), {})[score["split"]] = shown
    shown = shown_texts(run, probe, splits["dev"], states["dev"])
    title = f"{run.name}: unit {probe.unit}"
    with atomic_file(folder / "unit.html") as file:
        file.write(page(title, table, svg, shown, probe.threshold.value, probe.above, probe.below))


def shown_texts(run: "TrainedRun", probe: Probe, examples: Sequence[Example], states: np.ndarray) -> list[ShownText]:
    """The first texts of each label, those first that need not be cut, with the unit's state after each token."""
    from pipelines.probing.states import states_of_unit

    tokens = [tokens_of(run, example.text) for example in examples]
    order = sorted(range(len(examples)), key=lambda number: len(tokens[number]) > SHOWN_TOKENS)
    chosen = [
        number
        for label in probe.labels
        for number in [number for number in order if examples[number].label == label][:SHOWN_TEXTS]
    ]
    if not chosen:
        return []
    ids = [token_ids(run, examples[number].text)[: SHOWN_TOKENS + 1] for number in chosen]
    by_unit = probe.by_unit(states)
    return [
        ShownText(
            examples[number].id,
            str(examples[number].label),
            str(by_unit[number]),
            float(states[number, probe.unit]),
            list(run.task.detokenize.stream(tokens[number][:SHOWN_TOKENS])),
            values[1:],  # the first is that after `<bos>`
            len(tokens[number]) > SHOWN_TOKENS,
        )
        for number, values in zip(chosen, states_of_unit(run.engine, ids, probe.unit), strict=True)
    ]


def write_rows(path: Path, rows: Sequence[Mapping[str, Any]]) -> None:
    """Writes a table as a CSV file."""
    with atomic_file(path) as file:
        table = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        table.writeheader()
        table.writerows({name: cell(value) for name, value in row.items()} for row in rows)
