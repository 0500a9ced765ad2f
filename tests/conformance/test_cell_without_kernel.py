"""A cell whose folder has a Keras layer and nothing else learns every task, is saved, and predicts elsewhere."""

import importlib
import json
import sys
import warnings

import numpy as np
import pytest
from clones import ROOT, run
from conformance_cases import DATASET, RUN, TASKS, build, cell_config, examples_of, takes, task_config

import pipelines.cells
from embeddings.foundation import plugins
from pipelines.data.examples import write_examples
from pipelines.models.config import NoKeys, own_keys
from pipelines.runs.engines.keras_engine import KerasEngine
from pipelines.runs.folder import save_run
from pipelines.training.fit import fit

# A cell of Keras's own loop; and a layer that would run a compiled loop if there were one.
LAYERS = {
    "minimal_gated": '''"""Zhou et al., "Minimal Gated Unit for Recurrent Neural Networks", 2016: one gate."""

import keras
from keras import ops


@keras.saving.register_keras_serializable("tests")
class MinimalGatedUnit(keras.layers.Layer):
    def __init__(self, units, seed, **kwargs):
        super().__init__(**kwargs)
        self.units = self.state_size = self.output_size = units
        self.seed = seed

    def build(self, input_shape):
        glorot, features = keras.initializers.GlorotUniform(self.seed), input_shape[-1]
        self.kernel = self.add_weight((features + self.units, self.units), glorot, name="kernel")
        self.gate = self.add_weight((features + self.units, self.units), glorot, name="gate")

    def call(self, inputs, states, training=False):
        (h,) = states
        f = ops.sigmoid(ops.concatenate([inputs, h], -1) @ self.gate)
        h = (1 - f) * h + f * ops.tanh(ops.concatenate([inputs, f * h], -1) @ self.kernel)
        return h, [h]

    def get_config(self):
        return {**super().get_config(), "units": self.units, "seed": self.seed}


def layer(units, name, seed):
    return keras.layers.RNN(MinimalGatedUnit(units, seed), return_sequences=True, return_state=True, name=name)
''',
    "rectified": '''"""Le et al., "A Simple Way to Initialize Recurrent Networks of Rectified Linear Units", 2015."""

from functools import partial

import keras

from pipelines.layers.loops.dispatch import CompiledLoop, sequence_layer


@keras.saving.register_keras_serializable("tests")
class Rectified(CompiledLoop, keras.layers.SimpleRNN):
    pass


layer = partial(sequence_layer, Rectified, activation="relu", recurrent_initializer="identity")
''',
}
PREDICT = """
import json, sys
import tensorflow
tensorflow.config.optimizer.set_experimental_options({"disable_meta_optimizer": True})  # as in the other process
import pipelines.cells
pipelines.cells.__path__.append(sys.argv[1])
from pipelines.data.examples import read_examples
from pipelines.runs.folder import load_run_folder
for folder in sys.argv[2:]:
    run = load_run_folder(folder)
    print(json.dumps(list(run.task.predict(run.engine, read_examples(folder + "/examples.jsonl")))))
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder that holds the cells' folders."""
    folder = tmp_path_factory.mktemp("cells")
    for name, code in LAYERS.items():
        (folder / name).mkdir()
        (folder / name / "__init__.py").touch()
        (folder / name / "layer.py").write_text(code, encoding="utf-8")
    return folder


@pytest.fixture(scope="module", autouse=True)
def installed(folder):
    """Makes them cells like the others for as long as this file's tests run."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pipelines.cells, "__path__", [*pipelines.cells.__path__, str(folder)])
        importlib.invalidate_caches()
        yield
    for name in [name for name in sys.modules if name.split(".")[:2] == ["pipelines", "cells"]]:
        if name.split(".")[2:3] and name.split(".")[2] in LAYERS:
            del sys.modules[name]


@pytest.fixture(params=LAYERS)
def cell(request):
    return request.param


def test_it_is_found_by_its_name_and_has_no_keys_of_its_own(cell):
    assert cell in plugins.names("pipelines.cells")
    assert own_keys(cell) is NoKeys


def test_padding_changes_nothing_and_no_setting_is_complained_of(cell):
    layer = plugins.load("pipelines.cells", cell, "layer").layer(5, "a", 1)
    inputs = np.random.default_rng(1).normal(size=(2, 6, 3)).astype("float32")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        outputs, last = layer(inputs, mask=np.array([[True] * 4 + [False] * 2, [True] * 6]), training=True)
    alone, last_alone = layer(inputs[:1, :4])
    np.testing.assert_allclose(outputs[:1, :4], alone, atol=1e-6)
    np.testing.assert_allclose(last[:1], last_alone, atol=1e-6)


def test_every_task_learns_with_it_and_its_runs_predict_the_same_in_a_fresh_process(
    folder, ten_examples, ten_entity_examples, small_vectors, tmp_path
):
    expected = {}
    for task_name, cell in [*((task, "minimal_gated") for task in TASKS), ("pos_tagging", "rectified")]:
        examples = examples_of(task_name, ten_examples, ten_entity_examples)
        config = cell_config(cell, takes(task_name, cell, True))
        task, model = build(task_config(task_name, training={"epochs": 3}), config, small_vectors, examples)
        batches = task.batches([task.encode(example) for example in examples], 4, 1)
        rising, saved = iter(range(3)), tmp_path / f"{task_name}-{cell}"
        saved.mkdir()
        fit(model, task.loss(), batches, lambda rising=rising: {"m": next(rising)}, task.config.training, "m", 1.0,
            saved / "history.csv")  # fmt: skip
        losses = [float(line.split(",")[1]) for line in (saved / "history.csv").read_text().splitlines()[1:]]
        assert losses[-1] < losses[0]
        save_run(saved, saved.name, RUN, task, model, DATASET)
        write_examples(saved / "examples.jsonl", examples)
        expected[str(saved)] = list(task.predict(KerasEngine(model), examples))
    (tmp_path / "predict_runs.py").write_text(PREDICT, encoding="utf-8")
    # `python` is a fork of one that has imported Keras, and nothing of ours.
    printed = run(tmp_path, ["python", "-m", "predict_runs", str(folder), *expected], PYTHONPATH=str(ROOT))
    assert [json.loads(line) for line in printed.splitlines()] == list(expected.values())
