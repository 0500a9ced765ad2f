"""Subwords: byte-pair encodings that prepare trains on a dataset's own train split, with sentencepiece."""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from pathlib import Path

from embeddings.errors import InputError
from embeddings.files import atomic_path

SUBWORDS = "subwords"  # the tokenizer's name in a dataset's config; its id adds the encoding's checksum
SPACE = "▁"  # stands before a piece that begins a word


def encoding_path(folder: Path, field: str) -> Path:
    """Where a dataset or a run keeps the encoding of a field, `tokens` or `target_tokens`."""
    return folder / f"subwords_{field}.model"


def train_encoding(texts: Iterable[str], pieces: int, path: Path) -> str:
    """Trains a byte-pair encoding on raw texts and writes it; returns the tokenizer's id.

    Texts are taken as they are, but for runs of white space, which become one space each. Every character of the
    texts gets a piece; equal texts give equal bytes.

    Args:
        texts: of the train split.
        pieces: how many there are, every character of the texts and three that are never used among them.
        path: the file to write.

    Raises:
        InputError: the texts have too few words, or too many characters, for so many pieces.

    Reference: Sennrich, Haddow & Birch, "Neural Machine Translation of Rare Words with Subword Units", ACL 2016.
    """
    import io

    from sentencepiece import SentencePieceTrainer

    model = io.BytesIO()
    try:
        SentencePieceTrainer.train(
            sentence_iterator=iter(texts),
            model_writer=model,
            model_type="bpe",
            vocab_size=pieces,
            character_coverage=1.0,
            normalization_rule_name="identity",
            max_sentence_length=1 << 20,  # bytes; longer texts would be left out
            minloglevel=2,
        )
    except (RuntimeError, ValueError) as error:
        reason = str(error).splitlines()[-1]
        raise InputError(f"subwords: {pieces} pieces cannot be had of these texts: {reason}") from None
    with atomic_path(path) as temporary:
        temporary.write_bytes(model.getvalue())
    return f"{SUBWORDS} {hashlib.sha256(model.getvalue()).hexdigest()[:12]}"


@lru_cache(maxsize=4)
def load_encoding(path: Path) -> Callable[[str], list[str]]:
    """The tokenizer that an encoding is: a text's pieces, each with `▁` before it where a word begins.

    Raises:
        InputError: the file is missing or is no encoding.
    """
    from sentencepiece import SentencePieceProcessor

    if not path.exists():
        raise InputError(f"{path}: no such file; a dataset or run of subwords keeps its encoding there")
    try:
        processor = SentencePieceProcessor(model_proto=path.read_bytes())
    except RuntimeError:
        raise InputError(f"{path}: expected a sentencepiece model, got something else; copy the folder again") from None
    return lambda text: processor.encode(text, out_type=str)


def join_pieces(pieces: Sequence[str]) -> str:
    """The text that pieces were made of, its words one space apart."""
    return "".join(pieces).replace(SPACE, " ").strip()
