"""A training step that workers compute, in the place of Keras's `train_on_batch`."""

from collections.abc import Sequence
from functools import partial
from typing import Any, Protocol

import keras
import numpy as np

from pipelines.layers import CharFeatures
from pipelines.models.config import CELLS
from pipelines.models.language_model_objective import MultitaskModel
from pipelines.workers.gradients import added
from pipelines.workers.rows import Part, parts
from pipelines.workers.shard import Description, Gradients, draws_of, variables_of, whole_inputs


class Workers(Protocol):
    """Processes that each have a `Shard`."""

    count: int

    def begin(self, description: Description) -> None:
        """Gives each of them a model."""
        ...

    def gradients(self, trained: tuple[int, ...], values: list[np.ndarray], parts: Sequence[Part]) -> list[Gradients]:
        """What `Shard.gradients` gives for each part of a batch."""
        ...


class Step:
    """Adds up the gradients of the parts of a batch, and lets the optimizer learn from the sum.

    This process has all that training changes, and tells workers the weights with each step; so whatever happens to
    one, another computes the same.

    Args:
        model: a compiled model.
        loss: its loss.
        changing: its weights that training changes.
        workers: who compute.
        cell: whose layer is in the model.
    """

    def __init__(self, model: Any, loss: Any, changing: Sequence[Any], workers: Workers, cell: str) -> None:
        self.model, self.workers, self.whole = model, workers, whole_inputs(model)
        self.carried = list(getattr(model, "carried", ()))
        self.draws = draws_of(model)
        self.places = {id(variable): place for place, variable in enumerate(variables_of(model))}
        told = {id(variable) for variable in self.carried}
        self.sent = [*(variable for variable in changing if id(variable) not in told), *self.draws]
        tables = (weight for layer in model.layers if isinstance(layer, CharFeatures) for weight in layer.weights)
        self.of_words = {id(weight) for weight in tables}
        self._updates: dict[tuple[int, ...], Any] = {}
        workers.begin(
            Description(
                (f"{CELLS}.{cell}.layer", type(model).__module__, type(loss).__module__),
                keras.saving.serialize_keras_object(model),
                keras.saving.serialize_keras_object(loss),
                [keras.ops.convert_to_numpy(variable) for variable in variables_of(model)],
                tuple(self.places[id(variable)] for variable in self.sent),
            )
        )

    def __call__(self, inputs: Any, targets: np.ndarray, weights: np.ndarray) -> float:
        """Learns from a batch; gives its loss before."""
        trained = self.model.trainable_weights
        places = tuple(self.places[id(variable)] for variable in trained)
        values = [keras.ops.convert_to_numpy(variable) for variable in self.sent]
        of_parts = parts(self._inputs(inputs), targets, weights, self.workers.count, self.whole)
        found = self.workers.gradients(places, values, of_parts)
        gradients = [
            added(each, variable.shape[0] if variable.shape else 0, id(variable) in self.of_words)
            for variable, each in zip(trained, zip(*(one.gradients for one in found), strict=True), strict=True)
        ]
        self._learn(places, trained, gradients)
        for variable, value in zip(self.draws, found[0].draws, strict=True):
            variable.assign(value)
        for number, variable in enumerate(self.carried):
            after = np.empty(variable.shape, "float32")
            for part, one in zip(of_parts, found, strict=True):
                after[part.rows] = one.states[number]
            variable.assign(after)
        if isinstance(self.model, MultitaskModel):
            self.model.language_model_loss.reset_state()
            self.model.keep(sum(sum(one.added) for one in found), keras.tree.flatten(inputs)[0])
        return sum(one.loss for one in found)

    def _inputs(self, inputs: Any) -> tuple:
        """Arrays; of a language model, the states before in the place of whether they are carried."""
        if not self.carried:
            return inputs if isinstance(inputs, tuple) else (inputs,)
        token_ids, continues = inputs
        before = [np.where(continues > 0, keras.ops.convert_to_numpy(state), 0) for state in self.carried]
        return token_ids, *(state.astype("float32") for state in before)

    def _learn(self, places: tuple[int, ...], trained: list[Any], gradients: list[Any]) -> None:
        """Applies gradients, after clipping."""
        import tensorflow

        learning = [(variable, each) for variable, each in zip(trained, gradients, strict=True) if each is not None]
        tensors = [keras.tree.map_structure(tensorflow.convert_to_tensor, each) for _, each in learning]
        if places not in self._updates:
            variables = [variable for variable, _ in learning]

            def update(gradients: list[Any]) -> None:
                rows = [
                    tensorflow.IndexedSlices(each[1], each[0], variable.shape) if isinstance(each, tuple) else each
                    for variable, each in zip(variables, gradients, strict=True)
                ]
                self.model.optimizer.apply(rows, variables)

            specs = [keras.tree.map_structure(partial(_spec, rows=isinstance(each, tuple)), each) for each in tensors]
            function = tensorflow.function(update, input_signature=[specs], autograph=False)
            self._updates[places] = function.get_concrete_function()
        self._updates[places](tensors)


def _spec(array: Any, rows: bool) -> Any:
    """The signature of an array, of which some are as many rows as there happen to be."""
    import tensorflow

    return tensorflow.TensorSpec([None, *array.shape[1:]] if rows else array.shape, array.dtype)
