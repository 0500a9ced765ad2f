"""Command `export`: exports a trained run to a new folder; the run folder is not changed.

onnx         ONNX graphs, for ONNX Runtime with or without Elman; a README shows how. Also for a run without graphs, and
             with 8-bit weights.
saved_model  a SavedModel of stock Keras layers, for TensorFlow only. Covered are the tasks text, multilabel and column
             classification, part-of-speech tagging and named entity recognition; the cells simple_rnn, lstm, gru, sru,
             min_gru, min_lstm and qrnn; and every option but windows of long texts and words composed of n-grams.
hub          a repository for the Hugging Face Hub: graphs, the Keras model, and a model card.
"""

import argparse
import re
from pathlib import Path

from embeddings.foundation.errors import InputError, exits_on_input_error
from embeddings.foundation.files import atomic_folder

NAMES = ("onnx", "saved_model", "hub")


@exits_on_input_error
def main(arguments: list[str] | None = None) -> None:
    """Writes a folder, whole or not at all."""
    plain = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(prog="elman export", description=__doc__, formatter_class=plain)
    parser.add_argument("run", type=Path, help="run folder")
    parser.add_argument("--output", type=Path, required=True, help="folder to write; it must be new or empty")
    parser.add_argument("--format", choices=NAMES, default="onnx", help="what is written (onnx)")
    parser.add_argument(
        "--data", type=Path, help="the run's prepared dataset: compare the export with Keras on its dev split; examples"
    )
    parser.add_argument("--without-texts", action="store_true", help="leave examples of the data out of the README")
    parser.add_argument("--quantize", action="store_true", help="onnx: 8-bit weights: smaller, less accurate")
    card = parser.add_argument_group("model card (hub)")
    card.add_argument(
        "--licence",
        default="unknown",
        help="licence of the model, an identifier of the Hub such as apache-2.0 (unknown)",
    )
    card.add_argument("--evaluation", type=Path, help="folder with the run's scores.json (evaluations/NAME)")
    card.add_argument("--vectors", type=Path, help="folder of word vectors (vectors)")
    options = parser.parse_args(arguments)
    if options.quantize and options.format != "onnx":
        raise InputError(f"--quantize: expected the format onnx, got {options.format}; remove one of the two")
    if options.data and options.quantize:
        raise InputError("--data: quantized graphs differ from Keras; `elman evaluate` tells by how much, remove it")
    if options.format != "hub" and (options.evaluation or options.vectors or options.licence != "unknown"):
        raise InputError("--licence, --evaluation, --vectors: they are for the card of --format hub; remove them")
    if not re.fullmatch(r"[a-z0-9][a-z0-9.-]*", options.licence) or options.licence == "other":
        advice = "another one goes into README.md, with license_name and license_link"
        raise InputError(f"--licence: expected an identifier such as apache-2.0, got {options.licence!r}; {advice}")

    from pipelines.exporting.formats import FORMATS, Asked, check_place
    from pipelines.exporting.provenance import Places

    check_place(options.output, options.run)
    places = Places(options.data, options.vectors, options.evaluation)
    asked = Asked(places, options.licence, not options.without_texts, options.quantize)
    with atomic_folder(options.output, options.run, options.data) as folder:
        FORMATS[options.format](options.run, folder, asked)


if __name__ == "__main__":
    main()
