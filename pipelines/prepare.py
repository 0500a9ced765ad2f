"""Stage `prepare`: turns a dataset into splits (JSON Lines), word counts and a data report."""

import argparse
import logging
import os
from pathlib import Path
from typing import Any

from embeddings.foundation.config import load_config
from embeddings.foundation.errors import exits_on_input_error
from embeddings.foundation.files import atomic_file, atomic_folder, check_output, write_json
from embeddings.foundation.names import name_of_file
from pipelines.datasets.config import DatasetConfig
from pipelines.datasets.counts import count_names
from pipelines.datasets.description import describe
from pipelines.datasets.report import DRAWN, build_report, markdown, warnings
from pipelines.datasets.sources.files import ROOT_VARIABLE
from pipelines.datasets.splits import draw_dev, remove_overlap, split_paths, write_splits
from pipelines.datasets.tokens import write_subwords
from pipelines.text.tokenization import detokenizer_of

log = logging.getLogger(__name__)


@exits_on_input_error
def main(arguments: list[str] | None = None) -> None:
    """Prepares a dataset."""
    parser = argparse.ArgumentParser(prog="elman prepare", description=__doc__)
    parser.add_argument("--dataset", type=Path, required=True, help="the dataset's configuration file")
    parser.add_argument("--output", type=Path, required=True, help="folder of the prepared dataset")
    options = parser.parse_args(arguments)
    name = name_of_file(options.dataset, "dataset")
    check_output(options.output, options.dataset, os.environ.get(ROOT_VARIABLE))
    prepare(load_config(DatasetConfig, options.dataset), name, options.output)
    log.info(f"prepared {options.output}; read {options.output / 'report.md'}")


def prepare(config: DatasetConfig, name: str, output: Path) -> None:
    """Writes a dataset's folder, whole or not at all.

    Raises:
        InputError: the config asks for what its source does not give, or the data are malformed.
    """
    with atomic_folder(output) as folder:
        changes, gold_tokens = write_splits(config, folder)
        if config.dev_share and not config.continuous:
            changes[DRAWN] = {"dev": draw_dev(folder, config.dev_share, config.seed)}
        if config.remove_overlap:
            changes["removed, same sentence in dev or test"] = remove_overlap(folder)
        paths = split_paths(folder)
        tokenizers = write_subwords(config, paths, folder)
        about = {"name": name, "version": config.version, "licence": config.licence, "citation": config.citation}
        languages = {"language": config.language, "target_language": config.target_language}
        detokenize = detokenizer_of({"tokenizers": tokenizers, **languages})
        report: dict[str, Any] = {**about, "changes": changes, **build_report(paths, detokenize)}
        report["warnings"] = warnings(report)
        for warning, count in report["warnings"].items():
            log.warning(f"{warning}: {count:,}")
        write_json(folder / "report.json", report)
        with atomic_file(folder / "report.md") as page:
            page.write(markdown(report))
        write_json(folder / "counts.json", count_names(paths.get("train")))
        examples = {split: summary["examples"] for split, summary in report["splits"].items()}
        write_json(folder / "dataset.json", describe(config, name, tokenizers, gold_tokens, examples, paths))


if __name__ == "__main__":
    main()
