"""Every cell is what its reference says, by the compiled loop and by Keras's own; gradients as well."""

import importlib.util
from itertools import product

import numpy as np
import pytest

from embeddings.foundation import plugins
from pipelines.layers.loops import dispatch

PACKAGE = "pipelines.cells"
BATCH, TIME = 3, 4
WIDTHS = [(5, 5), (3, 5), (2, 9)]  # features, units
MASKS = {"whole": None, "padded": np.arange(TIME) < np.array([[4], [2], [1]])}


def has(cell, part):
    return importlib.util.find_spec(f"{PACKAGE}.{cell}.{part}") is not None


CELLS = [cell for cell in plugins.names(PACKAGE) if has(cell, "reference")]
CASES = [(cell, own, *widths) for cell in CELLS for own, widths in product(plugins.load(PACKAGE, cell).SMALL, WIDTHS)]


def case_id(case):
    cell, own, features, units = case
    return "-".join([cell, *(f"{key}={value}" for key, value in own.items()), f"{features}x{units}"])


def of_sequence(step, inputs, states, weights, mask):
    """The outputs and last states of a reference; a masked step keeps the states and repeats the output."""
    outputs, output = [], np.zeros(1)
    for t in range(inputs.shape[1]):
        after, states_after = step(inputs[:, t], states, weights)
        real = np.ones((len(inputs), 1), bool) if mask is None else mask[:, t, None]
        output = np.where(real, after, output)
        states = [np.where(real, new, old) for new, old in zip(states_after, states, strict=True)]
        outputs.append(output)
    return [np.stack(outputs, 1), *states]


def slopes(function, arguments):
    """The derivative of a function of arrays by each of their numbers, from both sides."""
    for argument in arguments:
        found = np.empty_like(argument)
        for place in np.ndindex(argument.shape):
            value, ends = argument[place], []
            for change in (1e-5, -1e-5):
                argument[place] = value + change
                ends.append(function())
            argument[place] = value
            found[place] = (ends[0] - ends[1]) / 2e-5
        yield found


@pytest.fixture(scope="module", params=MASKS)
def mask(request):
    return MASKS[request.param]


@pytest.fixture(scope="module", params=CASES, ids=case_id)
def case(request, randomised, draw):
    """A layer with random weights, sequences and initial states, and what its reference gives of them."""
    cell, own, features, units = request.param
    layer = randomised(plugins.load(PACKAGE, cell, "layer").layer(units, "a", 1, **own), features)
    states = [draw(BATCH, width, seed=30 + n) for n, width in enumerate(layer.state_size)]
    reference = plugins.load(PACKAGE, cell, "reference")
    return layer, draw(BATCH, TIME, features, seed=2), states, lambda *given: reference.step(*given, **own)


@pytest.fixture(scope="module")
def expected(case, mask, draw):
    """The reference's outputs and states, and the gradients of the loss that `outcome` takes."""
    layer, sequences, states, step = case
    arguments = [np.array(part, "float64") for part in (sequences, *states, *layer.get_weights())]

    def results():
        inputs, parts = arguments[0], arguments[1:]
        return of_sequence(step, inputs, parts[: len(states)], parts[len(states) :], mask)

    weights = [draw(*result.shape, seed=100 + n) for n, result in enumerate(results())]

    def loss():
        return sum((result * weight).sum() for result, weight in zip(results(), weights, strict=True))

    return results(), list(slopes(loss, arguments))


@pytest.mark.parametrize("training", [False, True], ids=["inference", "training"])
@pytest.mark.parametrize("compiled", [True, False], ids=["compiled", "keras"])
def test_a_layer_gives_the_numbers_and_the_gradients_of_its_reference(
    case, mask, expected, compiled, training, outcome, assert_near, monkeypatch
):
    if not compiled:
        monkeypatch.setattr(dispatch, "on_cpu", lambda: False)
    layer, sequences, states, _ = case
    got = outcome(layer, sequences, states, mask, training)
    assert_near(got[0], expected[0])
    assert_near(got[1], expected[1], share=1e-3)


def test_every_cell_with_a_compiled_loop_has_a_reference():
    assert {cell for cell in plugins.names(PACKAGE) if has(cell, "kernel")} <= set(CELLS)
    assert len(CELLS) >= 4
