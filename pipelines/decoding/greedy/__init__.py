"""Greedy decoding: at each step the most probable word."""

from dataclasses import dataclass

from pipelines.decoding.config import DecodingConfig


@dataclass(frozen=True, kw_only=True)
class Decoding(DecodingConfig):
    """Greedy decoding has no keys of its own."""
