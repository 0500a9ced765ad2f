"""minLSTM: its own keys."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Config:
    """The keys of a configuration that a minLSTM has beside those of every encoder."""

    forget_bias: float = 1.0  # initial; its sigmoid is the share of the state that a step keeps at the start


SMALL = ({}, {"forget_bias": -1.0})
