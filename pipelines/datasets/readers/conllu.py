"""CoNLL-U, the format of Universal Dependencies: https://universaldependencies.org/format.html."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from embeddings.foundation.errors import InputError
from pipelines.data.examples import Example
from pipelines.data.lines import blocks
from pipelines.datasets.readers import TextReader
from pipelines.datasets.recognition import Evidence, Recognition, Sample, Wanted

_COLUMNS = ("id", "form", "lemma", "upos", "xpos", "feats", "head", "deprel", "deps", "misc")
_ID = re.compile(r"[0-9]{1,9}(?:[-.][0-9]{1,9})?")


@dataclass(frozen=True)
class Reader(TextReader):
    """Tagged sentences: `# text` as the text, syntactic words as tokens.

    Of a multiword token (1-2) its words are taken (German `zum`: `zu`, `dem`); empty nodes (8.1) are left out.
    """

    tags: Literal["upos", "xpos"] = "upos"  # the column that holds the tags

    def read(self, paths: Sequence[Path]) -> Iterator[Example]:
        """Reads sentences, streaming.

        Raises:
            InputError: a line that is not CoNLL-U, a comment behind a word, words that are not numbered from 1 on, or a
                word without a tag.
        """
        for path in paths:
            for block in blocks(self.read_lines(path)):
                text, tokens, found, last = "", [], [], 0
                for number, line in block:
                    if line.startswith("#"):
                        if tokens:
                            told = "expected comments before a sentence's words, got one after them"
                            raise InputError(f"{path}:{number}: {told}; separate sentences by a blank line")
                        key, _, value = line[1:].partition("=")
                        text = value.strip() if key.strip() == "text" else text
                        continue
                    columns = line.split("\t")
                    if len(columns) != len(_COLUMNS):
                        raise InputError(f"{path}:{number}: expected 10 columns separated by tabs, got {len(columns)}")
                    if not _ID.fullmatch(columns[0]):
                        got = repr(columns[0][:60])
                        raise InputError(f"{path}:{number}: expected a number like 3, 3-4 or 3.1, got {got}")
                    if not columns[0].isdecimal():
                        last = max(last, int(columns[0].rpartition("-")[2]) if "-" in columns[0] else 0)
                        continue
                    if int(columns[0]) != len(tokens) + 1:
                        told = f"expected word {len(tokens) + 1}, got {columns[0][:60]}"
                        raise InputError(f"{path}:{number}: {told}; separate sentences by a blank line")
                    form, tag = columns[1].strip(), columns[_COLUMNS.index(self.tags)].strip()
                    if not form:
                        raise InputError(f"{path}:{number}: expected a word, got none")
                    if tag in ("", "_"):
                        raise InputError(f"{path}:{number}: expected {self.tags} of the word {form[:60]!r}, got none")
                    tokens.append(form)
                    found.append(tag)
                if last > len(tokens):
                    told = f"expected the words up to {last}, as a multiword token's line says, got {len(tokens)}"
                    raise InputError(f"{path}:{block[-1][0]}: {told}; the sentence may be cut")
                yield Example(f"{path}:{block[0][0]}", text or " ".join(tokens), tuple(tokens), tags=tuple(found))

    @classmethod
    def recognise(cls, samples: Sequence[Sample], wanted: Wanted) -> Recognition | None:
        lines = [line for sample in samples for line in sample.texts if not line.startswith("#")]
        rows = [line.split("\t") for line in lines]
        if wanted.entities or wanted.field not in ("tags", "text") or not rows:
            return None
        if any(len(row) != len(_COLUMNS) or not _ID.fullmatch(row[0]) for row in rows):
            return None
        places = {tags: _COLUMNS.index(tags) for tags in ("upos", "xpos")}
        given = [tags for tags, place in places.items() if any(row[place] not in ("", "_") for row in rows)]
        if not given:
            return None
        tags = wanted.options.get("tags", given[0])
        return Recognition(Evidence.SIGNATURE, {"tags": tags}, f"CoNLL-U, tags from column {tags.upper()}")
