"""Classification: many-to-one, one label of whatever is read."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar

import numpy as np

from pipelines.batches.batching import Encoded, in_batches_by_length
from pipelines.data.examples import Example
from pipelines.models.engine import Engine
from pipelines.models.probabilities import log_softmax, softmax
from pipelines.tasks.config import TaskConfig
from pipelines.tasks.label_weights import choice_loss
from pipelines.tasks.task import Task


class Classification(Task):
    """Labels an example from the states of a recurrent encoder, with calibrated probabilities."""

    METRICS = ("classification",)
    predicts = "label"
    UNCALIBRATED: ClassVar[Mapping[str, float]] = {"temperature": 1.0}  # which divides the logits

    @classmethod
    def labels_of(cls, config: TaskConfig, counts: Mapping[str, Mapping[str, int]]) -> Sequence[str]:
        return sorted(counts["labels"])

    def target(self, example: Example) -> list[int]:
        return [self.label_ids[str(example.label)]]

    def collate(self, batch: Sequence[Encoded]) -> tuple[Any, Any, Any]:
        labels = np.array([label for example in batch for label in example.target], dtype="int32")
        return self.inputs(batch), labels, np.ones(len(batch), "float32")

    def loss(self, train: Sequence[Encoded] = ()) -> Any:
        return choice_loss(self.config.training, self.labels, train) or super().loss(train)

    def scores(self, engine: Engine, examples: Sequence[Example]) -> list[np.ndarray]:
        return [logits[None] for logits in self.logits(engine, [self.source(example) for example in examples])]

    def logits(self, engine: Engine, batch: list[Encoded]) -> np.ndarray:
        """The model's logits, float64 (batch, labels)."""
        return engine.outputs(self.inputs(batch)).astype("float64")

    def predictor(self, engine: Engine, decoding: None) -> Callable[[list[Encoded]], Sequence[dict]]:
        def predict(batch: list[Encoded]) -> list[dict]:
            rows = []
            for distribution in softmax(self.logits(engine, batch) / self.calibration["temperature"]):
                probabilities = {label: round(float(p), 6) for label, p in zip(self.labels, distribution, strict=True)}
                rows.append({"label": self.labels[int(distribution.argmax())], "probabilities": probabilities})
            return rows

        return predict

    def empty_row(self, decoding: None = None) -> dict[str, Any]:
        return {"label": None, "probabilities": {}}

    def calibrate(self, engine: Engine, dev: Sequence[Example]) -> None:
        """Sets the temperature that divides logits to the one of the lowest log loss on dev.

        Predicted labels do not change. Labels of dev that are not in train are ignored. Of
        probabilities on dev, log loss and calibration error are those that the temperature was fitted to.

        Reference: Guo et al., "On Calibration of Modern Neural Networks", ICML 2017, section 4.2.
        """
        from scipy.optimize import minimize_scalar  # which prediction does without

        known = [example for example in dev if example.label in self.label_ids]
        if not known:
            return
        encoded = [self.source(example) for example in known]
        logits = np.array(in_batches_by_length(encoded, 64, lambda batch: list(self.logits(engine, batch))))
        labels = [self.label_ids[str(example.label)] for example in known]
        if (logits.argmax(axis=-1) == labels).all():  # there is no mistake that would bound the confidence
            return

        def loss(log_temperature: float) -> float:
            return -float(log_softmax(logits / np.exp(log_temperature))[np.arange(len(labels)), labels].mean())

        temperature = np.exp(minimize_scalar(loss, bounds=(-3, 3), method="bounded").x)
        self.calibration["temperature"] = float(temperature)
