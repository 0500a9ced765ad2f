"""minLSTM: its own keys."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Config:
    """The keys of a configuration that a minLSTM has beside those of every encoder."""

    forget_bias: float = 1.0  # initial bias of the forget gate; the larger, the longer the state is kept at the start


SMALL = ({}, {"forget_bias": -1.0})
