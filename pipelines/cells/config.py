"""The configuration of a recurrent encoder."""

from dataclasses import dataclass

from embeddings.foundation.config import check_above_zero, check_share


@dataclass(frozen=True)
class CellConfig:
    """A recurrent encoder: its cell, and how cells are stacked."""

    cell: str  # module of pipelines/cells
    units: int  # of one direction
    depth: int
    bidirectional: bool
    dropout: float  # on the inputs of every layer and on the last outputs
    clip_norm: float  # global norm above which gradients are scaled down
    recurrent_dropout: float = 0.0  # on the states; rules out the compiled loops and cuDNN, and so is slow
    weight_dropout: float = 0.0  # on the weights between states, other ones in each training step

    def __post_init__(self) -> None:
        if self.units < 1 or self.depth < 1:
            raise ValueError(f"expected units and depth of at least 1, got {self.units} and {self.depth}")
        check_share("dropout", self.dropout)
        check_share("recurrent_dropout", self.recurrent_dropout)
        check_share("weight_dropout", self.weight_dropout)
        check_above_zero("clip_norm", self.clip_norm)
