"""Linear-chain conditional random field: a score for each sequence of tags, and the loss that trains it."""

from collections.abc import Sequence
from typing import Any

import keras
from keras import ops

from pipelines.layers.loops.dispatch import on_cpu

FORBIDDEN = -1e4  # the score of a pair of tags that may not stand together: finite, so that gradients are


@keras.saving.register_keras_serializable("elman")
class CRF(keras.layers.Layer):
    """Scores each tag at each step together with the tag before it.

    A sequence y of tags has the score

        sum_t potentials[t, y_(t-1), y_t],   potentials[t, i, j] = emissions[t, j] + transitions[i, j];

    at the first step, transitions from the beginning stand in (the same for each i), and at the last real step those
    to the end are added. The probability of y is exp(score) over the sum of exp(score) of all sequences. So the
    potentials are all that the loss (`CRFLoss`) and `pipelines.models.tag_sequences` need, and a saved model holds
    no other object than registered ones.

    Args:
        allowed: what may follow what, (tags + 1, tags + 1) truth values: a row is the tag before, the last row the
            beginning; a column is the tag, the last column the end.

    Call arguments:
        emissions: float (batch, time, tags).
        mask: bool (batch, time), true at real steps, of which each row has one or more, before any others.

    Returns:
        Potentials, float32 (batch, time, tags, tags). Those at padding mean nothing.

    Reference: Lafferty, McCallum & Pereira, "Conditional Random Fields", ICML 2001, section 3; over recurrent
    networks: Lample et al., "Neural Architectures for Named Entity Recognition", NAACL 2016, section 2.2.
    """

    def __init__(self, allowed: Sequence[Sequence[bool]], **kwargs) -> None:
        super().__init__(**{**kwargs, "dtype": "float32"})
        self.allowed = [[bool(value) for value in row] for row in allowed]
        if any(len(row) != len(self.allowed) for row in self.allowed):
            raise ValueError(f"Argument `allowed` must be square. Received rows of {[*map(len, self.allowed)]}")
        self.supports_masking = True
        self.supports_jit = keras.backend.backend() != "tensorflow"  # its scan has no gradient under XLA

    def build(self, input_shape) -> None:
        if input_shape[-1] != len(self.allowed) - 1:
            raise ValueError(
                f"Argument `emissions` must hold {len(self.allowed) - 1} tags, as `allowed` does. "
                f"Received: emissions.shape={input_shape}"
            )
        self.transitions = self.add_weight(shape=(len(self.allowed),) * 2, initializer="zeros", name="transitions")

    def call(self, emissions, mask=None):
        transitions = ops.convert_to_tensor(self.transitions)
        scores = ops.where(ops.convert_to_tensor(self.allowed), transitions, FORBIDDEN)
        first = ops.expand_dims(ops.arange(ops.shape(emissions)[1]) == 0, (0, 2, 3))
        before = ops.where(first, scores[-1, :-1], scores[:-1, :-1])  # (1, time, tags, tags)
        mask = ops.ones_like(emissions[:, :, 0], "bool") if mask is None else ops.cast(mask, "bool")
        after = ops.pad(mask[:, 1:], ((0, 0), (0, 1)))
        last = ops.expand_dims(ops.logical_and(mask, ops.logical_not(after)), (2, 3))
        return ops.expand_dims(emissions, 2) + before + ops.where(last, scores[:-1, -1], 0.0)

    def compute_output_shape(self, input_shape):
        return (*input_shape, input_shape[-1])

    def get_config(self) -> dict:
        return {**super().get_config(), "allowed": self.allowed}


@keras.saving.register_keras_serializable("elman")
class CRFLoss(keras.losses.Loss):
    """The negative log-likelihood of tag sequences, step by step.

    Step t has the loss log Z_t - log Z_(t-1) - potentials[t, y_(t-1), y_t], where Z_t is the sum over all sequences
    of t tags. Over the real steps of a sentence these add up to its negative log-likelihood, and they may be
    weighted and averaged as any other loss of tokens is.

    Call arguments:
        y_true: tags, int (batch, time).
        y_pred: potentials, float (batch, time, tags, tags).

    Returns:
        Before reduction, float32 (batch, time).
    """

    def __init__(self, **kwargs) -> None:
        super().__init__(**{**kwargs, "dtype": "float32"})

    def call(self, y_true: Any, y_pred: Any) -> Any:
        tags = y_pred.shape[-1]
        y_true = ops.cast(y_true, "int32")
        before = ops.pad(y_true[:, :-1], ((0, 0), (1, 0)))
        pairs = ops.reshape(y_pred, (*ops.shape(y_pred)[:2], tags * tags))
        gold = ops.take_along_axis(pairs, ops.expand_dims(before * tags + y_true, -1), axis=-1)[..., 0]
        return log_partition_increments(y_pred) - gold


def log_partition_increments(potentials: Any) -> Any:
    """log Z_t - log Z_(t-1) at each step, float32 (batch, time), by the forward recursion in log space.

    On TensorFlow and a CPU it is compiled (`pipelines/layers/loops/chain.py`), elsewhere a scan.
    """
    potentials = ops.cast(potentials, "float32")
    # Before the first step one tag alone, whichever, for the first potentials are the same behind each.
    first = ops.cast(ops.where(ops.arange(potentials.shape[-1]) == 0, 0.0, FORBIDDEN), "float32")
    if on_cpu():
        from pipelines.layers.loops import operation

        return operation.log_partition_increments(potentials, first)
    return scanned_increments(potentials, first)


def scanned_increments(potentials: Any, first: Any) -> Any:
    """`log_partition_increments` by a scan; `first` stands before the first step, float32 (tags,)."""

    def step(log_forward: Any, at_step: Any) -> tuple[Any, Any]:
        scores = ops.logsumexp(ops.expand_dims(log_forward, -1) + at_step, axis=-2)
        return scores - ops.logsumexp(scores, axis=-1, keepdims=True), scores

    start = ops.broadcast_to(first, (ops.shape(potentials)[0], potentials.shape[-1]))
    _, scores = ops.scan(step, start, ops.transpose(potentials, (1, 0, 2, 3)))
    return ops.transpose(ops.logsumexp(scores, axis=-1))
