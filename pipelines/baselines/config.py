"""What of a task's configuration says which its baselines are, and what kind their tags are of."""

from dataclasses import dataclass


@dataclass(frozen=True)
class BaselinesConfig:
    """The keys that the stage baseline reads; a task reads them, and others, too."""

    metrics: str  # module of pipelines/evaluation/families
    baselines: tuple[str, ...]  # modules of pipelines/baselines
