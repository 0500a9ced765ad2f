"""Small trainings of the project's own tasks: set up by a few settings, done without a word, scored on test.

A study fixes its settings beforehand. Dev picks the epoch, as in every run, and test is read once, at the end.
"""

import contextlib
import io
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from statistics import median
from typing import Any

from embeddings.foundation.config import read_yaml
from pipelines.data.examples import Example, read_examples
from pipelines.runs.config import Run, load_settings
from pipelines.training.experiment import Experiment, learn, set_up

CONFIGS = Path(__file__).parents[1] / "configs"


def experiment(
    task: str,
    cell: str,
    seed: int,
    dataset: Path,
    source_vectors: Path,
    target_vectors: Path | None = None,
    *,
    examples: int | None = None,
    dev_examples: int | None = None,
    settings: Mapping[str, Mapping[str, Any]] | None = None,
) -> Experiment:
    """A task on a dataset, with a model that has not learned yet.

    Args:
        task: a configuration of `configs/tasks`.
        cell: one of `configs/cells`.
        seed: of the initial weights, of dropout and of the order of examples.
        dataset: a prepared one.
        source_vectors: folder of the word vectors of what is read.
        target_vectors: of those of what is written, where that is words.
        examples: how many of train are learned from, the first ones; all, if not given.
        dev_examples: by how many of dev an epoch is judged; by all, if not given.
        settings: keys of `model`, `training` and `cell` that replace those of the configurations.
    """
    layer = read_yaml(CONFIGS / "cells" / f"{cell}.yaml")["cell"]
    target = target_vectors or source_vectors
    overrides = {part: dict(keys) for part, keys in (settings or {}).items()}
    run = Run(task, dataset.name, cell, layer, source_vectors.name, target.name, seed, report_test=True, set=overrides)
    config, encoder = load_settings(run, CONFIGS, "study")
    ready = set_up(run, config, encoder, dataset, {"tokens": source_vectors, "target_tokens": target})
    return replace(ready, splits={"train": ready.splits["train"][:examples], "dev": ready.splits["dev"][:dev_examples]})


def trained(ready: Experiment, callbacks: Sequence[Any] = ()) -> dict[str, Any]:
    """Trains the model in place; gives the cost, as `fit` tells it, and keeps the lines of its progress back."""
    with tempfile.TemporaryDirectory() as folder, contextlib.redirect_stderr(io.StringIO()):
        return learn(ready, Path(folder) / "history.csv", callbacks)


def trained_at_pace(ready: Experiment, clock: Callable[[], float] = time.perf_counter) -> float:
    """Trains the model in place; gives the real tokens a second of the median epoch, the first one left out.

    In that one TensorFlow traces the steps and numba compiles the loops, which takes longer than a small epoch.
    """
    import keras

    started: list[float] = []
    ended: dict[int, float] = {}
    watch = keras.callbacks.LambdaCallback(
        on_epoch_begin=lambda epoch, logs: started.append(clock()),
        on_train_batch_end=lambda batch, logs: ended.update({len(started): clock()}),
    )
    trained(ready, [watch])
    seconds = [end - start for start, end in zip(started[1:], list(ended.values())[1:], strict=True)]
    return sum(len(example.tokens) for example in ready.splits["train"]) / median(seconds)


def scores(ready: Experiment, dataset: Path) -> dict[str, float]:
    """The metrics of the model on test."""
    return scores_of(ready, list(read_examples(dataset / "test.jsonl")))


def scores_of(ready: Experiment, examples: Sequence[Example]) -> dict[str, float]:
    """The metrics of the model on examples."""
    task = ready.task
    predicted = list(task.predict(ready.engine, examples, task.dev_decoding))
    return ready.family.score(examples, predicted)


def of_one_text(ready: Experiment, train: int, dev: int, test: int) -> tuple[Experiment, Example]:
    """An experiment on so many tokens of a dataset of one long text, which has no test; and a test, the end of its dev.

    Args:
        ready: the experiment.
        train: tokens from the beginning of train.
        dev: tokens from the beginning of dev.
        test: tokens from the end of dev.
    """
    (text,), (held_out,) = ready.splits["train"], ready.splits["dev"]
    if len(held_out.tokens) < dev + test:
        raise ValueError(f"expected at least {dev + test} tokens of dev, got {len(held_out.tokens)}")
    shorter = {"train": [_part(text, slice(train))], "dev": [_part(held_out, slice(dev))]}
    return replace(ready, splits=shorter), _part(held_out, slice(-test, None))


def _part(text: Example, tokens: slice) -> Example:
    """Some of the tokens of a text of characters, which add up to the text."""
    return replace(text, tokens=text.tokens[tokens], text="".join(text.tokens[tokens]))


def recurrent_parameters(ready: Experiment) -> int:
    """The numbers that the recurrent layers of a model learn, word vectors and output layers left out."""
    return sum(layer.count_params() for layer in _recurrent(ready.model))


def _recurrent(model: Any) -> list[Any]:
    """The recurrent layers of a model; one that reads in both directions counts as one."""
    import keras

    found = {id(layer): layer for layer in model._flatten_layers(include_self=False)}
    both = [layer for layer in found.values() if isinstance(layer, keras.layers.Bidirectional)]
    inside = {id(part) for layer in both for part in layer._flatten_layers(include_self=False)}
    return [
        layer
        for layer in found.values()
        if id(layer) not in inside
        and layer.name.startswith(("encoder_", "decoder_"))
        and not isinstance(layer, keras.layers.SpatialDropout1D)
    ]
