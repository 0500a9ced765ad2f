"""Each task with each cell: what no batch may change, outputs or loss; then it learns ten sentences and is saved.

What it learned survives that, in a fresh process as well. Tests of a case's untrained model come before those that
train it.
"""

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
    compare,
    examples_of,
    of_case,
    takes,
    task_config,
)
from expected_losses import expected_loss, outputs

from pipelines.data.examples import write_examples
from pipelines.models.tracing import compile_model
from pipelines.runs.engines.keras_engine import KerasEngine
from pipelines.runs.engines.onnx_engine import ONNXEngine
from pipelines.runs.folder import load_run_folder, save_run
from pipelines.runs.graphs import check_graphs, difference
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


def inputs_of(task, examples):
    """What the model reads of a batch; an encoder-decoder also reads the target's words."""
    inputs, _, _ = task.collate([task.encode(example) for example in examples])
    return inputs


def test_both_engines_give_the_same_scores_and_states(untrained, engines, examples):
    task, _ = untrained
    for found, expected in zip(*(task.scores(engines[name], examples) for name in ("onnx", "keras")), strict=True):
        assert difference(found, expected) is None
        np.testing.assert_allclose(found, expected, atol=1e-5, rtol=1e-6)
    inputs = task.inputs([task.source(example) for example in examples])
    np.testing.assert_allclose(*(engine.hidden_states(inputs) for engine in engines.values()), atol=1e-5)


def test_rows_that_onnx_runtime_reads_some_at_a_time_have_the_same_scores_and_states(
    untrained, engines, examples, monkeypatch
):
    task, _ = untrained
    inputs, many = task.inputs([task.source(example) for example in [*examples, *examples]]), [*examples, *examples]
    whole, states = task.scores(engines["onnx"], many), engines["onnx"].hidden_states(inputs)
    monkeypatch.setattr("pipelines.runs.engines.onnx_engine.STEPS", 1)  # eight rows at a time
    for found, expected in zip(task.scores(engines["onnx"], many), whole, strict=True):
        np.testing.assert_allclose(found, expected, atol=1e-5, rtol=1e-6)
    np.testing.assert_allclose(engines["onnx"].hidden_states(inputs), states, atol=1e-5)


def test_a_training_set_in_files_makes_the_same_batches(untrained, examples, tmp_path):
    task, _ = untrained
    in_memory = task.batches([task.encode(example) for example in examples], 4, seed=1)
    in_files = task.batches(task.encoded(examples, tmp_path), 4, seed=1)
    for _ in range(2):
        for found, expected in zip(in_files.epoch(), in_memory.epoch(), strict=True):
            arrays, wanted = keras.tree.flatten(found), keras.tree.flatten(expected)
            assert [(each.dtype, each.tolist()) for each in arrays] == [(each.dtype, each.tolist()) for each in wanted]


def test_both_engines_predict_the_same(untrained, engines, examples):
    task, _ = untrained
    compare(*(list(task.predict(engine, examples)) for engine in engines.values()))


def test_padding_changes_no_score_of_onnx_runtime(untrained, engines, examples):
    task, _ = untrained
    longest = max(examples, key=lambda one: len(one.tokens))
    for one in examples:
        (alone,), (beside, _) = (task.scores(engines["onnx"], batch) for batch in ([one], [one, longest]))
        np.testing.assert_allclose(beside, alone, atol=1e-5, rtol=1e-6)


def test_onnx_runtime_gives_equal_bytes_however_many_batches_run_at_once(untrained, engines, examples, monkeypatch):
    task, _ = untrained
    once = json.dumps(list(task.predict(engines["onnx"], examples, batch_size=2)))
    for at_once in (1, 3):
        monkeypatch.setattr(engines["onnx"], "batches_at_once", at_once)
        assert json.dumps(list(task.predict(engines["onnx"], examples, batch_size=2))) == once


def test_nothing_to_predict_gives_nothing(untrained, engine):
    task, _ = untrained
    assert list(task.predict(engine, [])) == []


def test_a_batch_of_none_is_empty_in_both_engines(untrained, engines, examples):
    task, _ = untrained
    inputs = task.inputs([task.source(example) for example in examples])
    none = keras.tree.map_structure(lambda array: array[:0], inputs)
    whole = engines["onnx"].hidden_states(inputs)
    for engine in engines.values():
        empty = engine.hidden_states(none)
        assert empty.shape == (0, whole.shape[1])
        assert empty.dtype == whole.dtype


