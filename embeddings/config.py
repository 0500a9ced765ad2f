"""The configuration of word vectors: common keys, and the keys of each algorithm."""

from collections.abc import Mapping
from dataclasses import MISSING, asdict, dataclass, fields
from typing import Any, Literal

from embeddings.foundation.languages import check_language
from embeddings.foundation.limits import NGRAMS, UNITS, check_limit
from embeddings.foundation.seeds import check_seed


@dataclass(frozen=True, kw_only=True)
class VectorsConfig:
    """How an artefact of word vectors is made; `algorithm` chooses one of the classes below."""

    algorithm: str
    dimensions: int

    def __post_init__(self) -> None:
        self.check_at_least_one("dimensions")
        check_limit("dimensions", "numbers in a vector", UNITS, self.dimensions)

    @classmethod
    def variants(cls) -> tuple[str, Mapping[str, type["VectorsConfig"]]]:
        """The key that chooses, and the dataclass that each of its values chooses."""
        return "algorithm", {
            "cbow": TrainedConfig,
            "skip_gram": TrainedConfig,
            "fasttext_cbow": FastTextConfig,
            "fasttext_skip_gram": FastTextConfig,
            "random": RandomConfig,
            "file": FileConfig,
            "joined": JoinedConfig,
        }

    def check_at_least_one(self, *names: str) -> None:
        """Raises a ValueError for a key below 1."""
        for name in names:
            if getattr(self, name) < 1:
                raise ValueError(f"expected {name} of at least 1, got {getattr(self, name)}")

    def reads(self) -> list[str]:
        """The files and folders that vectors are made of."""
        given = asdict(self)
        single = (given.get(key) for key in ("continue_from", "path", "first", "second"))
        return [*given.get("corpus", ()), *(each for each in single if each)]

    def described(self) -> dict[str, Any]:
        """The keys that apply, for the provenance."""
        return {key: value for key, value in asdict(self).items() if value is not None and value is not False}


@dataclass(frozen=True, kw_only=True)
class TrainedConfig(VectorsConfig):
    """Word2Vec, trained on prepared texts. Names are gensim's, spelt out."""

    algorithm: Literal["cbow", "skip_gram", "fasttext_cbow", "fasttext_skip_gram"]
    seed: int
    corpus: tuple[str, ...]  # prepared splits: JSON Lines with lists of tokens
    field: Literal["tokens", "target_tokens"] = "tokens"
    window: int = 5
    minimum_count: int = 5
    maximum_counted: int | None = None  # words in memory while they are counted; of more, the rarer half is dropped
    negative_samples: int = 5
    subsampling: float = 1e-3  # threshold above which frequent words are down-sampled
    learning_rate: float = 0.025
    epochs: int = 5
    workers: int = 1  # more than one is faster and no longer deterministic
    engine: Literal["gensim", "batched"] = "gensim"  # batched: a window at a time, compiled; see embeddings/batched
    keep_output_weights: bool = False  # of negative sampling, as many numbers as the vectors; to continue training
    continue_from: str | None = None  # folder of an artefact that kept its output weights

    def __post_init__(self) -> None:
        super().__post_init__()
        check_seed(self.seed)
        if not self.corpus:
            raise ValueError("expected a corpus to train on, got none")
        self.check_at_least_one("window", "minimum_count", "negative_samples", "epochs", "workers")
        if self.maximum_counted is not None:
            self.check_at_least_one("maximum_counted")
        if self.learning_rate <= 0 or self.subsampling < 0:
            raise ValueError("expected a positive learning_rate and no negative subsampling")

    def described(self) -> dict[str, Any]:
        """The keys that apply; the engine, unless it is gensim, which artefacts have always left out."""
        return {key: value for key, value in super().described().items() if (key, value) != ("engine", "gensim")}


@dataclass(frozen=True, kw_only=True)
class FastTextConfig(TrainedConfig):
    """FastText, trained on prepared texts: a word's vector is the mean of its own and of its n-grams' of characters."""

    minimum_characters: int = 3  # of an n-gram; the beginning and the end of a word count as characters
    maximum_characters: int = 6
    buckets: int = 100_000  # rows of the n-grams' table, which those with the same hash share

    def __post_init__(self) -> None:
        super().__post_init__()
        if not self.algorithm.startswith("fasttext_"):
            raise ValueError(f"expected the algorithm fasttext_cbow or fasttext_skip_gram, got {self.algorithm!r}")
        self.check_at_least_one("minimum_characters", "buckets")
        check_limit("buckets", "rows of n-grams", NGRAMS, self.buckets)
        if self.maximum_characters < self.minimum_characters:
            expected = f"maximum_characters of at least minimum_characters, {self.minimum_characters}"
            raise ValueError(f"expected {expected}, got {self.maximum_characters}")
        if self.continue_from or self.keep_output_weights:
            raise ValueError("FastText's training is not continued; remove continue_from and keep_output_weights")
        if self.engine != "gensim":
            raise ValueError(f"expected the engine gensim for FastText, got {self.engine!r}; remove engine")


@dataclass(frozen=True, kw_only=True)
class RandomConfig(VectorsConfig):
    """No vectors: every word vector is initialised at random."""

    algorithm: Literal["random"] = "random"
    seed: int

    def __post_init__(self) -> None:
        super().__post_init__()
        check_seed(self.seed)

    def described(self) -> dict[str, Any]:
        """The keys, and the defaults of a training that does not take place, which artefacts have always stored."""
        defaults = {field.name: field.default for field in fields(TrainedConfig) if field.default is not MISSING}
        del defaults["engine"]
        unused = {key: value for key, value in defaults.items() if value is not None and value is not False}
        return {**super().described(), "corpus": (), **unused}


@dataclass(frozen=True, kw_only=True)
class FileConfig(VectorsConfig):
    """A file of another program's vectors: word2vec's text or binary format, or GloVe's."""

    algorithm: Literal["file"] = "file"
    path: str  # below $ELMAN_DATA, else relative to here
    tokenizer: str  # the one whose words the file holds; a dataset's must be the same
    language: str | None = None  # `en` is scored on the English test sets
    maximum_words: int | None = None  # only so many, from the beginning
    sha256: str | None = None  # the file's; it is verified

    def __post_init__(self) -> None:
        super().__post_init__()
        for name in ("path", "tokenizer"):
            if not getattr(self, name):
                raise ValueError(f"expected a {name}, got none")
        if self.language:
            check_language("language", self.language)
        if self.maximum_words is not None:
            self.check_at_least_one("maximum_words")


@dataclass(frozen=True, kw_only=True)
class JoinedConfig(VectorsConfig):
    """Two artefacts of vectors side by side; `dimensions` are those of both together."""

    algorithm: Literal["joined"] = "joined"
    first: str  # folder of an artefact
    second: str

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.first == self.second:
            raise ValueError(f"expected two different folders, got {self.first!r} twice")
