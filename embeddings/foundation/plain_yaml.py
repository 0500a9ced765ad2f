"""YAML that all its readers read alike: PyYAML follows YAML 1.1, DVC's reader YAML 1.2.

What the two read differently is refused where it stands: `yes` is true to one and text to the other, `010` is 8 and 10,
and of a repeated key one takes the last value. So is a date, which no key takes. Numbers as DVC writes them, such as
`1e-05`, are numbers here as well, though text to PyYAML.
"""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import yaml
from yaml._yaml import CParser
from yaml.composer import Composer
from yaml.constructor import SafeConstructor
from yaml.nodes import MappingNode, Node, ScalarNode

from embeddings.foundation.limits import YAML_BYTES, YAML_DEPTH, YAML_NODES, lifted
from embeddings.foundation.reading import read_bytes

_PREFIX = "tag:yaml.org,2002:"
_YAML_1_2 = {  # as DVC's reader, ruamel.yaml, takes them, which lets `_` stand in numbers
    "null": re.compile(r"~|null|Null|NULL|"),
    "bool": re.compile(r"true|True|TRUE|false|False|FALSE"),
    "int": re.compile(r"[-+]?(0b[01_]+|0o?[0-7_]+|[0-9_]+|0x[0-9a-fA-F_]+)"),
    "float": re.compile(
        r"[-+]?([0-9][0-9_]*(\.[0-9_]*([eE][-+]?[0-9]+)?|[eE][-+]?[0-9]+)|\.[0-9_]+([eE][-+]?[0-9]+)?"
        r"|\.(inf|Inf|INF))|\.(nan|NaN|NAN)"
    ),
}
_NUMBER = re.compile(r"[-+]?([0-9]+(\.[0-9]*)?[eE][-+]?[0-9]+|\.[0-9]+([eE][-+][0-9]+)?)")  # text in YAML 1.1, or not
_OWN_SPELLING = re.compile(r"[-+]?0[0-9]|.*_")  # of numbers: octal to one reader, or with `_`
_REPAIRS = {
    "bool": "write true or false, or text in quotes",
    "timestamp": "write a date in quotes",
    "value": "write it in quotes",
}


class DifferentReadingsError(yaml.MarkedYAMLError):
    """Valid YAML that means something else to another reader."""


@dataclass(frozen=True)
class Entry:
    """An entry of a YAML file, as a message names it: with its line, which is found when it is asked for."""

    path: str | Path
    keys: tuple[Any, ...]  # down to it
    called: str

    def __str__(self) -> str:
        loader = _Loader(read_bytes(self.path, YAML_BYTES).decode("utf-8"))
        node: Any = loader.get_single_node()
        line = 1
        for key in self.keys:
            own = [(name, value) for name, value in node.value if name.tag != f"{_PREFIX}merge"]
            found = [(name, value) for name, value in own if loader.construct_object(name, deep=True) == key]
            if not found:  # it is merged from elsewhere
                break
            name, node = found[0]
            line = name.start_mark.line + 1
        return f"{self.path}:{line}: {self.called}"


def read(text: str) -> Any:
    """Reads the one document of a text.

    Raises:
        DifferentReadingsError: two readers would read it differently.
        yaml.YAMLError: it is not valid YAML.
    """
    loader = _Loader(text)
    try:
        return loader.get_single_data()
    except DifferentReadingsError:
        raise
    except yaml.YAMLError:
        yaml.compose(text, yaml.SafeLoader)  # PyYAML's own parser says more of what is wrong, and where
        raise
    finally:
        loader.dispose()


def is_text(value: str) -> bool:
    """Whether every reader takes a plain value for text."""
    return {*_kinds(value)} == {"str"}


def _kinds(value: str) -> tuple[str, str]:
    """What a plain value is in YAML 1.1 and in YAML 1.2."""
    first = _RESOLVER.resolve(ScalarNode, value, (True, False)).removeprefix(_PREFIX)
    second = next((kind for kind, form in _YAML_1_2.items() if form.fullmatch(value)), "str")
    return first, second


