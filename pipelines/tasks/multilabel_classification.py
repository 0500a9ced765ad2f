"""Multilabel classification: many-to-one, any number of labels of a text."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar

import numpy as np

from pipelines.batches.batching import Encoded, in_batches_by_length
from pipelines.data.examples import Example
from pipelines.data.thresholds import best_thresholds
from pipelines.models.engine import Engine
from pipelines.models.probabilities import Averages, sigmoid
from pipelines.tasks.config import SMALL_TRAINING
from pipelines.tasks.label_weights import balanced_decisions, label_weights
from pipelines.tasks.text_classification import TextClassification


class MultilabelClassification(TextClassification):
    """Decides for each label by itself whether a text has it, from the states of a recurrent encoder.

    A label is predicted where its probability, the logistic function of its logit, reaches its threshold: 0.5 while
    training, then the one with the best F1 on dev.
    """

    METRICS = ("multilabel",)
    SMALL = tuple(
        {**small, "metrics": "multilabel", "monitor": "micro_f1", "training": SMALL_TRAINING}
        for small in TextClassification.SMALL
    )
    predicts = "labels"
    UNCALIBRATED: ClassVar[Mapping[str, Any]] = {"temperature": 1.0, "thresholds": {}}

    @property
    def averages(self) -> Averages:
        return "decisions"

    def target(self, example: Example) -> list[int]:
        return [self.label_ids[label] for label in example.labels or ()]

    def collate(self, batch: Sequence[Encoded]) -> tuple[Any, Any, Any]:
        windows, counts = self.windows(batch)
        weights = (1 / counts).astype("float32").repeat(counts)
        return windows, self.has_labels([text.target for text in batch]).repeat(counts, axis=0), weights

    def has_labels(self, targets: Sequence[Sequence[int]]) -> np.ndarray:
        """Which of the labels texts have, float32 (texts, labels), from the numbers of each text's labels."""
        found = np.zeros((len(targets), len(self.labels)), "float32")
        for row, labels in enumerate(targets):
            found[row, list(labels)] = 1
        return found

    def loss(self, train: Sequence[Encoded] = ()) -> Any:
        """Binary cross-entropy, averaged over labels and over the texts of a batch."""
        training = self.config.training
        if training.class_weights is not None or training.focal_gamma:

            def balanced() -> np.ndarray:
                counts = sum((self.has_labels([text.target])[0] for text in train), np.zeros(len(self.labels)))
                return balanced_decisions(counts, len(train))

            from pipelines.models.label_losses import WeightedBinaryCrossEntropy

            weights = label_weights(training.class_weights, self.labels, balanced)
            return WeightedBinaryCrossEntropy(weights, training.focal_gamma, reduction="mean_with_sample_weight")
        import keras

        return keras.losses.BinaryCrossentropy(from_logits=True, reduction="mean_with_sample_weight")

    def predictor(self, engine: Engine, decoding: None) -> Callable[[list[Encoded]], Sequence[dict]]:
        thresholds = np.array([self.calibration["thresholds"].get(label, 0.5) for label in self.labels])

        def predict(batch: list[Encoded]) -> list[dict]:
            rows = []
            for shares in sigmoid(self.logits(engine, batch) / self.calibration["temperature"]):
                chosen = [label for label, is_there in zip(self.labels, shares >= thresholds, strict=True) if is_there]
                probabilities = {label: round(float(p), 6) for label, p in zip(self.labels, shares, strict=True)}
                rows.append({"labels": chosen, "probabilities": probabilities})
            return rows

        return predict

    def empty_row(self, decoding: Any = None) -> dict[str, Any]:
        return {"labels": [], "probabilities": {}}

    def calibrate(self, engine: Engine, dev: Sequence[Example]) -> None:
        """Sets the temperature with the lowest log loss on dev, and for each label the threshold with the best F1.

        Labels of dev that are not in train are ignored. Scores on dev are those that both were fitted to.
        """
        from scipy.optimize import minimize_scalar  # which prediction does without

        encoded = [self.source(example) for example in dev]
        logits = np.array(in_batches_by_length(encoded, 64, lambda batch: list(self.logits(engine, batch))))
        known = [
            [self.label_ids[label] for label in example.labels or () if label in self.label_ids] for example in dev
        ]
        actual = self.has_labels(known) == 1
        wrong = np.where(actual, -logits, logits)
        if (wrong > 0).any():  # without a mistake nothing would bound the confidence

            def loss(log_temperature: float) -> float:
                return float(np.logaddexp(0, wrong / np.exp(log_temperature)).mean())

            self.calibration["temperature"] = float(np.exp(minimize_scalar(loss, bounds=(-3, 3), method="bounded").x))
        thresholds = best_thresholds(sigmoid(logits / self.calibration["temperature"]), actual)
        self.calibration["thresholds"] = dict(zip(self.labels, thresholds.tolist(), strict=True))

    def explain(
        self, engine: Engine, examples: Sequence[Example], rows: Sequence[Mapping[str, Any]], gradients: bool = True
    ) -> list[dict]:
        """How far each token moved each label that was predicted: a list of weights for each of them."""
        pairs = [(example, label) for example, row in zip(examples, rows, strict=True) for label in row["labels"]]
        labels = [self.label_ids[label] for _, label in pairs]
        method, found = self.attributions(engine, [example for example, _ in pairs], labels, gradients)
        weights = iter(found)
        return [{"method": method, "weights": [next(weights) for _ in row["labels"]]} for row in rows]

    def log_odds(self, engine: Engine, batch: list[Encoded]) -> np.ndarray:
        return self.logits(engine, batch) / self.calibration["temperature"]


TASK = MultilabelClassification
