"""Dumps of Wikipedia: the paragraphs of articles as plain text, a slice from the beginning of `pages-articles` files.

Files of https://dumps.wikimedia.org are read as they come, compressed. gensim takes the markup out: templates, and
links, of which the text stays. Tables, footnotes, headings, lists and redirects are left out.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from embeddings.foundation.errors import InputError
from embeddings.foundation.limits import PARSED_BYTES, check_limit
from embeddings.foundation.reading import DAMAGE, open_text
from pipelines.data.examples import Example
from pipelines.data.lines import damaged
from pipelines.datasets.readers import FileReader
from pipelines.datasets.recognition import Evidence, Recognition, Sample, Wanted

ARTICLES = "0"  # namespace
_FOOTNOTE = re.compile(r"<ref\b[^<>]*/>|<ref\b[^<>]*>.*?</ref\s*>", re.DOTALL | re.IGNORECASE)
_NO_PARAGRAPH = tuple("=*#:;!{}<")  # first characters of headings and list items, and of what markup leaves
_REPAIRS = (  # of what is left of markup within a paragraph
    (re.compile(r"(?<=\w)'''(?=s\b)"), "'"),  # ''Titanic'''s
    (re.compile(r"'{2,}"), ""),  # italics and bold type
    (re.compile(r"__[A-Z]+__"), ""),  # __NOTOC__
    (re.compile(r" ?\([\s,;:]*\)"), ""),  # round a pronunciation, which was a template
    (re.compile(r"[ \t\r]+"), " "),
)


@dataclass(frozen=True)
class Reader(FileReader):
    """Paragraphs of articles."""

    maximum_words: int | None = None  # of the slice, which ends with the paragraph that reaches them; by default all
    minimum_words: int = 8  # of a paragraph; captions and single names are left out

    def __post_init__(self) -> None:
        for name in ("maximum_words", "minimum_words"):
            if (value := getattr(self, name)) is not None and value < 1:
                raise ValueError(f"expected {name} of at least 1, got {value}")

    def read(self, paths: Sequence[Path]) -> Iterator[Example]:
        words = 0
        for path in paths:
            for title, markup in articles(path):
                for number, paragraph in enumerate(paragraphs(markup), start=1):
                    if (length := len(paragraph.split())) < self.minimum_words:
                        continue
                    yield Example(id=f"{path}: {title}, paragraph {number}", text=paragraph, tokens=())
                    words += length
                    if self.maximum_words and words >= self.maximum_words:
                        return

    @classmethod
    def recognise(cls, samples: Sequence[Sample], wanted: Wanted) -> Recognition | None:
        if wanted.field == "text" and samples[0].beginning.startswith("<mediawiki"):
            return Recognition(Evidence.SIGNATURE, {}, "a Wikipedia dump, one text per paragraph")
        return None


def articles(path: Path) -> Iterator[tuple[str, str]]:
    """Yields title and wiki markup of the articles of a dump, streaming; redirects and other pages are left out.

    Raises:
        InputError: there is no such file, it is damaged, or no dump of MediaWiki.
    """
    reached = _Lines(path)
    try:
        with open_text(path) as file:
            reached.file = file
            parsed = ElementTree.iterparse(reached, events=("start", "end"))
            _, root = next(parsed)
            if _name(root) != "mediawiki":
                raise InputError(f"{path}:1: expected a dump of MediaWiki, got XML of {_name(root)[:60]!r}")
            for event, element in parsed:
                if event == "end" and _name(element) == "page":
                    page = {_name(part): part for part in element.iter()}
                    texts = {name: page[name].text or "" for name in ("title", "ns", "text") if name in page}
                    if texts.get("ns", ARTICLES) == ARTICLES and "redirect" not in page:
                        yield texts.get("title", ""), texts.get("text", "")
                    root.clear()  # else all pages would stay in memory
                    reached.since = 0
    except FileNotFoundError:
        raise InputError(f"{path}: no such file") from None
    except ElementTree.ParseError as error:
        advice = "give a pages-articles dump, whole"
        raise InputError(
            f"{path}:{error.position[0]}: expected XML of a MediaWiki dump, got {error}; {advice}"
        ) from None
    except DAMAGE as error:
        raise damaged(path, reached.line, error) from None
    except (ValueError, LookupError) as error:  # an encoding that there is not
        if isinstance(error, InputError):
            raise
        raise InputError(f"{path}:{reached.line}: expected XML in UTF-8, got an error: {error}") from None


def paragraphs(markup: str) -> Iterator[str]:
    """Yields the paragraphs of an article as plain text, each without line ends."""
    from gensim.corpora.wikicorpus import filter_wiki

    for line in filter_wiki(without_tables(_FOOTNOTE.sub("", markup))).split("\n"):
        if not line.startswith(_NO_PARAGRAPH) and "|" not in line:  # which is left of galleries and captions
            for form, replacement in _REPAIRS:
                line = form.sub(replacement, line)
            if line := line.strip():
                yield line


def without_tables(markup: str) -> str:
    """The markup without its tables, whose cells gensim would give as lines; one may hold another."""
    kept, depth = [], 0
    for line in markup.split("\n"):
        begins = line.lstrip(" :*#")
        depth += begins.startswith("{|")
        if not depth:
            kept.append(line)
        elif begins.startswith("|}") and not begins.startswith("|}}"):
            depth -= 1
    return "\n".join(kept)


class _Lines:
    """An open file that counts the lines which were read.

    Args:
        path: of the file, for errors.
    """

    file: Any = None
    line = 1
    since = 0  # bytes since a page ended

    def __init__(self, path: Path) -> None:
        self.path = path

    def read(self, size: int = -1) -> bytes:
        content = self.file.read(size)
        self.line += content.count(b"\n")
        self.since += len(content)
        check_limit(f"{self.path}:{self.line}", "bytes in a page", PARSED_BYTES, self.since)
        return content


def _name(element: ElementTree.Element) -> str:
    """The tag of an element without its namespace, which has the version of the format in it."""
    return element.tag.rpartition("}")[2]
