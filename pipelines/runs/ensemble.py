"""Ensembles: several runs in one run folder, which predicts by their average and holds all that it needs."""

import shutil
from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import asdict
from pathlib import Path
from types import MappingProxyType
from typing import Any, NotRequired, TypedDict

import numpy as np

from embeddings.foundation import plugins
from embeddings.foundation.errors import InputError
from embeddings.foundation.files import checksum, write_json
from embeddings.foundation.reading import open_file
from pipelines.data.examples import Example
from pipelines.graphs.graph import Graph
from pipelines.models.engine import Engine
from pipelines.runs.description import TEXTS, Description, checksums, read_description
from pipelines.runs.engines import DECODER, ENCODER, MODEL, has_graphs
from pipelines.runs.engines.onnx_engine import ONNXEngine
from pipelines.runs.folder import load_run_folder
from pipelines.runs.trained_run import TrainedRun
from pipelines.runs.variation import Changes, varied
from pipelines.tasks.task import Task
from pipelines.text.subwords import encoding_path
from pipelines.text.vocabulary import SPECIAL_WORDS, Vocabulary

CALIBRATION, WORDS = "calibration.json", "vocabulary_tokens.json"
SHARES = tuple(tenth / 10 for tenth in range(1, 10))  # of a classifier of n-grams
SMALLEST = 1e-6  # probability that is told
SUMMED = ("wall_seconds", "training_seconds", "parameters", "trainable_parameters")  # of costs


class Cost(TypedDict):
    """What of a member's cost file an ensemble reads."""

    peak_memory_megabytes: float
    wall_seconds: NotRequired[float]
    training_seconds: NotRequired[float]
    tokens_per_second: NotRequired[float]
    parameters: NotRequired[float]
    trainable_parameters: NotRequired[float]
    device: NotRequired[str]


def load_members(folders: Sequence[Path], changes: Changes = MappingProxyType({})) -> list[TrainedRun]:
    """Loads the runs of an ensemble.

    Args:
        folders: of the runs.
        changes: other values of keys that prediction reads, for all runs.

    Raises:
        InputError: one is no run folder with graphs that an ensemble can hold, is there twice, or differs from the
            first in more than its weights, its cell, its training, the words that it reads and what changes.
    """
    for place, folder in enumerate(folders):
        if folder.resolve() in [each.resolve() for each in folders[:place]]:
            raise InputError(f"{folder}: expected different runs, got it twice; remove one")
    abouts = [read_description(folder) for folder in folders]
    for folder, about in zip(folders, abouts, strict=True):
        _check_graphs(folder, about, folders[0], abouts[0])
        _check_alike(folder, about, folders[0], abouts[0], changes)
    members = [load_run_folder(folder, "onnx") for folder in folders]
    for member in members if changes else ():
        member.task.config = varied(member.task.config, changes, "--set")
        member.task.check(member.task.config, member.task.cell)
    return members


def save_ensemble(
    folder: Path,
    name: str,
    folders: Sequence[Path],
    members: Sequence[TrainedRun],
    dev: Sequence[Example],
    ngrams: Graph | None = None,
) -> TrainedRun:
    """Writes the run folder of an ensemble, and loads it.

    It is calibrated on dev, as each run is when it is trained; an ensemble of one run is that run. A classifier of
    n-grams has the share in the average that is the best on dev; runs share the rest equally.

    Args:
        folder: empty.
        name: of the ensemble.
        folders: of its members.
        members: loaded from there.
        dev: examples of the members' dataset.
        ngrams: the graph of a classifier of n-grams, of runs that `check_choosing` accepts.
    """
    from pipelines.graphs.ensemble import ensemble_graph

    first, task = folders[0], copy(members[0].task)
    lookups = share_words(task, members)
    temperatures = [member.task.calibration.get("temperature", 1.0) for member in members]
    linear, shares = [], []
    if ngrams:
        temperatures, linear, lookups = [*temperatures, 1.0], [ngrams.proto()], [*lookups, *lookups[:1]]
        ngrams.save(folder / f"{MODEL}.onnx")
        share = share_on_dev(members, ONNXEngine(folder), dev)
        shares = [*[(1 - share) / len(members)] * len(members), share]
    for graph in (graph for graph in (MODEL, ENCODER, DECODER) if (first / f"{graph}.onnx").exists()):
        parts = [*(read_graph(each / f"{graph}.onnx") for each in folders), *linear]
        ensemble_graph(graph, parts, task.averages, temperatures, shares, lookups).save(folder / f"{graph}.onnx")
    for pattern in (*TEXTS, encoding_path(Path(), "*").name):
        for path in first.glob(pattern):
            shutil.copy(path, folder)
    if lookups:
        task.vocabularies["tokens"].save(folder / WORDS)
    if len(members) > 1 or ngrams:
        task.calibration = dict(task.UNCALIBRATED)
        task.calibrate(ONNXEngine(folder), dev)
        write_json(folder / CALIBRATION, task.calibration)
    abouts = [read_description(each) for each in folders]
    described = [{**{key: each[key] for key in ("name", "run", "cell")}, "files": each.get("files") or checksums(path)}
                 for path, each in zip(folders, abouts, strict=True)]  # fmt: skip
    run = {**abouts[0]["run"], "ensemble": [each["name"] for each in abouts]}
    about = {**abouts[0], "name": name, "run": run, "task": asdict(task.config)}
    about |= {"members": described, "files": checksums(folder)}
    if shares:
        about["ngrams"] = {"share": shares[-1]}
    write_json(folder / "config.json", about)
    return load_run_folder(folder, "onnx")


