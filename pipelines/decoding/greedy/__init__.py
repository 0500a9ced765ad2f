"""Greedy decoding: at each step the most probable word."""

from pipelines.decoding.config import DecodingConfig

Decoding = DecodingConfig  # it has no keys of its own
