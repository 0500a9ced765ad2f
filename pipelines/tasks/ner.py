"""Named entity recognition: a tag for each token, as IOB2."""

from collections.abc import Mapping, Sequence
from typing import Any

from pipelines.config import TaskConfig
from pipelines.data import tag_schemes
from pipelines.tasks.pos_tagging import POSTagging


class NER(POSTagging):
    """Tags entities: of the sequences that the scheme allows, the most probable one.

    So every predicted sequence is one of whole entities. A model may learn another scheme than IOB2; what it predicts
    is turned back.
    """

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

    def entities(self, row: Mapping[str, Any]) -> list[tuple[str, int, int]]:
        return tag_schemes.entities(row["tags"])


TASK = NER
