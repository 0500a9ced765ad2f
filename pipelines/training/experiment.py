"""The set-up of a run, its data, vectors and untrained model; and its training."""

import math
import os
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from embeddings import store
from embeddings.foundation import plugins
from embeddings.foundation.cost import peak_memory_megabytes
from embeddings.foundation.errors import InputError
from embeddings.matrix import coverage
from embeddings.store import WordVectors
from pipelines.data.counts import read_counts
from pipelines.data.examples import Example, ExampleFile, names_of, read_dataset, read_examples
from pipelines.data.requirements import ENTITIES, check_choice, check_entities, check_field
from pipelines.evaluation.family import Family, load_family
from pipelines.models.config import EncoderConfig
from pipelines.runs.config import Run
from pipelines.runs.engines.keras_engine import KerasEngine
from pipelines.tasks.capabilities import Generates
from pipelines.tasks.config import TaskConfig
from pipelines.tasks.task import Task
from pipelines.text.tokenization import detokenizer_of


@dataclass(frozen=True)
class Experiment:
    """A task on a dataset, and the model that learns it."""

    run: Run
    task: Task
    model: Any
    dataset: Mapping[str, Any]
    splits: Mapping[str, Sequence[Example]]  # train and dev
    vectors: Mapping[str, WordVectors]  # of the fields `tokens` and `target_tokens`
    device: str
    family: Family  # of its metrics

    @cached_property
    def engine(self) -> KerasEngine:
        """The model, as tasks take it."""
        return KerasEngine(self.model)

    @property
    def settings(self) -> dict[str, Any]:
        """What decides the weights beside the data, as checkpoints and loggers keep it."""
        config = self.task.config
        return {"run": self.run.trained(), "task": asdict(config), "cell": self.task.cell.flat(), "device": self.device}

    def dev_metrics(self) -> dict[str, float]:
        """The metrics of the model as it is."""
        dev, task = self.splits["dev"], self.task
        predicted = list(task.predict(self.engine, dev, task.dev_decoding))
        return {**self.family.score(dev, predicted), **task.dev_losses(self.engine, dev)}

    def cost(self, wall_seconds: float, **others: Any) -> dict[str, Any]:
        """What the training took beside what `fit` says: so many seconds, and other numbers."""
        return {
            "wall_seconds": round(wall_seconds, 2),
            "peak_memory_megabytes": peak_memory_megabytes(),
            "parameters": self.model.count_params(),
            "trainable_parameters": sum(math.prod(weight.shape) for weight in self.model.trainable_weights),
            **others,
            "device": self.device,
        }

    def coverage(self) -> dict[str, dict]:
        """How much of each split's text has vectors, in percent: field -> split -> words, tokens."""
        return {
            field: {
                split: coverage(loaded, Counter(token for example in examples for token in getattr(example, field)))
                for split, examples in self.splits.items()
            }
            for field, loaded in self.vectors.items()
        }


def set_up(run: Run, config: TaskConfig, cell: EncoderConfig, data: Path, vectors: Mapping[str, Path]) -> Experiment:
    """Reads the inputs of a run, and builds its model with initial weights of the run's seed.

    Args:
        run: the run.
        config: its task's configuration.
        cell: its recurrent encoder's.
        data: prepared dataset.
        vectors: folders of word vectors, by the field whose words they are of.

    Raises:
        InputError: task, dataset and vectors do not fit together, or dev cannot give the monitored metric.
    """
    dataset = read_dataset(data, "name", "language", "target_language", "tokenizers")
    task_class = plugins.load("pipelines.tasks", config.task).TASK
    reads, got = task_class.reads == "features", "features" in dataset
    if reads != got:
        kinds = {True: "features", False: "text"}
        raise InputError(f"{data}: expected {kinds[reads]}, which task {config.task!r} reads, got {kinds[got]}")
    loaded = {field: load_vectors(vectors[field], dataset, field) for field in task_class.text_fields()}
    splits = {"train": ExampleFile(data / "train.jsonl"), "dev": list(read_examples(data / "dev.jsonl"))}
    learner = f"task {config.task!r}"
    for split, examples in splits.items():
        check_field(examples, task_class.predicts, data / f"{split}.jsonl", learner)
        if config.metrics == ENTITIES:
            check_entities(examples, data / f"{split}.jsonl", learner)
    check_choice(splits["train"], task_class.predicts, data / "train.jsonl", learner)
    counts = read_counts(data)
    family = load_family(config.metrics).of_dataset(data)
    task = task_class.from_counts(config, cell, counts, loaded, detokenizer_of(dataset))
    check_monitor(task, splits["dev"], data / "dev.jsonl")

    from pipelines.models.word_vectors import set_word_vectors, word_tables
    from pipelines.training.device import choose_device
    from pipelines.training.seeding import seed_everything

    if config.training.workers > 1:
        os.environ.setdefault("TF_FORCE_GPU_ALLOW_GROWTH", "true")  # a worker may have the same GPU
    device = choose_device(config.training.device)
    seed_everything(run.seed)
    widths = {field: words.vector_size for field, words in loaded.items()}
    if task.reads == "features":
        widths["features"] = task.source(splits["train"][0]).source.shape[-1]
    model = task.build_model(widths, run.seed)
    set_word_vectors(word_tables(model, loaded), task.vocabularies, loaded, run.seed)
    return Experiment(run, task, model, dataset, splits, loaded, device, family)


