"""What some tasks can do besides predicting; a task that can has the method."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Protocol, runtime_checkable

import numpy as np

from pipelines.data.examples import Example
from pipelines.models.engine import Engine


@runtime_checkable
class Explains(Protocol):
    """Explains predictions."""

    @property
    def can_explain(self) -> bool:
        """Whether this model can, which depends on its configuration."""
        ...

    def explain(
        self, engine: Engine, examples: Sequence[Example], rows: Sequence[Mapping[str, Any]], gradients: bool = True
    ) -> list[dict]:
        """The `method` and the `weights` of the tokens of each text.

        Args:
            engine: of the task's model.
            examples: the texts.
            rows: what was predicted of them.
            gradients: whether token attributions are by gradients, for which Keras is needed; otherwise each token is
                left out in turn, by any engine.

        Raises:
            InputError: this model cannot tell.
        """
        ...


@runtime_checkable
class FindsEntities(Protocol):
    """Finds entities."""

    def entities(self, row: Mapping[str, Any]) -> list[tuple[str, int, int]]:
        """The entities of a prediction: type, first token, and the token behind the last."""
        ...


@runtime_checkable
class Generates(Protocol):
    """Writes text of its own."""

    def generate(
        self, engine: Engine, prompt: Sequence[str], choose: Callable[[np.ndarray], int], length: int
    ) -> Iterator[str]:
        """Continues the tokens of a prompt, a piece of text at a time.

        Args:
            engine: of the task's model.
            prompt: its tokens, possibly none.
            choose: the number of the next token among its logits, float32 (words,); minus infinity where a word is
                never written.
            length: the most tokens to write; a text that ends before is shorter.
        """
        ...

    def sample(self, engine: Engine, seed: int) -> str:
        """A short text that is always the same for a seed."""
        ...
