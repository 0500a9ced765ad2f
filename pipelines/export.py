"""Command `export`: a trained run as a folder of ONNX graphs and what reads them, which predicts without Keras.

Training writes the graphs into the run folder; this writes them where a run has none, or with weights of 8 bits. The
run folder stays as it is.
"""

import argparse
from pathlib import Path

from embeddings.foundation.errors import InputError, exits_on_input_error
from embeddings.foundation.files import atomic_folder


@exits_on_input_error
def main(arguments: list[str] | None = None) -> None:
    """Writes a folder that `predict`, `encode` and `generate` take in the place of the run folder."""
    parser = argparse.ArgumentParser(prog="elman export", description=__doc__)
    parser.add_argument("run", type=Path, help="run folder")
    parser.add_argument("--output", type=Path, required=True, help="folder to write")
    parser.add_argument("--data", type=Path, help="prepared dataset: compare the graphs with Keras on its dev split")
    parser.add_argument("--quantize", action="store_true", help="weights of 8 bits: smaller, and less exact")
    options = parser.parse_args(arguments)
    if options.output.resolve().is_relative_to(options.run.resolve()):
        raise InputError(f"{options.output}: expected a folder outside the run folder, which stays as it is")
    if options.data and options.quantize:
        raise InputError("--data: quantized graphs differ from Keras; `elman evaluate` tells by how much, remove it")

    from pipelines.data.examples import read_examples
    from pipelines.runs.folder import export_run, load_run_folder
    from pipelines.runs.graphs import check_graphs

    with atomic_folder(options.output, options.run, options.data) as folder:
        run = export_run(options.run, folder, options.quantize)
        if options.data:
            keras = load_run_folder(options.run, "keras").engine
            check_graphs(folder, run.task, keras, list(read_examples(options.data / "dev.jsonl")))


if __name__ == "__main__":
    main()
