"""Stage `prepare`: turns a dataset into splits (JSON Lines), word counts and a data report.

A dataset of `source: shards` is read shard by shard, on this machine or a Ray cluster; an interrupted command
resumes where it stopped. Docs: docs/cluster.md.
"""

import argparse
import logging
import os
import signal
from pathlib import Path
from typing import Any, cast

from embeddings.foundation.config import load_config
from embeddings.foundation.errors import InputError, exits_on_input_error
from embeddings.foundation.files import check_output
from embeddings.foundation.names import name_of_file
from embeddings.foundation.options import count_option
from pipelines.datasets.config import DatasetConfig
from pipelines.datasets.preparation import prepare
from pipelines.datasets.sources.files import ROOT_VARIABLE
from pipelines.datasets.tokens import MissingTokenizerError

log = logging.getLogger(__name__)


@exits_on_input_error
def main(arguments: list[str] | None = None) -> None:
    """Prepares a dataset."""
    parser = argparse.ArgumentParser(prog="elman prepare", description=__doc__)
    parser.add_argument("--dataset", type=Path, required=True, help="the dataset's configuration file")
    parser.add_argument("--output", type=Path, required=True, help="folder of the prepared dataset")
    parser.add_argument(
        "--address",
        help="for shards: address of a Ray cluster, HOST:PORT or auto (default: $RAY_ADDRESS, else this machine)",
    )
    parser.add_argument("--jobs", type=count_option, help="shards at a time on the cluster (default: as many as fit)")
    options = parser.parse_args(arguments)
    name = name_of_file(options.dataset, "dataset")
    check_output(options.output, options.dataset, os.environ.get(ROOT_VARIABLE))
    config = load_config(DatasetConfig, options.dataset)
    try:
        if config.source == "shards":
            from pipelines.shards.preparation import prepare_shards

            signal.signal(signal.SIGTERM, signal.default_int_handler)  # as Ctrl-C
            address = options.address or os.environ.get("RAY_ADDRESS")
            report = prepare_shards(cast(Any, config), name, options.output, address, options.jobs)
        elif options.address or options.jobs:
            raise InputError(
                f"{options.dataset}: expected `source: shards` with --address or --jobs, got {config.source}"
            )
        else:
            report = prepare(config, name, options.output)
    except MissingTokenizerError as error:
        raise InputError(f"{options.dataset}: {error}") from None
    for warning, count in report["warnings"].items():
        log.warning(f"{warning}: {count:,}")
    log.info(f"prepared {options.output}; read {options.output / 'report.md'}")


if __name__ == "__main__":
    main()