class _Resolver(yaml.resolver.Resolver):
    """Tells numbers, truth values and text apart as PyYAML does, but for numbers with an exponent."""


_RESOLVER = _Resolver()
_Resolver.add_implicit_resolver(f"{_PREFIX}float", re.compile(f"{_NUMBER.pattern}$"), [*"-+.0123456789"])


class _Loader(Composer, CParser, SafeConstructor, _Resolver):
    """Refuses what is read differently, and what is too much, with its line.

    libyaml parses: PyYAML's own parser takes four times as long.
    """

    depth = nodes = 0

    def __init__(self, text: str) -> None:
        Composer.__init__(self)
        CParser.__init__(self, text)
        SafeConstructor.__init__(self)
        _Resolver.__init__(self)

    def compose_node(self, parent: Any, index: Any) -> Any:
        self.depth, self.nodes = self.depth + 1, self.nodes + 1
        for got, limit, what in (
            (self.depth, YAML_DEPTH, "values within each other"),
            (self.nodes, YAML_NODES, "values"),
        ):
            if got > limit and got > (most := lifted(limit)):
                raise _refusal(f"expected at most {most:,} {what}, got more", cast(Any, self.peek_event()).start_mark)
        try:
            return super().compose_node(parent, index)
        finally:
            self.depth -= 1

    def compose_scalar_node(self, anchor: Any) -> ScalarNode:
        event: Any = self.peek_event()
        if event.tag is None and event.implicit[0]:
            one, other = _kinds(event.value)
            of_merge = one == "merge"
            alike = one == other and not (one in ("int", "float") and _OWN_SPELLING.match(event.value))
            if not (alike or of_merge):
                kind = next((kind for kind in (one, other) if kind in _REPAIRS), "")
                repair = _REPAIRS.get(kind, "write a number such as 10, 0.5 or 1e-3, or text in quotes")
                told = "expected a value that YAML 1.1 and YAML 1.2, which DVC reads, read alike"
                raise _refusal(f"{told}, got {event.value!r}; {repair}", event.start_mark)
        return super().compose_scalar_node(anchor)

    def compose_document(self) -> Node | None:
        event: Any = self.peek_event()
        if event.version:
            raise _refusal("expected no %YAML line, which changes what values mean; remove it", event.start_mark)
        document = super().compose_document()
        if document and (most := lifted(YAML_NODES)) < _size(document, {}):
            raise _refusal(
                f"expected at most {most:,} values, those behind aliases counted each time, got more",
                document.start_mark,
            )
        return document

    def compose_mapping_node(self, anchor: Any) -> MappingNode:
        node = super().compose_mapping_node(anchor)
        seen = set()
        for key, _ in node.value:
            if isinstance(key, ScalarNode):
                if (key.tag, key.value) in seen:
                    raise _refusal(f"expected each key once, got {key.value!r} again; remove one", key.start_mark)
                seen.add((key.tag, key.value))
        return node


def _size(node: Node, known: dict[int, int]) -> int:
    """The number of nodes of a document, those behind aliases counted as often as they are named.

    Args:
        node: the first.
        known: sizes by identity; that of a node whose own are being counted is 0.
    """
    if (size := known.get(id(node))) is not None:
        if not size:
            raise _refusal("expected an alias of something else, got one of what it stands in", node.start_mark)
        return size
    known[id(node)] = 0
    within: list[Any] = node.value if not isinstance(node, ScalarNode) else []
    parts = (part for each in within for part in (each if isinstance(each, tuple) else (each,)))
    size = known[id(node)] = 1 + sum(_size(part, known) for part in parts)
    return size


def _refusal(problem: str, mark: Any) -> DifferentReadingsError:
    return DifferentReadingsError(problem=problem, problem_mark=mark)
