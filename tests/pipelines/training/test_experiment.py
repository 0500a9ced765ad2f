"""An experiment: what decides its best epoch, and what its data must hold."""

import csv
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from conformance_cases import DATASET, RUN, TASKS, build, cell_config, examples_of, takes, task_class, task_config

from embeddings import store
from embeddings.foundation.errors import InputError
from pipelines.data.examples import write_examples
from pipelines.datasets.counts import count_names
from pipelines.evaluation.family import load_family
from pipelines.training.experiment import Experiment, check_monitor, learn, set_up


def experiment(monitor, examples, vectors):
    config = task_config("sentiment", training={"epochs": 6, "patience": 6, "learning_rate": 0.3})
    task, model = build(replace(config, monitor=monitor), cell_config("gru", False), vectors, examples)
    splits = {"train": examples, "dev": examples[::-1][:6]}
    return Experiment(RUN, task, model, {}, splits, {}, "cpu", load_family(config.metrics))


@pytest.mark.parametrize(("monitor", "best"), [("accuracy", np.argmax), ("log_loss", np.argmin)])
def test_the_best_epoch_has_the_best_value_whichever_way_is_better(
    monitor, best, ten_examples, small_vectors, tmp_path
):
    cost = learn(experiment(monitor, ten_examples, small_vectors), tmp_path / "history.csv")
    with open(tmp_path / "history.csv", encoding="utf-8") as file:
        values = [float(row[f"val_{monitor}"]) for row in csv.DictReader(file)]
    assert len(set(values)) > 2
    assert cost["best_epoch"] == best(values) + 1


def test_a_monitor_that_the_labels_of_dev_cannot_give_is_refused(ten_examples, small_vectors):
    ready = experiment("roc_auc", ten_examples, small_vectors)
    check_monitor(ready.task, ten_examples, Path("data/dev.jsonl"))
    negative = [example for example in ten_examples if example.label == "negative"]
    with pytest.raises(InputError, match=r"data/dev\.jsonl: its labels give no 'roc_auc'; choose another `monitor`"):
        check_monitor(ready.task, negative, Path("data/dev.jsonl"))
    ready = experiment("log_loss", ten_examples, small_vectors)
    check_monitor(ready.task, negative, Path("data/dev.jsonl"))  # of one label, log loss is known


@pytest.fixture
def prepared(ten_examples, ten_entity_examples, small_vectors, tmp_path):
    """Sets up a task on the ten sentences, changed, as prepare would have written them."""

    def run(task, change):
        examples = [change(example) for example in examples_of(task, ten_examples, ten_entity_examples)]
        if task_class(task).reads == "tokens":
            examples = [replace(example, features=None) for example in examples]
        for split in ("train", "dev"):
            write_examples(tmp_path / f"{split}.jsonl", examples)
        features = {} if task_class(task).reads == "tokens" else {"features": [5, 4]}
        about = {key: value for key, value in DATASET.items() if key != "features"} | {"name": "ten"} | features
        about["tokenizers"] = {"tokens": "words", "target_tokens": "words"}
        (tmp_path / "dataset.json").write_text(json.dumps(about), encoding="utf-8")
        counts = count_names(tmp_path / "train.jsonl")
        (tmp_path / "counts.json").write_text(json.dumps(counts), encoding="utf-8")
        store.save(tmp_path / "vectors", small_vectors, {"tokenizer": "words"})
        vectors = {"tokens": tmp_path / "vectors", "target_tokens": tmp_path / "vectors"}
        return set_up(RUN, task_config(task), cell_config("gru", takes(task, "gru", True)), tmp_path, vectors)

    return run


def of_one_name(example):
    """The example with the label and the tags that all others have, too."""
    return replace(example, label="same", tags=("O",) * len(example.tokens))


@pytest.mark.parametrize("task", [name for name in TASKS if task_class(name).predicts in ("label", "tags")])
def test_one_label_or_tag_alone_is_refused_before_a_model_is_built(task, prepared, tmp_path):
    kind, name = ("labels", "same") if task_class(task).predicts == "label" else ("tags", "O")
    told = (
        f"{tmp_path}/train.jsonl: expected two {kind} or more, which task '{task}' learns to tell apart, got '{name}'"
    )
    with pytest.raises(InputError) as refused:
        prepared(task, of_one_name)
    assert str(refused.value) == f"{told} alone"


@pytest.mark.parametrize("task", [name for name in TASKS if task_class(name).predicts not in ("label", "tags")])
def test_what_is_not_learned_may_be_the_same_everywhere(task, prepared):
    assert prepared(task, lambda example: of_one_name(replace(example, tags=None))).model.count_params() > 0


@pytest.mark.parametrize(("number", "tag"), [(0, "NOUN"), (3, "I-PER")])
def test_tags_that_are_no_valid_iob2_are_refused_before_a_model_is_built(number, tag, prepared, tmp_path):
    def change(example):
        return replace(example, tags=(tag, *example.tags[1:])) if example.id == f"train-{number}" else example

    told = f"{tmp_path}/train.jsonl:{number + 1}: expected entity tags, which task 'ner' needs: expected"
    with pytest.raises(InputError) as refused:
        prepared("ner", change)
    assert str(refused.value).startswith(told)
    assert f"got '{tag}'; give the scheme of the dataset's entity tags as its `scheme`" in str(refused.value)


def test_parts_of_speech_are_learned_as_they_are(prepared):
    def change(example):
        return replace(example, tags=tuple(f"I-{tag}" for tag in example.tags))

    task = prepared("pos_tagging", change).task
    assert set(task.labels) == {
        f"I-{tag}" for tag in ["PROPN", "VERB", "DET", "ADJ", "NOUN", "ADP", "PRON", "AUX", "PART"]
    }
    assert task.encode_tags(["I-NOUN", "I-VERB"]) == task.decode_tags(["I-NOUN", "I-VERB"]) == ["I-NOUN", "I-VERB"]
