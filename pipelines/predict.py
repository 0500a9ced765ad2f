"""Stage `predict`: a run folder labels, tags, translates or captions prepared splits, new text, or new features.

Without --data it reads text, one a line, from --text or standard input, or the examples of a NumPy file from
--features, and writes its predictions to standard output as JSON Lines, plain text, CoNLL columns, or a page of
explained predictions.
"""

import argparse
import json
import logging
import sys
import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from embeddings.foundation.config import load_config
from embeddings.foundation.errors import InputError, exits_on_input_error
from embeddings.foundation.files import atomic_folder
from pipelines.data.examples import check_shape, read_dataset, read_examples, write_rows
from pipelines.data.features import feature_rows
from pipelines.data.lines import text_lines
from pipelines.tasks.config import DecodingConfig, TaskConfig

if TYPE_CHECKING:
    from pipelines.runs.trained_run import TrainedRun

log = logging.getLogger(__name__)

FORMATS = ("jsonl", "text", "conll", "html")
CHUNK = 256  # texts that are held at once; of a terminal's one


@exits_on_input_error
def main(arguments: list[str] | None = None) -> None:
    """Predicts with a trained run."""
    parser = argparse.ArgumentParser(prog="elman predict", description=__doc__)
    parser.add_argument("run", type=Path, help="run folder")
    parser.add_argument("--data", type=Path, help="prepared dataset: predict its dev split, and test if asked")
    parser.add_argument("--task", type=Path, help="task configuration whose `decoding` replaces the run's own")
    parser.add_argument("--report-test", choices=["true", "false"], default="false", help="predict test as well")
    parser.add_argument("--output", type=Path, help="with --data: folder of prediction files")
    parser.add_argument("--text", type=argparse.FileType(encoding="utf-8"), default=sys.stdin, help="raw text")
    parser.add_argument("--features", type=Path, help="of a run that reads features: .npy, scaled as its dataset's are")
    parser.add_argument("--tokenised", action="store_true", help="of text: tokens stand between spaces")
    parser.add_argument("--format", choices=FORMATS, help="of predictions of text (default: jsonl)")
    parser.add_argument("--explain", action="store_true", help="of text: tell what decided (html always does)")
    parser.add_argument("--chunk", type=int, help=f"texts to wait for ({CHUNK}; 1 at a terminal): more is faster")
    options = parser.parse_args(arguments)
    if bool(options.data) != bool(options.output):
        parser.error("--data and --output go together")
    if options.data and (options.features or options.tokenised or options.format or options.chunk or options.explain):
        parser.error("--features, --tokenised, --format, --explain and --chunk are not for --data")
    if options.explain and options.format in ("text", "conll"):
        parser.error(f"--explain is for the formats jsonl and html, not for {options.format}")
    if options.features and (options.tokenised or options.text is not sys.stdin):
        parser.error("--text and --tokenised are not for --features")
    if options.chunk is not None and options.chunk < 1:
        parser.error("--chunk must be at least 1")

    from pipelines.runs.folder import load_run_folder

    run = load_run_folder(options.run)
    decoding = decoding_of(options.task, run) if options.task else None
    if not options.data:
        write_text(run, options, decoding)
        return
    check_shape(read_dataset(options.data).get("features"), run.feature_shape, f"{options.data}: run {run.name!r}")
    splits = ["dev", "test"] if options.report_test == "true" else ["dev"]
    with atomic_folder(options.output) as folder:
        for split in splits:
            path = options.data / f"{split}.jsonl"
            if not path.exists():
                raise InputError(f"{path}: no such split; run the stage prepare")
            write_rows(folder / f"{split}.jsonl", run.task.predict(run.model, read_examples(path), decoding))


def decoding_of(path: Path, run: "TrainedRun") -> DecodingConfig | None:
    """How a task's configuration writes.

    Raises:
        InputError: it is another task than the run's, or tells what that task does not read.
    """
    config, expected = load_config(TaskConfig, path), run.task.config.task
    if config.task != expected:
        raise InputError(
            f"{path}: expected a configuration of task {expected!r}, as run {run.name!r} is, got {config.task!r}"
        )
    run.task.check(replace(run.task.config, decoding=config.decoding), run.task.cell)
    return config.decoding


def write_text(run: "TrainedRun", options: argparse.Namespace, decoding: DecodingConfig | None) -> None:
    """Predicts the lines of a text, or features, onto standard output; tells the throughput on standard error."""
    from pipelines.reporting.explanations import END, START

    start, texts, tokens = time.perf_counter(), 0, 0
    examples = feature_rows(options.features) if options.features else text_lines(options.text)
    chunk = options.chunk or (1 if not options.features and options.text.isatty() else CHUNK)
    page = options.format == "html"
    beginning = START if page else ""  # printed with the first prediction, for there may be none to print
    for row in run.predict(examples, decoding, options.tokenised, chunk, options.explain or page):
        print(beginning + formatted(row, options.format), flush=True)
        beginning = ""
        texts, tokens = texts + 1, tokens + len(row.get("source_tokens", ()))
    print(beginning + END if page else "", end="")
    seconds = time.perf_counter() - start
    if options.features:
        log.info(f"{texts:,} examples, {texts / seconds:,.0f} examples/s")
    else:
        log.info(f"{texts:,} texts, {tokens:,} tokens, {tokens / seconds:,.0f} tokens/s")


def formatted(row: Mapping[str, Any], form: str | None) -> str:
    """A prediction as JSON; as text: its label, its tags between spaces, or its text; as columns; or as HTML."""
    if form in (None, "jsonl"):
        return json.dumps(row, ensure_ascii=False)
    if form == "text" and "log_probabilities" in row:
        raise InputError("--format text: a language model predicts no text; `elman generate` writes one")
    if form == "text":
        return " ".join(row["tags"]) if "tags" in row else row.get("label", row.get("text", ""))
    if form == "html":
        from pipelines.reporting.explanations import section

        return section(row)
    if "tags" not in row:
        raise InputError("--format conll is for taggers; this run gives no tags")
    return "".join(f"{token}\t{tag}\n" for token, tag in zip(row["source_tokens"], row["tags"], strict=True))


if __name__ == "__main__":
    main()
