"""A metric as an object: what it is called, which values are better, and how they are written."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Metric:
    """A number that a family computes of a whole split.

    Reference: Post, "A Call for Clarity in Reporting BLEU Scores", 2018, whose sacreBLEU has metrics as objects.
    """

    name: str
    better: Literal["higher", "lower"] = "higher"
    decimals: int = 2
    unit: str = "%"  # empty where the number has none

    def __post_init__(self) -> None:
        if self.decimals not in range(2, 10):
            raise ValueError(f"expected 2 to 9 decimals, got {self.decimals}")

    @property
    def title(self) -> str:
        """The heading of a column: the name, with an arrow where lower is better."""
        return f"{self.name} ↓" if self.better == "lower" else self.name

    @property
    def caption(self) -> str:
        """The title with the unit."""
        return f"{self.title} ({self.unit})" if self.unit else self.title

    def rank(self, value: float) -> float:
        """A key that sorts values, the best first."""
        return value if self.better == "lower" else -value

    def write(self, value: float, *, signed: bool = False, fewer: int = 0) -> str:
        """A value as text.

        Args:
            value: of the metric, or a difference of two.
            signed: whether a plus is written too.
            fewer: decimals to leave out.
        """
        return f"{value:{'+' if signed else ''}.{self.decimals - fewer}f}"
