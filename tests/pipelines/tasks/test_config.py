"""A task's configuration: its own keys are known, and those of another task are not."""

import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from conformance_cases import TASKS, cell_config, task_class, task_config

from embeddings.foundation import plugins
from embeddings.foundation.errors import InputError
from pipelines.decoding.beam import Decoding
from pipelines.runs.config import Run, load_run, load_settings
from pipelines.tasks.config import load_task

CONFIGS = Path(__file__).parents[3] / "configs"


@pytest.fixture
def load(tmp_path):
    """Loads a task that ships, with other keys."""

    def loaded(name, **sections):
        values = yaml.safe_load((CONFIGS / f"tasks/{name}.yaml").read_text(encoding="utf-8"))
        for section, changes in sections.items():
            values[section] = {**values.get(section, {}), **changes} if isinstance(changes, dict) else changes
        (tmp_path / "task.yaml").write_text(yaml.safe_dump(values), encoding="utf-8")
        return load_task(tmp_path / "task.yaml")

    return loaded


@pytest.mark.parametrize(
    ("task", "section", "keys", "told"),
    [
        ("pos_tagging", "model", {"pooling": "max"}, "unknown key 'pooling'; known: word_vectors, minimum_count"),
        ("pos_tagging", "model", {"tag_scheme": "iobes"}, "unknown key 'tag_scheme'"),
        ("sentiment", "model", {"attention": "none"}, "unknown key 'attention'"),
        ("sentiment", "model", {"poolin": "max"}, "unknown key 'poolin'; did you mean 'pooling'?"),
        ("column_classification", "model", {"word_dropout": 0.1}, "unknown key 'word_dropout'; known: pooling"),
        ("captioning", "model", {"input_feeding": True}, "unknown key 'input_feeding'"),
        ("sentiment", "training", {"sample_steps": 5}, "unknown key 'sample_steps'"),
        ("ner", "training", {"shift_augmentation": True}, "unknown key 'shift_augmentation'"),
        ("ner", "training", {"lower_cased": 0.3}, "the key 'lower_cased' is now 'lowercase_augmentation'; rename it"),
        ("captioning", "training", {"shifted": True}, "the key 'shifted' is now 'shift_augmentation'; rename it"),
        ("translation", "decoding", {"beam_size": 5}, "the key 'beam_size' belongs to method beam, got 'greedy'"),
        ("translation", "decoding", {"dynamic_evaluation": {}}, "unknown key 'dynamic_evaluation'"),
        ("text_generation", "decoding", {"method": "greedy"}, "unknown key 'method'; known: dynamic_evaluation"),
        ("ner", "decoding", {"method": "greedy"}, "the task decodes nothing; remove it"),
        ("text_generation", "model", {"word_vectors": "frozen"}, "got 'frozen'; known: fine_tuned"),
        ("text_generation", "model", {"chunk_tokens": 0}, "expected chunk_tokens of at least 1, got 0"),
        ("translation", "model", {"maximum_tokens": 0}, "expected maximum_tokens of at least 1, got 0"),
        ("translation", "model", {"label_smoothing": 1.0}, "expected label_smoothing from 0 to below 1, got 1.0"),
        ("translation", "model", {"scheduled_sampling": -0.1}, "expected scheduled_sampling from 0 to below 1"),
        ("sentiment", "training", {"frozen_epochs": 7}, "expected frozen_epochs from 0 to below epochs, got 7"),
        ("sentiment", "training", {"frozen_epochs": 1, "averaging": 0.9}, "excludes frozen_epochs; remove one"),
        ("ner", "training", {"language_model_weight": -1}, "expected a language_model_weight of at least 0, got -1.0"),
        ("ner", "training", {"language_model_vocab_size": 9}, "needs language_model_weight; give that as well"),
        ("sentiment", "training", {"language_model_weight": 1, "language_model_vocab_size": 0}, "at least 1, got 0"),
        ("translation", "training", {"language_model_weight": 0.1}, "unknown key 'language_model_weight'"),
        ("column_classification", "training", {"language_model_weight": 0.1}, "unknown key 'language_model_weight'"),
        ("text_generation", "training", {"sample_steps": 0}, "expected sample_steps of at least 1, got 0"),
    ],
)
def test_a_key_that_a_task_cannot_follow_is_refused_with_file_and_section(load, task, section, keys, told):
    with pytest.raises(InputError) as refused:
        load(task, **{section: keys})
    assert f"task.yaml: {section}: " in str(refused.value)
    assert told in str(refused.value)


