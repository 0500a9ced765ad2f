"""What of a task's configuration names its baselines."""

from dataclasses import dataclass


@dataclass(frozen=True)
class BaselinesConfig:
    """The key that the stage baseline reads; a task reads it, and others, too."""

    baselines: tuple[str, ...]  # modules of pipelines/baselines
