"""What of a task's configuration says how its predictions are scored."""

from dataclasses import dataclass

from embeddings.foundation.errors import InputError
from pipelines.evaluation.family import Family, load_family
from pipelines.evaluation.metrics import Metric


@dataclass(frozen=True)
class MetricsConfig:
    """The keys that evaluation reads; a task reads them, and others, too."""

    task: str  # module of pipelines/tasks
    metrics: str  # module of pipelines/evaluation/families
    monitor: str  # the metric that picks the best epoch and ranks the leaderboard

    def __post_init__(self) -> None:
        family = load_family(self.metrics)
        try:
            family.metric(self.monitor)
        except InputError as error:
            raise InputError(f"monitor: {error}") from None

    @property
    def family(self) -> Family:
        """The metric family."""
        return load_family(self.metrics)

    @property
    def shown(self) -> tuple[Metric, ...]:
        """The metrics worth showing, the monitored one first: the headline numbers, everywhere."""
        return self.family.shown(self.monitor)
