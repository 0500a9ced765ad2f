"""On JAX a recurrent layer gives the numbers and the gradients that it gives on TensorFlow with the same weights."""

import importlib.util
import json
import os
import subprocess
import sys
from itertools import product
from pathlib import Path

import keras
import numpy as np
import pytest

from embeddings.foundation import plugins
from embeddings.foundation.config import field_names
from pipelines.models.config import own_keys

ROOT = Path(__file__).parents[3]
FEATURES, UNITS, RATE, ZERO = 3, 5, 0.5, "zero_output_for_mask"
MASKS = ["unmasked", "right-padded", "arbitrary"]
# What is not zero at masked steps is Keras's own on each backend, but for an SRU.
CASES = [
    *product(plugins.names("pipelines.cells"), MASKS, [(), ("go_backwards",)], [("return_sequences", ZERO)]),
    *product(["sru"], MASKS, [(), ("go_backwards",)], [("return_sequences",), (ZERO,), ()]),
]
WITH_WEIGHT_DROPOUT = [
    name for name in plugins.names("pipelines.cells") if "weight_dropout" in field_names(own_keys(name))
]
# Takes each case's layer, weights, inputs and factors of the loss. Gives its results, the gradients of sequences,
# states and weights, and those of the weights in training.
ON_JAX = """
import json, sys
import jax, keras, numpy as np
from embeddings.foundation import plugins

assert keras.backend.backend() == "jax"
for name in plugins.names("pipelines.cells"):
    plugins.load("pipelines.cells", name, "layer")
given, made = np.load(sys.argv[1]), {}
for number, config in enumerate(json.loads(str(given["layers"]))):
    def arrays(kind):
        return [jax.numpy.asarray(given[name]) for name in given.files if name.startswith(f"{number}_{kind}_")]

    layer = keras.saving.deserialize_keras_object(config)
    (sequences,), (mask,) = arrays("sequences"), arrays("mask") or [None]
    layer.build(sequences.shape)
    layer.set_weights(arrays("weight"))
    constant = [variable.value for variable in layer.non_trainable_variables]

    def loss(sequences, states, weights, training):
        results, _ = layer.stateless_call(
            weights, constant, sequences, initial_state=states, mask=mask, training=training
        )
        return sum((one * factors).sum() for one, factors in zip(results, arrays("factors"), strict=True)), results

    arguments = sequences, arrays("state"), [variable.value for variable in layer.trainable_variables]
    gradients, results = jax.grad(loss, (0, 1, 2), has_aux=True)(*arguments, False)
    in_training, _ = jax.grad(loss, 2, has_aux=True)(*arguments, True)
    written = {"result": results, "gradient": jax.tree.leaves(gradients), "training": in_training}
    made |= {f"{number}_{kind}_{n}": one for kind, some in written.items() for n, one in enumerate(some)}
np.savez(sys.argv[2], **made)
"""


def case_id(case):
    name, mask, backwards, settings = case
    return "-".join([name, mask, *backwards, *settings])


@pytest.fixture(scope="module")
def on_both(tmp_path_factory, draw, randomised, masks, outcome):
    """Of each case the results and the gradients on TensorFlow; those on JAX, and its gradients in training."""
    if importlib.util.find_spec("jax") is None:
        pytest.skip("JAX is not installed")
    folder, sequences = tmp_path_factory.mktemp("jax"), draw(5, 7, FEATURES, seed=1)
    layers, given, expected = [], {}, []
    for number, (name, mask, backwards, settings) in enumerate(CASES):
        drops = {"weight_dropout": RATE} if name in WITH_WEIGHT_DROPOUT else {}
        settings = dict.fromkeys((*backwards, *settings), True) | drops
        kind = type(plugins.load("pipelines.cells", name, "layer").layer(UNITS, "a", 1))
        layer = randomised(kind(UNITS, return_state=True, seed=1, **settings), FEATURES)
        states = [draw(5, width, seed=20 + n) for n, width in enumerate(layer.state_size)]
        results, gradients = outcome(layer, sequences, states, masks[mask])
        layers.append(keras.saving.serialize_keras_object(layer))
        expected.append((results, gradients))
        arrays = {
            "weight": layer.get_weights(),
            "sequences": [sequences],
            "state": states,
            "mask": [] if masks[mask] is None else [masks[mask]],
            "factors": [draw(*one.shape, seed=100 + n) for n, one in enumerate(results)],
        }
        given |= {f"{number}_{kind}_{n}": one for kind, some in arrays.items() for n, one in enumerate(some)}
    np.savez(folder / "given.npz", layers=np.array(json.dumps(layers)), **given)
    done = subprocess.run(
        [sys.executable, "-c", ON_JAX, "given.npz", "made.npz"],
        cwd=folder,
        env={**os.environ, "KERAS_BACKEND": "jax", "JAX_PLATFORMS": "cpu", "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    with np.load(folder / "made.npz") as file:
        made = dict(file)

    def on_jax(number, kind):
        return [array for name, array in made.items() if name.startswith(f"{number}_{kind}_")]

    kinds = ("result", "gradient", "training")
    return {case: (*expected[number], *(on_jax(number, kind) for kind in kinds)) for number, case in enumerate(CASES)}


@pytest.mark.parametrize("case", CASES, ids=case_id)
def test_results_and_gradients_are_those_of_tensorflow(on_both, case, assert_near):
    results, gradients, results_on_jax, gradients_on_jax, _ = on_both[case]
    assert_near(results_on_jax, results)
    assert_near(gradients_on_jax, gradients, share=1e-4)


@pytest.mark.parametrize("case", [case for case in CASES if case[0] in WITH_WEIGHT_DROPOUT], ids=case_id)
def test_training_leaves_recurrent_weights_out(on_both, case):
    _, recurrent, *_ = on_both[case][-1]
    assert 0.2 < np.mean(recurrent == 0) < 0.8
