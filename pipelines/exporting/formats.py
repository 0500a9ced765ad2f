"""The formats that a run is exported to; each fills an empty folder, and none changes the run's own."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from shutil import copy
from typing import Any

from embeddings.foundation.errors import InputError
from embeddings.foundation.files import atomic_file, write_json
from pipelines.data.examples import read_examples
from pipelines.exporting.code import TRANSITIONS, modules_of, onnx_code, tensorflow_code, transitions_of
from pipelines.exporting.coverage import refusal
from pipelines.exporting.examples import shown_examples
from pipelines.exporting.provenance import Places, find_data, find_provenance
from pipelines.exporting.readme import TEXT, listing, title, usage
from pipelines.runs.description import GRAPHS, KERAS, Description, read_description
from pipelines.runs.folder import check_keras, export_run, load_run_folder
from pipelines.runs.graphs import check_engine
from pipelines.runs.trained_run import TrainedRun


@dataclass(frozen=True)
class Asked:
    """What an export is asked for besides its format."""

    places: Places
    licence: str = "unknown"  # of the model, for its card
    texts: bool = True  # whether a README may show examples of the data
    quantized: bool = False  # whether weights have 8 bits


def export_onnx(source: Path, folder: Path, asked: Asked) -> None:
    """Writes ONNX graphs with what reads them."""
    run = export_run(source, folder, asked.quantized)
    _compare(run.engine, source, run, asked)
    about = read_description(folder)
    code, examples = _code(onnx_code, folder, run, about, asked)
    _write_readme(folder, [title(run, about), usage(run, about, code, examples), _with_elman(), listing(folder)])


def export_saved_model(source: Path, folder: Path, asked: Asked) -> None:
    """Writes a SavedModel with what its reader needs."""
    if reason := refusal(load_run_folder(source).task):
        raise InputError(f"{source}: a SavedModel cannot hold {reason}; choose --format onnx")
    check_keras(source, "--format saved_model")
    run, about = load_run_folder(source, "keras"), read_description(source)

    from pipelines.exporting.saved_model import SavedModelEngine, write_saved_model

    write_saved_model(source, folder, run)
    _compare(SavedModelEngine(folder), source, run, asked)
    code, examples = _code(tensorflow_code, folder, run, about, asked)
    _write_readme(folder, [title(run, about), usage(run, about, code, examples), listing(folder)])


def export_hub(source: Path, folder: Path, asked: Asked) -> None:
    """Writes a repository of the Hugging Face Hub: graphs, the Keras model, and a model card."""
    from pipelines.exporting.hub_metadata import metadata
    from pipelines.exporting.model_card import card_sections, front_matter

    run = export_run(source, folder, keras=True)
    _compare(run.engine, source, run, asked)
    about = read_description(folder)
    provenance = find_provenance(asked.places, about, run.task)
    code, examples = _code(onnx_code, folder, run, about, asked)
    (folder / ".gitattributes").write_text(
        "".join(f"{each} filter=lfs diff=lfs merge=lfs -text\n" for each in (*GRAPHS, *KERAS, "*.npy", "*.model")),
        encoding="utf-8",
    )
    card = front_matter(metadata(run, about, asked.licence, provenance))
    sections = [
        usage(run, about, code, examples),
        _with_elman(),
        *card_sections(run, about, provenance),
        listing(folder),
    ]
    _write_readme(folder, [f"{card}{title(run, about)}", *sections])


FORMATS: Mapping[str, Callable[[Path, Path, Asked], None]] = {
    "onnx": export_onnx,
    "saved_model": export_saved_model,
    "hub": export_hub,
}


def _compare(engine: Any, source: Path, run: TrainedRun, asked: Asked) -> None:
    """Compares an export with Keras on dev, where a dataset is given.

    Raises:
        InputError: they differ, or the dataset is another one than the run's.
    """
    if data := asked.places.data:
        dev, about = list(read_examples(data / "dev.jsonl")), read_description(source)
        if about["dataset"].get("sha256") and not find_data(data, about):
            raise InputError(f"{data}: expected the dataset that the run was trained on; choose another --data")
        if engine is run.engine:
            check_keras(source, "--data")
        keras = load_run_folder(source, "keras").engine if engine is run.engine else run.engine
        check_engine(engine, run.task, keras, dev, "the exported weights")


def _code(
    write: Callable[[TrainedRun, str, str], str], folder: Path, run: TrainedRun, about: Description, asked: Asked
) -> tuple[str, Sequence[tuple[str, str]]]:
    """The code for a README, its modules beside it, and the examples that it shows."""
    data = find_data(asked.places.data, about) if asked.texts else None
    examples = shown_examples(run, data) if data else []
    code = write(run, about["dataset"]["tokenizers"]["tokens"] or "whitespace", examples[0][0] if examples else TEXT)
    for path in modules_of(code):
        copy(path, folder)
    if (transitions := transitions_of(run)) and TRANSITIONS in code:
        write_json(folder / TRANSITIONS, transitions)
    return code, examples


def _with_elman() -> str:
    return "With Elman, `elman predict`, `encode`, `generate` and `serve` take this folder in the place of a run.\n"


def _write_readme(folder: Path, parts: Sequence[str]) -> None:
    with atomic_file(folder / "README.md") as file:
        file.write("\n".join(part for part in parts if part))


def check_place(folder: Path, source: Path) -> None:
    """Refuses a place for an export that is in the run folder, which stays as it is, or that holds something.

    Raises:
        InputError: it is.
    """
    if folder.resolve().is_relative_to(source.resolve()):
        raise InputError(f"{folder}: expected a folder outside the run folder, which stays as it is")
    if folder.is_dir() and any(folder.iterdir()):
        raise InputError(f"{folder}: expected no such folder, or an empty one, got files; choose another, or remove it")
    if folder.exists() and not folder.is_dir():
        raise InputError(f"{folder}: expected a folder, got a file; choose another")
