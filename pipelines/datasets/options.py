"""Options of tags and labels that readers and sources share."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from embeddings.foundation.errors import InputError
from pipelines.data.tag_notation import Scheme, TagForm, TagNotation, recognise_notation


@dataclass(frozen=True, kw_only=True)
class NotationOptions:
    """How entity tags are written."""

    scheme: Scheme = "none"  # of entity tags; `none`: tags of another kind
    tag_form: TagForm = "B-X"  # of entity tags: B is the letter, X the type; `B` has no types, `X` no letters

    def tag_notation(self) -> TagNotation:
        return TagNotation(self.scheme, self.tag_form)


@dataclass(frozen=True, kw_only=True)
class TagOptions(NotationOptions):
    """How tags are written, in files that may hold numbers in their place."""

    tag_names: tuple[str, ...] = ()  # names of tags that are numbers from 0

    def tag_of(self, value: str, where: str) -> str:
        """The tag that a file writes so."""
        return named(value, self.tag_names, "tag_names", where) if self.tag_names else value


@dataclass(frozen=True, kw_only=True)
class UnlabelledOption:
    """Whether rows may lack a label."""

    unlabelled: bool = False  # if so, those of train are set apart as the split unlabelled

    def sets_apart(self) -> bool:
        return self.unlabelled


@dataclass(frozen=True, kw_only=True)
class LabelOptions(UnlabelledOption):
    """How labels are written, and whether rows may lack one."""

    label_names: tuple[str, ...] = ()  # names of labels that are numbers from 0

    def label_of(self, value: str, where: str) -> str:
        """The label that a file writes so."""
        return named(value, self.label_names, "label_names", where) if self.label_names else value


def named(number: object, names: tuple[str, ...], option: str, where: str) -> str:
    """The name of a number from 0.

    Raises:
        InputError: it is none, or has no name; the message says so of the `option`.
    """
    digits = str(number).strip()
    if not (digits.isascii() and digits.isdigit() and len(digits) < 10 and int(digits) < len(names)):
        raise InputError(f"{where}: expected a number from 0 to {len(names) - 1} (`{option}`), got {digits[:60]!r}")
    return names[int(digits)]


def notation_options(sentences: Sequence[Sequence[str]], given: Mapping[str, Any]) -> tuple[dict[str, Any], str]:
    """The options that tell how entity tags are written, and what to tell people; none where nothing tells it.

    Args:
        sentences: of tags.
        given: options that the user has given, which are right.
    """
    notation = recognise_notation(sentences)
    options: dict[str, Any] = {"scheme": given.get("scheme", notation.scheme)}
    if (form := given.get("tag_form", notation.form)) != "B-X":
        options["tag_form"] = form
    return options, f" ({', '.join(options.values())})"