def test_padding_does_not_change_the_outputs(untrained, examples):
    task, model = untrained
    inputs = inputs_of(task, [example for example in examples if len(example.tokens) == 5])
    if not task.text_fields():
        pytest.skip("images have no padding")
    padded = keras.tree.map_structure(lambda ids: np.pad(ids, ((0, 0), (0, 7))) if ids.ndim == 2 else ids, inputs)
    plain, with_padding = outputs(model, inputs), outputs(model, padded)
    if with_padding.shape != plain.shape:  # what stands at padding means nothing
        with_padding = with_padding[:, : plain.shape[1]]
    np.testing.assert_allclose(with_padding, plain, atol=1e-5)


def test_a_batch_equals_its_examples_alone(untrained, engine, examples):
    task, _ = untrained
    together = list(task.predict(engine, examples, batch_size=10))
    alone = [row for example in examples for row in task.predict(engine, [example])]
    compare(together, alone)


def test_order_does_not_change_a_prediction(untrained, engine, examples):
    task, _ = untrained
    forwards = list(task.predict(engine, examples, batch_size=4))
    backwards = list(task.predict(engine, examples[::-1], batch_size=4))[::-1]
    compare(forwards, backwards)


def test_the_prediction_depends_on_the_input(untrained, examples):
    task, model = untrained
    one, other = (
        inputs_of(task, [replace(examples[0], tokens=example.tokens, features=example.features)])
        for example in examples[:3:2]
    )
    assert np.abs(outputs(model, one) - outputs(model, other)).max() > 1e-4


def test_an_empty_text_is_predicted_as_one_unknown_word(untrained, engine, examples):
    task, _ = untrained
    if task.reads == "features":
        pytest.skip("features are never empty")
    empty = replace(examples[5], tokens=(), tags=None)
    unknown = replace(examples[5], tokens=("<unk>",), tags=None)
    compare(list(task.predict(engine, [empty])), list(task.predict(engine, [unknown])))


def test_rows_carry_the_ids_of_the_examples_in_their_order(untrained, engine, examples):
    task, _ = untrained
    assert [row["id"] for row in task.predict(engine, iter(examples), batch_size=3)] == [one.id for one in examples]


def test_probabilities_are_of_the_chosen_and_sum_to_one(untrained, engine, examples):
    task, _ = untrained
    for example, row in zip(examples, task.predict(engine, examples), strict=True):
        if task.predicts == "label":
            assert sum(row["probabilities"].values()) == pytest.approx(1, abs=1e-5)
            assert row["probabilities"][row["label"]] == max(row["probabilities"].values())
        elif task.predicts == "labels":
            assert row["labels"] == [label for label, share in row["probabilities"].items() if share >= 0.5]
        elif task.predicts == "tags":
            assert len(row["tags"]) == len(row["probabilities"]) == len(example.tokens)
            assert all(0 < probability <= 1 for probability in row["probabilities"])
        elif task.predicts == "tokens":
            assert len(row["log_probabilities"]) == len(example.tokens)
            assert max(row["log_probabilities"]) <= 0
        else:
            assert not {"<pad>", "<unk>", "<bos>", "<eos>"} & set(row["tokens"])
            source = len(example.tokens) if task.reads == "tokens" else 1
            limits = task.config.decoding
            assert len(row["tokens"]) <= limits.maximum_ratio * source + limits.maximum_extra


def test_padding_and_company_do_not_enter_the_loss(untrained, examples):
    """The loss, averaged over real targets, is the one worked out from the model's own outputs."""
    task, model = untrained
    encoded = [task.encode(example) for example in examples]
    expected = expected_loss(task, model, encoded)
    compile_model(model, loss=task.loss(), run_eagerly=True)  # a trace would cost more than one step
    inputs, targets, weights = task.collate(encoded)
    loss = model.test_on_batch(inputs, targets, sample_weight=weights)
    np.testing.assert_allclose(loss, expected, rtol=1e-5)


def test_weights_count_the_real_targets(untrained, examples):
    task, _ = untrained
    _, _, weights = task.collate([task.encode(example) for example in examples])
    real = {
        "label": len(examples),
        "labels": len(examples),
        "tags": sum(len(example.tokens) for example in examples),
        "tokens": sum(len(example.tokens) + 1 for example in examples),
        "target_tokens": sum(len(example.target_tokens) + 1 for example in examples),  # the end is learned too
    }
    assert weights.sum() == real[task.predicts]


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


@pytest.fixture(scope="module")
def memorise(make, ten_examples, ten_entity_examples, tmp_path_factory):
    """Trains the model of a case on the ten sentences until it knows them; gives the last one again."""

    @lru_cache(maxsize=1)
    def train(case):
        examples = examples_of(case[0], ten_examples, ten_entity_examples)
        task, model, engines = make(case)
        seed_everything(1)  # whether or not the model was there already
        engine = engines["keras"]
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
