"""Stage `self_train`: a run predicts unlabelled texts; with its dataset the confident predictions make a new one.

Train of the new dataset is that of the run's dataset and, at its end, a seeded draw of the predictions that are
confident enough, in the shares that the labels, or sentences with entities of each type, have in train. Each has its
`confidence`. Dev and test are those of the run's dataset, byte by byte, and no text of theirs is added.
Docs: docs/self-training.md.
"""

import argparse
import logging
import signal
from pathlib import Path

from embeddings.foundation.errors import InputError, exits_on_input_error
from embeddings.foundation.files import atomic_folder
from embeddings.foundation.names import check_name
from embeddings.foundation.options import count_option
from embeddings.foundation.seeds import seed_option

log = logging.getLogger(__name__)


def share_option(text: str) -> float:
    """A number from 0 to 1."""
    try:
        share = float(text)
    except ValueError:
        share = -1.0
    if not 0 <= share <= 1:
        raise argparse.ArgumentTypeError(f"expected a number from 0 to 1, got {text[:60]!r}")
    return share


@exits_on_input_error
def main(arguments: list[str] | None = None) -> None:
    """Makes a dataset with predictions of a run."""
    parser = argparse.ArgumentParser(prog="elman self-train", description=__doc__)
    parser.add_argument("run", type=Path, metavar="RUN", help="run folder of a classifier or tagger, or an ensemble")
    parser.add_argument("--data", required=True, type=Path, help="prepared dataset that the run was trained on")
    parser.add_argument("--unlabelled", required=True, type=Path, help="prepared dataset with a split `unlabelled`")
    least = "of the label, or of the least confident of the labels or tags, from 0 to 1"
    parser.add_argument("--minimum-confidence", required=True, type=share_option, metavar="SHARE", help=least)
    parser.add_argument("--maximum-examples", required=True, type=count_option, metavar="N", help="to add to train")
    parser.add_argument("--sentences", action="store_true", help="split unlabelled texts into sentences first")
    parser.add_argument("--seed", type=seed_option, default=1, help="seed of the draw (default: %(default)s)")
    parser.add_argument("--output", required=True, type=Path, help="folder to write; its name is the dataset's")
    options = parser.parse_args(arguments)
    try:
        check_name("name of a dataset", name := options.output.name)
    except ValueError as error:
        raise InputError(f"--output: {error}") from None

    from pipelines.self_training.dataset import write_dataset
    from pipelines.self_training.selection import Settings

    signal.signal(signal.SIGTERM, signal.default_int_handler)  # as Ctrl-C
    settings = Settings(options.minimum_confidence, options.maximum_examples, options.seed, options.sentences)
    with atomic_folder(options.output, options.run, options.data, options.unlabelled) as folder:
        counts = write_dataset(folder, name, options.run, options.data, options.unlabelled, settings)
    for what, count in counts.items():
        log.info(f"{what}: {count:,}")
    log.info(f"wrote {options.output}; read {options.output / 'report.md'}")


if __name__ == "__main__":
    main()
