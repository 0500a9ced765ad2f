"""Subwords: byte-pair encodings that prepare trains on a dataset's own train split, with sentencepiece."""

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from pathlib import Path

from embeddings.foundation.errors import InputError
from embeddings.foundation.files import atomic_path
from embeddings.foundation.limits import PARSED_BYTES
from embeddings.foundation.reading import read_bytes

SUBWORDS = "subwords"  # the tokenizer's name in a dataset's config; its id adds the encoding's checksum
SPACE = "▁"  # stands before a piece that begins a word
LONGEST = 1 << 18  # characters of a text that are learned from at once


def encoding_path(folder: Path, field: str) -> Path:
    """Where a dataset or a run keeps the encoding of a field, `tokens` or `target_tokens`."""
    return folder / f"subwords_{field}.model"


def train_encoding(texts: Iterable[str], pieces: int, path: Path) -> str:
    """Trains a byte-pair encoding on raw texts and writes it; returns the tokenizer's id.

    Texts are taken as they are, but for spaces (U+0020): a run of them becomes one, those at the ends of a text go.
    Tabs, line ends and other white space are characters like any other. Every character of the texts gets a piece;
    equal texts give equal bytes.

    Args:
        texts: of the train split.
        pieces: how many there are, every character of the texts and three that are never used among them.
        path: the file to write.

    Raises:
        InputError: the texts have too few words, or too many characters, for so many pieces; or a word is too long.

    Reference: Sennrich, Haddow & Birch, "Neural Machine Translation of Rare Words with Subword Units", ACL 2016.
    """
    import io

    from sentencepiece import SentencePieceTrainer

    model = io.BytesIO()
    sentences = [part for text in texts for part in parts(text)]  # as a list: sentencepiece hides an iterator's errors
    try:
        SentencePieceTrainer.train(
            sentence_iterator=iter(sentences),
            model_writer=model,
            model_type="bpe",
            vocab_size=pieces,
            character_coverage=1.0,
            normalization_rule_name="identity",
            max_sentence_length=4 * LONGEST,  # bytes, so many as the characters can have; what is longer is left out
            minloglevel=2,
        )
    except (RuntimeError, ValueError) as error:
        raise InputError(
            f"subword_vocab_size: {pieces} is not possible for these texts: {_reason(str(error))}"
        ) from None
    with atomic_path(path) as temporary:
        temporary.write_bytes(model.getvalue())
    return encoding_id(model.getvalue())


def encoding_id(model: bytes) -> str:
    """The tokenizer's id, of the encoding's bytes."""
    return f"{SUBWORDS} {hashlib.sha256(model).hexdigest()[:12]}"


def parts(text: str) -> Iterator[str]:
    """Cuts a long text behind spaces, which no piece crosses, or where there are none, behind a line end.

    Raises:
        InputError: there is neither.
    """
    start = 0
    while len(text) - start > LONGEST:
        part = text[start : start + LONGEST]
        end = part.rfind(" ") + 1 or part.rfind("\n") + 1
        if not end:
            raise InputError(
                f"subwords: expected a space or a line end within {LONGEST:,} characters, got a longer word, "
                f"{part[:30]!r}...; cut it, or choose the tokenizer `characters`"
            )
        yield part[:end]
        start += end
    yield text[start:]


def _reason(message: str) -> str:
    """What a user can do about sentencepiece's message."""
    if most := re.search(r"value <= (\d+)", message):
        return f"choose {most[1]} or fewer"
    if least := re.search(r"\d+ vs (\d+)", message):
        return f"choose {least[1]} or more, since every character needs one"
    return "they have no words, or more characters than that"


@lru_cache(maxsize=4)
def load_encoding(path: Path, identity: str) -> Callable[[str], list[str]]:
    """The tokenizer that an encoding is: a text's pieces, each with `▁` before it where a word begins.

    Raises:
        InputError: the file is missing or is no encoding, or not the one of this id.
    """
    from sentencepiece import SentencePieceProcessor

    if not path.exists():
        raise InputError(f"{path}: no such file; a dataset or run of subwords keeps its encoding there")
    model = read_bytes(path, PARSED_BYTES)
    if (got := encoding_id(model)) != identity:
        raise InputError(f"{path}: expected the encoding {identity!r}, got {got!r}; copy the folder again")
    try:
        processor = SentencePieceProcessor(model_proto=model)
    except RuntimeError:
        raise InputError(f"{path}: expected a sentencepiece model, got something else; copy the folder again") from None
    return lambda text: processor.encode(text, out_type=str)


def join_pieces(pieces: Sequence[str]) -> str:
    """The text that pieces were made of, its words one space apart."""
    return "".join(pieces).replace(SPACE, " ").strip()


def spaced_pieces(pieces: Iterable[str]) -> Iterator[str]:
    """The pieces, each with the space that stands before a word, but not before the first; streaming."""
    begun = False
    for piece in pieces:
        text = piece.replace(SPACE, " ")
        text = text if begun else text.lstrip(" ")
        begun = begun or bool(text)
        yield text
