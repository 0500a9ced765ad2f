"""The simple recurrent network: its own keys."""

from dataclasses import dataclass

from embeddings.foundation.config import check_share


@dataclass(frozen=True)
class Config:
    """The keys of a configuration that a simple recurrent network has beside those of every encoder."""

    recurrent_dropout: float = 0.0  # on the states; rules out the compiled loop and cuDNN, and so is slow
    weight_dropout: float = 0.0  # on the weights between states, other ones in each training step

    def __post_init__(self) -> None:
        check_share("recurrent_dropout", self.recurrent_dropout)
        check_share("weight_dropout", self.weight_dropout)


SMALL = ({},)
