"""Named entity recognition: a tag for each token, as IOB2."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, cast

import numpy as np

from embeddings.foundation.files import read_json, write_json
from pipelines.batches.batching import Encoded, in_batches_by_length
from pipelines.data import tag_schemes
from pipelines.data.examples import Example
from pipelines.tasks.config import TaskConfig
from pipelines.tasks.pos_tagging import POSTagging

OUTSIDE = "O"
PENALTIES = tuple(number / 4 for number in range(17))  # of which `calibrate` takes one


class NER(POSTagging):
    """Tags entities: of the sequences that the scheme allows, the most probable one.

    So every predicted sequence is one of whole entities. A model may learn another scheme than IOB2; what it predicts
    is turned back. Training maximises likelihood, which prefers `O` where it is in doubt; so the score of `O` is
    lowered by what `calibrate` has chosen. Probabilities are the model's own.
    """

    outside_penalty = 0.0
    reads = (*POSTagging.reads, "tag_scheme")

    @classmethod
    def labels_of(cls, config: TaskConfig, found: Sequence[str]) -> Sequence[str]:
        return tag_schemes.tags_of(found, config.model.tag_scheme or "iob2")

    @property
    def scheme(self) -> str:
        """Of the tags that the model learns."""
        return self.config.model.tag_scheme or "iob2"

    def transitions(self) -> list[list[bool]]:
        """Which tags may follow which in the scheme."""
        return tag_schemes.transitions(self.labels, self.scheme)

    def learned(self, tags: Sequence[str]) -> Sequence[str]:
        return tag_schemes.from_iob2(tag_schemes.repaired(tags), self.scheme)

    def written(self, tags: Sequence[str]) -> Sequence[str]:
        return tag_schemes.to_iob2(tags, self.scheme)

    def choose(self, outputs: np.ndarray, lengths: np.ndarray) -> list[list[int]]:
        return super().choose(self.penalised(outputs, self.outside_penalty), lengths)

    def penalised(self, outputs: np.ndarray, penalty: float) -> np.ndarray:
        """A model's outputs with a penalty on each `O`."""
        return outputs - penalty * (np.arange(outputs.shape[-1]) == self.label_ids.get(OUTSIDE, -1))

    def calibrate(self, model: Any, dev: Sequence[Example]) -> None:
        """Sets the penalty of `O` to the smallest of those with the best span F1 on dev.

        Reference: Lipton, Elkan & Naryanaswamy, "Optimal Thresholding of Classifiers to Maximize F1 Measure", ECML
        PKDD 2014: the threshold of the best F1 is half of that F1, and so below one half.
        """
        gold = [set(tag_schemes.entities(tag_schemes.repaired(example.tags or ()))) for example in dev]
        encoded = [(*self.features(example), [number]) for number, example in enumerate(dev)]

        def counted(batch: list[Encoded]) -> list[np.ndarray]:
            """Of each sentence, with each penalty: entities found, and those of them that are right."""
            lengths = np.array([len(source) for source, *_ in batch])
            outputs = model.predict_on_batch(self.inputs(batch))
            counts = np.zeros((len(batch), len(PENALTIES), 2))
            for place, penalty in enumerate(PENALTIES):
                chosen = super(NER, self).choose(self.penalised(outputs, penalty), lengths)
                for row, tags in enumerate(chosen):
                    found = set(tag_schemes.entities(self.written([self.labels[tag] for tag in tags])))
                    counts[row, place] = len(found), len(found & gold[batch[row][-1][0]])
            return list(counts)

        found, right = np.sum(in_batches_by_length(encoded, 64, counted), axis=0).T
        f1 = 2 * right / np.maximum(found + sum(map(len, gold)), 1)
        self.outside_penalty = PENALTIES[int(f1.argmax())]

    def save(self, folder: Path) -> None:
        super().save(folder)
        write_json(folder / "outside_penalty.json", self.outside_penalty)

    @classmethod
    def load(cls, folder: Path, *arguments: Any) -> "NER":
        task = cast(NER, super().load(folder, *arguments))
        task.outside_penalty = read_json(folder / "outside_penalty.json")
        return task

    def entities(self, row: Mapping[str, Any]) -> list[tuple[str, int, int]]:
        return tag_schemes.entities(row["tags"])


TASK = NER
