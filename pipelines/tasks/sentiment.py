"""Sentiment, and any other label of a text: many-to-one."""

import math
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any, cast

import numpy as np
from scipy.optimize import minimize_scalar
from scipy.special import log_softmax, softmax

from embeddings.foundation.files import read_json, write_json
from pipelines.batches.batching import Encoded, in_batches_by_length, pad
from pipelines.data.examples import Example
from pipelines.tasks.config import DecodingConfig
from pipelines.tasks.task import Task, kept
from pipelines.text.vocabulary import PADDING_ID


class Sentiment(Task):
    """Labels a text from the states of a recurrent encoder.

    Where texts are read in windows, each window of a long text is a training example of the text's label, and together
    they weigh as much as one text; in prediction their logits are averaged.
    """

    field = "label"
    label_counts = "labels"
    temperature = 1.0  # divides the logits; `calibrate` chooses it
    needs = ("pooling",)
    reads = ("maximum_tokens", "truncation", "word_dropout")

    def build_model(self, dimensions: Mapping[str, int], seed: int) -> Any:
        from pipelines.models.classifier import build_classifier

        return build_classifier(
            self.vocabularies["tokens"], dimensions["tokens"], len(self.labels), self.config.model, self.cell, seed
        )

    def encode(self, example: Example) -> Encoded:
        return *self.features(example), [self.label_ids[str(example.label)]]

    def collate(self, batch: Sequence[Encoded]) -> tuple[Any, Any, Any]:
        windows, counts = self.windows(batch)
        labels = np.array([label for _, (label,) in batch], dtype="int32")
        return windows, labels.repeat(counts), (1 / counts).astype("float32").repeat(counts)

    def windows(self, batch: Sequence[Encoded]) -> tuple[np.ndarray, np.ndarray]:
        """What the model reads at once, int32 (windows, time), and how many windows each text has, int (batch,).

        A text is one window; where texts are read in windows, a long text has as many as it needs, which differ in
        length by one token at most.
        """
        most = self.config.model.maximum_tokens
        if most is None or self.config.model.truncation != "windows":
            return self.inputs(batch), np.ones(len(batch), dtype=int)
        counts = [math.ceil(len(ids) / most) for ids, *_ in batch]
        rows = []
        for (ids, *_), count in zip(batch, counts, strict=True):
            ends = [len(ids) * number // count for number in range(count + 1)]
            rows += [ids[start:end] for start, end in pairwise(ends)]
        return pad(rows), np.array(counts)

    def predictor(self, model: Any, decoding: DecodingConfig | None) -> Callable[[list[Encoded]], Sequence[dict]]:
        def predict(batch: list[Encoded]) -> list[dict]:
            rows = []
            for distribution in softmax(self.logits(model, batch) / self.temperature, axis=-1):
                probabilities = {label: round(float(p), 6) for label, p in zip(self.labels, distribution, strict=True)}
                rows.append({"label": self.labels[int(distribution.argmax())], "probabilities": probabilities})
            return rows

        return predict

    def logits(self, model: Any, batch: list[Encoded]) -> np.ndarray:
        """The model's logits, the mean of a text's windows, float64 (batch, labels)."""
        windows, counts = self.windows(batch)
        of_windows = model.predict_on_batch(windows).astype("float64")
        return np.add.reduceat(of_windows, counts.cumsum() - counts) / counts[:, None]

    def calibrate(self, model: Any, dev: Sequence[Example]) -> None:
        """Sets the temperature that divides logits to the one of the lowest log loss on dev.

        Labels stay as they are. Labels of dev that train has not shown are passed over. Of
        probabilities on dev, log loss and calibration error are those that the temperature was fitted to.

        Reference: Guo et al., "On Calibration of Modern Neural Networks", ICML 2017, section 4.2.
        """
        known = [example for example in dev if example.label in self.label_ids]
        if not known:
            return
        encoded = [self.features(example) for example in known]
        logits = np.array(in_batches_by_length(encoded, 64, lambda batch: list(self.logits(model, batch))))
        labels = [self.label_ids[str(example.label)] for example in known]
        if (logits.argmax(axis=-1) == labels).all():  # there is no mistake that would bound the confidence
            return

        def loss(log_temperature: float) -> float:
            return -float(log_softmax(logits / np.exp(log_temperature), axis=-1)[np.arange(len(labels)), labels].mean())

        self.temperature = float(np.exp(minimize_scalar(loss, bounds=(-3, 3), method="bounded").x))

    def explain(self, model: Any, examples: Sequence[Example], rows: Sequence[Mapping[str, Any]]) -> list[dict]:
        """How far each token moved the logit of the label that was predicted; None for tokens that were cut off."""
        from pipelines.models.saliency import word_influence

        def influence(batch: list[Encoded]) -> list[np.ndarray]:
            windows, counts = self.windows(batch)
            labels = np.array([label for _, (label,) in batch]).repeat(counts)
            of_windows = word_influence(model, windows, labels) / counts.repeat(counts)[:, None]
            of_texts = np.split(np.arange(len(windows)), counts.cumsum()[:-1])
            return [of_windows[rows][windows[rows] != PADDING_ID] for rows in of_texts]

        labels = [[self.label_ids[row["label"]]] for row in rows]
        encoded = list(zip(map(self.source, examples), labels, strict=True))
        explained = []
        for example, weights in zip(examples, in_batches_by_length(encoded, 16, influence), strict=True):
            places = kept(list(range(len(example.tokens))), self.config.model)
            told: list[float | None] = [None] * len(example.tokens)
            for place, weight in zip(places, weights.tolist(), strict=False):
                told[place] = round(weight, 6)
            explained.append({"method": "gradient_times_input", "weights": told})
        return explained

    def save(self, folder: Path) -> None:
        super().save(folder)
        write_json(folder / "temperature.json", self.temperature)

    @classmethod
    def load(cls, folder: Path, *arguments: Any) -> "Sentiment":
        task = cast(Sentiment, super().load(folder, *arguments))
        task.temperature = read_json(folder / "temperature.json")
        return task


TASK = Sentiment
