"""A unit as a page: its accuracy, its histogram by label, and texts coloured by its state after each token."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from itertools import groupby
from typing import TYPE_CHECKING, Any

import numpy as np

from pipelines.reporting.explanations import AGAINST, DARKEST, FOR
from pipelines.reporting.plots import svg

if TYPE_CHECKING:
    import altair

LEVELS = 10  # of a colour, on each side of the threshold
SATURATED = 98  # percent of the tokens of a side that are less dark than the darkest

START = """<!DOCTYPE html>
<html lang="en">
<meta charset="utf-8">
<title>{title}</title>
<style>
body {{ font: 16px/1.6 sans-serif; margin: 2em auto; max-width: 60em; padding: 0 1em; }}
h1 {{ font-size: 1.3em; }}
h2 {{ font-size: 1em; margin: 0 0 .5em; }}
section {{ border-top: 1px solid #ccc; padding: 1em 0; }}
.text {{ overflow-wrap: anywhere; white-space: pre-wrap; }}
table {{ border-collapse: collapse; }}
th, td {{ border-bottom: 1px solid #ccc; padding: .1em .8em .1em 0; text-align: left; }}
td {{ text-align: right; }}
svg {{ height: auto; max-width: 100%; }}
.legend {{ align-items: center; display: flex; gap: .6em; }}
.legend b {{ display: flex; height: 1em; min-width: 21em; }}
.legend i {{ flex: 1; }}
{colours}</style>
"""


@dataclass(frozen=True)
class ShownText:
    """A text of the page: its tokens in order, the unit's state after each, its label and the predicted one."""

    id: str
    label: str
    by_unit: str
    final: float  # state after the last token, whether it is shown or not
    pieces: Sequence[str]
    values: np.ndarray  # (pieces,)
    cut: bool = False  # whether the text continues


def page(
    title: str,
    scores: Mapping[str, Mapping[str, str]],
    svg: str,
    texts: Sequence[ShownText],
    threshold: float,
    above: str,
    below: str,
) -> str:
    """The page as HTML.

    Args:
        title: of the page.
        scores: system -> split -> score, for a table.
        svg: the histogram.
        texts: to be coloured, blue where the state is above the threshold, red where it is below.
        threshold: of the unit's state.
        above: the label that a state above it speaks for.
        below: the other one.
    """
    distances = np.concatenate([text.values for text in texts] or [np.zeros(0)]) - threshold
    darkest = _darkest(-distances), _darkest(distances)
    steps = range(-LEVELS, LEVELS + 1)
    colours = "".join(f".{_name(level)} {{ background: {_colour(level)}; }}\n" for level in steps)
    bar = "".join(f"<i class={_name(level)}></i>" for level in steps)
    legend = (
        f"<p>The state after each token: white at the threshold, {threshold:.3f}.</p>\n"
        f'<p class="legend">{escape(below)}, {threshold - darkest[0]:.3f} or less <b>{bar}</b> '
        f"{escape(above)}, {threshold + darkest[1]:.3f} or more</p>\n"
    )
    sections = "".join(_section(text, threshold, darkest) for text in texts)
    start = START.format(title=escape(title), colours=colours)
    return f"{start}<h1>{escape(title)}</h1>\n{_table(scores)}{svg}\n{legend}{sections}</html>\n"


def _darkest(distances: np.ndarray) -> float:
    """The distance from the threshold, on its one side, from which on a colour is the darkest."""
    on_this_side = distances[distances > 0]
    return float(np.percentile(on_this_side, SATURATED)) if len(on_this_side) else 1.0


def _table(scores: Mapping[str, Mapping[str, str]]) -> str:
    splits = next(iter(scores.values()))
    head = "".join(f"<th>accuracy, {escape(split)}</th>" for split in splits)
    rows = "".join(
        f"<tr><th>{escape(system)}</th>{''.join(f'<td>{escape(of_system[split])}</td>' for split in splits)}</tr>\n"
        for system, of_system in scores.items()
    )
    return f"<table><tr><th></th>{head}</tr>\n{rows}</table>\n"


def _section(text: ShownText, threshold: float, darkest: tuple[float, float]) -> str:
    """A text, neighbouring pieces of one colour together."""
    distances = text.values - threshold
    shares = np.clip(distances / np.where(distances < 0, *darkest), -1, 1)
    levels = np.rint(shares * LEVELS).astype(int).tolist()
    heading = f"{escape(text.id)}: {escape(text.label)}; the unit predicts {escape(text.by_unit)} ({text.final:+.3f})"
    coloured = "".join(
        f"<span class={_name(level)}>{escape(''.join(piece for piece, _ in group))}</span>"
        for level, group in groupby(zip(text.pieces, levels, strict=True), key=lambda pair: pair[1])
    )
    return f'<section>\n<h2>{heading}</h2>\n<div class="text">{coloured}{" …" if text.cut else ""}</div>\n</section>\n'


def _name(level: int) -> str:
    return f"a{level}" if level >= 0 else f"b{-level}"


def _colour(level: int) -> str:
    return "rgba({}, {}, {}, {:.2f})".format(*(FOR if level >= 0 else AGAINST), DARKEST * abs(level) / LEVELS)


def histogram_svg(rows: Sequence[Mapping[str, Any]], unit: int, threshold: float, above: str, below: str) -> str:
    """Draws the rows of a histogram, a colour for each label, and the threshold as a line."""
    return svg(histogram_chart(rows, unit, threshold, above, below))


def histogram_chart(
    rows: Sequence[Mapping[str, Any]], unit: int, threshold: float, above: str, below: str
) -> "altair.LayerChart":
    """The picture as a chart."""
    import altair as alt

    colours = ["rgb({}, {}, {})".format(*colour) for colour in (FOR, AGAINST)]
    x = alt.X("low:Q", bin="binned", title=f"final state of unit {unit}")
    bars = alt.Chart(alt.Data(values=list(rows)), width=560, height=200).mark_bar(opacity=0.5)
    bars = bars.encode(
        x=x.axis(tickCount=10, labelOverlap=True),
        x2="high",
        y=alt.Y("texts:Q", stack=None),
        color=alt.Color("label:N", title=None).scale(domain=[above, below], range=colours),
    )
    line = alt.Chart(alt.Data(values=[{"threshold": threshold}])).mark_rule(strokeDash=[4, 4]).encode(x="threshold:Q")
    return alt.LayerChart(layer=[bars, line], background="white")
