"""What a worker computes: the gradients of the loss of some rows of a batch, at weights that it is told."""

from importlib import import_module
from typing import Any, NamedTuple

import keras
import numpy as np
from keras import ops

from pipelines.layers import CharFeatures
from pipelines.models.tracing import signature
from pipelines.workers.draws import of_whole_batch
from pipelines.workers.rows import Part

WHOLE = ("character_ids", "composed_vectors")  # inputs of the words of a batch, not of its rows


class Description(NamedTuple):
    """A model and its loss, for another process."""

    modules: tuple[str, ...]  # to import; they register classes
    model: dict[str, Any]
    loss: dict[str, Any]
    values: list[np.ndarray]  # of all variables
    sent: tuple[int, ...]  # places of the variables whose values come with every step


class Gradients(NamedTuple):
    """What a worker makes of some rows."""

    loss: float  # their share in the batch's
    added: list[float]  # of that, what each layer adds that has a loss of its own
    gradients: list  # of each trained variable: an array; indices and values of rows of a table; None
    draws: list[np.ndarray]  # states of random draws after the step
    states: list[np.ndarray]  # of a language model after the step, float32 (rows, units)


def variables_of(model: Any) -> list[Any]:
    """All that a model has, weights first."""
    return [*model.weights, *draws_of(model)]


def draws_of(model: Any) -> list[Any]:
    """The states of its random draws."""
    others = {id(variable) for variable in (*model.weights, *model.metrics_variables)}
    return [variable for variable in model.variables if id(variable) not in others]


def whole_inputs(model: Any) -> list[int]:
    """The places of the inputs that are not of rows."""
    inputs = getattr(model, "inputs", None) or ()  # which a model of a class of its own does not declare
    return [place for place, each in enumerate(inputs) if each.name in WHOLE]


class Shard:
    """A model in a worker. It keeps nothing from step to step: any other worker would compute the same.

    Args:
        description: from `Step`.
    """

    def __init__(self, description: Description) -> None:
        for module in description.modules:
            import_module(module)
        self.model = keras.saving.deserialize_keras_object(description.model)
        self.loss = keras.saving.deserialize_keras_object(description.loss)
        self.variables = variables_of(self.model)
        for variable, value in zip(self.variables, description.values, strict=True):
            variable.assign(value)
        self.sent = [self.variables[place] for place in description.sent]
        self._functions: dict[tuple[int, ...], Any] = {}

    def gradients(self, trained: tuple[int, ...], values: list[np.ndarray], part: Part) -> Gradients:
        """The gradients of some rows.

        Args:
            trained: places of the variables that learn.
            values: of the variables that come with every step.
            part: the rows.
        """
        import tensorflow

        data = keras.tree.map_structure(tensorflow.convert_to_tensor, (tuple(values), tuple(part)))
        if trained not in self._functions:
            self._functions[trained] = self._traced(trained, data)
        loss, *others = keras.tree.map_structure(_array, self._functions[trained](data), none_is_leaf=False)
        return Gradients(float(loss), *others)

    def _traced(self, trained: tuple[int, ...], data: Any) -> Any:
        import tensorflow

        learning = [self.variables[place].value for place in trained]
        drawn_for_words = [
            layer.dropout.seed_generator
            for layer in self.model.layers
            if isinstance(layer, CharFeatures) and layer.dropout.rate
        ]

        def step(data: Any) -> Any:
            values, part = data
            part = Part(*part)
            for variable, value in zip(self.sent, values, strict=True):
                variable.assign(value)
            with of_whole_batch(part.rows, part.batch_rows, drawn_for_words), tensorflow.GradientTape() as tape:
                tape.watch(learning)
                outputs, states = self._outputs(part.inputs)
                loss = self.loss(part.targets, outputs, sample_weight=part.weights) * part.share
                added = [each * part.token_share for each in self.model.losses]
                for each in added:
                    loss += each
            gradients = tape.gradient(loss, learning)
            pairs = [
                (each.indices, each.values) if isinstance(each, tensorflow.IndexedSlices) else each
                for each in gradients
            ]
            return loss, added, pairs, [ops.convert_to_tensor(each) for each in draws_of(self.model)], states

        values, part = data
        exact = [tensorflow.TensorSpec(value.shape, value.dtype) for value in values]
        function = tensorflow.function(step, input_signature=[(tuple(exact), signature(part))], autograph=False)
        return function.get_concrete_function()

    def _outputs(self, inputs: tuple[Any, ...]) -> Any:
        """The model's outputs, and the states of a language model, of which some come with the rows."""
        first, *others = inputs
        if not hasattr(self.model, "carried"):
            return self.model((first, *others) if others else first, training=True), []
        widths = [state.shape[1] for state in self.model.carried]
        before = [ops.reshape(state, (-1, width)) for state, width in zip(others, widths, strict=True)]
        return self.model.read(first, before, training=True)


def _array(tensor: Any) -> Any:
    return tensor.numpy() if tensor.shape else float(tensor)
