"""Explained predictions as a page: texts coloured by token attributions, attention as a table."""

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

START = """<!DOCTYPE html>
<html lang="en">
<meta charset="utf-8">
<title>Explained predictions</title>
<style>
body { font: 16px/1.7 sans-serif; margin: 2em auto; max-width: 60em; padding: 0 1em; }
section { border-top: 1px solid #ccc; padding: 1em 0; }
h2 { font-size: 1em; margin: 0 0 .5em; }
span { border-radius: .2em; padding: .1em .15em; }
table { border-collapse: collapse; font-size: 14px; }
th { font-weight: normal; padding: .1em .4em; text-align: right; white-space: nowrap; }
thead th { text-align: left; vertical-align: bottom; writing-mode: vertical-rl; transform: rotate(180deg); }
td { border: 1px solid #eee; height: 1.6em; min-width: 1.6em; }
</style>
<p>A token in blue speaks for the predicted label, one in red against it; in a translation's table a cell is the
attention weight from the target token of its row to the source token of its column.</p>
"""
END = "</html>\n"
FOR, AGAINST = (31, 119, 180), (214, 39, 40)  # blue and red
DARKEST = 0.7  # opacity, on which black can still be read


def section(row: Mapping[str, Any]) -> str:
    """A prediction with its `explanation`, as HTML.

    Weights of words colour a text, blue where they are above zero and red below, by their share of the largest; rows
    of weights make a table with a column for each source word; of several labels each colours the text once. An empty
    text, without a label, is an empty section.
    """
    weights = row["explanation"]["weights"]
    if "labels" in row:
        body = "".join(_text(row, label, of_label) for label, of_label in zip(row["labels"], weights, strict=True))
    elif "label" in row:
        body = "" if row["label"] is None else _text(row, row["label"], weights)
    else:
        body = _table(row, weights)
    return f"<section>\n{body}</section>\n"


def _text(row: Mapping[str, Any], label: str, weights: Sequence[float | None]) -> str:
    largest = max((abs(weight) for weight in weights if weight is not None), default=0.0)
    words = [
        f'<span style="background: {_colour(weight, largest)}" title="{_told(weight)}">{escape(token)}</span>'
        for token, weight in zip(row["source_tokens"], weights, strict=True)
    ]
    return f"<h2>{escape(label)} ({row['probabilities'][label]:.1%})</h2>\n<p>{' '.join(words)}</p>\n"


def _table(row: Mapping[str, Any], weights: Sequence[Sequence[float]]) -> str:
    head = "".join(f"<th>{escape(token)}</th>" for token in row["source_tokens"])
    lines = "".join(
        f"<tr><th>{escape(token)}</th>"
        + "".join(f'<td style="background: {_colour(weight, 1.0)}" title="{weight:.3f}"></td>' for weight in of_word)
        + "</tr>\n"
        for token, of_word in zip(row["tokens"], weights, strict=True)
    )
    return f"<h2>{escape(row['text'])}</h2>\n<table><thead><tr><th></th>{head}</tr></thead>\n{lines}</table>\n"


def _told(weight: float | None) -> str:
    return "truncated" if weight is None else f"{weight:+.4f}"


def _colour(weight: float | None, largest: float) -> str:
    share = DARKEST * abs(weight or 0.0) / largest if largest else 0.0
    return "rgba({}, {}, {}, {:.2f})".format(*(FOR if (weight or 0.0) >= 0 else AGAINST), share)
