"""Cross-entropy against targets that leave some probability to every word."""

from typing import Any

import keras
from keras import ops


@keras.saving.register_keras_serializable("elman")
class SmoothedCrossEntropy(keras.losses.Loss):
    """Cross-entropy with a target of 1 - smoothing for the true word, plus smoothing / words for each word.

    Args:
        smoothing: share of the probability that is spread over all words.

    Call arguments:
        y_true: words, int (batch, time).
        y_pred: logits, float (batch, time, words).

    Returns:
        Before reduction, float32 (batch, time).

    Reference: Szegedy et al., "Rethinking the Inception Architecture for Computer Vision", CVPR 2016, section 7.
    """

    def __init__(self, smoothing: float, **kwargs) -> None:
        super().__init__(**{**kwargs, "dtype": "float32"})
        self.smoothing = smoothing

    def call(self, y_true: Any, y_pred: Any) -> Any:
        true = ops.take_along_axis(y_pred, ops.expand_dims(ops.cast(y_true, "int32"), -1), axis=-1)[..., 0]
        target = (1 - self.smoothing) * true + self.smoothing * ops.mean(y_pred, axis=-1)
        return ops.logsumexp(y_pred, axis=-1) - target

    def get_config(self) -> dict:
        return {**super().get_config(), "smoothing": self.smoothing}