def read_graph(path: Path) -> Any:
    """The graph of a file, with the weights beside it; onnx itself refuses files that DVC links to its cache."""
    import onnx
    from onnx.external_data_helper import ExternalDataInfo, uses_external_data

    graph = onnx.load(path, load_external_data=False).graph
    for weights in filter(uses_external_data, graph.initializer):
        place = ExternalDataInfo(weights)
        with open_file(path.with_name(place.location)) as file:
            file.seek(place.offset or 0)
            weights.raw_data = file.read(place.length or -1)
        weights.ClearField("external_data")
        weights.ClearField("data_location")
    return graph


def share_words(task: Task, members: Sequence[TrainedRun]) -> list[list[int]]:
    """Gives a task the words of all members; of each member its own ids of them, or none if all have the same words.

    A word that one member lacks is read by it in lower case, or else is unknown to it, as it reads any text.
    """
    own = [member.task.vocabularies["tokens"] for member in members if "tokens" in member.task.vocabularies]
    if len({each.words for each in own}) < 2:
        return []
    known = {*own[0].words}
    more = dict.fromkeys(word for each in own for word in each.words if word not in known)
    together = Vocabulary(own[0].trained, [*own[0].frozen, *more])
    task.vocabularies = {**task.vocabularies, "tokens": together}
    special = range(len(SPECIAL_WORDS))
    return [[*special, *each.ids(together.words[len(special) :])] for each in own]


def check_choosing(folder: Path, member: TrainedRun) -> None:
    """Refuses a run beside which no classifier of n-grams can stand.

    Raises:
        InputError: it does not choose a label of a text, or composes words.
    """
    if member.task.predicts != "label" or member.task.reads != "tokens":
        raise InputError(f"{folder}: --ngrams: expected runs that choose a label of a text; leave it out")
    if not member.task.reads_ids_alone:
        got = "got one that composes words of character n-grams"
        raise InputError(f"{folder}: --ngrams: expected runs that read words by their ids, {got}; leave it out")


def share_on_dev(members: Sequence[TrainedRun], ngrams: Engine, dev: Sequence[Example]) -> float:
    """The share of a classifier of n-grams in the average, of tenths, that is the best for the monitored metric on dev,
    of equals the one with the lowest log loss.

    Args:
        members: the runs that share the rest.
        ngrams: runs the classifier.
        dev: labelled texts.
    """
    from pipelines.evaluation.family import load_family

    task = members[0].task
    known = [example for example in dev if example.label in task.label_ids]
    gold = [task.label_ids[str(example.label)] for example in known]
    plain = copy(task)
    plain.calibration = dict(task.UNCALIBRATED)

    def probabilities(task: Any, engine: Engine) -> np.ndarray:
        rows = task.predict(engine, known)
        return np.array([[row["probabilities"].get(label, 0.0) for label in task.labels] for row in rows])

    of_runs = np.mean([probabilities(member.task, member.engine) for member in members], axis=0)
    of_ngrams = probabilities(plain, ngrams)
    family, monitor = load_family(task.config.metrics), task.config.monitor
    sign = 1 if family.metric(monitor).better == "higher" else -1

    def worth(share: float) -> tuple[float, float]:
        mixed = (1 - share) * of_runs + share * of_ngrams
        rows = [
            {"label": task.labels[row.argmax()], "probabilities": dict(zip(task.labels, row.tolist(), strict=True))}
            for row in mixed
        ]
        likelihood = np.log(np.maximum(mixed[np.arange(len(gold)), gold], SMALLEST)).sum()
        return sign * family.score(known, rows)[monitor], float(likelihood)

    return max(SHARES, key=worth) if known else 0.5


