"""Stage `predict`: a run folder labels, tags, translates or captions prepared splits, new text, or new features.

Without --data it reads text, one per line, from --text or standard input, or the examples of a NumPy file from
--features, and writes its predictions to standard output as JSON Lines, plain text, CoNLL columns, or a page of
token attributions. An empty line has an empty answer.
"""

import argparse
import sys
from pathlib import Path

from embeddings.foundation.errors import InputError, exits_on_input_error
from embeddings.foundation.files import atomic_folder
from pipelines.data.examples import EXPLANATIONS, check_shape, read_dataset, read_examples, write_rows
from pipelines.data.features import feature_rows
from pipelines.data.lines import text_lines, text_option
from pipelines.runs.engines import add_engine_option

FORMATS = ("jsonl", "text", "conll", "html")
CHUNK = 256  # texts that are held at once; of a terminal's one


@exits_on_input_error
def main(arguments: list[str] | None = None) -> None:
    """Predicts with a trained run."""
    parser = argparse.ArgumentParser(prog="elman predict", description=__doc__)
    parser.add_argument("run", type=Path, help="run folder")
    add_engine_option(parser)
    parser.add_argument("--data", type=Path, help="prepared dataset: predict its dev split, or also test")
    parser.add_argument(
        "--task", type=Path, help="task configuration whose `decoding`, or its default, replaces the run's own"
    )
    parser.add_argument("--report-test", choices=["true", "false"], default="false", help="predict test as well")
    parser.add_argument("--output", type=Path, help="with --data: folder of prediction files")
    parser.add_argument("--text", type=text_option, help="raw text (default: standard input)")
    parser.add_argument("--features", type=Path, help="features (.npy), scaled like those of the run's dataset")
    parser.add_argument("--tokenised", action="store_true", help="for text: tokens are separated by ASCII white space")
    parser.add_argument("--format", choices=FORMATS, help="output format for text (default: jsonl)")
    parser.add_argument("--explain", action="store_true", help="for text: add token attributions (html always does)")
    parser.add_argument("--chunk", type=int, help=f"texts to read at once ({CHUNK}; 1 at a terminal): more is faster")
    options = parser.parse_args(arguments)
    if bool(options.data) != bool(options.output):
        parser.error("--data and --output go together")
    if options.data and (options.features or options.tokenised or options.format or options.chunk or options.explain):
        parser.error("--features, --tokenised, --format, --explain and --chunk cannot be used with --data")
    if options.explain and options.format in ("text", "conll"):
        parser.error(f"--explain: expected the format jsonl or html, got {options.format}")
    if options.features and (options.tokenised or options.text):
        parser.error("--text and --tokenised cannot be used with --features")
    if options.chunk is not None and options.chunk < 1:
        parser.error("--chunk must be at least 1")

    from pipelines.runs.explanations import explanations
    from pipelines.runs.folder import load_run_folder

    run = load_run_folder(options.run, options.engine)
    decoding = run.decoding_of(options.task) if options.task else None
    if not options.data:
        from pipelines.reporting.predictions import print_predictions

        form = options.format or "jsonl"
        examples = feature_rows(options.features) if options.features else text_lines(options.text)
        typed = not (options.features or options.text) and sys.stdin is not None and sys.stdin.isatty()
        chunk = options.chunk or (1 if typed else CHUNK)
        explain = options.explain or form == "html"
        print_predictions(run.predict(examples, decoding, options.tokenised, chunk, explain), form)
        return
    check_shape(read_dataset(options.data).get("features"), run.feature_shape, f"{options.data}: run {run.name!r}")
    with atomic_folder(options.output, options.run, options.data, options.task) as folder:
        for split in ("dev", "test") if options.report_test == "true" else ("dev",):
            path = options.data / f"{split}.jsonl"
            if not path.exists():
                raise InputError(f"{path}: no such split; run the stage prepare")
            write_rows(folder / f"{split}.jsonl", run.task.predict(run.engine, read_examples(path), decoding))
        if explained := explanations(run, read_examples(options.data / "dev.jsonl"), decoding):
            write_rows(folder / EXPLANATIONS, explained)


if __name__ == "__main__":
    main()
