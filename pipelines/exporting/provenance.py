"""What is known of a run outside its folder: licences of its data, its word vectors, its scores.

What is missing is left out; what belongs to another run or dataset is refused.
"""

import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypedDict

from embeddings import store
from embeddings.foundation.errors import InputError
from embeddings.foundation.reading import read_json
from pipelines.data.examples import read_dataset, scored_as
from pipelines.evaluation.family import load_family
from pipelines.evaluation.metrics import Metric
from pipelines.evaluation.records import main_scores, read_scores
from pipelines.evaluation.scores import Score
from pipelines.tasks.task import Task

log = logging.getLogger(__name__)


class Reported(TypedDict):
    """What prepare's `report.json` says of a dataset, as far as it is asked for."""

    version: str
    licence: str
    citation: str


@dataclass(frozen=True)
class Provenance:
    """What a run was made of, and how good it is."""

    datasets: Mapping[str, Reported]  # by name, the run's own first
    vectors: Mapping[str, Mapping[str, Any]]  # by name: how they were made
    scores: Mapping[str, Mapping[Metric, Score]]  # by split


@dataclass(frozen=True)
class Places:
    """Where it is looked for; what is not given may be missing in its usual place."""

    data: Path | None  # the run's prepared dataset; those of its vectors' corpora are beside it
    vectors: Path | None  # folder of word vectors
    evaluation: Path | None  # of the run


def find_provenance(places: Places, about: Mapping[str, Any], task: Task) -> Provenance:
    """Reads what is known of a run.

    Args:
        places: where.
        about: the run's `config.json`.
        task: the run's.

    Raises:
        InputError: a place that was given has nothing, or a place has something of another run or dataset.
    """
    data = find_data(places.data, about)
    if not data and places.data:
        raise InputError(f"{places.data}: expected the dataset that the run was trained on; choose another --data")
    if not data:
        log.info("the run's dataset was not found in data, so the card names no licence of it; give --data")
    vectors = dict(_vectors(places.vectors, about["run"], task))
    datasets = {str(about["dataset"].get("name")): data} if data else {}
    for path in (Path(each["file"]) for made in vectors.values() for each in made.get("corpus") or ()):
        datasets.setdefault(path.parent.name, data.parent / path.parent.name if data else path.parent)
    reports = {
        name: read_json(path, Reported)
        for name, folder in datasets.items()
        if (path := folder / "report.json").exists()
    }
    return Provenance(reports, vectors, _scores(places.evaluation, about, task))


def find_data(given: Path | None, about: Mapping[str, Any]) -> Path | None:
    """The prepared dataset that a run was trained on, in a place that is given or in its usual one, if it is there."""
    folder, expected = given or Path("data") / str(about["dataset"].get("name")), about["dataset"].get("sha256")
    is_there = expected and (folder / "dataset.json").exists()
    return folder if is_there and read_dataset(folder).get("sha256") == expected else None


def vector_names(run: Mapping[str, Any], task: Task) -> list[str]:
    """The word vectors of what a task reads and writes, each once."""
    keys = {"tokens": "source_vectors", "target_tokens": "target_vectors"}
    return list(dict.fromkeys(str(run.get(keys[field])) for field in task.text_fields()))


def _vectors(given: Path | None, run: Mapping[str, Any], task: Task) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The word vectors of what a task reads and writes, by name, with how they were made."""
    for name in vector_names(run, task):
        folder = (given or Path("vectors")) / name
        if given or (folder / store.PROVENANCE).exists():
            yield name, store.provenance(folder)
        else:
            log.info(f"{folder}: not found, so the card does not say how these vectors were made; give --vectors")


def _scores(given: Path | None, about: Mapping[str, Any], task: Task) -> Mapping[str, Mapping[Metric, Score]]:
    """The main metrics of a run by split."""
    name, dataset = about["name"], about["dataset"]
    path = (given or Path("evaluations") / name) / "scores.json"
    if given is None and not path.exists():
        log.info(f"{path}: not found, so the card has no metrics; give --evaluation")
        return {}
    systems = read_scores(path)
    if list(systems) != [name]:
        raise InputError(f"{path}: expected scores of {name!r}, got {', '.join(systems) or 'none'}; evaluate it")
    expected = {f"dataset:{scored_as(dataset)}", f"data_version:{dataset.get('version')}"}
    for score in (score for scores in systems[name].values() for score in scores):
        if not expected <= {*score.signature.split("|")}:
            raise InputError(
                f"{path}: expected scores on {' '.join(sorted(expected))}, got {score.signature}; evaluate it"
            )
    shown = load_family(task.config.metrics).shown(task.config.monitor)
    return {split: main_scores(scores, shown) for split, scores in systems[name].items()}
