"""README's picture: the best run of each dataset beside the best baseline, with intervals, for light and dark pages.

Drawn by hand, so that equal figures give equal bytes on every machine: Vega places text by the fonts that it finds.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from xml.sax.saxutils import escape

from benchmarks.readme import ENGLISH, term
from benchmarks.summary import BELOW, Headline

PLACES = {theme: Path(f"docs/results-{theme}.svg") for theme in ("light", "dark")}
COLOURS = {
    "light": {"text": "#1f2328", "faint": "#59636e", "grid": "#d1d9e0", "run": "#0969da", "baseline": "#59636e"},
    "dark": {"text": "#f0f6fc", "faint": "#9198a1", "grid": "#3d444d", "run": "#4493f8", "baseline": "#9198a1"},
}
WIDTH, LEFT, RIGHT = 520, 200, 480  # of the picture, and where the scales begin and end
PANEL, TITLE, ROWS, TICKS = 94, 16, (37, 57), 76  # height of a panel, and places in it
STEPS = (0.5, 1, 2, 5, 10, 20)  # between the lines of a scale
MOST_LINES = 6


def pictures(shown: Mapping[str, tuple[Headline, Headline]]) -> dict[Path, str]:
    """The picture for each theme, by the place of its file."""
    return {place: "".join(picture(shown, COLOURS[theme])) for theme, place in PLACES.items()}


def picture(shown: Mapping[str, tuple[Headline, Headline]], colours: Mapping[str, str]) -> Iterator[str]:
    """The lines of an SVG: a panel for each dataset, each with its own scale."""
    height = PANEL * len(shown)
    yield f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}"'
    yield ' role="img" font-family="system-ui, sans-serif" font-size="14">\n'
    yield "<title>Test results with 95 % intervals: Elman beside the best baseline</title>\n"
    for number, (dataset, systems) in enumerate(shown.items()):
        yield f'<g transform="translate(0 {number * PANEL})">\n'
        yield from _panel(ENGLISH.titles[dataset], systems, colours)
        yield "</g>\n"
    yield "</svg>\n"


def scale(low: float, high: float) -> Sequence[float]:
    """The lines of a scale, at equal steps, the first below and the last above all values."""
    step = next((step for step in STEPS if (high - low) / step <= MOST_LINES - 2), STEPS[-1])
    first, last = math.floor(low / step), math.ceil(high / step)
    return [number * step for number in range(first, last + 1)]


def _panel(title: str, systems: tuple[Headline, Headline], colours: Mapping[str, str]) -> Iterator[str]:
    lines = scale(min(each.low for each in systems), max(each.high for each in systems))

    def place(value: float) -> float:
        return round(LEFT + (RIGHT - LEFT) * (value - lines[0]) / (lines[-1] - lines[0]), 1)

    yield _text(0, TITLE, title, colours["text"], more=' font-weight="bold"')
    yield _text(RIGHT, TITLE, term(systems[0].metric), colours["faint"], anchor="end")
    for value in lines:
        x = place(value)
        yield f'<path d="M{x} {ROWS[0] - 12}V{ROWS[1] + 8}" stroke="{colours["grid"]}"/>\n'
        yield _text(x, TICKS, f"{value:g}", colours["faint"], anchor="middle", more=' font-size="12"')
    for y, each in zip(ROWS, systems, strict=True):
        colour = colours["run" if each.is_run else "baseline"]
        name = "Elman" + BELOW * each.is_below if each.is_run else term(each.name)
        yield _text(0, y + 5, name, colours["text" if each.is_run else "faint"])
        yield f'<path d="M{place(each.low)} {y}H{place(each.high)}" stroke="{colour}" stroke-width="3"/>\n'
        yield f'<circle cx="{place(each.value)}" cy="{y}" r="5.5" fill="{colour}"/>\n'
        yield _text(WIDTH, y + 5, f"{each.value:.1f}", colours["text" if each.is_run else "faint"], anchor="end")


def _text(x: float, y: float, text: str, colour: str, anchor: str = "start", more: str = "") -> str:
    return f'<text x="{x}" y="{y}" fill="{colour}" text-anchor="{anchor}"{more}>{escape(text)}</text>\n'
