"""Stage `predict`: a run folder labels, tags, translates or captions prepared splits, new text, or new features.

Without --data it reads text, one per line, from --text or standard input, or the examples of a NumPy file from
--features, and writes its predictions to standard output as JSON Lines, plain text, CoNLL columns, or a page of
token attributions. An empty line has an empty answer.

For texts in many files, the shards, it writes one file of JSON Lines per shard into --output, on this machine or a Ray
cluster; finished files are kept. Docs: docs/cluster.md.
"""

import logging
import signal
import sys

from embeddings.foundation.errors import InputError, exits_on_input_error
from embeddings.foundation.files import atomic_folder
from pipelines.data.examples import EXPLANATIONS, check_shape, read_dataset, read_examples, write_rows
from pipelines.data.features import feature_rows
from pipelines.data.lines import text_lines
from pipelines.runs.predict_options import CHUNK, parsed

log = logging.getLogger(__name__)


@exits_on_input_error
def main(arguments: list[str] | None = None) -> None:
    """Predicts with a trained run."""
    options = parsed(arguments, __doc__)
    if options.shards:
        from pipelines.shards.prediction import Settings, predict_shards

        signal.signal(signal.SIGTERM, signal.default_int_handler)  # as Ctrl-C
        how = (options.engine, None, options.key, options.tokenised, options.explain, options.chunk or CHUNK)
        at = (options.address, options.cpus, options.jobs)
        made, before = predict_shards(options.shards, options.output, Settings(options.run, *how), options.task, *at)
        log.info(f"{made:,} shards predicted, {before:,} were there before")
        return

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
