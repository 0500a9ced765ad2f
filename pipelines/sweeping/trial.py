"""A trial: one training, on whatever node Ray has found for it. It reads train and dev, and has no test to read."""

import csv
import fcntl
import hashlib
import io
import json
import resource
import shutil
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, replace
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from embeddings import store
from embeddings.config import TrainedConfig
from embeddings.foundation.errors import InputError, one_line
from pipelines.cluster.files import node_folder, place
from pipelines.cluster.memory import out_of_memory
from pipelines.cluster.nodes import installed
from pipelines.data.examples import read_dataset, scored_as
from pipelines.evaluation.records import main_scores
from pipelines.evaluation.scores import Context, evaluate
from pipelines.sweeping.inputs import DATA, SOURCE, TARGET, corpus_names
from pipelines.sweeping.job import Job
from pipelines.training.experiment import Experiment, learn, set_up
from pipelines.training.inputs import inputs
from pipelines.training.resumption import Checkpoint

SHOWN = 2  # metrics


class EndedError(Exception):
    """The ledger ends a trial after an epoch."""


class ReportedCheckpoint(Checkpoint):
    """A checkpoint that goes to the ledger after each epoch.

    Args:
        ledger: gives and takes; an actor.
        job: the trial.
        arguments: of `Checkpoint`.
    """

    def __init__(self, ledger: Any, job: Job, *arguments: Any) -> None:
        super().__init__(*arguments)
        self._ledger, self._job = ledger, job
        if kept := _answer(ledger.checkpoint.remote(job.number)):
            self.path.write_bytes(kept)

    def write(self, state: dict[str, Any], arrays: Mapping[str, np.ndarray]) -> None:
        super().write(state, arrays)
        task = self._job.settings.task
        rows = csv.DictReader(io.StringIO(state["history"]))
        curve = [float(row[f"val_{task.monitor}"]) for row in rows]
        last = state["stop_training"] or len(curve) == task.training.epochs
        job, content = self._job, self.path.read_bytes()
        if _answer(self._ledger.report.remote(job.number, job.attempt, curve, content, last)) != "go on":
            raise EndedError


def train_trial(job: Job, ledger: Any) -> str:
    """Trains a trial and tells the ledger its result.

    Returns:
        What is wrong with it; empty where nothing is.
    """
    import keras

    trials = node_folder(job.sweep) / "trials"
    trials.mkdir(parents=True, exist_ok=True, mode=0o700)
    folder = Path(tempfile.mkdtemp(dir=trials))  # a killed process leaves its own
    try:
        with _limited(job.memory_bytes):
            _train(job, ledger, folder)
    except EndedError:
        pass
    except InputError as error:
        return one_line(str(error)).replace(f"{folder}/", "")
    except Exception as error:
        if reason := out_of_memory(error):
            return reason
        raise
    finally:
        keras.backend.clear_session()  # the process trains further trials
        shutil.rmtree(folder, ignore_errors=True)
    return ""


def _train(job: Job, ledger: Any, folder: Path) -> None:
    started = time.perf_counter()
    place(job.files, job.sweep, folder)
    settings, data = job.settings, folder / DATA
    if settings.vectors:
        place_vectors(settings.vectors, folder, node_folder(job.sweep) / "vectors")
    vectors = {"tokens": folder / SOURCE, "target_tokens": folder / TARGET}
    experiment = set_up(settings.run, settings.task, settings.cell, data, vectors)
    read = inputs(data, set(vectors.values()))
    checkpoint = ReportedCheckpoint(ledger, job, folder / "run", experiment.settings, read, started)
    cost = learn(experiment, folder / "history.csv", checkpoint=checkpoint)
    scores = dev_scores(experiment, data)
    cost |= experiment.cost(checkpoint.wall_seconds())
    _answer(ledger.finish.remote(job.number, job.attempt, scores, cost, checkpoint.code))


def place_vectors(config: TrainedConfig, folder: Path, kept: Path) -> None:
    """Gives a trial source vectors of a configuration, as a link to those that the first one on this node trained.

    Args:
        config: of the vectors.
        folder: of the trial.
        kept: what this node keeps of the sweep's vectors.
    """
    made_of = [asdict(config), asdict(installed()), version("gensim")]
    path = kept / hashlib.sha256(json.dumps(made_of).encode()).hexdigest()
    kept.mkdir(parents=True, exist_ok=True, mode=0o700)
    with open(path.with_suffix(".lock"), "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # until it is closed or the process dies
        if not path.is_dir():
            train_vectors(config, folder, path)
    (folder / SOURCE).symlink_to(path)


def train_vectors(config: TrainedConfig, folder: Path, output: Path) -> None:
    """Trains vectors on the corpus of a trial and writes their artefact."""
    from embeddings.train import train

    corpus = tuple(str(folder / name) for name in corpus_names(config))
    vectors, provenance, _ = train(replace(config, corpus=corpus))
    for source, own in zip(provenance["corpus"], config.corpus, strict=True):
        source["file"] = own  # so that equal vectors are equal bytes on every node
    provenance["config"]["corpus"] = list(config.corpus)
    store.save(output, vectors, provenance)


def dev_scores(experiment: Experiment, data: Path) -> dict[str, list[float]]:
    """The main metrics of a trained model on dev, the monitored one first: value and ends of the interval."""
    dev, family = experiment.splits["dev"], experiment.family
    predicted = list(experiment.task.predict(experiment.engine, dev))
    dataset = read_dataset(data, "name", "version", "gold_tokens")
    context = Context(scored_as(dataset), dataset["version"], "dev", dataset["gold_tokens"], experiment.run.seed)
    shown = family.shown(experiment.task.config.monitor)[:SHOWN]
    found = main_scores(evaluate(family, dev, predicted, context), shown)
    return {metric.name: [score.value, score.low, score.high] for metric, score in found.items()}


@contextmanager
def _limited(memory_bytes: int) -> Iterator[None]:
    """Lets a block hold no more memory of its own than a trial is given."""
    if not memory_bytes:
        yield
        return
    before = resource.getrlimit(resource.RLIMIT_DATA)
    resource.setrlimit(resource.RLIMIT_DATA, (memory_bytes, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_DATA, before)


def _answer(reference: Any) -> Any:
    return import_module("ray").get(reference)  # of an extra
