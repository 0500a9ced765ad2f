"""The simple recurrent unit: its own keys."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Config:
    """The keys of a configuration that an SRU has beside those of every encoder."""

    highway_bias: float = 0.0  # initial bias of the reset gate; below zero, more of the input is handed on


SMALL = ({}, {"highway_bias": -2.0})
