"""The texts of an unlabelled split as a run reads them."""

from collections.abc import Iterable, Iterator
from hashlib import blake2b

import regex

from pipelines.data.examples import Example
from pipelines.text.tokenization import Tokenizer
from pipelines.text.words import without_gaps

# White space behind the end of a sentence, not of an initial or a usual abbreviation, and before a capital or a digit.
_GAP = regex.compile(
    r"(?<=[.!?…][\"'”’»)\]]*)(?<!(?:^|[\s(.])(?:\p{L}|Mr|Mrs|Ms|Dr|Prof|St|vs)\.)\s+(?=[\"'“‘«¿¡(\[]*[\p{Lu}\p{N}])"
)


def as_read(examples: Iterable[Example], tokenize: Tokenizer, keeps_tokens: bool, sentences: bool) -> Iterator[Example]:
    """Texts with the tokens that a run reads; those without tokens are left out.

    Args:
        examples: of the unlabelled split.
        tokenize: the run's tokenizer.
        keeps_tokens: whether the tokens that are there are of that tokenizer; else the raw text is tokenized anew.
        sentences: whether a text is split into sentences, each tokenized anew.
    """
    for example in examples:
        for text in split_sentences(example.text) if sentences else [example.text]:
            tokens = example.tokens if keeps_tokens and not sentences else tuple(tokenize(text))
            if tokens and text.strip():
                yield Example(example.id, text, tokens)


def split_sentences(text: str) -> list[str]:
    """The sentences of a raw text in a language that parts them by a full stop and white space."""
    return [sentence for part in _GAP.split(without_gaps(text)) if (sentence := part.strip())]


def key(tokens: Iterable[str]) -> bytes:
    """16 bytes that two texts share if they have the same characters but for case and white space.

    So a text is found again that another tokenizer has split.
    """
    characters = "".join("".join(tokens).split()).casefold()
    return blake2b(characters.encode("utf-8"), digest_size=16).digest()
