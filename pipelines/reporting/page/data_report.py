"""What `prepare` reported of a dataset, as tables of the page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NotRequired, TypedDict

from embeddings.foundation.limits import PARSED_BYTES
from embeddings.foundation.reading import read_json

SHOWN_NAMES = 40  # labels or tags, the most frequent ones


class Split(TypedDict):
    """What of a split the page shows."""

    examples: int
    tokens: int
    empty_texts: int
    repeated: int
    lengths: NotRequired[dict[str, int]]
    target_lengths: NotRequired[dict[str, int]]
    labels: NotRequired[dict[str, int]]
    tags: NotRequired[dict[str, int]]


class Report(TypedDict):
    """What of `report.json` the page shows."""

    version: str
    licence: str
    citation: str
    splits: dict[str, Split]
    warnings: dict[str, int]


@dataclass(frozen=True)
class Table:
    """A table: its caption, a header and rows; the first cell of a row names it."""

    caption: str
    header: Sequence[str]
    rows: Sequence[Sequence[str]]


@dataclass(frozen=True)
class DataReport:
    """Facts of a dataset by name, what to look at, and tables."""

    facts: Mapping[str, str]
    warnings: Mapping[str, int]
    tables: Sequence[Table]


def read_data_report(data: Path) -> DataReport | None:
    """Reads `report.json` of a prepared dataset; None where there is none."""
    path = data / "report.json"
    if not path.exists():
        return None
    report = read_json(path, Report, PARSED_BYTES)
    splits = report["splits"]
    sizes = ("examples", "tokens", "empty_texts", "repeated")
    tables = [Table("Size", ("split", *(_words(size) for size in sizes)), _rows(splits, sizes))]
    for key, caption in (("lengths", "Length in tokens"), ("target_lengths", "Length of targets in tokens")):
        known = {split: summary[key] for split, summary in splits.items() if summary.get(key)}
        if known:
            header = [*next(iter(known.values()))]
            tables.append(Table(caption, ("split", *header), _rows(known, header)))
    for kind in ("labels", "tags"):
        counts = {split: found for split, summary in splits.items() if (found := summary.get(kind))}
        if counts:
            names = list(dict.fromkeys(name for of_split in counts.values() for name in of_split))
            more = f", the first {SHOWN_NAMES} of {len(names)}" if len(names) > SHOWN_NAMES else ""
            rows = [
                (name, *(f"{of_split.get(name, 0):,}" for of_split in counts.values())) for name in names[:SHOWN_NAMES]
            ]
            tables.append(Table(f"{kind.capitalize()}{more}", (kind.removesuffix("s"), *counts), rows))
    facts = {"version": report["version"], "licence": report["licence"], "citation": report["citation"]}
    return DataReport(facts, report["warnings"], tables)


def _rows(splits: Mapping[str, Mapping[str, Any]], keys: Sequence[str]) -> list[tuple[str, ...]]:
    return [(split, *(f"{summary.get(key, 0):,}" for key in keys)) for split, summary in splits.items()]


def _words(name: str) -> str:
    return name.replace("_", " ")
