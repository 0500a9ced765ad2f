"""The configuration of a dataset."""

from dataclasses import dataclass, field
from typing import Any, Literal

from embeddings.foundation.seeds import check_seed


@dataclass(frozen=True)
class DatasetFile:
    """One file of a dataset: a path below the data root, and where to download it from if it is not there."""

    path: str  # relative to $ELMAN_DATA; `gensim:NAME` is a file that gensim's package carries
    sha256: str = ""  # verified where given
    url: str = ""
    url_sha256: str = ""  # of what the url gives, where that is not the same file: compressed, or an earlier form


@dataclass(frozen=True)
class DatasetConfig:
    """Where a dataset comes from and how it is read."""

    source: Literal["files", "tfds", "toy", "digits"]
    version: str  # part of every metric's signature
    language: str  # of the raw text; empty where examples are features, and the next one as well
    tokenizer: str  # of the raw text; vectors must have been trained behind the same one
    licence: str
    citation: str
    target_language: str = ""
    target_tokenizer: str = ""
    pieces: int | None = None  # tokenizer `subwords`: how many pieces a language has
    reader: str = ""  # module of pipelines/datasets/readers (sources files and toy)
    options: dict[str, Any] = field(default_factory=dict)  # the reader's own keyword arguments
    files: dict[str, tuple[DatasetFile, ...]] = field(default_factory=dict)  # split -> files
    builder: str = ""  # tfds: name of the builder, with its config
    splits: dict[str, str] = field(default_factory=dict)  # tfds: our split -> the builder's split expression
    features: dict[str, str] = field(default_factory=dict)  # tfds: our field -> path of the feature, as a/b
    skip_tokens: dict[str, str] = field(default_factory=dict)  # tfds: no token where this feature has this value
    label_names: tuple[str, ...] = ()  # tfds, digits: names for class numbers where their own are to be replaced
    seed: int = 0  # toy: of the grammar; digits: of the splits; dev_share: of the draw
    sentences: dict[str, int] = field(default_factory=dict)  # toy: split -> number of sentences
    dev_share: float = 0.0  # share of train that becomes dev, where the dataset has none
    continuous: bool = False  # each split is one text, its lines joined; dev_share takes the end of train
    remove_overlap: bool = False  # drop from train what stands in dev or test too

    def __post_init__(self) -> None:
        if self.pieces is not None and self.pieces < 1:
            raise ValueError(f"expected pieces of at least 1, got {self.pieces}")
        if not 0 <= self.dev_share < 1:
            raise ValueError(f"expected dev_share between 0 and 1, got {self.dev_share}")
        check_seed(self.seed)
