"""The quasi-recurrent network: its own keys."""

from dataclasses import dataclass

from embeddings.foundation.config import check_share


@dataclass(frozen=True)
class Config:
    """The keys of a configuration that a QRNN has beside those of every encoder."""

    forget_bias: float = 1.0  # initial; its sigmoid is the share of the state that a step keeps at the start
    filter_width: int = 2  # steps that gates and candidate read: their own and those before it
    zoneout: float = 0.0  # share of the state's numbers that a training step leaves as they were

    def __post_init__(self) -> None:
        if not 1 <= self.filter_width <= WIDEST:
            raise ValueError(f"expected a filter_width from 1 to {WIDEST}, got {self.filter_width}")
        check_share("zoneout", self.zoneout)


WIDEST = 16
SMALL = ({}, {"filter_width": 3}, {"filter_width": 1, "forget_bias": 0.0})
