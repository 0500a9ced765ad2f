"""CoNLL-U, the format of Universal Dependencies: https://universaldependencies.org/format.html."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Literal

from conllu import parse
from conllu.exceptions import ParseException

from embeddings.errors import InputError
from pipelines.data.examples import Example
from pipelines.data.lines import blocks

_FIELDS = ("id", "form", "lemma", "upos", "xpos")


def read(paths: Sequence[Path], tags: Literal["upos", "xpos"] = "upos") -> Iterator[Example]:
    """Reads sentences, streaming: `# text` as the text, syntactic words as tokens.

    Of a multiword token its words are taken (German `zum`: `zu`, `dem`); empty nodes (8.1) are left out.

    Args:
        paths: the files, one after another.
        tags: the column that holds the tags.

    Raises:
        InputError: a line that is not CoNLL-U, or a word without a tag.
    """
    if tags not in ("upos", "xpos"):
        raise InputError(f"conllu: expected the option `tags` to be upos or xpos, got {tags!r}")
    for path in paths:
        for block in blocks(path):
            for number, line in block:
                if not line.startswith("#") and line.count("\t") != 9:
                    raise InputError(f"{path}:{number}: expected 10 columns between tabs, got {line.count(chr(9)) + 1}")
            number = block[0][0]
            try:
                sentence = parse("\n".join(line for _, line in block), fields=_FIELDS)[0]
            except ParseException as error:
                raise InputError(f"{path}:{number}: expected a sentence in CoNLL-U: {error}") from None
            words = [token for token in sentence if isinstance(token["id"], int)]
            for word in words:
                if not word.get(tags) or word[tags] == "_":
                    raise InputError(f"{path}:{number}: expected {tags} of the word {word['form']!r}, got none")
            tokens = tuple(word["form"] for word in words)
            yield Example(
                id=f"{path}:{number}",
                text=sentence.metadata.get("text") or " ".join(tokens),
                tokens=tokens,
                tags=tuple(word[tags] for word in words),
            )
