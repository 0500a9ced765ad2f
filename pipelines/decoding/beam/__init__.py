"""Beam search: at each step a fixed number of the most probable hypotheses."""

from dataclasses import dataclass

from embeddings.foundation.limits import HYPOTHESES, check_limit
from pipelines.decoding.config import DecodingConfig


@dataclass(frozen=True, kw_only=True)
class Decoding(DecodingConfig):
    """The keys of beam search."""

    method: str = "beam"
    beam_size: int  # hypotheses that are kept of each source
    length_penalty: float  # 0 ranks by probability, more favours longer outputs
    n_best: int | None = None  # hypotheses that a prediction holds, with scores; the best alone if not given

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.beam_size < 1:
            raise ValueError(f"expected beam_size of at least 1, got {self.beam_size}")
        check_limit("beam_size", "hypotheses", HYPOTHESES, self.beam_size)
        if self.n_best is not None and not 1 <= self.n_best <= self.beam_size:
            raise ValueError(f"expected n_best from 1 to beam_size, got {self.n_best} of {self.beam_size}")

    @property
    def hypotheses(self) -> int:
        """The beam's size."""
        return self.beam_size

    @property
    def listed(self) -> int | None:
        """The n best."""
        return self.n_best
