"""The keys that every decoding method has."""

from dataclasses import dataclass

from embeddings.foundation import plugins
from embeddings.foundation.limits import WRITTEN_WORDS, check_limit


@dataclass(frozen=True, kw_only=True)
class DecodingConfig:
    """How a trained generator writes: the one part of a task that predict reads and train does not.

    A method's own keys are in the `Decoding` of its folder, a subclass.
    """

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
        check_limit("maximum_ratio", "words for each that is read", WRITTEN_WORDS, self.maximum_ratio)
        check_limit("maximum_extra", "words", WRITTEN_WORDS, self.maximum_extra)
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

    @classmethod
    def variants(cls) -> tuple[str, dict[str, type["DecodingConfig"]]]:
        """The keys of each method, by its name; see `embeddings.foundation.config.build_config`."""
        names = plugins.names("pipelines.decoding")
        return "method", {name: plugins.load("pipelines.decoding", name).Decoding for name in names}
