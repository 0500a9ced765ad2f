"""Every cell, in one and in both directions, in every task, as small models."""

from collections import Counter
from functools import cache
from itertools import cycle, product

import keras
import numpy as np

from embeddings.foundation import plugins
from embeddings.foundation.errors import InputError
from pipelines.models.config import build_encoder
from pipelines.models.tracing import trace_once
from pipelines.models.word_vectors import set_word_vectors, word_tables
from pipelines.runs.config import Run
from pipelines.tasks.config import build_task
from pipelines.text.tokenization import detokenizer_of

CELLS = plugins.names("pipelines.cells")


def task_class(task):
    """What a task's file offers."""
    return plugins.load("pipelines.tasks", task).TASK


# A second name of a task needs no tests of its own.
TASKS = [name for name in plugins.names("pipelines.tasks") if task_class(name).__module__.endswith(f".{name}")]


def task_config(task, *, small=0, training=None, decoding=None, **model):
    """One of the small configurations that a task is tested with, with other keys."""
    values = dict(task_class(task).SMALL[small])
    for section, changes in (("model", model), ("training", training), ("decoding", decoding)):
        if changes is not None:
            values[section] = {**values.get(section, {}), **changes}
    return build_task({"task": task, "baselines": [], **values}, f"{task}, small")


def cell_config(cell, bidirectional, **changes):
    """A small encoder."""
    values = {"units": 16, "depth": 1, "dropout": 0.0, "clip_norm": 1.0}
    return build_encoder({"cell": cell, "bidirectional": bidirectional, **values, **changes}, cell)


@cache
def takes(task, cell, bidirectional):
    """Whether a task can use a cell."""
    try:
        task_class(task).check(task_config(task), cell_config(cell, bidirectional))
    except InputError:
        return False
    return True


# Two cells share the QRNN's loop: a task takes each of them in one direction, or in both.
SHARING = {"min_gru": False, "min_lstm": True}


def runs(task, cell, bidirectional):
    """Whether a task is tested with a cell so."""
    if cell in SHARING and takes(task, cell, True):
        return bidirectional == SHARING[cell]
    return takes(task, cell, bidirectional)


# The first small configuration of each task with every cell, each other one, of a task or of a cell, with one.
CASES: list[tuple] = [case for case in product(TASKS, CELLS, [False, True]) if runs(*case)]
OTHERS = [(task, small) for task in TASKS for small in range(1, len(task_class(task).SMALL))]
CASES += [
    (task, cell, takes(task, cell, True), small) for (task, small), cell in zip(OTHERS, cycle(CELLS), strict=False)
]
OWN = [(cell, number) for cell in CELLS for number in range(1, len(plugins.load("pipelines.cells", cell).SMALL))]
CASES += [
    (task, cell, takes(task, cell, True), 0, number) for (cell, number), task in zip(OWN, cycle(TASKS), strict=False)
]


def case_id(case):
    """A case in words."""
    task, cell, bidirectional, *numbers = case
    small, own = (str(number or "") for number in (*numbers, 0, 0)[:2])
    return f"{task}{small}-{'bi' if bidirectional else ''}{cell}{own}"


def of_case(case):
    """The small configurations of a case: task and cell."""
    task, cell, bidirectional, *numbers = case
    small, own = (*numbers, 0, 0)[:2]
    keys = plugins.load("pipelines.cells", cell).SMALL[own]
    return task_config(task, small=small), cell_config(cell, bidirectional, **keys)


def build(task, cell, vectors, examples, seed=1):
    """A task with its untrained model, from configurations."""
    counts = {
        "tokens": Counter(token for example in examples for token in example.tokens),
        "target_tokens": Counter(token for example in examples for token in example.target_tokens),
        "tags": Counter(tag for example in examples for tag in example.tags),
        "labels": Counter(
            label
            for example in examples
            for label in (example.labels if task_class(task.task).predicts == "labels" else [example.label])
        ),
    }
    of_fields = {"tokens": vectors, "target_tokens": vectors}
    built = task_class(task.task).from_counts(task, cell, counts, of_fields, detokenizer_of(DATASET))
    keras.utils.set_random_seed(seed)
    widths = {"tokens": vectors.vector_size, "target_tokens": vectors.vector_size}
    if built.reads == "features":
        widths["features"] = built.source(examples[0]).source.shape[-1]
    model = built.build_model(widths, seed)
    set_word_vectors(word_tables(model, built.text_fields()), built.vocabularies, of_fields, seed)
    trace_once(model)
    return built, model


def examples_of(task, ten_examples, ten_entity_examples):
    """The ten sentences as a task takes them."""
    return ten_entity_examples if task_config(task).metrics == "entities" else ten_examples


def compare(rows, others):
    """Equal words, labels and tags; probabilities within float32's rounding."""
    for row, other in zip(rows, others, strict=True):
        for key in row.keys() | other.keys():
            if key in ("probabilities", "log_probabilities"):
                one, two = (list(p.values()) if isinstance(p, dict) else p for p in (row[key], other[key]))
                np.testing.assert_allclose(one, two, atol=2e-6)
            else:
                assert row[key] == other[key]


RUN = Run(task="t", dataset="d", cell="c", layer="l", source_vectors="s", target_vectors="t", seed=1, report_test=False)
DATASET = {
    "language": "en",
    "target_language": "",
    "tokenizers": {"tokens": "words", "target_tokens": None},
    "features": [5, 4],  # where a task reads them
}
