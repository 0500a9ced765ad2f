"""Text classification: many-to-one, the label of a text."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Literal

import numpy as np

from pipelines.batches.batching import Encoded, in_batches_by_length
from pipelines.data.examples import Example
from pipelines.models.engine import Engine
from pipelines.tasks.classification import Classification
from pipelines.tasks.config import SMALL_TRAINING, TaskConfig, TextLabelTraining, WordDropoutKeys
from pipelines.text.vocabulary import PADDING_ID, UNKNOWN_ID

GRADIENT, LEAVE_ONE_OUT = "gradient_times_input", "leave_one_out"  # methods of attribution


@dataclass(frozen=True, kw_only=True)
class TextClassifierKeys(WordDropoutKeys):
    """The keys of a classifier of texts."""

    pooling: Literal["last", "max", "mean", "attention"]  # what of the states is classified
    maximum_tokens: int | None = None  # longer texts are cut, in training and prediction
    truncation: Literal["head", "tail", "head_tail", "windows"] | None = None  # what is read: head, if none is given

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.maximum_tokens is not None and self.maximum_tokens < 1:
            raise ValueError(f"expected maximum_tokens of at least 1, got {self.maximum_tokens}")
        if self.truncation and self.maximum_tokens is None:
            raise ValueError("truncation needs maximum_tokens; give that as well")


class TextClassification(Classification):
    """Labels a text from the states of a recurrent encoder.

    Where texts are read in windows, each window of a long text is a training example of the text's label, and together
    they weigh as much as one text; in prediction their logits are averaged.
    """

    Model = TextClassifierKeys
    Training = TextLabelTraining
    SMALL = tuple(
        {"metrics": "classification", "monitor": "accuracy", "model": model, "training": SMALL_TRAINING}
        for model in (
            {"word_vectors": "fine_tuned", "pooling": "last"},
            {"word_vectors": "fine_tuned", "pooling": "max", "word_dropout": 0.1},
            {"word_vectors": "fine_tuned", "pooling": "attention", "maximum_tokens": 5, "truncation": "head_tail"},
            {"word_vectors": "fine_tuned", "pooling": "mean", "maximum_tokens": 4, "truncation": "windows"},
        )
    )
    composes = True
    can_explain = True
    config: TaskConfig[TextClassifierKeys, TextLabelTraining, None]

    def build_model(self, dimensions: Mapping[str, int], seed: int) -> Any:
        from pipelines.models.classifier import build_classifier

        keys, vocabulary = self.config.model, self.vocabularies["tokens"]
        return build_classifier(
            vocabulary,
            dimensions["tokens"],
            len(self.labels),
            self.cell,
            seed,
            pooling=keys.pooling,
            word_dropout=keys.word_dropout,
            composed=self.subwords is not None,
        )

    def graphs(self, model: Any) -> dict[str, Any]:
        from pipelines.graphs.classifier import classifier_graph

        return {"model": classifier_graph(model, self.cell, self.config.model.pooling)}

    def source(self, example: Example) -> Encoded:
        return Encoded(self.truncate(super().source(example).source))

    def truncate(self, ids: list[int]) -> list[int]:
        """The ids of a text that are read: its first ones, its last ones, or half of each; of `windows` all."""
        most, truncation = self.config.model.maximum_tokens, self.config.model.truncation
        if most is None or len(ids) <= most or truncation == "windows":
            return ids
        head = {"head": most, "tail": 0, "head_tail": most // 2}[truncation or "head"]
        return ids[:head] + ids[len(ids) - (most - head) :]

    def collate(self, batch: Sequence[Encoded]) -> tuple[Any, Any, Any]:
        _, labels, weights = super().collate(batch)
        windows, counts = self.windows(batch)
        return windows, labels.repeat(counts, axis=0), (weights / counts).astype("float32").repeat(counts)

    def windows(self, batch: Sequence[Encoded]) -> tuple[Any, np.ndarray]:
        """What the model reads at once, as `padded` gives it, and how many windows each text has, int (batch,).

        A text is one window; where texts are read in windows, a long text has as many as it needs, which differ in
        length by one token at most.
        """
        most = self.config.model.maximum_tokens
        if most is None or self.config.model.truncation != "windows":
            return self.inputs(batch), np.ones(len(batch), dtype=int)
        counts = [math.ceil(len(text.source) / most) for text in batch]
        rows = []
        for text, count in zip(batch, counts, strict=True):
            ends = [len(text.source) * number // count for number in range(count + 1)]
            rows += [text.source[start:end] for start, end in pairwise(ends)]
        return self.padded(rows), np.array(counts)

    def logits(self, engine: Engine, batch: list[Encoded]) -> np.ndarray:
        """The model's logits, the mean of a text's windows, float64 (batch, labels)."""
        windows, counts = self.windows(batch)
        of_windows = engine.outputs(windows).astype("float64")
        return np.add.reduceat(of_windows, counts.cumsum() - counts) / counts[:, None]

    def explain(
        self, engine: Engine, examples: Sequence[Example], rows: Sequence[Mapping[str, Any]], gradients: bool = True
    ) -> list[dict]:
        """How far each token moved the label that was predicted; None for tokens that were cut off."""
        labels = [self.label_ids.get(row["label"], 0) for row in rows]  # an empty text has no label
        method, weights = self.attributions(engine, examples, labels, gradients)
        return [{"method": method, "weights": of_text} for of_text in weights]

    def attributions(
        self, engine: Engine, examples: Sequence[Example], labels: Sequence[int], gradients: bool
    ) -> tuple[str, list[list[float | None]]]:
        """The method, and how far each token of each text moved a label; None for tokens that were cut off."""
        encoded = [
            self.source(example)._replace(target=[label]) for example, label in zip(examples, labels, strict=True)
        ]
        found = self.gradients(engine, encoded) if gradients else self.left_out(engine, encoded)
        explained = []
        for example, influences in zip(examples, found, strict=True):
            weights: list[float | None] = [None] * len(example.tokens)
            places = self.truncate(list(range(len(example.tokens))))
            for place, weight in zip(places, influences.tolist(), strict=False):
                weights[place] = round(weight, 6)
            explained.append(weights)
        return GRADIENT if gradients else LEAVE_ONE_OUT, explained

    def gradients(self, engine: Engine, encoded: Sequence[Encoded]) -> list[np.ndarray]:
        """To first order, what each token that is read adds to the logit of its text's label."""
        model = engine.keras_model("--explain")

        from pipelines.models.saliency import word_influence

        def influence(batch: list[Encoded]) -> list[np.ndarray]:
            windows, counts = self.windows(batch)
            labels = np.array([label for text in batch for label in text.target]).repeat(counts)
            of_windows = word_influence(model, windows, labels) / counts.repeat(counts)[:, None]
            ids = windows[0] if isinstance(windows, tuple) else windows
            of_texts = np.split(np.arange(len(ids)), counts.cumsum()[:-1])
            return [of_windows[rows][ids[rows] != PADDING_ID] for rows in of_texts]

        return in_batches_by_length(encoded, 16, influence)

    def left_out(self, engine: Engine, encoded: Sequence[Encoded]) -> list[np.ndarray]:
        """How far the log odds of a text's label fall when each token that is read is left out.

        The others are read without a gap; of a text of one token `<unk>` is read in its place.

        References:
            Li, Monroe & Jurafsky 2016, "Understanding Neural Networks through Representation Erasure" (words left out).
            Robnik-Šikonja & Kononenko 2008, "Explaining Classifications for Individual Instances", TKDE (log odds).
        """

        def odds(batch: list[Encoded]) -> list[np.ndarray]:
            return list(self.log_odds(engine, batch))

        found = []
        for text in encoded:
            ids, (label,) = text.source, text.target
            without = [
                text._replace(source=ids[:place] + ids[place + 1 :] or [UNKNOWN_ID]) for place in range(len(ids))
            ]
            whole, *others = in_batches_by_length([text, *without], 64, odds, engine.batches_at_once)
            found.append(np.array([whole[label] - other[label] for other in others]))
        return found

    def log_odds(self, engine: Engine, batch: list[Encoded]) -> np.ndarray:
        """The log odds of each label against all others, as predicted probabilities have them, (batch, labels)."""
        logits = self.logits(engine, batch) / self.calibration["temperature"]
        others = np.where(np.eye(len(self.labels), dtype=bool), -np.inf, logits[:, None, :])
        return logits - np.logaddexp.reduce(others, axis=-1)


TASK = TextClassification
