"""The corpus of word vectors: prepared splits, streamed into the one-sentence-a-line file that gensim reads."""

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from embeddings.foundation.errors import InputError
from embeddings.foundation.files import atomic_file
from embeddings.foundation.reading import bounded_lines, decode, open_file, read_json

# gensim fills a batch from `corpus_file` line by line until it holds more than 10,000 words, and trains on no more than
# 10,000 of them. A line is broken where it would fill the batch, so that at most one word in 10,001 is passed over.
BATCH_WORDS = 10_001

# White space within a token would end the word in gensim's file: there it stands for itself in a private use area.
_ESCAPES = {code: 0xF0000 + code for code in range(0x3001) if chr(code).isspace()}
_UNESCAPES = {escape: code for code, escape in _ESCAPES.items()}


class Dataset(msgspec.Struct):
    """What is read of a prepared dataset's description."""

    tokenizers: dict[str, str | None]
    language: str | None = None
    target_language: str | None = None


@dataclass(frozen=True)
class Corpus:
    """A corpus as gensim reads it, and what it was made from."""

    path: Path  # one sentence a line, words apart by a space
    lines: int
    tokens: int
    counts: Counter[str]  # of each word as written in the file; `unescape` gives the word itself
    uncounted: int  # by how much a count may be too low, since rare words were dropped while counting
    tokenizer: str  # the one that every source went through
    sources: list[dict[str, Any]]  # file, sha256, language, tokens, sentences


def write_corpus(sources: Sequence[str], field: str, path: str | Path, most_words: int | None = None) -> Corpus:
    """Writes prepared splits as one file for gensim, streaming.

    Where there are more distinct words than `most_words`, the rarer half of them is dropped, with all that are as rare.
    The original program drops words that have been seen once, the next time those seen twice, and so on without end.

    Args:
        sources: JSON Lines with a list of words per row; next to each is its dataset's `dataset.json`.
        field: key of the list, `tokens` or `target_tokens`.
        path: the file to write.
        most_words: that are counted at a time; all, if not given.

    Raises:
        InputError: a source is missing, malformed, a dev or test split, or tokenised unlike the first one.
    """
    descriptions = [describe(source, field) for source in sources]
    tokenizer = descriptions[0][0]
    for source, (other, _) in zip(sources, descriptions, strict=True):
        if other != tokenizer:
            raise InputError(
                f"{source}: expected the tokenizer {tokenizer!r}, as of {sources[0]}, got {other!r}; "
                "train vectors on one tokenizer's output"
            )
    counts: Counter[str] = Counter()
    uncounted = 0
    read = []
    lines = 0
    room = BATCH_WORDS
    with atomic_file(path) as file:
        for source, (_, language) in zip(sources, descriptions, strict=True):
            digest = hashlib.sha256()
            tokens = sentences = 0
            for words in _sentences(source, field, digest):
                counts.update(words)
                if most_words and len(counts) > most_words:
                    rare = int(np.median(np.fromiter(counts.values(), "int64")))
                    counts = Counter({word: count for word, count in counts.items() if count > rare})
                    uncounted += rare
                tokens += len(words)
                sentences += 1
                while words:
                    line, words = words[:room], words[room:]
                    file.write(" ".join(line) + "\n")
                    lines += 1
                    room = room - len(line) or BATCH_WORDS
            checksum = digest.hexdigest()
            read.append(
                {"file": source, "sha256": checksum, "language": language, "tokens": tokens, "sentences": sentences}
            )
    return Corpus(Path(path), lines, sum(each["tokens"] for each in read), counts, uncounted, tokenizer, read)


def describe(source: str, field: str) -> tuple[str, str | None]:
    """The tokenizer and the language of a prepared split, from the `dataset.json` beside it.

    Raises:
        InputError: it is a held-out split, or its tokenizer is not known.
    """
    if Path(source).stem in ("dev", "test"):
        raise InputError(f"{source}: expected train or unlabelled texts; no vectors are trained on dev or test")
    path = Path(source).parent / "dataset.json"
    if not path.exists():
        raise InputError(f"{path}: no such file; run the stage `prepare` that writes it")
    dataset = read_json(path, Dataset)
    if not (tokenizer := dataset.tokenizers.get(field)):
        raise InputError(f"{path}: expected a dataset with a tokenizer under `tokenizers: {field}`")
    return tokenizer, dataset.language if field == "tokens" else dataset.target_language


def escape(word: str) -> str:
    """A word as gensim's file writes it."""
    return word.translate(_ESCAPES)


def unescape(word: str) -> str:
    """The original of an escaped word."""
    return word.translate(_UNESCAPES)


def _sentences(source: str, field: str, digest: Any) -> Iterator[list[str]]:
    """Reads the lists of words of one source, escaped, and hashes the file on the way."""
    row: Any = msgspec.defstruct("Row", [("words", list[str])], rename={"words": field})
    decoder = msgspec.json.Decoder(row)
    try:
        with open_file(source) as file:
            for number, line in enumerate(bounded_lines(file, source), start=1):
                digest.update(line)
                words = decode(line, decoder, source, number).words
                if "" in words:
                    expected = f"expected a list of words under {field!r}, none of them empty"
                    raise InputError(f"{source}:{number}: {expected}; run the stage that writes it again")
                yield _escaped(words)
    except FileNotFoundError:
        raise InputError(f"{source}: no such file; run the stage `prepare` that writes it") from None


def _escaped(words: list[str]) -> list[str]:
    return words if " ".join(words).split() == words else [escape(word) for word in words]
