"""The dataset of self-training: train of a dataset with what a run predicts confidently, and its dev and test."""

import shutil
from collections.abc import Mapping
from dataclasses import asdict
from itertools import chain
from pathlib import Path
from typing import Any, TypedDict

from embeddings.foundation.errors import InputError
from embeddings.foundation.files import checksum, write_json
from embeddings.foundation.limits import PARSED_BYTES
from embeddings.foundation.progress import Progress
from embeddings.foundation.reading import read_json
from pipelines.data.examples import read_dataset, read_examples
from pipelines.datasets.counts import count_names
from pipelines.datasets.preparation import Counted, write_reports
from pipelines.datasets.report import HELD_OUT, build_report
from pipelines.datasets.splits import split_paths, write_split
from pipelines.datasets.unlabelled import UNLABELLED
from pipelines.runs.description import read_description
from pipelines.runs.folder import load_run_folder
from pipelines.runs.trained_run import TrainedRun
from pipelines.self_training.selection import Settings, select
from pipelines.self_training.texts import as_read
from pipelines.text.subwords import encoding_path
from pipelines.text.tokenization import detokenizer_of


class Reported(TypedDict):
    """What of prepare's `report.json` is read."""

    licence: str
    citation: str


def write_dataset(
    folder: Path, name: str, teacher: Path, data: Path, unlabelled: Path, settings: Settings
) -> dict[str, Any]:
    """Writes the dataset; returns how many texts were read, left out and added.

    Args:
        folder: to write to.
        name: of the dataset.
        teacher: run folder of what predicts.
        data: prepared dataset of the teacher, whose train, dev and test it has.
        unlabelled: prepared dataset with a split `unlabelled`.
        settings: which predictions join train.

    Raises:
        InputError: the three do not fit together, the task is not one of labels or tags of a text, or no prediction is
            confident enough.
    """
    dataset, texts = read_dataset(data, "name", "version", "language", "sha256", "tokenizers"), read_texts(unlabelled)
    check_language(texts, dataset, unlabelled)
    run = load_teacher(teacher, data, dataset)
    source = unlabelled / f"{UNLABELLED}.jsonl"
    keeps_tokens = texts["tokenizers"]["tokens"] == dataset["tokenizers"]["tokens"]
    with Progress("self-train", "texts", texts["examples"][UNLABELLED]) as progress:
        read = as_read(progress.counted(read_examples(source)), run.tokenize, keeps_tokens, settings.sentences)
        counts, drawn = select(run, data, read, settings)
    held_out = [path for split, path in split_paths(data).items() if split in HELD_OUT]
    for path in (*held_out, encoding_path(data, "tokens")):
        if path.exists():
            shutil.copyfile(path, folder / path.name)
    write_split(folder, "train", chain(read_examples(data / "train.jsonl"), drawn))
    paths = split_paths(folder)
    about = read_description(teacher)
    provenance = {
        "run": about["name"],
        "run_sha256": checksum(teacher / "config.json"),  # which has the checksums of its other files
        "run_seed": about["run"].get("seed"),
        "unlabelled": texts["name"],
        "unlabelled_version": texts["version"],
        "unlabelled_sha256": checksum(source),
        **asdict(settings),
        "counts": counts,
    }
    told = {"name": name, "version": dataset["version"], **sources(data, unlabelled, about["name"])}
    changes = {what: {UNLABELLED: total(found)} for what, found in counts.items()}
    found = Counted(build_report(paths, detokenizer_of(dataset)), count_names(paths["train"]))
    report = write_reports(folder, told, changes, found)
    examples = {split: summary["examples"] for split, summary in report["splits"].items()}
    sums = {split: checksum(path) for split, path in paths.items()}
    own = {"name": name, "examples": examples, "sha256": sums, "held_out_of": dataset["name"]}
    write_json(folder / "dataset.json", {**dataset, **own, "self_training": provenance})
    return {what: total(found) for what, found in counts.items()}


def total(found: int | Mapping[str, int]) -> int:
    """A number, or the sum of those of groups."""
    return found if isinstance(found, int) else sum(found.values())


def read_texts(unlabelled: Path) -> dict[str, Any]:
    """What prepare said of a dataset with a split `unlabelled`.

    Raises:
        InputError: it has no such split.
    """
    texts = read_dataset(unlabelled, "name", "version", "language", "tokenizers", "examples")
    if UNLABELLED not in texts["examples"]:
        raise InputError(f"{unlabelled}: expected a split `{UNLABELLED}`, got none; choose another --unlabelled")
    return texts


def check_language(texts: Mapping[str, Any], dataset: Mapping[str, Any], unlabelled: Path) -> None:
    """Refuses unlabelled texts of another language than the dataset's."""
    expected, got = dataset["language"], texts["language"]
    if expected != got:
        told = f"expected texts in {expected!r}, the language of {dataset['name']}, got {got!r}"
        raise InputError(f"{unlabelled}: {told}; choose another --unlabelled")


def load_teacher(teacher: Path, data: Path, dataset: Mapping[str, Any]) -> TrainedRun:
    """Loads the run that predicts.

    Raises:
        InputError: it was trained on other data, or its task does not give a text a label, labels or tags.
    """
    trained_on: Mapping[str, Any] = read_description(teacher)["dataset"]
    if "held_out_of" in dataset:
        told = f"expected gold data, got those of self-training; give --data the dataset {dataset['held_out_of']}"
        raise InputError(f"{data}: {told}")
    shared = HELD_OUT if "held_out_of" in trained_on else ("train", *HELD_OUT)
    sums = [{split: each.get("sha256", {}).get(split) for split in shared} for each in (trained_on, dataset)]
    if sums[0] != sums[1]:
        raise InputError(f"{data}: expected the dataset that {teacher} was trained on; choose another --data")
    run = load_run_folder(teacher)
    if not run.task.labels_texts():
        told = f"expected a run that gives a text a label, labels or tags, got task {run.task.config.task!r}"
        raise InputError(f"{teacher}: {told}; choose another run")
    return run


def sources(data: Path, unlabelled: Path, teacher: str) -> dict[str, str]:
    """The licence and the citation of both datasets."""
    gold, texts = (read_json(folder / "report.json", Reported, PARSED_BYTES) for folder in (data, unlabelled))
    licence = f"{gold['licence']}; texts labelled by {teacher}: {texts['licence']}"
    return {"licence": licence, "citation": f"{gold['citation']} {texts['citation']}"}
