"""The configuration of word vectors."""

import dataclasses
from dataclasses import dataclass
from typing import Any, Literal

from embeddings.foundation.seeds import check_seed

FILE_KEYS = ("path", "tokenizer", "language", "maximum_words", "sha256")  # of algorithm `file` alone
_TRAINED = ("cbow", "skip_gram")  # the algorithms of every other key, but for these
_ALGORITHMS_OF = {
    "algorithm": (*_TRAINED, "random", "file"),
    "dimensions": (*_TRAINED, "random", "file"),
    "seed": (*_TRAINED, "random"),
}


@dataclass(frozen=True)
class VectorsConfig:
    """How an artefact of word vectors is made. Names are gensim's, spelt out."""

    algorithm: Literal["cbow", "skip_gram", "random", "file"]
    dimensions: int
    seed: int = -1  # 0 or more; needed unless vectors come from a file
    corpus: tuple[str, ...] = ()  # prepared splits: JSON Lines with lists of tokens
    field: Literal["tokens", "target_tokens"] = "tokens"
    window: int = 5
    minimum_count: int = 5
    negative_samples: int = 5
    subsampling: float = 1e-3  # threshold above which frequent words are down-sampled
    learning_rate: float = 0.025
    epochs: int = 5
    workers: int = 1  # more than one is faster and no longer deterministic
    keep_output_weights: bool = False  # those of negative sampling, as many as the vectors; training goes on from them
    continue_from: str | None = None  # folder of an artefact that kept its output weights
    path: str | None = None  # below $ELMAN_DATA, else relative to here: word2vec's text or binary format, or GloVe's
    tokenizer: str | None = None  # the one whose words the file holds; a dataset's must be the same
    language: str | None = None  # `en` is scored on the English test sets
    maximum_words: int | None = None  # only so many, from the beginning
    sha256: str | None = None  # the file's; it is verified

    def __post_init__(self) -> None:
        self._check_keys_of_the_algorithm()
        for name in ("dimensions", "window", "minimum_count", "negative_samples", "epochs", "workers"):
            if getattr(self, name) < 1:
                raise ValueError(f"expected {name} of at least 1, got {getattr(self, name)}")
        if self.learning_rate <= 0 or self.subsampling < 0:
            raise ValueError("expected a positive learning_rate and no negative subsampling")
        if self.maximum_words is not None and self.maximum_words < 1:
            raise ValueError(f"expected maximum_words of at least 1, got {self.maximum_words}")

    def _check_keys_of_the_algorithm(self) -> None:
        if (self.algorithm in _TRAINED) != bool(self.corpus):
            raise ValueError(
                f"algorithm {self.algorithm!r}: expected a corpus for cbow and skip_gram, and none for random and file"
            )
        for name in self._keys_given():
            algorithms = ("file",) if name in FILE_KEYS else _ALGORITHMS_OF.get(name, _TRAINED)
            if self.algorithm not in algorithms:
                known = " and ".join(algorithms)
                raise ValueError(f"the key {name!r} belongs to algorithm {known}, got {self.algorithm!r}; remove it")
        missing = [name for name in ("path", "tokenizer") if self.algorithm == "file" and not getattr(self, name)]
        missing += ["seed"] if self.algorithm != "file" and self.seed == -1 else []
        if missing:
            raise ValueError(f"the key {missing[0]!r} is missing")
        if self.algorithm != "file":
            check_seed(self.seed)

    def _keys_given(self) -> list[str]:
        """Names of the fields that hold something else than their default."""
        return [field.name for field in dataclasses.fields(self) if getattr(self, field.name) != field.default]

    def described(self) -> dict[str, Any]:
        """The keys that apply, for the provenance."""
        keys = dataclasses.asdict(self)
        if self.algorithm == "file":
            keys = {key: keys[key] for key in ("algorithm", "dimensions", *FILE_KEYS)}
        return {key: value for key, value in keys.items() if value is not None and value is not False}
