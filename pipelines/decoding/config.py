"""The keys that every decoding method has."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from embeddings.foundation import plugins
from embeddings.foundation.config import build_config
from embeddings.foundation.errors import InputError


@dataclass(frozen=True, kw_only=True)
class DecodingConfig:
    """How a trained generator writes: the one part of a task that predict reads and train does not."""

    method: str = "greedy"  # folder of pipelines/decoding
    maximum_ratio: float = 2.0  # an output holds at most maximum_ratio * source tokens + maximum_extra tokens
    maximum_extra: int = 10
    no_repeat_ngram: int | None = None  # no sequence of so many words is written twice in an output
    copy_unknown: bool = False  # whether an unknown word may be written, as the source word attended to most

    def __post_init__(self) -> None:
        if self.maximum_ratio < 0 or self.maximum_extra < 0 or self.maximum_ratio + self.maximum_extra == 0:
            raise ValueError(
                "expected maximum_ratio and maximum_extra of at least 0, one of them above it, "
                f"got {self.maximum_ratio} and {self.maximum_extra}"
            )
        if self.no_repeat_ngram is not None and self.no_repeat_ngram < 2:
            raise ValueError(f"expected no_repeat_ngram of at least 2, got {self.no_repeat_ngram}")

    @property
    def hypotheses(self) -> int:
        """How many are kept of each source while it is decoded."""
        return 1

    @property
    def listed(self) -> int | None:
        """How many a prediction lists, with their scores; None where it holds the best one alone."""
        return None


def build_decoding(values: Mapping[str, Any], where: str | Path) -> DecodingConfig:
    """Builds the keys of the method that `values` name, greedy decoding if they name none.

    Raises:
        InputError: there is no such method, or a key is not its own.
    """
    try:
        module = plugins.load("pipelines.decoding", str(values.get("method", "greedy")))
    except InputError as error:
        raise InputError(f"{where}: {error}") from None
    return build_config(module.Decoding, values, where)
