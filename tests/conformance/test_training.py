"""Every task learns with every cell, and what it learned survives saving, in a fresh process as well."""

import json
import sys
import zipfile
from dataclasses import replace
from functools import cache, lru_cache
from itertools import cycle
from pathlib import Path

import keras
import numpy as np
import pytest
from clones import copy_compiled_loops, run
from conformance_cases import (
    CASES,
    CELLS,
    DATASET,
    RUN,
    TASKS,
    build,
    case_id,
    examples_of,
    of_case,
    takes,
    task_config,
)
from test_invariances import compare

from pipelines.data.examples import write_examples
from pipelines.runs.engines.keras_engine import KerasEngine
from pipelines.runs.engines.onnx_engine import ONNXEngine
from pipelines.runs.folder import load_run_folder, save_run
from pipelines.runs.graphs import check_graphs
from pipelines.training.fit import fit
from pipelines.training.seeding import seed_everything

PREDICT = """
import json, sys
import pipelines
from pipelines.data.examples import read_examples
from pipelines.runs.description import read_description
from pipelines.runs.folder import load_run_folder
print(pipelines.__file__)
if sys.argv[1] == "keras":
    from tensorflow import config
    config.optimizer.set_experimental_options({"disable_meta_optimizer": True})
for folder, examples in zip(sys.argv[2::2], sys.argv[3::2]):
    if sys.argv[1] == "keras":  # a trace costs more than the few steps of what does not decode
        config.run_functions_eagerly(read_description(folder)["task"]["decoding"] is None)
    run = load_run_folder(folder, sys.argv[1])
    print(json.dumps(list(run.task.predict(run.engine, read_examples(examples)))))
heavy = {"tensorflow", "keras", "sklearn", "scipy", "gensim", "dvc", "pandas", "numba", "onnx"}
print(sorted(heavy & set(sys.modules)))
"""


def correct_share(task, engine, examples):
    """Share of examples predicted without any mistake."""
    rows = list(task.predict(engine, examples))
    if task.predicts == "tokens":  # each sentence's first word tells all that follow
        return float(np.mean([value > np.log(0.5) for row in rows for value in row["log_probabilities"][1:]]))
    key = {"label": "label", "labels": "labels", "tags": "tags", "target_tokens": "tokens"}[task.predicts]
    right = [
        row[key] == (list(wanted) if isinstance(wanted, tuple) else wanted)
        for row, wanted in zip(rows, [getattr(example, task.predicts) for example in examples], strict=True)
    ]
    return sum(right) / len(right)


@pytest.fixture(scope="module", params=CASES[::-1], ids=case_id)
def case(request):
    """As in every file, but from the last one on: beside test_invariances.py each compiles half of the cells' loops."""
    return request.param


@pytest.fixture(scope="module")
def memorise(ten_examples, ten_entity_examples, small_vectors, tmp_path_factory):
    """Trains the model of a case on the ten sentences until it knows them; gives the last one again."""

    @lru_cache(maxsize=1)  # all the models with their graphs would take gigabytes
    def train(case):
        seed_everything(1)
        examples = examples_of(case[0], ten_examples, ten_entity_examples)
        task, model = build(*of_case(case), small_vectors, examples)
        engine = KerasEngine(model)
        history = tmp_path_factory.mktemp("run") / "history.csv"
        batches = task.batches([task.encode(example) for example in examples], 4, 1)
        known = keras.callbacks.LambdaCallback(  # what comes after the first of the best epochs is not kept
            on_epoch_end=lambda _, logs: setattr(model, "stop_training", model.stop_training or logs["val_right"] == 1)
        )
        cost = fit(model, task.loss(), batches, lambda: {"right": correct_share(task, engine, examples)},
                   task.config.training, "right", 1.0, history, [known])  # fmt: skip
        return task, engine, cost, history

    return train


@pytest.fixture(scope="module")
def trained(case, memorise):
    """A task, its trained model, and what training reports."""
    return memorise(case)


def test_the_model_memorises_ten_sentences(trained, examples):
    task, engine, _, _ = trained
    assert correct_share(task, engine, examples) == 1.0