def test_a_missing_key_is_named(load, tmp_path):
    for task, section, key in (
        ("sentiment", "model", "pooling"),
        ("ner", "model", "word_vectors"),
        ("text_generation", "model", "chunk_tokens"),
        ("ner", "training", "epochs"),
    ):
        values = yaml.safe_load((CONFIGS / f"tasks/{task}.yaml").read_text(encoding="utf-8"))
        del values[section][key]
        (tmp_path / "short.yaml").write_text(yaml.safe_dump(values), encoding="utf-8")
        with pytest.raises(InputError, match=f"short.yaml: {section}: the key '{key}' is missing"):
            load_task(tmp_path / "short.yaml")
    with pytest.raises(InputError, match="decoding: the task needs it; give a `method`"):
        load("translation", decoding=None)


def test_an_unknown_task_is_refused_with_the_nearest_one(load):
    with pytest.raises(InputError, match=r"task\.yaml: no module 'sentimant' in pipelines/tasks; did you mean 's"):
        load("sentiment", task="sentimant")


def test_a_decoding_method_brings_its_own_keys(load):
    beam = {"method": "beam", "beam_size": 5, "length_penalty": 1.0, "n_best": 2}
    decoding = load("translation", decoding=beam).decoding
    assert decoding == Decoding(beam_size=5, length_penalty=1.0, n_best=2)
    assert (decoding.hypotheses, decoding.listed) == (5, 2)


@pytest.mark.parametrize(
    ("task", "cell", "changes", "told"),
    [
        ("text_generation", "bilstm", {}, "a language model reads forwards; expected `bidirectional: false`"),
        ("captioning", "bigru", {}, "captions are written forwards; expected `bidirectional: false`"),
        ("sentiment", "lstm", {"model": {"word_vectors": "frozen"}, "training": {"frozen_epochs": 1}},
         "training.frozen_epochs needs word_vectors: fine_tuned; remove it"),
    ],
)  # fmt: skip
def test_what_does_not_fit_together_is_refused_when_a_run_is_read(task, cell, changes, told, tmp_path):
    run = {"task": task, "dataset": "d", "cell": cell, "source_vectors": "v", "target_vectors": "v", "seed": 1,
           "report_test": False, "layer": cell.removeprefix("bi"), "set": changes}  # fmt: skip
    (tmp_path / "runs.yaml").write_text(yaml.safe_dump({"runs": {"first": run}}), encoding="utf-8")
    with pytest.raises(InputError) as refused:
        load_run(tmp_path / "runs.yaml", "first", CONFIGS)
    assert f"runs.yaml: run 'first': task '{task}': {told}" in str(refused.value)


@pytest.mark.parametrize(
    ("task", "monitor", "told"),
    [("sentiment", "acuracy", "got 'acuracy'; did you mean 'accuracy'?"), ("ner", "bleu", "got 'bleu'"),
     ("translation", "loss", "got 'loss'")],
)  # fmt: skip
def test_a_monitor_that_is_no_metric_of_the_family_is_refused_when_a_run_is_read(task, monitor, told, tmp_path):
    values = yaml.safe_load((CONFIGS / f"tasks/{task}.yaml").read_text(encoding="utf-8"))
    (tmp_path / "tasks").mkdir()
    (tmp_path / f"tasks/{task}.yaml").write_text(yaml.safe_dump({**values, "monitor": monitor}), encoding="utf-8")
    run = Run(task, "d", "lstm", "lstm", "v", "v", 1, False)
    with pytest.raises(InputError) as refused:
        load_settings(run, tmp_path, "here")
    assert f"tasks/{task}.yaml: monitor: expected a metric of" in str(refused.value)
    assert told in str(refused.value)


def test_sentiment_is_a_text_classification():
    assert task_class("sentiment") is task_class("text_classification")
    assert "sentiment" not in TASKS  # and is not tested twice
    assert task_config("sentiment").task == "sentiment"


def test_a_task_that_reads_both_ways_takes_every_cell():
    for task in TASKS:
        task_class(task).check(task_config(task), cell_config("lstm", False))


def test_a_task_is_imported_without_keras():
    names = plugins.names("pipelines.tasks")
    imports = "; ".join(f"import pipelines.tasks.{name}" for name in names)
    code = f"import sys; {imports}; print(sorted({{'keras', 'tensorflow', 'gensim'}} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
