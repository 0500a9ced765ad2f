"""The tables of README and docs/experiments.md, from figures that are kept in git."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from benchmarks.summary import BELOW, Headline, headlines
from embeddings.foundation.errors import InputError
from pipelines.evaluation.metrics import Metric
from pipelines.evaluation.predictions import SPLITS
from pipelines.reporting.leaderboard import Leaderboard, Row
from pipelines.reporting.table import marked

SHOWN = {  # dataset -> its title on README
    "imdb": "IMDB, sentiment",
    "ewt_pos": "UD English-EWT, POS tagging",
    "uner_ner": "UNER English-EWT, NER",
    "multi30k_de_en": "Multi30k, German to English",
    "multi30k_en_de": "Multi30k, English to German",
}
LAYER = {"cell": "lstm", "bidirectional": False, "batch": 32, "features": 100, "units": 128}  # the one that is shown
LENGTHS = {"full": "rows of equal length", "imdb": "lengths of IMDB", "multi30k": "lengths of Multi30k"}
PASSES = {"train": "training", "inference": "inference"}
LIBRARIES = {  # the best of several ways to run one counts
    "Elman": ("elman",),
    "Keras": ("keras", "keras-jit"),
    "PyTorch, padded": ("torch-padded",),
    "PyTorch, packed": ("torch-packed",),
}
TRANSLATORS = re.compile(r"^\| what \| Elman \| joeynmt \|.*\n\|.*\n((?:\|.*\n)+)", re.MULTILINE)


def beside_baselines(results: Sequence[Mapping[str, Any]]) -> dict[str, tuple[Headline, Headline]]:
    """Of each dataset that README shows its best run and its best baseline on dev.

    Raises:
        InputError: a dataset has no results on test of both.
    """
    found: dict[str, tuple[Headline, Headline]] = {}
    by_dataset = {systems[0].dataset: systems for systems in headlines(results)}
    for dataset in SHOWN:
        systems = by_dataset.get(dataset, [])
        run, baseline = (next((each for each in systems if each.is_run is kind), None) for kind in (True, False))
        if not run or not baseline:
            raise InputError(f"benchmarks/results.json: expected a run and a baseline of {dataset!r} on test, got none")
        found[dataset] = run, baseline
    return found


def results_table(results: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Lines of a table: the best run of a dataset on test, beside the best baseline; the better one is bold."""
    yield "\n| test set | metric | Elman | 95 % interval | best baseline | 95 % interval |\n"
    yield "| --- | --- | ---: | --- | ---: | --- |\n"
    for dataset, (run, baseline) in beside_baselines(results).items():
        ours, theirs = f"{run.value:.2f}", f"{baseline.value:.2f}"
        ours, theirs = (f"{ours}{BELOW}", f"**{theirs}**") if run.is_below else (f"**{ours}**", theirs)
        yield (
            f"| {SHOWN[dataset]} | {run.metric} | {ours} | {run.low:.2f} to {run.high:.2f}"
            f" | {theirs} | {baseline.low:.2f} to {baseline.high:.2f} |\n"
        )
    yield "\n"


def layer_table(rows: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Lines of a table: tokens per second of an LSTM layer in each library, in thousands; the fastest is bold.

    Args:
        rows: those of `benchmarks.speed.recurrent`; of a case that was measured twice the last day counts.

    Raises:
        InputError: a library was not measured.
    """
    yield f"\n| an LSTM of {LAYER['units']} units, thousand tokens/s | {' | '.join(LIBRARIES)} |\n"
    yield f"| --- |{' ---: |' * len(LIBRARIES)}\n"
    rows = [row for row in rows if all(row[key] == value for key, value in LAYER.items())]
    last = max((row["measured"] for row in rows), default="")
    speeds = {
        (row["pass"], row["lengths"], row["implementation"]): row["tokens_per_second"]
        for row in rows
        if row["measured"] == last
    }
    for each, title in PASSES.items():
        for lengths, kind in LENGTHS.items():
            try:
                found = [max(speeds[each, lengths, name] for name in names) for names in LIBRARIES.values()]
            except KeyError as missing:
                raise InputError(f"benchmarks/speed/recurrent.json: expected a row of {missing}, got none") from None
            cells = [f"**{speed / 1000:,.0f}**" if speed == max(found) else f"{speed / 1000:,.0f}" for speed in found]
            yield f"| {title}, {kind} | {' | '.join(cells)} |\n"
    yield "\n"


def translators_table(page: str) -> Iterator[str]:
    """Lines of a table: the speed of translators beside joeynmt, as benchmarks/speed/README.md has them.

    Raises:
        InputError: the page has no such table.
    """
    table = TRANSLATORS.search(page)
    if not table:
        raise InputError("benchmarks/speed/README.md: expected a table of Elman and joeynmt, got none")
    yield "\n| Multi30k, GRU with attention | Elman | joeynmt |\n| --- | ---: | ---: |\n"
    for line in table[1].splitlines():
        what, *speeds, _ = (cell.strip() for cell in line.strip("|").split("|"))
        best = max(speeds, key=lambda speed: float(speed.replace(",", "")))
        yield f"| {what} | {' | '.join(f'**{speed}**' if speed == best else speed for speed in speeds)} |\n"
    yield "\n"


def leaderboard_tables(leaderboard: Leaderboard) -> Iterator[str]:
    """Lines of a table a group: each system's headline on dev and test, the best on dev first and in bold."""
    for group in leaderboard.groups:
        title = group.headline.title
        yield f"\n| {group.task} | {title}, dev | {title}, test |\n| --- | ---: | ---: |\n"
        for row in group.rows:
            name = marked(row, row is group.rows[0])
            yield f"| {name} | {' | '.join(cell(row, split, group.headline) for split in SPLITS)} |\n"
    yield "\n"


def cell(row: Row, split: str, headline: Metric) -> str:
    """A value with half its interval; nothing for a split that is not scored."""
    value = row.scores.get(split, {}).get(headline.name)
    if not value:
        return ""
    return f"{headline.write(value.value, fewer=1)} ± {headline.write((value.high - value.low) / 2, fewer=1)}"
