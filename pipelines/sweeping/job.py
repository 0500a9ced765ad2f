"""What a node needs to train a trial."""

from collections.abc import Sequence
from dataclasses import dataclass

from pipelines.cluster.files import NodeFile
from pipelines.sweeping.config import Settings


@dataclass(frozen=True)
class Job:
    """One process of a trial."""

    sweep: str  # names what nodes keep
    number: int  # of the trial
    attempt: int  # which of its processes this is
    settings: Settings
    files: Sequence[NodeFile]
    memory_bytes: int  # 0: as much as there is
