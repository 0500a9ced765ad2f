"""Translation memories in TMX, of which two languages are read: https://www.gala-global.org/tmx-14b.

The format's markup of formats (`bpt`, `ept`, `it`, `ph`, `ut`) is no text. Entities that a file declares itself are
refused: a few lines of them can stand for gigabytes.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.parsers import expat

from embeddings.foundation.errors import InputError
from embeddings.foundation.limits import PARSED_BYTES, check_limit
from embeddings.foundation.reading import DAMAGE, open_text
from pipelines.data.examples import Example
from pipelines.data.lines import damaged
from pipelines.datasets.left_out import LeftOut
from pipelines.datasets.readers import FileReader
from pipelines.datasets.recognition import Evidence, Recognition, Sample, Wanted

_MARKUP = frozenset(("bpt", "ept", "it", "ph", "ut"))
_CHUNK = 1 << 16
INCOMPLETE = "units left out, without a text in both languages"


@dataclass(frozen=True)
class Reader(FileReader):
    """Pairs of texts."""

    source: str  # language of the texts, such as `en`, which `en-US` is too
    target: str  # language of their translations

    def __post_init__(self) -> None:
        if not self.source or not self.target or _matches(self.source, self.target):
            raise InputError(f"expected two languages, got {self.source!r} and {self.target!r}")

    def read(self, paths: Sequence[Path]) -> Iterator[Example]:
        """Reads pairs, streaming; units that lack one of the languages are left out and counted.

        Raises:
            InputError: the file is no whole TMX, declares entities, or has no unit in both languages.
        """
        for path in paths:
            pairs, line = 0, 1
            found: dict[str, None] = {}
            for line, texts in units(path):
                source, target = (_text(texts, language) for language in (self.source, self.target))
                found.update(dict.fromkeys(texts))
                if source and target:
                    pairs += 1
                    yield Example(f"{path}:{line}", source, (), target_text=target)
                else:
                    yield LeftOut(f"{path}:{line}", "", (), reason=INCOMPLETE)
            if not pairs:
                known = ", ".join(found) or "none"
                told = (
                    f"expected units in {self.source!r} and {self.target!r}, got none of both; languages: {known[:200]}"
                )
                raise InputError(f"{path}:{line}: {told}")

    @classmethod
    def recognise(cls, samples: Sequence[Sample], wanted: Wanted) -> Recognition | None:
        beginning = samples[0].beginning
        if wanted.field != "target_text" or not re.search(r"<tmx\b", beginning):
            return None
        languages = list(dict.fromkeys(re.findall(r"<tuv\b[^>]*\blang=[\"']([\w-]+)[\"']", beginning)))
        if len(languages) < 2:
            return None
        options = {"source": languages[0], "target": languages[1]} | {**wanted.options}
        told = f"the direction may be reversed: --set options.source={languages[1]} options.target={languages[0]}"
        found = f"TMX, from {options['source']} to {options['target']}"
        return Recognition(Evidence.SIGNATURE, {key: options[key] for key in ("source", "target")}, found, told)


def _text(texts: dict[str, str], language: str) -> str:
    """The text in a language: of the same code, or else of the first that is a variety of it."""
    exact = [text for code, text in texts.items() if code.lower() == language.lower()]
    return next(iter(exact or [text for code, text in texts.items() if _matches(code, language)]), "")


def _matches(code: str, language: str) -> bool:
    """Whether a code such as `en-US` is of a language such as `en`."""
    parts, wanted = (each.lower().replace("_", "-").split("-") for each in (code, language))
    return parts[: len(wanted)] == wanted


def units(path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    """Yields the units of a file, streaming: the line of each, and its texts by language.

    Raises:
        InputError: there is no such file, it is damaged, or no TMX.
    """
    memory = _Memory(path)
    since = 0  # bytes since a unit ended
    try:
        with open_text(path) as file:
            while content := file.read(_CHUNK):
                memory.parser.Parse(content, False)
                since = 0 if memory.units else since + len(content)
                check_limit(f"{path}:{memory.parser.CurrentLineNumber}", "bytes in a unit", PARSED_BYTES, since)
                yield from memory.units
                memory.units.clear()
            memory.parser.Parse(b"", True)
    except FileNotFoundError:
        raise InputError(f"{path}: no such file") from None
    except expat.ExpatError as error:
        raise InputError(f"{path}:{error.lineno}: expected TMX, got malformed XML: {error}; export it again") from None
    except DAMAGE as error:
        raise damaged(path, memory.parser.CurrentLineNumber, error) from None
    except (LookupError, ValueError) as error:  # an encoding that there is not
        if isinstance(error, InputError):
            raise
        line = memory.parser.CurrentLineNumber
        raise InputError(f"{path}:{line}: expected TMX in UTF-8 or UTF-16, got an error: {error}") from None


class _Memory:
    """What is read of a translation memory: the units that have ended, and the one that has not.

    Args:
        path: of the file, for errors.
    """

    def __init__(self, path: Path) -> None:
        self.units: list[tuple[int, dict[str, str]]] = []
        self.parser = expat.ParserCreate()
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._characters
        self.parser.EntityDeclHandler = self._entity
        self._path = path
        self._open: list[str] = []
        self._line = 1
        self._language = ""
        self._texts: dict[str, str] = {}
        self._pieces: list[str] = []

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if not self._open and name != "tmx":
            line = self.parser.CurrentLineNumber
            raise InputError(f"{self._path}:{line}: expected TMX, got XML of {name[:60]!r}")
        self._open.append(name)
        if name == "tu":
            self._line, self._texts = self.parser.CurrentLineNumber, {}
        elif name == "tuv":
            self._language = attributes.get("xml:lang", attributes.get("lang", ""))
        elif name == "seg":
            self._pieces = []

    def _end(self, name: str) -> None:
        self._open.pop()
        if name == "seg":
            self._texts.setdefault(self._language, " ".join("".join(self._pieces).split()))
        elif name == "tu":
            self.units.append((self._line, self._texts))

    def _characters(self, text: str) -> None:
        if "seg" in self._open and not _MARKUP.intersection(self._open):
            self._pieces.append(text)

    def _entity(self, name: str, *_: object) -> None:
        line = self.parser.CurrentLineNumber
        raise InputError(f"{self._path}:{line}: expected TMX without entities of its own, got {name[:60]!r}; remove it")
