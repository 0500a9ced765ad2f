"""The README of an exported folder: how to predict with it, what is in it, and where it differs from Elman."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pipelines.exporting.hub_metadata import PIPELINE_TAGS
from pipelines.runs.trained_run import TrainedRun

TEXT = "Write your text here."  # where none of the data is shown
FILES = {
    "*.onnx": "ONNX graph",
    "*.weights": "large weights of an ONNX graph",
    "*.onnx.data": "large weights of an ONNX graph",
    "saved_model.pb": "graph of the SavedModel",
    "variables": "weights of the SavedModel",
    "fingerprint.pb": "checksums of the SavedModel",
    "model.keras": "Keras model, whose layers are Elman's",
    "vocabulary_*.json": "words and their numbers, from 4 on: `trained`, then `frozen`",
    "subwords_*.model": "byte-pair encoding (sentencepiece)",
    "subwords.*": "vectors of character n-grams, for Elman",
    "labels.json": "names of the outputs",
    "transitions.json": "which tag may follow which; the last row is the beginning, the last column the end",
    "calibration.json": "what was fitted on dev",
    "config.json": "configuration, provenance and checksums; makes the folder one that Elman reads",
    "*.py": "code of Elman that needs nothing else of it",
}
PACKAGES = {
    "import onnxruntime": "onnxruntime",
    "import tensorflow": "tensorflow",
    "import sentencepiece": "sentencepiece",
    "from words": "regex",
}


def title(run: TrainedRun, about: Mapping[str, Any]) -> str:
    """A heading, and a sentence on what the run is."""
    cell, dataset = about["cell"], about["run"].get("dataset")
    size = f"{'bidirectional ' if cell['bidirectional'] else ''}{cell['cell'].replace('_', ' ')}"
    layers = f"{cell['depth']} layer{'s' * (cell['depth'] > 1)} of {cell['units']} units"
    kind = PIPELINE_TAGS[run.task.reads, run.task.predicts].replace("-", " ").capitalize()
    task = f"{kind} (`{about['task']['task']}`)"
    if names := about["run"].get("ensemble"):
        linear = " and a linear classifier of n-grams" if about.get("ngrams") else ""
        size, layers = "an ensemble", f"{len(names)} runs{linear} whose average predicts ({one_line(', '.join(names))})"
    return f"# {one_line(run.name)}\n\n{task}, trained on `{dataset}` with Elman: {size}, {layers}.\n"


def usage(run: TrainedRun, about: Mapping[str, Any], code: str, examples: Sequence[tuple[str, str]]) -> str:
    """How to predict without Elman, in this folder; what differs from Elman; and examples, where there are any."""
    packages = sorted({"numpy", *(package for line, package in PACKAGES.items() if line in code)})
    parts = ["## Use", f"```bash\npip install {' '.join(packages)}\n```", "In this folder:", f"```python\n{code}```"]
    parts.append("\n".join(f"- {note}" for note in differences(run, about)))
    if examples:
        parts += ["Predictions of Elman:", "```json\n" + "\n".join(line for _, line in examples) + "\n```"]
    return "\n\n".join(part for part in parts if part) + "\n"


def differences(run: TrainedRun, about: Mapping[str, Any]) -> list[str]:
    """What the code does otherwise than Elman, or leaves to its reader."""
    task, notes = run.task, []
    if (about.get("graphs") or {}).get("quantized"):
        notes.append("Weights have 8 bits: scores differ a little from the run's.")
    if task.reads == "tokens" and task.predicts != "tokens":
        notes.append("A text needs at least one token.")
    if task.reads == "tokens" and task.predicts not in ("tokens", "target_tokens"):
        notes.append("Several texts are rows of one array, padded with 0 at the end.")
    if task.subwords is not None:
        notes.append("Elman composes the vector of an unknown word from its n-grams; the code reads it as unknown.")
    if task.predicts == "target_tokens":
        decoding = task.config.decoding
        others = {"no_repeat_ngram": decoding.no_repeat_ngram, "copy_unknown": decoding.copy_unknown}
        used = [decoding.method, *(name for name, value in others.items() if value)]
        if used != ["greedy"]:
            notes.append(
                f"The code takes the most probable word each time; Elman decodes this run by {', '.join(used)}."
            )
    if task.predicts in ("target_tokens", "tokens"):
        notes.append("`answer` is a list of tokens; Elman also joins them to a text.")
    if task.predicts == "tokens":
        notes.append("Elman samples; the code takes the most probable token each time.")
    return notes


def listing(folder: Path) -> str:
    """A table of what is in a folder."""
    rows = ["## Files", "", "| file | content |", "| --- | --- |"]
    for path in sorted(folder.iterdir()):
        content = next((about for pattern, about in FILES.items() if path.match(pattern)), None)
        rows += [f"| `{path.name}` | {content} |"] if content else []
    return "\n".join(rows) + "\n"


def one_line(text: str) -> str:
    """A text of others in a cell of a table or a paragraph: in one line, nothing of it markup."""
    return re.sub(r"([\\`*_\[\]<>|#])", r"\\\1", " ".join(text.split()))
