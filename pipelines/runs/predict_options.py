"""The options of `elman predict`."""

import argparse
import os
from pathlib import Path

from embeddings.foundation.options import count_option
from pipelines.data.lines import text_option
from pipelines.runs.engines import add_engine_option

FORMATS = ("jsonl", "text", "conll", "html")
CHUNK = 256  # texts that are held at once; of a terminal's one


def parsed(arguments: list[str] | None, description: str | None) -> argparse.Namespace:
    """The options that are given; those that do not go together end the command with code 2."""
    parser = argparse.ArgumentParser(prog="elman predict", description=description)
    parser.add_argument("run", type=Path, help="run folder")
    parser.add_argument("shards", nargs="*", help="folders, patterns such as 'texts/*.jsonl', files, or URLs of them")
    add_engine_option(parser)
    parser.add_argument("--data", type=Path, help="prepared dataset: predict its dev split, or also test")
    parser.add_argument(
        "--task", type=Path, help="task configuration whose `decoding`, or its default, replaces the run's own"
    )
    parser.add_argument("--report-test", choices=["true", "false"], default="false", help="predict test as well")
    parser.add_argument("--output", help="with --data or shards: folder of prediction files; with shards also a URL")
    parser.add_argument("--text", type=text_option, help="raw text (default: standard input)")
    parser.add_argument("--features", type=Path, help="features (.npy), scaled like those of the run's dataset")
    parser.add_argument("--tokenised", action="store_true", help="for text: tokens are separated by ASCII white space")
    parser.add_argument("--format", choices=FORMATS, help="output format for text (default: jsonl)")
    parser.add_argument("--explain", action="store_true", help="for text: add token attributions (html always does)")
    parser.add_argument(
        "--chunk", type=count_option, help=f"texts to read at once ({CHUNK}; 1 at a terminal): more is faster"
    )
    of_shards = parser.add_argument_group("shards")
    of_shards.add_argument("--key", default="text", help="key of the text in JSON Lines and Parquet (text)")
    of_shards.add_argument(
        "--address",
        default=os.environ.get("RAY_ADDRESS"),
        help="address of a Ray cluster, HOST:PORT or auto (default: $RAY_ADDRESS, else one shard at a time here)",
    )
    of_shards.add_argument(
        "--cpus", type=count_option, default=1, help="processors and threads for a shard on the cluster (1)"
    )
    of_shards.add_argument(
        "--jobs", type=count_option, help="shards at a time on the cluster (default: as many as fit)"
    )
    options = parser.parse_args(arguments)
    if bool(options.data or options.shards) != bool(options.output):
        parser.error("--data or shards and --output go together")
    if options.data and (options.features or options.tokenised or options.format or options.chunk or options.explain):
        parser.error("--features, --tokenised, --format, --explain and --chunk cannot be used with --data")
    if options.shards and (options.data or options.text or options.features or options.format):
        parser.error("--data, --text, --features and --format cannot be used with shards")
    if options.explain and options.format in ("text", "conll"):
        parser.error(f"--explain: expected the format jsonl or html, got {options.format}")
    if options.features and (options.tokenised or options.text):
        parser.error("--text and --tokenised cannot be used with --features")
    if not options.shards and (options.key != "text" or options.cpus != 1 or options.jobs is not None):
        parser.error("--key, --cpus and --jobs are for shards")
    if options.data and "://" in options.output:
        parser.error("--output: expected a folder with --data, got a URL")
    return options