def test_learning_curves_and_cost_are_recorded(trained):
    _, _, cost, history = trained
    header, *rows = history.read_text(encoding="utf-8").splitlines()
    assert header == "epoch,loss,val_right"
    assert len(rows) == cost["epochs"] >= cost["best_epoch"]
    assert 0 <= cost["padding_share"] < 0.6
    assert cost["tokens_per_second"] > 0


@pytest.fixture(scope="module")
def save(memorise, tmp_path_factory):
    """Saves the model of a case, each once; gives its run folder."""

    @cache
    def saved_once(case):
        task, engine, _, _ = memorise(case)
        folder = tmp_path_factory.mktemp("saved")
        save_run(folder, "small", RUN, task, engine.model, DATASET)
        return folder

    return saved_once


@pytest.fixture(scope="module")
def saved(case, save):
    """The run folder of the trained model."""
    return save(case)


@pytest.fixture(scope="module")
def predicted(memorise, save, ten_examples, ten_entity_examples):
    """What the trained model of a case predicts, and what its run does by ONNX Runtime, by the engine's name."""

    @cache
    def rows(case):
        examples = examples_of(case[0], ten_examples, ten_entity_examples)
        task, engine, _, _ = memorise(case)
        run = load_run_folder(save(case))
        by_engine = {"onnx": run.task.predict(run.engine, examples), "keras": task.predict(engine, examples)}
        return {name: list(of_engine) for name, of_engine in by_engine.items()}

    return rows


def test_a_saved_run_predicts_the_same_in_memory(case, trained, saved, predicted, examples):
    """By ONNX Runtime; by Keras it does so in a fresh process, below."""
    task, engine, _, _ = trained
    check_graphs(saved, task, engine, examples)
    compare(*predicted(case).values())


def test_saving_twice_gives_equal_bytes(trained, saved, tmp_path):
    task, engine, _, _ = trained
    save_run(tmp_path, "small", RUN, task, engine.model, DATASET)
    one, two = ({path.name: path.read_bytes() for path in folder.iterdir()} for folder in (saved, tmp_path))
    assert any(name.endswith(".onnx") for name in one)
    assert one == two


def test_every_run_predicts_the_same_in_a_fresh_process_elsewhere(
    save, predicted, wheel, ten_examples, ten_entity_examples, small_vectors, tmp_path
):
    """With the built wheel, by each engine; a run of two layers of each cell as well."""
    site = tmp_path / "site"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(site)
    copy_compiled_loops(site)
    (tmp_path / "predict_runs.py").write_text(PREDICT, encoding="utf-8")
    for name, examples in (("ten", ten_examples), ("entities", ten_entity_examples)):
        write_examples(tmp_path / f"{name}.jsonl", examples)
    runs = {str(save(case)): (case[0], predicted(case)) for case in CASES}
    for name, cell in zip(cycle(TASKS), CELLS, strict=False):
        config, encoder = of_case((name, cell, takes(name, cell, True)))
        examples = examples_of(name, ten_examples, ten_entity_examples)
        task, model = build(config, replace(encoder, depth=2), small_vectors, examples)
        folder = tmp_path / f"two_layers-{cell}"
        folder.mkdir()
        save_run(folder, folder.name, RUN, task, model, DATASET)
        engines = {"onnx": ONNXEngine(folder), "keras": KerasEngine(model)}
        runs[str(folder)] = name, {kind: list(task.predict(engine, examples)) for kind, engine in engines.items()}
    of_entities = {task: task_config(task).metrics == "entities" for task in TASKS}
    arguments = [
        word
        for folder, (task, _) in runs.items()
        for word in (folder, str(tmp_path / ("entities.jsonl" if of_entities[task] else "ten.jsonl")))
    ]
    # `python` is a fork of one that has imported Keras, and nothing of ours.
    for engine, python in (("onnx", sys.executable), ("keras", "python")):
        printed = run(tmp_path, [python, "-m", "predict_runs", engine, *arguments], PYTHONPATH=str(site))
        place, *rows, heavy = printed.splitlines()
        assert Path(place).is_relative_to(site)
        assert [json.loads(line) for line in rows] == [expected[engine] for _, expected in runs.values()]
        assert heavy == "[]" or engine == "keras"
