"""A dataset becomes a folder: splits (JSON Lines), word counts, a data report and a description."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from embeddings.foundation.files import atomic_file, atomic_folder, write_json
from pipelines.datasets.config import DatasetConfig
from pipelines.datasets.counts import count_names
from pipelines.datasets.description import describe
from pipelines.datasets.report import DRAWN, REMOVED, build_report, markdown, warnings
from pipelines.datasets.splits import draw, remove_overlap, split_paths, write_splits
from pipelines.datasets.tokens import write_subwords
from pipelines.text.tokenization import Detokenizer, detokenizer_of


@dataclass(frozen=True)
class Counted:
    """What the splits of a dataset hold."""

    report: dict[str, Any]  # from `report_of`
    names: dict[str, dict[str, int]]  # of train, from `count_names`


def prepare(config: DatasetConfig, name: str, output: Path) -> dict[str, Any]:
    """Writes a dataset's folder, whole or not at all; returns its report.

    Raises:
        InputError: the config asks for what its source does not give, or the data are malformed.
    """
    with atomic_folder(output) as folder:
        changes, gold_tokens = write_splits(config, folder)
        if config.dev_share and not config.continuous:
            changes[DRAWN] = {"dev": draw(config, folder)}
        return finish(config, name, folder, changes, gold_tokens)


def finish(
    config: DatasetConfig,
    name: str,
    folder: Path,
    changes: dict[str, dict[str, int]],
    gold_tokens: bool,
    counted: Counted | None = None,
) -> dict[str, Any]:
    """Adds to written splits all that follows from them; returns the report.

    Args:
        config: the dataset's.
        name: of the dataset.
        folder: with the splits.
        changes: what has been left out or changed.
        gold_tokens: whether all tokens are the annotators' own.
        counted: what the splits hold, if that is known and nothing changes it.
    """
    if config.remove_overlap:
        changes[REMOVED] = remove_overlap(folder)
    paths = split_paths(folder)
    tokenizers = write_subwords(config, paths, folder)
    about = {"name": name, "version": config.version, "licence": config.licence, "citation": config.citation}
    found = counted or Counted(build_report(paths, detokenizer(config, tokenizers)), count_names(paths.get("train")))
    report = write_reports(folder, about, changes, found)
    examples = {split: summary["examples"] for split, summary in report["splits"].items()}
    write_json(folder / "dataset.json", describe(config, name, tokenizers, gold_tokens, examples, paths))
    return report


def write_reports(
    folder: Path, about: Mapping[str, str], changes: Mapping[str, Mapping[str, int]], found: Counted
) -> dict[str, Any]:
    """Writes the data report and the counts of a dataset; returns the report.

    Args:
        folder: of the dataset.
        about: its name, version, licence and citation.
        changes: what has been left out or changed, by split.
        found: what the splits hold.
    """
    report: dict[str, Any] = {**about, "changes": changes, **found.report}
    report["warnings"] = warnings(report)
    write_json(folder / "report.json", report)
    with atomic_file(folder / "report.md") as page:
        page.write(markdown(report))
    write_json(folder / "counts.json", found.names)
    return report


def detokenizer(config: DatasetConfig, tokenizers: Mapping[str, str | None]) -> Detokenizer:
    """What puts the target tokens of a dataset together."""
    languages = {"language": config.language, "target_language": config.target_language}
    return detokenizer_of({"tokenizers": tokenizers, **languages})
