"""Groups of keys that a model reads as a whole."""

from dataclasses import dataclass
from typing import Literal

from embeddings.foundation.config import check_above_zero, check_share


@dataclass(frozen=True)
class CharacterConfig:
    """How words are read character by character."""

    encoder: Literal["cnn", "recurrent"]  # recurrent: the run's own cell, in both directions
    dimensions: int  # of a character's vector
    units: int  # width of a word's features
    dropout: float = 0.0  # share of the features of character vectors that training leaves out

    def __post_init__(self) -> None:
        if self.dimensions < 1 or self.units < 1:
            raise ValueError(f"expected dimensions and units of at least 1, got {self.dimensions} and {self.units}")
        if self.encoder == "recurrent" and self.units % 2:
            raise ValueError(f"expected an even number of units for two directions, got {self.units}")
        check_share("dropout", self.dropout)


@dataclass(frozen=True)
class DynamicEvaluationConfig:
    """How a language model learns from the text that it scores."""

    learning_rate: float  # of gradient descent
    segment_tokens: int  # that are scored before they are learned from

    def __post_init__(self) -> None:
        check_above_zero("learning_rate", self.learning_rate)
        if self.segment_tokens < 1:
            raise ValueError(f"expected segment_tokens of at least 1, got {self.segment_tokens}")
