"""Part-of-speech tagging: synchronised many-to-many."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from scipy.special import log_softmax, softmax

from pipelines.batches.batching import Encoded, pad
from pipelines.batches.characters import distinct_words
from pipelines.data.examples import Example
from pipelines.models.tag_sequences import marginals, viterbi, with_transitions
from pipelines.tasks.config import DecodingConfig
from pipelines.tasks.task import CHARACTERS, Task
from pipelines.text.vocabulary import UNKNOWN
from pipelines.text.word_forms import shape


class POSTagging(Task):
    """Gives the tokens of a sentence the most probable sequence of tags."""

    field = "tags"
    label_counts = "tags"
    reads = ("word_dropout", "output", "characters", "word_shapes")

    def build_model(self, dimensions: Mapping[str, int], seed: int) -> Any:
        from pipelines.models.tagger import build_tagger

        return build_tagger(
            self.vocabularies, dimensions["tokens"], self.transitions(), self.config.model, self.cell, seed
        )

    def transitions(self) -> list[list[bool]]:
        """Which tags may follow which: any."""
        return [[True] * (len(self.labels) + 1)] * (len(self.labels) + 1)

    def loss(self) -> Any:
        from pipelines.models.tagger import sequence_loss

        return sequence_loss() if self.config.model.output == "crf" else super().loss()

    def features(self, example: Example) -> Encoded:
        """The ids of a sentence's tokens, and the tokens."""
        return self.source(example), example.tokens or (UNKNOWN,)

    def encode(self, example: Example) -> Encoded:
        return *self.features(example), [self.label_ids[tag] for tag in self.learned(example.tags or ())]

    def learned(self, tags: Sequence[str]) -> Sequence[str]:
        """A sentence's tags as the model learns them."""
        return tags

    def written(self, tags: Sequence[str]) -> Sequence[str]:
        """A sentence's tags as they are predicted, from those that the model learned."""
        return tags

    def inputs(self, batch: Sequence[Encoded]) -> Any:
        token_ids = super().inputs(batch)
        sentences = [tokens for _, tokens, *_ in batch]
        inputs = [token_ids]
        if self.config.model.characters:
            inputs += distinct_words(sentences, self.vocabularies[CHARACTERS])
        if self.config.model.word_shapes:
            inputs.append(pad([[shape(token) for token in tokens] for tokens in sentences]))
        return tuple(inputs) if len(inputs) > 1 else token_ids

    def collate(self, batch: Sequence[Encoded]) -> tuple[Any, Any, Any]:
        lengths = [len(source) for source, *_ in batch]
        tags = np.zeros((len(batch), max(lengths)), dtype="int32")
        weights = np.zeros(tags.shape, dtype="float32")
        for row, (*_, numbers) in enumerate(batch):
            tags[row, : len(numbers)] = numbers
            weights[row, : len(numbers)] = 1
        return self.inputs(batch), tags, weights

    def predictor(self, model: Any, decoding: DecodingConfig | None) -> Callable[[list[Encoded]], Sequence[dict]]:
        def predict(batch: list[Encoded]) -> list[dict]:
            lengths = np.array([len(source) for source, *_ in batch])
            outputs = model.predict_on_batch(self.inputs(batch))
            probabilities = self.probabilities(outputs, lengths)
            rows = []
            for row, tags in enumerate(self.choose(outputs, lengths)):
                confidences = [round(float(probabilities[row, step, tag]), 6) for step, tag in enumerate(tags)]
                written = self.written([self.labels[tag] for tag in tags])
                rows.append({"tags": list(written), "probabilities": confidences})
            return rows

        return predict

    def choose(self, outputs: np.ndarray, lengths: np.ndarray) -> list[list[int]]:
        """The tags of each sentence.

        Tags that are scored one by one make a sequence by their product, where it is allowed.

        Args:
            outputs: of the model: logits, (batch, time, tags), or potentials, (batch, time, tags, tags).
            lengths: tokens of each sentence, (batch,).
        """
        if self.config.model.output == "crf":
            return viterbi(self.potentials(outputs, lengths), lengths)
        log_probabilities = log_softmax(outputs.astype("float64"), axis=-1)
        allowed = np.array(self.transitions())
        if allowed.all():
            best = log_probabilities.argmax(axis=-1)
            return [tags[:length].tolist() for tags, length in zip(best, lengths, strict=True)]
        return viterbi(with_transitions(log_probabilities[:, :, None, :], allowed, lengths), lengths)

    def probabilities(self, outputs: np.ndarray, lengths: np.ndarray) -> np.ndarray:
        """The probability of each tag at each step, float64 (batch, time, tags); arguments are those of `choose`."""
        if self.config.model.output == "crf":
            return marginals(self.potentials(outputs, lengths), lengths)
        return softmax(outputs.astype("float64"), axis=-1)

    def potentials(self, outputs: np.ndarray, lengths: np.ndarray) -> np.ndarray:
        """A CRF's potentials in which what is forbidden is impossible: the model's own scores are finite, and wild
        logits may outvote them."""
        return with_transitions(outputs, np.array(self.transitions()), lengths)


TASK = POSTagging
