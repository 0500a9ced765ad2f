"""A dataset becomes a folder: splits (JSON Lines), word counts, a data report and a description."""

from pathlib import Path
from typing import Any

from embeddings.foundation.files import atomic_file, atomic_folder, write_json
from pipelines.datasets.config import DatasetConfig
from pipelines.datasets.counts import count_names
from pipelines.datasets.description import describe
from pipelines.datasets.report import DRAWN, REMOVED, build_report, markdown, warnings
from pipelines.datasets.splits import draw_dev, remove_overlap, split_paths, write_splits
from pipelines.datasets.tokens import write_subwords
from pipelines.text.tokenization import detokenizer_of


def prepare(config: DatasetConfig, name: str, output: Path) -> dict[str, Any]:
    """Writes a dataset's folder, whole or not at all; returns its report.

    Raises:
        InputError: the config asks for what its source does not give, or the data are malformed.
    """
    with atomic_folder(output) as folder:
        changes, gold_tokens = write_splits(config, folder)
        if config.dev_share and not config.continuous:
            changes[DRAWN] = {"dev": draw_dev(folder, config.dev_share, config.seed)}
        if config.remove_overlap:
            changes[REMOVED] = remove_overlap(folder)
        paths = split_paths(folder)
        tokenizers = write_subwords(config, paths, folder)
        about = {"name": name, "version": config.version, "licence": config.licence, "citation": config.citation}
        languages = {"language": config.language, "target_language": config.target_language}
        detokenize = detokenizer_of({"tokenizers": tokenizers, **languages})
        report: dict[str, Any] = {**about, "changes": changes, **build_report(paths, detokenize)}
        report["warnings"] = warnings(report)
        write_json(folder / "report.json", report)
        with atomic_file(folder / "report.md") as page:
            page.write(markdown(report))
        write_json(folder / "counts.json", count_names(paths.get("train")))
        examples = {split: summary["examples"] for split, summary in report["splits"].items()}
        write_json(folder / "dataset.json", describe(config, name, tokenizers, gold_tokens, examples, paths))
    return report
