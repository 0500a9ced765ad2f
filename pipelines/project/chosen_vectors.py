"""Vectors that `elman add --vectors` names: through which tokenizer the words went that they are of."""

from pathlib import Path

from embeddings import store
from embeddings.config import FileConfig, JoinedConfig, TrainedConfig, VectorsConfig
from embeddings.foundation.config import load_config
from embeddings.foundation.errors import InputError
from pipelines.data.examples import read_dataset
from pipelines.datasets.config import DatasetConfig
from pipelines.project.layout import config_path
from pipelines.project.request import Request
from pipelines.text.subwords import SUBWORDS


def with_tokenizer_of_vectors(request: Request, of_tokens: str = "") -> dict[str, object]:
    """The keys of the dataset that the user has given, and the tokenizer of the chosen vectors.

    Args:
        request: with the name of the vectors.
        of_tokens: the tokenizer that splits new texts as the files' tokens are; empty: the files have none.

    Raises:
        InputError: the user has given another tokenizer, the files have tokens of another one, or the vectors are of
            another dataset's subwords.
    """
    given = dict(request.setting("dataset"))
    if not request.vectors or not (expected := tokenizer_of(request.vectors)):
        return given
    where = f"--vectors {request.vectors}"
    if expected.startswith(SUBWORDS):
        raise InputError(f"{where}: expected vectors of words or characters, got those of another dataset's subwords")
    if of_tokens and "tokenizer" not in given and expected != of_tokens:
        told = f"expected vectors of {of_tokens}, as the tokens of the files, got those of {expected}"
        raise InputError(f"{where}: {told}; --tokenizer {expected} takes them, if the tokens are so")
    got = given.setdefault("tokenizer", expected)
    if got != expected:
        raise InputError(f"{where}: expected their tokenizer {expected}, got --tokenizer {got}; leave it out")
    return given


def tokenizer_of(name: str) -> str | None:
    """The tokenizer of vectors, by their provenance or by their configuration; None of random or unknown ones.

    Raises:
        InputError: their configuration, or that of their corpus, is missing or wrong.
    """
    folder, path = Path("vectors") / name, config_path("vectors", name)
    if (folder / store.PROVENANCE).is_file():
        return store.provenance(folder).get("tokenizer")
    config = load_config(VectorsConfig, path) if path.is_file() else None
    if isinstance(config, FileConfig):
        return config.tokenizer
    if isinstance(config, JoinedConfig):
        return tokenizer_of(Path(config.first).name)
    return _tokenizer_of_corpus(config) if isinstance(config, TrainedConfig) else None


def _tokenizer_of_corpus(config: TrainedConfig) -> str | None:
    folder = Path(config.corpus[0]).parent
    if (folder / "dataset.json").is_file():
        return read_dataset(folder, "tokenizers")["tokenizers"][config.field]
    path = config_path("datasets", folder.name)
    dataset = load_config(DatasetConfig, path) if path.is_file() else None
    if not dataset:
        return None
    return (dataset.tokenizer if config.field == "tokens" else dataset.target_tokenizer) or None
