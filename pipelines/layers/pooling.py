"""Pooling over time that leaves padding out: the largest value, the mean, or a mean that attention weighs."""

import keras
from keras import ops

LOWEST = -6e4  # a score that softmax takes for none, in float16 as well


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


@keras.saving.register_keras_serializable("elman")
class AttentionPooling(keras.layers.Layer):
    """A mean over a text's real tokens, each weighted by how much it matters to a learned query.

    With outputs h_t the weights are softmax over t of u . tanh(W h_t + b).

    Args:
        units: width of W h_t.
        seed: of the initial weights.

    Call arguments:
        inputs: float (batch, time, features).
        mask: bool (batch, time), true at real tokens.

    Returns:
        float (batch, features).

    Reference: Yang et al., "Hierarchical Attention Networks for Document Classification", NAACL 2016, section 2.2.
    """

    def __init__(self, units: int, seed: int, **kwargs) -> None:
        super().__init__(**kwargs)
        self.units = units
        self.seed = seed
        self.supports_masking = True

    def build(self, input_shape) -> None:
        glorot = keras.initializers.GlorotUniform
        self.kernel = self.add_weight(shape=(input_shape[-1], self.units), initializer=glorot(self.seed), name="kernel")
        self.bias = self.add_weight(shape=(self.units,), initializer="zeros", name="bias")
        self.query = self.add_weight(shape=(self.units, 1), initializer=glorot(self.seed + 1), name="query")

    def weights_of(self, inputs, mask=None):
        """The weight of each token, float (batch, time); those of a text add up to one."""
        scores = ops.matmul(ops.tanh(ops.matmul(inputs, self.kernel) + self.bias), self.query)[..., 0]
        if mask is not None:
            scores = ops.where(mask, scores, ops.cast(LOWEST, scores.dtype))
        return ops.softmax(scores, axis=-1)

    def call(self, inputs, mask=None):
        return ops.sum(inputs * ops.expand_dims(self.weights_of(inputs, mask), -1), axis=1)

    def compute_mask(self, inputs, mask=None):
        return None

    def compute_output_shape(self, input_shape):
        return (input_shape[0], input_shape[2])

    def get_config(self) -> dict:
        return {**super().get_config(), "units": self.units, "seed": self.seed}
