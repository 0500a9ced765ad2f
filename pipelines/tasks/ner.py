"""Named entity recognition: a tag for each token, as IOB2."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

import numpy as np

from pipelines.batches.batching import Encoded, in_batches_by_length
from pipelines.data import tag_schemes
from pipelines.data.examples import Example
from pipelines.models.engine import Engine
from pipelines.tasks.config import SMALL_TRAINING, TaskConfig, TextLabelTraining
from pipelines.tasks.sequence_labelling import SequenceLabelling, TaggerKeys

OUTSIDE = "O"
PENALTIES = tuple(number / 4 for number in range(17))  # of which `calibrate` takes one
CHARACTERS = {"encoder": "cnn", "dimensions": 5, "units": 6}


@dataclass(frozen=True, kw_only=True)
class EntityTaggerKeys(TaggerKeys):
    """The keys of a tagger of entities."""

    tag_scheme: Literal["iob2", "iobes"] = "iob2"  # what is learned; predictions are IOB2


class NER(SequenceLabelling):
    """Tags entities: of the sequences that the scheme allows, the most probable one.

    So every predicted sequence is one of whole entities. A model may learn another scheme than IOB2; what it predicts
    is turned back. Training maximises likelihood, which prefers `O` where it is in doubt; so the score of `O` is
    lowered by what `calibrate` has chosen. Probabilities are the model's own.
    """

    Model = EntityTaggerKeys
    METRICS = ("entities",)
    SMALL = tuple(
        {"metrics": "entities", "monitor": "span_f1", "model": model, "training": SMALL_TRAINING}
        for model in (
            {"word_vectors": "fine_tuned"},
            {"word_vectors": "fine_tuned", "output": "crf", "tag_scheme": "iobes", "characters": CHARACTERS,
             "word_shapes": True},
            {"word_vectors": "fine_tuned", "tag_scheme": "iobes", "word_dropout": 0.1},
        )
    )  # fmt: skip
    UNCALIBRATED: ClassVar[Mapping[str, float]] = {"outside_penalty": 0.0}
    config: TaskConfig[EntityTaggerKeys, TextLabelTraining, None]

    @classmethod
    def labels_of(cls, config: TaskConfig, counts: Mapping[str, Mapping[str, int]]) -> Sequence[str]:
        return tag_schemes.tags_of(super().labels_of(config, counts), config.model.tag_scheme)

    @property
    def scheme(self) -> str:
        """Of the tags that the model learns."""
        return self.config.model.tag_scheme

    def transitions(self) -> list[list[bool]]:
        """Which tags may follow which in the scheme."""
        tag_schemes.check_forms(self.labels, self.scheme)
        return tag_schemes.transitions(self.labels, self.scheme)

    def encode_tags(self, tags: Sequence[str]) -> Sequence[str]:
        return tag_schemes.from_iob2(tags, self.scheme)

    def decode_tags(self, tags: Sequence[str]) -> Sequence[str]:
        return tag_schemes.to_iob2(tags, self.scheme)

    def choose(self, outputs: np.ndarray, lengths: np.ndarray) -> list[list[int]]:
        return super().choose(self.penalised(outputs, self.calibration["outside_penalty"]), lengths)

    def penalised(self, outputs: np.ndarray, penalty: float) -> np.ndarray:
        """A model's outputs with a penalty on each `O`."""
        return outputs - penalty * (np.arange(outputs.shape[-1]) == self.label_ids.get(OUTSIDE, -1))

    def calibrate(self, engine: Engine, dev: Sequence[Example]) -> None:
        """Sets the penalty of `O` to the smallest of those with the best span F1 on dev.

        Reference: Lipton, Elkan & Naryanaswamy, "Optimal Thresholding of Classifiers to Maximize F1 Measure", ECML
        PKDD 2014: the threshold of the best F1 is half of that F1, and so below one half.
        """

        def chosen(batch: list[Encoded]) -> list[list[list[int]]]:
            """Of each sentence, with each penalty, the tags."""
            lengths = np.array([len(sentence.source) for sentence in batch])
            outputs = engine.outputs(self.inputs(batch))
            by_penalty = [super(NER, self).choose(self.penalised(outputs, each), lengths) for each in PENALTIES]
            return [list(of_sentence) for of_sentence in zip(*by_penalty, strict=True)]

        tags = in_batches_by_length([self.source(example) for example in dev], 64, chosen)
        found, right, gold = np.zeros(len(PENALTIES)), np.zeros(len(PENALTIES)), 0
        for example, by_penalty in zip(dev, tags, strict=True):
            actual = set(tag_schemes.entities(example.tags or ()))
            gold += len(actual)
            for place, numbers in enumerate(by_penalty):
                decoded = self.decode_tags([self.labels[number] for number in numbers])
                predicted = set(tag_schemes.entities(decoded))
                found[place] += len(predicted)
                right[place] += len(predicted & actual)
        f1 = 2 * right / np.maximum(found + gold, 1)
        self.calibration["outside_penalty"] = PENALTIES[int(f1.argmax())]

    def entities(self, row: Mapping[str, Any]) -> list[tuple[str, int, int]]:
        """The entities of a prediction: type, first token, and the token behind the last."""
        return tag_schemes.entities(row["tags"])


TASK = NER
