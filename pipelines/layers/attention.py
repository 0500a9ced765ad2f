"""Attention: for each query a mean of annotations, each weighted by how well it matches."""

import keras
from keras import ops

from pipelines.layers.pooling import LOWEST


@keras.saving.register_keras_serializable("elman")
class CrossAttention(keras.layers.Layer):
    """Attends to the annotations of one sequence from the queries of another.

    A query q and an annotation a have the score q W a (`multiplicative`) or v . tanh(W q + U a) (`additive`); their
    softmax over the real annotations are the weights.

    Args:
        method: `multiplicative` or `additive`.
        units: width of W q + U a; not read where the method is multiplicative.
        seed: of the initial weights.

    Call arguments:
        queries: float (batch, time, width).
        memory: from `memory_of`.

    Returns:
        The contexts, float (batch, time, features), and the weights, float (batch, time, source_time); those of a
        query add up to one.

    Reference: additive: Bahdanau, Cho & Bengio, "Neural Machine Translation by Jointly Learning to Align and
    Translate", ICLR 2015, appendix A.1.2; multiplicative: Luong et al., "Effective Approaches to Attention-based
    Neural Machine Translation", EMNLP 2015, section 3.1 ("general").
    """

    def __init__(self, method: str, units: int, seed: int, **kwargs) -> None:
        super().__init__(**kwargs)
        if method not in ("multiplicative", "additive"):
            raise ValueError(f"Argument `method` must be 'multiplicative' or 'additive'. Received: method={method!r}")
        self.settings = {"method": method, "units": units, "seed": seed}
        self.supports_masking = True

    def build(self, queries_shape, memory_shape) -> None:
        features = memory_shape["annotations"][-1]
        units, seed = self.settings["units"], self.settings["seed"]
        glorot = keras.initializers.GlorotUniform
        if self.settings["method"] == "multiplicative":
            self.query_kernel = self.add_weight(shape=(queries_shape[-1], features), initializer=glorot(seed), name="W")
            return
        self.query_kernel = self.add_weight(shape=(queries_shape[-1], units), initializer=glorot(seed), name="W")
        self.key_kernel = self.add_weight(shape=(features, units), initializer=glorot(seed + 1), name="U")
        self.score_kernel = self.add_weight(shape=(units, 1), initializer=glorot(seed + 2), name="v")

    def memory_of(self, annotations, mask) -> dict:
        """What queries are compared with, computed once for all of them.

        Args:
            annotations: float (batch, source_time, features).
            mask: bool (batch, source_time), true at real annotations.
        """
        memory = {"annotations": annotations, "mask": mask}
        if self.settings["method"] == "additive":
            memory["keys"] = ops.matmul(annotations, self.key_kernel)
        return memory

    def call(self, queries, memory):
        projected = ops.matmul(queries, self.query_kernel)
        if self.settings["method"] == "multiplicative":
            scores = ops.matmul(projected, ops.transpose(memory["annotations"], (0, 2, 1)))
        else:
            pairs = ops.tanh(projected[:, :, None] + memory["keys"][:, None])  # (batch, time, source_time, units)
            scores = ops.matmul(pairs, self.score_kernel)[..., 0]
        scores = ops.where(memory["mask"][:, None], scores, ops.cast(LOWEST, scores.dtype))
        weights = ops.softmax(scores, axis=-1)
        return ops.matmul(weights, memory["annotations"]), weights

    def compute_mask(self, queries, memory=None, mask=None):
        return None

    def get_config(self) -> dict:
        return {**super().get_config(), **self.settings}
