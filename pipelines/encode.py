"""Command `encode`: encodes texts, one per line, or features as the last hidden states of a trained run.

An empty line is encoded as zeros.
"""

import argparse
from pathlib import Path

import numpy as np

from embeddings.foundation.errors import InputError, exits_on_input_error
from embeddings.foundation.files import atomic_file, atomic_path
from pipelines.data.features import feature_rows
from pipelines.data.lines import text_lines, text_option
from pipelines.runs.engines import add_engine_option


@exits_on_input_error
def main(arguments: list[str] | None = None) -> None:
    """Writes a vector for each line of a text, or for each example of a file of features."""
    parser = argparse.ArgumentParser(prog="elman encode", description=__doc__)
    parser.add_argument("run", type=Path, help="run folder")
    add_engine_option(parser)
    parser.add_argument("--text", type=text_option, help="raw text (default: standard input)")
    parser.add_argument("--features", type=Path, help="features (.npy), scaled like those of the run's dataset")
    parser.add_argument("--tokenised", action="store_true", help="for text: tokens are separated by ASCII white space")
    parser.add_argument(
        "--output", type=Path, required=True, help="file to write: .npy, (texts, width), or .jsonl, a list per line"
    )
    options = parser.parse_args(arguments)
    if options.output.suffix not in (".npy", ".jsonl"):
        raise InputError(f"{options.output}: expected a name that ends in .npy or .jsonl")

    import pipelines

    examples = feature_rows(options.features) if options.features else text_lines(options.text)
    run = pipelines.load(options.run, options.engine)
    vectors = run.encode(examples, options.tokenised)
    if options.output.suffix == ".jsonl":
        with atomic_file(options.output) as file:
            for vector in vectors:
                file.write(f"[{', '.join(f'{value:.6g}' for value in vector)}]\n")
        return
    none = np.zeros(run.feature_shape or (), "float32") if run.task.reads == "features" else ""
    stacked = np.stack([*vectors, *run.encode([none])])[:-1]  # of no texts a table as wide as that of others
    with atomic_path(options.output) as temporary, open(temporary, "wb") as file:
        np.save(file, stacked, allow_pickle=False)


if __name__ == "__main__":
    main()
