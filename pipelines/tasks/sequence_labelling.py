"""Sequence labelling: aligned many-to-many, a tag for each token."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from embeddings.foundation.errors import InputError
from pipelines.batches.batching import Encoded, pad
from pipelines.batches.characters import distinct_words
from pipelines.data.examples import Example
from pipelines.models.config import CharacterConfig, EncoderConfig
from pipelines.models.engine import Engine
from pipelines.models.probabilities import Averages, log_softmax, softmax
from pipelines.models.tag_sequences import marginals, viterbi, with_transitions
from pipelines.tasks.config import TaskConfig, TextLabelTraining, WordDropoutKeys
from pipelines.tasks.label_weights import choice_loss
from pipelines.tasks.task import Task
from pipelines.text.vocabulary import UNKNOWN, Vocabulary
from pipelines.text.word_forms import character_vocabulary
from pipelines.text.word_shapes import shape

CHARACTERS = "characters"  # name of their vocabulary


@dataclass(frozen=True, kw_only=True)
class TaggerKeys(WordDropoutKeys):
    """The keys of a tagger."""

    output: Literal["softmax", "crf"] = "softmax"  # tags scored one by one, or in sequences
    characters: CharacterConfig | None = None  # features of words from their characters
    word_shapes: bool = False  # whether a word is upper case, has digits, and so on


class SequenceLabelling(Task):
    """Gives the tokens of a sentence the most probable sequence of tags.

    What a model learns may be other tags than those of the data: `encode_tags` and `decode_tags` translate.
    """

    Model = TaggerKeys
    Training = TextLabelTraining
    METRICS = ("tagging", "entities")
    predicts = "tags"
    composes = True
    config: TaskConfig[Any, TextLabelTraining, None]

    @classmethod
    def vocabularies_of(
        cls, config: TaskConfig, counts: Mapping[str, Mapping[str, int]], vectors: Mapping[str, Any]
    ) -> dict[str, Vocabulary]:
        characters = {CHARACTERS: character_vocabulary(counts["tokens"])} if config.model.characters else {}
        return {**super().vocabularies_of(config, counts, vectors), **characters}

    @classmethod
    def labels_of(cls, config: TaskConfig, counts: Mapping[str, Mapping[str, int]]) -> Sequence[str]:
        return sorted(counts["tags"])

    def build_model(self, dimensions: Mapping[str, int], seed: int) -> Any:
        from pipelines.models.tagger import build_tagger

        keys = self.config.model
        return build_tagger(
            self.vocabularies,
            dimensions["tokens"],
            self.transitions(),
            self.cell,
            seed,
            word_dropout=keys.word_dropout,
            output=keys.output,
            characters=keys.characters,
            word_shapes=keys.word_shapes,
            composed=self.subwords is not None,
        )

    def graphs(self, model: Any) -> dict[str, Any]:
        from pipelines.graphs.tagger import tagger_graph

        keys = self.config.model
        crf, characters = keys.output == "crf", bool(keys.characters)
        return {"model": tagger_graph(model, self.cell, crf=crf, characters=characters, word_shapes=keys.word_shapes)}

    @property
    def averages(self) -> Averages:
        return "potentials" if self.config.model.output == "crf" else super().averages

    def transitions(self) -> list[list[bool]]:
        """Which tags may follow which: any."""
        return [[True] * (len(self.labels) + 1)] * (len(self.labels) + 1)

    @classmethod
    def check(cls, config: TaskConfig, cell: EncoderConfig) -> None:
        super().check(config, cell)
        for key in ("class_weights", "focal_gamma"):
            if config.model.output == "crf" and getattr(config.training, key):
                raise InputError(f"training.{key}: a CRF scores whole sequences; use output: softmax, or remove it")

    def loss(self, train: Sequence[Encoded] = ()) -> Any:
        if self.config.model.output == "crf":
            from pipelines.models.tagger import sequence_loss

            return sequence_loss()
        return choice_loss(self.config.training, self.labels, train) or super().loss(train)

    @property
    def reads_ids_alone(self) -> bool:
        return super().reads_ids_alone and not (self.config.model.characters or self.config.model.word_shapes)

    def source(self, example: Example) -> Encoded:
        return super().source(example)._replace(tokens=example.tokens or (UNKNOWN,))

    def target(self, example: Example) -> list[int]:
        return [self.label_ids[tag] for tag in self.encode_tags(example.tags or ())]

    def encode_tags(self, tags: Sequence[str]) -> Sequence[str]:
        """A sentence's tags as the model learns them."""
        return tags

    def decode_tags(self, tags: Sequence[str]) -> Sequence[str]:
        """A sentence's tags as they are predicted, from those that the model learned."""
        return tags

    def inputs(self, batch: Sequence[Encoded]) -> Any:
        words = super().inputs(batch)
        sentences = [sentence.tokens for sentence in batch]
        inputs = [*words] if isinstance(words, tuple) else [words]
        if self.config.model.characters:
            inputs += distinct_words(sentences, self.vocabularies[CHARACTERS])
        if self.config.model.word_shapes:
            inputs.append(pad([[shape(token) for token in tokens] for tokens in sentences]))
        return tuple(inputs) if len(inputs) > 1 else inputs[0]

    def collate(self, batch: Sequence[Encoded]) -> tuple[Any, Any, Any]:
        tags = np.zeros((len(batch), max(len(sentence.source) for sentence in batch)), dtype="int32")
        weights = np.zeros(tags.shape, dtype="float32")
        for row, sentence in enumerate(batch):
            tags[row, : len(sentence.target)] = sentence.target
            weights[row, : len(sentence.target)] = 1
        return self.inputs(batch), tags, weights

    def scores(self, engine: Engine, examples: Sequence[Example]) -> list[np.ndarray]:
        batch = [self.source(example) for example in examples]
        outputs = engine.outputs(self.inputs(batch))
        return [of_sentence[: len(sentence.source)] for of_sentence, sentence in zip(outputs, batch, strict=True)]

    def predictor(self, engine: Engine, decoding: None) -> Callable[[list[Encoded]], Sequence[dict]]:
        def predict(batch: list[Encoded]) -> list[dict]:
            lengths = np.array([len(sentence.source) for sentence in batch])
            outputs = engine.outputs(self.inputs(batch))
            probabilities = self.probabilities(outputs, lengths)
            rows = []
            for row, tags in enumerate(self.choose(outputs, lengths)):
                confidences = [round(float(probabilities[row, step, tag]), 6) for step, tag in enumerate(tags)]
                decoded = self.decode_tags([self.labels[tag] for tag in tags])
                rows.append({"tags": list(decoded), "probabilities": confidences})
            return rows

        return predict

    def empty_row(self, decoding: None = None) -> dict[str, Any]:
        return {"tags": [], "probabilities": []}

    def choose(self, outputs: np.ndarray, lengths: np.ndarray) -> list[list[int]]:
        """The tags of each sentence.

        Tags that are scored one by one make a sequence by their product, where it is allowed.

        Args:
            outputs: of the model: logits, (batch, time, tags), or potentials, (batch, time, tags, tags).
            lengths: tokens of each sentence, (batch,).
        """
        if self.config.model.output == "crf":
            return viterbi(self.potentials(outputs, lengths), lengths)
        log_probabilities = log_softmax(outputs.astype("float64"))
        allowed = np.array(self.transitions())
        if allowed.all():
            best = log_probabilities.argmax(axis=-1)
            return [tags[:length].tolist() for tags, length in zip(best, lengths, strict=True)]
        return viterbi(with_transitions(log_probabilities[:, :, None, :], allowed, lengths), lengths)

    def probabilities(self, outputs: np.ndarray, lengths: np.ndarray) -> np.ndarray:
        """The probability of each tag at each step, float64 (batch, time, tags); arguments are those of `choose`."""
        if self.config.model.output == "crf":
            return marginals(self.potentials(outputs, lengths), lengths)
        return softmax(outputs.astype("float64"))

    def potentials(self, outputs: np.ndarray, lengths: np.ndarray) -> np.ndarray:
        """A CRF's potentials in which what is forbidden is impossible: the model's own scores are finite, and wild
        logits may outvote them."""
        return with_transitions(outputs, np.array(self.transitions()), lengths)
