"""Cross-entropy in which rare labels weigh more, and decisions that are clear already less."""

from collections.abc import Sequence
from typing import Any

import keras
from keras import ops

_LEAST = 1e-7  # of 1 - p: a power below one has no slope at 0


class _LabelLoss(keras.losses.Loss):
    def __init__(self, weights: Sequence[float], focal_gamma: float, **kwargs) -> None:
        super().__init__(**{**kwargs, "dtype": "float32"})
        self.weights, self.focal_gamma = [*weights], focal_gamma

    def _focal(self, losses: Any) -> Any:
        """-log p as -(1 - p)^gamma log p."""
        if not self.focal_gamma:
            return losses
        return ops.maximum(-ops.expm1(-losses), _LEAST) ** self.focal_gamma * losses

    def get_config(self) -> dict:
        return {**super().get_config(), "weights": self.weights, "focal_gamma": self.focal_gamma}


@keras.saving.register_keras_serializable("elman")
class WeightedCrossEntropy(_LabelLoss):
    """-w (1 - p)^gamma log p of the true label's probability p, where one of several labels is true.

    Args:
        weights: w of each label.
        focal_gamma: gamma; 0 is cross-entropy.

    Call arguments:
        y_true: labels, int (batch, ...).
        y_pred: logits, float (batch, ..., labels).

    Returns:
        Before reduction, float32 (batch, ...). The reduction divides by the number of targets, not by their weights.

    Reference: Lin et al., "Focal Loss for Dense Object Detection", ICCV 2017, section 3.
    """

    def call(self, y_true: Any, y_pred: Any) -> Any:
        labels = ops.cast(y_true, "int32")
        true = ops.take_along_axis(y_pred, ops.expand_dims(labels, -1), axis=-1)[..., 0]
        weights = ops.take(ops.convert_to_tensor(self.weights, "float32"), labels)
        return weights * self._focal(ops.logsumexp(y_pred, axis=-1) - true)


@keras.saving.register_keras_serializable("elman")
class WeightedBinaryCrossEntropy(_LabelLoss):
    """The mean over labels of -w (1 - p)^gamma log p of each decision's probability p, where any of them are true.

    Args:
        weights: w of each label where it is true; where not, w is 1.
        focal_gamma: gamma; 0 is cross-entropy.

    Call arguments:
        y_true: 1 where a label is true, else 0, float (batch, labels).
        y_pred: logits, float (batch, labels).

    Returns:
        Before reduction, float32 (batch,).
    """

    def call(self, y_true: Any, y_pred: Any) -> Any:
        weights = ops.where(y_true > 0, ops.convert_to_tensor(self.weights, "float32"), 1.0)
        return ops.mean(weights * self._focal(ops.softplus(ops.where(y_true > 0, -y_pred, y_pred))), axis=-1)
