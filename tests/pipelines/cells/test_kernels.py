"""Every compiled loop keeps to the contract of a kernel, by the names of its arguments."""

import importlib.util
import inspect

import numpy as np
import pytest

from embeddings.foundation import plugins
from pipelines.cells.gru import kernel as gru
from pipelines.cells.lstm import kernel as lstm
from pipelines.cells.min_gru import kernel as min_gru
from pipelines.cells.min_lstm import kernel as min_lstm
from pipelines.cells.qrnn import kernel as qrnn
from pipelines.cells.simple_rnn import kernel as simple_rnn
from pipelines.cells.sru import kernel as sru
from pipelines.layers.loops.kernel import Kernel

CHECKED_BY_PYRIGHT: list[Kernel] = [gru, lstm, min_gru, min_lstm, qrnn, simple_rnn, sru]
PACKAGE = "pipelines.cells"
CELLS = [name for name in plugins.names(PACKAGE) if importlib.util.find_spec(f"{PACKAGE}.{name}.kernel")]


@pytest.fixture(params=CELLS)
def kernel(request):
    return plugins.load(PACKAGE, request.param, "kernel")


@pytest.mark.parametrize("name", ["forward", "backward"])
def test_a_loop_has_the_arguments_of_the_contract(kernel, name):
    expected = list(inspect.signature(getattr(Kernel, name)).parameters)[1:]
    assert list(inspect.signature(getattr(kernel, name).py_func).parameters) == expected


def test_rows_that_are_not_given_stay_as_they_are(kernel, randomised):
    """Two rows of three steps each, of which the first alone is worked on."""
    name = kernel.__name__.split(".")[2]
    units, steps = 4, np.random.default_rng(1).normal(size=(6, 4)).astype("float32")
    layer = randomised(plugins.load(PACKAGE, name, "layer").layer(units, "a", 1), units)
    matrix, bias = (np.asarray(weight) for weight in layer.input_weights())
    states = tuple(np.full((2, units), 0.25, "float32") for _ in layer.state_size)
    outputs = np.full((2, 3, units), 7, "float32")
    projected = steps @ matrix
    before = projected.copy()
    kernel.forward(
        rows=np.array([0]),
        steps=steps,
        projected=projected,
        bias=bias,
        weights=tuple(np.asarray(weight) for weight in layer.loop_weights()),
        positions=np.arange(6).reshape(2, 3),
        backwards=False,
        zero_masked=False,
        states=states,
        outputs=outputs,
        saved=tuple(np.empty((6, width), "float32") for width in kernel.saved_widths(units)),
    )
    assert (outputs[1] == 7).all()
    assert all((state[1] == 0.25).all() for state in states)
    np.testing.assert_array_equal(projected[3:], before[3:])
    expected, *_ = layer(steps[None, :3], initial_state=[np.full((1, units), 0.25, "float32") for _ in states])
    np.testing.assert_allclose(outputs[:1], expected, atol=1e-5)