def cost_of(members: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """What it cost to train the members of an ensemble, one after the other, from the cost of each."""
    cost: dict[str, Any] = {
        key: round(sum(each[key] for each in members), 2) for key in SUMMED if all(key in each for each in members)
    }
    if "training_seconds" in cost and all("tokens_per_second" in each for each in members):
        tokens = sum(each["tokens_per_second"] * each["training_seconds"] for each in members)
        cost["tokens_per_second"] = round(tokens / max(cost["training_seconds"], 1e-9))
    cost["peak_memory_megabytes"] = max(each["peak_memory_megabytes"] for each in members)
    return cost


def _check_graphs(folder: Path, about: Description, first: Path, expected: Description) -> None:
    """Refuses a run without graphs, or with graphs of another form than the first one's."""
    graphs, wanted = about.get("graphs") or {}, expected.get("graphs") or {}
    if "members" in about:
        raise InputError(f"{folder}: expected a trained run, got an ensemble; give its members")
    if not has_graphs(folder):
        raise InputError(
            f"{folder}: expected ONNX graphs, of which an ensemble is made, got none; elman export {folder}"
        )
    if graphs.get("quantized"):
        raise InputError(f"{folder}: expected whole weights, got some of 8 bits; quantize the ensemble: elman export")
    if graphs.get("opset") != wanted.get("opset"):
        raise InputError(
            f"{folder}: expected graphs of opset {wanted.get('opset')}, as {first} has, got {graphs.get('opset')}; "
            "train it again"
        )


def _check_alike(folder: Path, about: Description, first: Path, expected: Description, changes: Changes) -> None:
    """Refuses a run that reads or writes other things than the first one, or does it in another way."""
    wanted, got = _settings(expected, changes), _settings(about, changes)
    if key := next((key for key in {**wanted, **got} if wanted.get(key) != got.get(key)), None):
        values = [_short(each.get(key)) for each in (wanted, got)]
        raise InputError(f"{folder}: expected {key} {values[0]}, as {first} has, got {values[1]}")
    wanted, got = _texts(first), _texts(folder)
    if _may_read_other_words(about, {**wanted, **got}):
        for texts in (wanted, got):
            texts.pop(WORDS, None)
    if name := next((name for name in sorted({*wanted, *got}) if wanted.get(name) != got.get(name)), None):
        raise InputError(f"{folder}: expected the {name} of {first}, got another; an ensemble has one for all its runs")


def _may_read_other_words(about: Description, texts: Mapping[str, str]) -> bool:
    """Whether words are read alone, each by its id: not written as well, nor composed of n-grams."""
    task = plugins.load("pipelines.tasks", about["task"]["task"]).TASK
    return (
        task.predicts in ("label", "labels", "tags")
        and WORDS in texts
        and not any(name.startswith("subwords") for name in texts)
    )


def _settings(about: Description, changes: Changes) -> dict[str, Any]:
    """What runs of an ensemble have in common: the dataset and the task but for its training, by key, as changed."""
    task = {key: value for key, value in about["task"].items() if key not in ("training", "baselines", "model")}
    task |= {key: value for key, value in changes.items() if key != "model"}
    model = {**about["task"].get("model", {}), **changes.get("model", {})}
    parts = {"dataset": about["dataset"], "task": task, "model": model}
    return {f"{name}.{key}": value for name, values in parts.items() for key, value in values.items()}


def _texts(folder: Path) -> dict[str, str]:
    """The SHA-256 of vocabularies, labels and n-grams, by the names of their files."""
    found = (path for pattern in TEXTS for path in folder.glob(pattern) if path.name != CALIBRATION)
    return {path.name: checksum(path) for path in found}


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 80 else f"{text[:77]}..."
