"""What runs a trained model: arrays in, arrays out. `pipelines.runs.engines` has one for Keras, one for ONNX Runtime.

Tasks, decoding and probing ask an engine for arrays and do the rest themselves, so that nothing else differs.
"""

from typing import Any, Protocol

import numpy as np

States = list[np.ndarray]  # of a decoder or a language model, float32 (batch, units) each
Memory = dict[str, np.ndarray]  # what a decoder attends to; the first dimension of each array is the batch


class Engine(Protocol):
    """A model that somebody else's code runs. Each kind of model has some of these methods; rows are never empty."""

    batches_at_once: int  # how many batches gain from running at the same time

    @property
    def choices(self) -> int | None:
        """How many labels or tags the model chooses among, where it does."""
        ...

    @property
    def width(self) -> int | None:
        """Of the hidden states, where the model declares it."""
        ...

    @property
    def tables(self) -> set[int]:
        """The rows of the model's tables, that of each of its vocabularies among them."""
        ...

    def outputs(self, inputs: Any) -> np.ndarray:
        """The logits of a classifier, a tagger's logits or potentials; inputs as `Task.inputs` gives them."""
        ...

    def hidden_states(self, inputs: Any) -> np.ndarray:
        """The last hidden states of the encoder's last layer, float32 (batch, width)."""
        ...

    def start(self, sources: np.ndarray) -> tuple[Memory, States]:
        """What a decoder attends to, and its first states."""
        ...

    def step(self, words: np.ndarray, states: States, memory: Memory) -> tuple[np.ndarray, States, np.ndarray | None]:
        """Decodes one word.

        Args:
            words: the words before, int32 (batch,).
            states: from `start` or from the step before.
            memory: from `start`.

        Returns:
            Logits, float32 (batch, words), the states after, and how much each source word is attended to, float32
            (batch, source_time), or None where the model has no attention.
        """
        ...

    def first_states(self, rows: int) -> States:
        """The states of a language model before a text, for so many texts."""
        ...

    def read(self, token_ids: np.ndarray, states: States) -> tuple[np.ndarray, States]:
        """Logits of the tokens after, float32 (batch, time, words), and the states after the last real one.

        Args:
            token_ids: int32 (batch, time).
            states: from `first_states`, or those after the chunk before.
        """
        ...

    def keras_model(self, purpose: str) -> Any:
        """The Keras model, where `purpose` needs gradients.

        Raises:
            InputError: the engine has none.
        """
        ...
