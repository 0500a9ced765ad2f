"""Named entity recognition: a tag for each token, as IOB2."""

import numpy as np

from pipelines.tasks.pos_tagging import POSTagging


class NER(POSTagging):
    """Tags entities; of the tags that IOB2 allows after the one before, it takes the most probable.

    `I-X` stands only after `B-X` or `I-X`, so that every predicted sequence is one of entities.
    """

    def choose(self, probabilities: np.ndarray) -> list[int]:
        chosen: list[int] = []
        before = "O"
        for row in probabilities:
            allowed = [not tag.startswith("I-") or before in (tag, f"B-{tag[2:]}") for tag in self.labels]
            chosen.append(int(np.where(allowed, row, -1.0).argmax()))
            before = self.labels[chosen[-1]]
        return chosen


TASK = NER
