"""The configuration of a dataset: common keys; its source adds its own."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Literal

from embeddings.foundation import plugins
from embeddings.foundation.config import check_share, nearest
from embeddings.foundation.errors import InputError
from embeddings.foundation.languages import check_language
from embeddings.foundation.seeds import check_seed
from pipelines.data.examples import Example
from pipelines.data.tag_notation import TagNotation
from pipelines.text.subwords import SUBWORDS
from pipelines.text.tokenization import tokenizer

SPLITS = ("train", "dev", "test", "unlabelled")


@dataclass(frozen=True, kw_only=True)
class DatasetConfig(ABC):
    """A dataset: its languages, how its texts are tokenised, and what becomes of its splits.

    A module of pipelines/datasets/sources offers `Source`, a subclass with the keys that the source reads.
    """

    RENAMED: ClassVar[Mapping[str, str]] = {"pieces": "subword_vocab_size"}

    source: str  # module of pipelines/datasets/sources
    version: str  # part of every metric's signature
    language: str  # of the raw text, a code such as `en`; empty where examples are features, and the next one as well
    tokenizer: str  # of the raw text; vectors must have been trained behind the same one
    licence: str
    citation: str
    target_language: str = ""
    target_tokenizer: str = ""
    subword_vocab_size: int | None = None  # tokenizer `subwords`: of each language
    seed: int = 0  # of everything that is drawn: dev_share, the sentences of `toy`, the splits of `digits`
    dev_share: float = 0.0  # share of train that becomes dev, where the dataset has none
    dev_draw: Literal["stratified", "hash"] = "stratified"  # the same of every label, or by a hash of the tokens
    continuous: bool = False  # each split is one text, its lines joined; dev_share takes the end of train
    remove_overlap: bool = False  # drop from train the examples that also occur in dev or test

    @classmethod
    def variants(cls) -> tuple[str, Mapping[str, type["DatasetConfig"]]]:
        """The key that chooses, and the dataclass that each of its values chooses."""
        package = "pipelines.datasets.sources"
        return "source", {name: plugins.load(package, name).Source for name in plugins.names(package)}

    @abstractmethod
    def origins(self) -> Mapping[str, str]:
        """The splits that the source gives, each with where it is read from, as a message names it."""

    @abstractmethod
    def read(self, folder: Path) -> Mapping[str, Iterator[Example]]:
        """Reads every split, streaming; files that the source makes itself go into `folder`.

        Raises:
            InputError: the source does not give what the configuration asks for, or the data are malformed.
        """

    def tag_notation(self) -> TagNotation:
        """How the entity tags that `read` gives are written; scheme `none`: they are of another kind, or none."""
        return TagNotation()

    def sets_apart(self) -> bool:
        """Whether `read` gives examples without a label among those that have one."""
        return False

    def __post_init__(self) -> None:
        check_share("dev_share", self.dev_share)
        if self.dev_draw == "hash" and (self.continuous or not self.dev_share):
            raise InputError("`dev_draw: hash` draws examples for a dev_share; expected one, and not `continuous`")
        check_seed(self.seed)
        if not self.version.strip():
            raise InputError("expected a version, which is part of each metric's signature, got none")
        for key in ("language", "target_language"):
            if code := getattr(self, key):
                check_language(key, code)
        self.tag_notation()
        self._check_splits()
        self._check_tokenizers()

    def _check_splits(self) -> None:
        given = self.origins()
        for split in given:
            if split not in SPLITS:
                raise InputError(f"unknown split {split!r}{nearest(split, list(SPLITS))}")
        if not given:
            raise InputError(f"expected a split ({', '.join(SPLITS)}), got none")
        if self.dev_share and "dev" in given:
            raise InputError("expected dev_share 0, since the dataset has its own dev split")
        if self.dev_share and "train" not in given:
            raise InputError(f"expected a split train that dev_share {self.dev_share} takes dev from, got none")

    def _check_tokenizers(self) -> None:
        names = [name for name in (self.tokenizer, self.target_tokenizer) if name]
        for name in names:
            if name != SUBWORDS:
                tokenizer(name)
        if (SUBWORDS in names) != (self.subword_vocab_size is not None):
            raise InputError(f"the tokenizer `{SUBWORDS}` and `subword_vocab_size` go together; give both, or neither")
        if self.subword_vocab_size is not None and self.subword_vocab_size < 1:
            raise InputError(f"expected a subword_vocab_size of at least 1, got {self.subword_vocab_size}")
        if SUBWORDS in names and "train" not in self.origins():
            raise InputError(f"tokenizer `{SUBWORDS}`: expected a split train, on which it is trained")
