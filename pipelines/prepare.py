"""Stage `prepare`: turns a dataset into splits (JSON Lines), word counts and a data report."""

import argparse
import logging
import os
from pathlib import Path

from embeddings.foundation.config import load_config
from embeddings.foundation.errors import exits_on_input_error
from embeddings.foundation.files import check_output
from embeddings.foundation.names import name_of_file
from pipelines.datasets.config import DatasetConfig
from pipelines.datasets.preparation import prepare
from pipelines.datasets.sources.files import ROOT_VARIABLE

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
    report = prepare(load_config(DatasetConfig, options.dataset), name, options.output)
    for warning, count in report["warnings"].items():
        log.warning(f"{warning}: {count:,}")
    log.info(f"prepared {options.output}; read {options.output / 'report.md'}")


if __name__ == "__main__":
    main()
