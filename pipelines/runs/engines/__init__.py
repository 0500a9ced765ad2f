"""Engines that run a trained model, each as `pipelines.models.engine` describes it: Keras and ONNX Runtime."""

import argparse
from pathlib import Path

ENGINES = ("onnx", "keras")
MODEL, ENCODER, DECODER = "model", "encoder", "decoder"  # files of graphs; the last two are an encoder-decoder's


def has_graphs(folder: Path) -> bool:
    """Whether a run folder has ONNX graphs."""
    return any((folder / f"{name}.onnx").exists() for name in (MODEL, DECODER))


def add_engine_option(parser: argparse.ArgumentParser) -> None:
    """Adds `--engine` to a command that loads a run folder."""
    parser.add_argument(
        "--engine", choices=ENGINES, help="what runs the model (default: onnx, where the run has graphs)"
    )
