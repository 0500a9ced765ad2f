"""The page in another language: a text for each English one, into which the English one's numbers are filled.

Figures and verdicts stand in one place, the English text that follows from them. A translation is looked up by that
text, first as it is, then with `{}` for each number, so that new figures need no new translation and a text that has
changed is not translated by an old one: it stays English, and a test says so.
"""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from embeddings.foundation.config import read_yaml

NUMBER = re.compile(r"(?<![A-Za-z\d])[+-]?\d+(?:[.,]\d+)*(?:e[+-]?\d+)?")  # not that of a name, such as F1
PARTS = re.compile(r"(\n\n+|\n(?=- ))")  # between paragraphs, and between items of a list


class Translation:
    """Translates the texts of a page; keeps in `missing` those that it cannot, and in `used` what it has used.

    Args:
        texts: the translation of each English text, `{}` for numbers in the same order, or `{0}`, `{1}`, ...
    """

    def __init__(self, texts: Mapping[str, str]) -> None:
        self.texts = texts
        self.missing: list[str] = []
        self.used: set[str] = set()

    def __call__(self, text: str) -> str:
        """A text, paragraph by paragraph; equations stay."""
        return "".join(part if not part.strip() else self._part(part) for part in PARTS.split(text))

    def _part(self, part: str) -> str:
        if part.startswith("    "):
            return part
        english = " ".join(part.split())
        pattern = NUMBER.sub("{}", english)
        for known, numbers in ((english, None), (pattern, NUMBER.findall(english))):
            if known in self.texts:
                self.used.add(known)
                return self.texts[known] if numbers is None else self.texts[known].format(*numbers)
        self.missing.append(english)
        return part


def read_translation(folder: Path) -> Translation:
    """The texts of all files of a folder, each a list of pairs `en` and `ru`."""
    return Translation(dict(_pairs(folder)))


def _pairs(folder: Path) -> Iterator[tuple[str, str]]:
    for path in sorted(folder.glob("*.yaml")):
        for pair in read_yaml(path)["texts"]:
            yield pair["en"], pair["ru"]
