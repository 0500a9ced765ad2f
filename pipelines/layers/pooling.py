"""Pooling over time that leaves padding out."""

import keras
from keras import ops


@keras.saving.register_keras_serializable("elman")
class MaskedPooling(keras.layers.Layer):
    """The largest or the mean value of each feature over a text's real tokens.

    Args:
        method: `max` or `mean`.

    Call arguments:
        inputs: float (batch, time, features).
        mask: bool (batch, time), true at real tokens.

    Returns:
        float (batch, features).
    """

    def __init__(self, method: str, **kwargs) -> None:
        super().__init__(**kwargs)
        if method not in ("max", "mean"):
            raise ValueError(f"Argument `method` must be 'max' or 'mean'. Received: method={method!r}")
        self.method = method
        self.supports_masking = True

    def call(self, inputs, mask=None):
        if mask is None:
            return ops.max(inputs, axis=1) if self.method == "max" else ops.mean(inputs, axis=1)
        mask = ops.expand_dims(mask, -1)
        if self.method == "max":
            return ops.max(ops.where(mask, inputs, float("-inf")), axis=1)
        weights = ops.cast(mask, inputs.dtype)
        return ops.sum(inputs * weights, axis=1) / ops.sum(weights, axis=1)

    def compute_mask(self, inputs, mask=None):
        return None

    def compute_output_shape(self, input_shape):
        return (input_shape[0], input_shape[2])

    def get_config(self) -> dict:
        return {**super().get_config(), "method": self.method}
