"""How a file writes the tags of entities: the letters of its scheme, and where they stand in a tag."""

import contextlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from embeddings.foundation.errors import InputError
from pipelines.data.tag_schemes import TagError, broken

Scheme = Literal["iob2", "iob1", "iobes", "bilou", "bmes", "bmewo", "io", "none"]
TagForm = Literal["B-X", "X-B", "B_X", "X_B", "B", "X"]

# Scheme -> the scheme that tag_schemes reads, the file's letters, and what each is there.
SCHEMES: dict[Scheme, tuple[str, str, str]] = {
    "iob2": ("iob2", "BI", "BI"),
    "iob1": ("iob1", "BI", "BI"),
    "iobes": ("iobes", "BIES", "BIES"),  # also named BIOES
    "bilou": ("iobes", "BILU", "BIES"),  # last, unit
    "bmes": ("iobes", "BMES", "BIES"),  # middle
    "bmewo": ("iobes", "BMEW", "BIES"),  # whole
    "io": ("iob1", "I", "I"),  # neighbours of one type are one entity
}
_LETTERS = re.compile(r"^([BIESLUMW])-.", re.MULTILINE)
UNTYPED = "SPAN"  # the type of tags that have none


@dataclass(frozen=True)
class TagNotation:
    """The scheme of a file's entity tags and the form of each.

    Args:
        scheme: which letters there are; `none`: the tags are of another kind, such as parts of speech.
        form: `B` stands for the letter, `X` for the type; `B` alone has no types, `X` alone no letters.

    Raises:
        InputError: tags without letters in a scheme that needs them.
    """

    scheme: Scheme = "none"
    form: TagForm = "B-X"

    def __post_init__(self) -> None:
        if self.scheme == "none" and self.form != "B-X":
            raise InputError(f"expected a `scheme` of entity tags with `tag_form: {self.form}`, got none")
        if self.form == "X" and self.scheme != "io":
            raise InputError(f"expected `scheme: io` with `tag_form: X`, which has no letters, got {self.scheme!r}")

    @property
    def read_as(self) -> str:
        """The scheme of what `read` gives."""
        return SCHEMES[self.scheme][0]

    def read(self, tags: Sequence[str]) -> list[str]:
        """A sentence's tags in the form `B-X`, with the letters of the scheme `read_as`; case of letters is ignored.

        Raises:
            TagError: a tag that this notation does not have.
        """
        return [self._read(tag, position) for position, tag in enumerate(tags)]

    def type_of(self, tag: str) -> str:
        """The type of a tag; empty for `O`, and for what this notation does not have."""
        return "" if tag in ("O", "o") else self._parts(tag)[1]

    def _parts(self, tag: str) -> tuple[str, str]:
        """Letter and type of a tag, each empty where it is missing."""
        if self.form == "B":
            return tag, UNTYPED
        if self.form == "X":
            return "I", tag
        separator = self.form[1]
        if self.form.startswith("B"):
            letter, _, kind = tag.partition(separator)
        else:
            kind, _, letter = tag.rpartition(separator)
        return letter, kind

    def _read(self, tag: str, position: int) -> str:
        if tag in ("O", "o"):
            return "O"
        _, theirs, ours = SCHEMES[self.scheme]
        letter, kind = self._parts(tag)
        if len(letter) != 1 or letter.upper() not in theirs or not kind:
            shown = ", ".join(self.form.replace("B", each).replace("X", "...") for each in theirs)
            raise TagError(f"expected O, {shown} ({self.scheme}), got {tag[:60]!r}", position)
        return f"{ours[theirs.index(letter.upper())]}-{kind}"


def recognise_notation(sentences: Sequence[Sequence[str]]) -> TagNotation:
    """The notation that has all of these tags, and of several the one that they break least; none: scheme `none`.

    There has to be an entity. Where the letters are of several schemes, it is the one that has most of them. Tags
    without letters are recognised where most tokens are outside of entities.
    """
    tags = [tag for sentence in sentences for tag in sentence]
    outside = sum(tag in ("O", "o") for tag in tags)
    if outside == len(tags):
        return TagNotation()
    found: dict[TagNotation, int] = {}
    for form in get_args(TagForm):
        if form == "X" and 2 * len(letters := _LETTERS.findall("\n".join(tags))) > len(tags) - outside:
            # They have letters, of several schemes: whoever reads them tells which does not belong.
            return TagNotation(max(SCHEMES, key=lambda scheme: sum(letters.count(each) for each in SCHEMES[scheme][1])))
        without_letters: tuple[Scheme, ...] = ("io",) if 2 * outside > len(tags) else ()
        for scheme in without_letters if form == "X" else SCHEMES:
            notation = TagNotation(scheme, form)
            with contextlib.suppress(TagError):
                found[notation] = sum(broken(notation.read(sentence), notation.read_as) for sentence in sentences)
        if found:
            break
    order = list(SCHEMES)
    return min(found, key=lambda notation: (found[notation], order.index(notation.scheme)), default=TagNotation())
