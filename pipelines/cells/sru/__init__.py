"""The simple recurrent unit: its own keys."""

from dataclasses import dataclass

from embeddings.foundation.config import check_share


@dataclass(frozen=True)
class Config:
    """The keys of a configuration that an SRU has beside those of every encoder."""

    highway_bias: float = 0.0  # initial bias of the reset gate; below zero, more of the input is handed on
    input_dropout: float = 0.0  # share of a layer's input features that each direction drops for itself

    def __post_init__(self) -> None:
        check_share("input_dropout", self.input_dropout)


SMALL = ({}, {"highway_bias": -2.0})
