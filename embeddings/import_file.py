"""Imports a file of another program's word vectors as an artefact like any other, streaming."""

import logging
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

from embeddings import store
from embeddings.config import FileConfig
from embeddings.foundation.errors import InputError
from embeddings.foundation.files import verified
from embeddings.vector_file import Row, detect, rows

log = logging.getLogger(__name__)
ROOT_VARIABLE = "ELMAN_DATA"
UNREADABLE_SHARE = 0.01  # of a file's words; a larger share in another encoding than UTF-8 is refused


@dataclass
class Skipped:
    """How many words of a file were skipped, and where the first one is."""

    repeated: int = 0
    not_utf8: int = 0
    first_repeated: str = ""
    first_not_utf8: str = ""


def import_file(config: FileConfig, folder: Path) -> tuple[dict[str, Any], float]:
    """Reads a file of vectors into an artefact without counts.

    Of a repeated word, the first vector is kept. A word that is not UTF-8 matches no word of a text and
    is skipped; word2vec cuts long words within a character. Both are counted, in a warning and in the provenance.

    Args:
        config: which file, and what is known of it.
        folder: a new one, of the artefact.

    Returns:
        The provenance, and the words read per second.

    Raises:
        InputError: the file is missing, has another checksum or width, is damaged, or is not UTF-8.
    """
    path = locate(config.path)
    checksum = verified(path, config.sha256)
    layout = detect(path)
    if layout.dimensions != config.dimensions:
        raise InputError(
            f"{path}:1: expected vectors of {config.dimensions} dimensions, got {layout.dimensions}; "
            f"set `dimensions: {layout.dimensions}`"
        )
    log.info(f"{path}: {layout.form}, {layout.dimensions} dimensions")
    skipped = Skipped()
    described: dict[str, Any] = {}

    def describe(words: int) -> dict[str, Any]:
        _judge(path, words, skipped)
        passed_over = {"repeated": skipped.repeated, "not_utf8": skipped.not_utf8}
        file = {"sha256": checksum, "format": layout.form, "language": config.language, "passed_over": passed_over}
        described.update(
            config=config.described(), tokenizer=config.tokenizer, corpus=[], file=file, words=words, tokens=0
        )
        return described

    begin = time.perf_counter()
    found = islice(_different_words(rows(path, layout), skipped), config.maximum_words)
    subwords = layout.model.subwords if layout.model else None
    words = store.write_stream(folder, config.dimensions, found, describe, subwords)
    log.info(f"{words:,} words")
    return described, round(words / (time.perf_counter() - begin), 1)


def locate(path: str) -> Path:
    """Finds a file below the folder that the environment variable ELMAN_DATA names, else from here.

    Raises:
        InputError: it is at neither place.
    """
    root = os.environ.get(ROOT_VARIABLE)
    places = [*([Path(root) / path] if root else []), Path(path)]
    for place in places:
        if place.is_file():
            return place
    if root:
        raise InputError(f"{path}: expected a file of vectors, got none below {ROOT_VARIABLE} ({root}) nor here")
    raise InputError(
        f"{path}: expected a file of vectors, got none here; set {ROOT_VARIABLE} to the folder that holds it"
    )


def _different_words(found: Iterator[Row], skipped: Skipped) -> Iterator[tuple[str, np.ndarray]]:
    """Decodes words and skips those that cannot be decoded or are repeated."""
    known: set[str] = set()
    for where, encoded, vector in found:
        try:
            word = encoded.decode("utf-8")
        except UnicodeDecodeError:
            skipped.not_utf8 += 1
            skipped.first_not_utf8 = skipped.first_not_utf8 or where
            continue
        if word in known:
            skipped.repeated += 1
            skipped.first_repeated = skipped.first_repeated or where
            continue
        known.add(word)
        yield word, vector


def _judge(path: Path, words: int, skipped: Skipped) -> None:
    """Refuses a file without words or in another encoding; warns of words that were skipped."""
    if skipped.not_utf8 > max(1, UNREADABLE_SHARE * words):
        raise InputError(
            f"{skipped.first_not_utf8}: expected words in UTF-8, got other bytes in {skipped.not_utf8:,} of "
            f"{words + skipped.not_utf8:,} words; convert the file"
        )
    if not words:
        raise InputError(f"{path}: expected word vectors, got none")
    if skipped.not_utf8:
        count = f"the first of {skipped.not_utf8:,} words that are not UTF-8"
        log.warning(f"{skipped.first_not_utf8}: {count}; they are skipped")
    if skipped.repeated:
        count = f"the first of {skipped.repeated:,} repeated words"
        log.warning(f"{skipped.first_repeated}: {count}; each keeps its first vector")
