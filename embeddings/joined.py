"""Two artefacts of word vectors side by side: a word's vector is that of the first, then that of the second."""

import logging
from dataclasses import replace
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

import numpy as np

from embeddings import store
from embeddings.config import JoinedConfig
from embeddings.foundation.errors import InputError
from embeddings.foundation.subwords import Subwords
from embeddings.matrix import matrix

if TYPE_CHECKING:
    from gensim.models import KeyedVectors

log = logging.getLogger(__name__)


def join(config: JoinedConfig) -> "tuple[KeyedVectors, dict[str, Any]]":
    """Joins two artefacts: the words of the first in their order, then the others of the second.

    A word that one of them lacks, also in lower case and as n-grams, has zeros there. Counts are added. The n-grams of
    FastText stay, with zeros in the place of the other vectors.

    Returns:
        The vectors, and their provenance, which has that of each part and how many of all words it covers, in percent.

    Raises:
        InputError: a part has no words, the tokenizers or the width differ, or both parts have n-grams.
    """
    from gensim.models import KeyedVectors

    folders = (config.first, config.second)
    parts, made = [store.read(folder) for folder in folders], [store.provenance(folder) for folder in folders]
    check(config, parts, made)
    words = list(dict.fromkeys([*parts[0].words, *parts[1].words]))
    blocks = [matrix(folder, words) for folder in folders]
    counts = [dict(zip(part.words, part.counts.tolist(), strict=True)) for part in parts]
    vectors = KeyedVectors(config.dimensions)
    vectors.vectors = np.concatenate([block for block, _ in blocks], axis=1)
    vectors.index_to_key, vectors.key_to_index = words, {word: row for row, word in enumerate(words)}
    vectors.expandos["count"] = np.array([sum(each.get(word, 0) for each in counts) for word in words])
    widths = [part.vectors.shape[1] for part in parts]
    vectors.subwords = _beside([store.subwords(folder) for folder in folders], widths, config)
    described = [
        {"folder": folder, "dimensions": width, "words": len(part.words),
         "covered": round(100 * float(found.mean()), 2), "provenance": provenance}
        for folder, width, part, (_, found), provenance in zip(folders, widths, parts, blocks, made, strict=True)
    ]  # fmt: skip
    for part in described:
        log.info(f"{part['folder']}: {part['words']:,} words; covers {part['covered']} % of all {len(words):,}")
    return vectors, {
        "config": config.described(),
        "tokenizer": made[0]["tokenizer"],
        "corpus": [],
        "words": len(words),
        "tokens": 0,
        "gensim": version("gensim"),
        "parts": described,
    }


def check(config: JoinedConfig, parts: list[store.Artefact], made: list[dict[str, Any]]) -> None:
    """Refuses parts that cannot stand side by side."""
    for folder, part in zip((config.first, config.second), parts, strict=True):
        if not part.words:
            raise InputError(f"{folder}: expected vectors of words, got none; join others")
    first, second = (each.get("tokenizer") for each in made)
    if first != second:
        expected = f"vectors of words from tokenizer {first!r}, as {config.first} has"
        raise InputError(f"{config.second}: expected {expected}, got {second!r}; join vectors of one tokenizer")
    widths = [part.vectors.shape[1] for part in parts]
    if sum(widths) != config.dimensions:
        total = f"{widths[0]} + {widths[1]} = {sum(widths)}"
        raise InputError(f"{config.first} and {config.second}: expected dimensions {total}, got {config.dimensions}")


def _beside(found: list[Subwords | None], widths: list[int], config: JoinedConfig) -> Subwords | None:
    """The n-grams of one part, with zeros in the columns of the other."""
    first, second = found
    if first and second:
        raise InputError(
            f"{config.second}: expected vectors without n-grams, as {config.first} has some, got FastText's"
        )
    if not (there := first or second):
        return None
    columns = (0, widths[1]) if first else (widths[0], 0)
    return replace(there, table=np.pad(there.table, ((0, 0), columns)))