def check_monitor(task: Task, dev: Sequence[Example], path: Path) -> None:
    """Refuses a metric that the labels of dev cannot give, such as ROC-AUC where there is one alone."""
    if task.predicts not in ("label", "labels"):
        return
    shares = dict.fromkeys(task.labels, 0.0)
    perfect = [
        {"label": each.label, "labels": each.labels, "probabilities": shares | dict.fromkeys(names_of(each), 1.0)}
        for each in dev
    ]
    if (monitor := task.config.monitor) not in (given := load_family(task.config.metrics).score(dev, perfect)):
        raise InputError(f"{path}: its labels give no {monitor!r}; choose another `monitor`: {', '.join(given)}")


def learn(
    experiment: Experiment, history: Path, callbacks: Sequence[Any] = (), checkpoint: Any = None, make_step: Any = None
) -> dict[str, Any]:
    """Trains the model in place and calibrates it on dev; gives what `fit` says of the cost.

    Args:
        experiment: from `set_up`.
        history: CSV file of the learning curves.
        callbacks: Keras callbacks in addition to the task's own.
        checkpoint: from which an interrupted training resumes.
        make_step: as `fit` takes it, where `training.workers` are several.
    """
    from pipelines.models.word_vectors import word_tables
    from pipelines.training.fit import fit

    task, model, seed = experiment.task, experiment.model, experiment.run.seed
    training = task.config.training
    encoded = task.encoded(training.augment(experiment.splits["train"], seed), history.parent)
    cost = fit(
        task.training_model(model, encoded, seed),
        task.loss(encoded),
        task.batches(encoded, training.batch_size, seed),
        experiment.dev_metrics,
        training,
        task.config.monitor,
        task.cell.clip_norm,
        history,
        [*task.callbacks(), *callbacks],
        list(word_tables(model, task.text_fields()).values()),
        checkpoint,
        better=experiment.family.metric(task.config.monitor).better,
        frozen_epochs=training.frozen_epochs if task.text_fields() else 0,
        make_step=make_step,
    )
    task.calibrate(experiment.engine, experiment.splits["dev"])
    return cost


def samples(experiment: Experiment, path: Path) -> list[Any]:
    """The Keras callback that writes samples of a language model into a file while it is trained, if it is to."""
    task, engine, seed = experiment.task, experiment.engine, experiment.run.seed
    if not isinstance(task, Generates) or not (steps := task.config.training.sample_steps):
        return []
    from pipelines.training.callbacks import Samples

    return [Samples(lambda: task.sample(engine, seed), steps, path)]


def load_vectors(path: Path, dataset: Mapping[str, Any], field: str) -> WordVectors:
    """Loads word vectors that went through the dataset's own tokenizer; those of no words always did.

    Raises:
        InputError: the tokenizers differ.
    """
    vectors, expected = store.word_vectors(path), dataset["tokenizers"][field]
    got = store.provenance(path).get("tokenizer")
    if len(vectors) and expected != got:
        raise InputError(
            f"{path}: expected vectors of words from tokenizer {expected!r}, as dataset {dataset['name']!r} has for "
            f"its {field}, got {got!r}; train vectors on a corpus prepared with it"
        )
    return vectors
