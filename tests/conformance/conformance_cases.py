"""Every cell, in one and in both directions, in every task, as small models."""

from collections import Counter
from dataclasses import replace
from itertools import product
from pathlib import Path

import keras

from embeddings.foundation import plugins
from embeddings.foundation.config import load_config
from pipelines.cells.config import CellConfig
from pipelines.runs.config import Run
from pipelines.tasks.config import CharacterConfig, TaskConfig, TrainingConfig
from pipelines.text.tokenization import detokenizer_of

ROOT = Path(__file__).parents[2]
# Tasks that refuse a cell in both directions: what is written is not known backwards.
FORWARD = ("captioning", "text_generation")
PATIENCE = {"captioning": 40}  # epochs without one right sentence more; without attention the first comes late
CASES: list[tuple] = [
    case
    for case in product(plugins.names("pipelines.tasks"), plugins.names("pipelines.cells"), [False, True])
    if case[0] not in FORWARD or not case[2]
]

# What a task's first configuration leaves out: (task, cell, bidirectional, keys of its model).
CNN = CharacterConfig("cnn", dimensions=5, units=6)
RECURRENT = CharacterConfig("recurrent", dimensions=5, units=6)
CASES += [
    ("ner", "lstm", True, {"output": "crf", "tag_scheme": "iobes", "characters": CNN, "word_shapes": True}),
    ("ner", "gru", False, {"output": "softmax", "tag_scheme": "iobes", "word_dropout": 0.1}),
    ("pos_tagging", "sru", True, {"output": "crf", "characters": RECURRENT}),
    ("pos_tagging", "lstm", True, {"characters": RECURRENT, "word_shapes": True}),
    ("column_classification", "lstm", True, {"pooling": "attention"}),
    ("sentiment", "gru", True, {"pooling": "max", "word_dropout": 0.1}),
    ("text_generation", "lstm", False, {"chunk_tokens": 2, "tied_embeddings": True}),
    ("sentiment", "lstm", True, {"pooling": "attention", "maximum_tokens": 5, "truncation": "head_tail"}),
    ("sentiment", "sru", False, {"pooling": "mean", "maximum_tokens": 4, "truncation": "windows"}),
]


def case_id(case):
    """A case in words."""
    task, cell, bidirectional, *changes = case
    keys = "".join(f"-{key}" for change in changes for key in change)
    return f"{task}-{'bi' if bidirectional else ''}{cell}{keys}"


def of_case(case):
    """The small configurations of a case: task and cell."""
    task, cell, bidirectional, *changes = case
    return task_config(task, **(changes[0] if changes else {})), cell_config(cell, bidirectional)


def task_config(task, **model):
    """The first configuration of a task that ships, made small enough for ten sentences."""
    configs = [load_config(TaskConfig, path) for path in sorted((ROOT / "configs/tasks").glob("*.yaml"))]
    shipped = next(config for config in configs if config.task == task)
    small = {"minimum_count": 1, "maximum_tokens": None, **model}
    return replace(
        shipped, model=replace(shipped.model, **small), training=TrainingConfig("adam", 0.02, 4, 60, 60), baselines=()
    )


def cell_config(cell, bidirectional, **changes):
    """A small encoder."""
    values = {"units": 16, "depth": 1, "dropout": 0.0, "clip_norm": 1.0}
    return CellConfig(cell=cell, bidirectional=bidirectional, **{**values, **changes})


def build(task, cell, vectors, examples, seed=1):
    """A task with its untrained model, from configurations."""
    counts = {
        "tokens": Counter(token for example in examples for token in example.tokens),
        "target_tokens": Counter(token for example in examples for token in example.target_tokens),
        "tags": Counter(tag for example in examples for tag in example.tags),
        "labels": Counter(example.label for example in examples),
    }
    built = plugins.load("pipelines.tasks", task.task).TASK.from_counts(
        task, cell, counts, {"tokens": vectors, "target_tokens": vectors}, detokenizer_of(DATASET)
    )
    keras.utils.set_random_seed(seed)
    widths = {"tokens": vectors.vector_size, "target_tokens": vectors.vector_size}
    if built.reads_features:
        widths["features"] = built.features(examples[0])[0].shape[-1]
    model = built.build_model(widths, seed)
    built.set_vectors(model, {"tokens": vectors, "target_tokens": vectors}, seed)
    return built, model


def examples_of(task, ten_examples, ten_entity_examples):
    """The ten sentences as a task takes them."""
    return ten_entity_examples if task == "ner" else ten_examples


RUN = Run(task="t", dataset="d", cell="c", layer="l", source_vectors="s", target_vectors="t", seed=1, report_test=False)
DATASET = {
    "language": "en",
    "target_language": "",
    "tokenizers": {"tokens": "words", "target_tokens": None},
    "features": [5, 4],  # where a task reads them
}
