"""Keras: the model that was trained, and the only engine that has gradients."""

from collections import Counter
from collections.abc import Callable
from functools import cached_property
from typing import Any

import numpy as np

from pipelines.models.engine import Memory, States


class KerasEngine:
    """Runs a Keras model, each of its functions traced once.

    Args:
        model: of a task.
    """

    batches_at_once = 1  # TensorFlow has threads of its own

    def __init__(self, model: Any) -> None:
        self.model = model

    @property
    def choices(self) -> int | None:
        """How many labels or tags the model chooses among, where it does."""
        shape = getattr(self.model, "output_shape", None)
        return shape[-1] if isinstance(shape, tuple) and isinstance(shape[-1], int) else None

    @property
    def width(self) -> int | None:
        return None  # hidden states are no output of the model

    @property
    def tables(self) -> set[int]:
        rows: Counter[str] = Counter()
        for weight in self.model.weights:
            if len(weight.shape) == 2:
                rows[weight.path.rpartition("/")[0]] += weight.shape[0]  # a table may be trained in part
        return set(rows.values())

    def outputs(self, inputs: Any) -> np.ndarray:
        return _of_rows(self.model.predict_on_batch, inputs)

    def hidden_states(self, inputs: Any) -> np.ndarray:
        return _of_rows(self._sentence_encoder, inputs)

    def start(self, sources: np.ndarray) -> tuple[Memory, States]:
        return _of_rows(self._parts[0].predict_on_batch, sources)

    def step(self, words: np.ndarray, states: States, memory: Memory) -> tuple[np.ndarray, States, np.ndarray | None]:
        logits, after, weights = _of_rows(self._parts[1].predict_on_batch, (words, states, memory))
        return logits, after, weights if memory else None

    def first_states(self, rows: int) -> States:
        return [np.zeros((rows, state.shape[1]), "float32") for state in self.model.carried]

    def read(self, token_ids: np.ndarray, states: States) -> tuple[np.ndarray, States]:
        return _of_rows(self._reader, (token_ids, states))

    def keras_model(self, purpose: str) -> Any:
        return self.model

    @cached_property
    def _sentence_encoder(self) -> Callable[[Any], np.ndarray]:
        from pipelines.models.sentence_vectors import sentence_encoder

        return sentence_encoder(self.model)

    @cached_property
    def _parts(self) -> tuple[Any, Any]:
        from pipelines.models.seq2seq import Start, Step
        from pipelines.models.tracing import trace_once

        parts = Start(self.model), Step(self.model)
        for part in parts:
            trace_once(part)
        return parts

    @cached_property
    def _reader(self) -> Callable[[Any], Any]:
        from pipelines.models.language_model import Reader
        from pipelines.models.tracing import trace_once

        reader = Reader(self.model)
        trace_once(reader)
        return reader.predict_on_batch


def _of_rows(call: Callable[[Any], Any], inputs: Any) -> Any:
    """What a function gives for a batch; for one of none, which recurrent layers refuse, nothing of a made-up one.

    Its two rows of ones are unknown words, each of which is the second of two distinct ones, and nothing is padding.
    """
    from keras import tree

    if len(tree.flatten(inputs)[0]):
        return call(inputs)
    rows = tree.map_structure(lambda none: np.ones((2, *(size or 1 for size in none.shape[1:])), none.dtype), inputs)
    return tree.map_structure(lambda found: found[:0], call(rows))
