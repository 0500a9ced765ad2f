"""Configurations as YAML that every reader reads alike, in the form of those that are written by hand."""

from collections.abc import Mapping
from typing import Any

import yaml

from embeddings.foundation.plain_yaml import is_text

WIDTH = 118  # of the lines that are written


class _Dumper(yaml.SafeDumper):
    """Writes text in quotes wherever a reader would take it for something else, and lists below their key."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)


def _represent(dumper: yaml.SafeDumper, value: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, None if is_text(value) else '"')


_Dumper.add_representer(str, _represent)
_Dumper.add_representer(tuple, yaml.SafeDumper.represent_list)


def document(values: Mapping[str, Any], comment: str) -> str:
    """A configuration file, a comment on top: what holds nothing but values stands in one line."""
    text = yaml.dump({**values}, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=WIDTH)
    return f"# {comment}\n{text}"


def flow(values: Mapping[str, Any]) -> str:
    """A mapping in one line."""
    text = yaml.dump(
        {**values}, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=1_000_000, default_flow_style=True
    )
    return text.strip()
