"""The studies' charts, by Altair: lines by a quantity or points by a category, a thin one a seed and their mean."""

import textwrap
from collections.abc import Iterator, Mapping, Sequence
from math import inf, log10
from typing import Any

from pipelines.reporting.plots import svg
from studies.intervals import Row, chosen, means

# A cell has the same name, colour and dash on every chart. The colours are of Okabe and Ito, which the colour-blind
# tell apart, without black and yellow, which dark or light paper hides.
CELLS = {
    "simple_rnn": "simple RNN",
    "lstm": "LSTM",
    "gru": "GRU",
    "sru": "SRU",
    "min_gru": "minGRU",
    "min_lstm": "minLSTM",
    "qrnn": "QRNN",
}
COLOURS = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#8a8a8a"]
DASHES = [[1, 0], [8, 3], [3, 2], [10, 3, 2, 3], [2, 4], [6, 6], [12, 2]]
STYLES = dict(zip(CELLS.values(), zip(COLOURS, DASHES, strict=True), strict=True))
SOFT = "#8a8a8a"  # lines that are no data: chance, zero
LEGEND: Any = {"orient": "bottom", "symbolOpacity": 1, "symbolStrokeWidth": 2.5, "symbolSize": 300, "columnPadding": 20}
LONG_NAME = 14  # characters, from which two names of a legend fill a line, else three
PADDING: Any = {"left": 26, "top": 6, "right": 36, "bottom": 6}  # for fonts wider than those that are drawn with
TITLE_CHARACTERS = 44  # of a line of a panel's title
WIDTH = 300  # of a panel, pixels
ABOVE = 18  # pixels below a title, where the meaning of a vertical line stands
THIN, FAINT = 1, 0.35  # a seed's line
# What stands in for light paper's colours where the reader's screen is dark.
DARK = """<style>@media (prefers-color-scheme: dark) {
svg { background: #15171b } text { fill: #e7e9ed } [fill="white"] { fill: #15171b }
[stroke="#ddd"], [stroke="#dddddd"] { stroke: #3a3f48 } [stroke="#888"] { stroke: #a6adb9 }
[stroke="#0072b2"] { stroke: #4aa8e0 } [fill="#0072b2"] { fill: #4aa8e0 } }</style>"""


def powers(rows: Sequence[Row], figure: str, least: float = 0) -> list[dict[str, Any]]:
    """Rows with the decimal logarithm of a figure; what is below `least` counts as that, and zeros are left out."""
    kept = ({**row, figure: max(row[figure], least)} for row in rows)
    return [{**row, figure: log10(row[figure])} for row in kept if row[figure] > 0]


def percent(rows: Sequence[Row], figure: str) -> list[dict[str, Any]]:
    """Rows with a share in percent."""
    return [{**row, figure: 100 * row[figure]} for row in rows]


def curves(
    title: str,
    rows: Sequence[Row],
    figure: str,
    x: tuple[str, str],
    y: str,
    colour: str,
    *,
    dash: str | None = None,
    ticks: Sequence[float] | None = None,
    domain: tuple[float, float] | None = None,
    level: tuple[float, str] | None = None,
) -> Any:
    """Thick lines of the mean over seeds, thin ones of each seed.

    Args:
        title: over the panel; it states what the panel shows.
        rows: of figures, each with its seed.
        figure: the field on the vertical axis.
        x: the field and the title of the horizontal axis.
        y: title of the vertical axis.
        colour: the field that tells the lines apart; names of cells have their own colours and dashes.
        dash: a field that tells lines of a colour apart.
        ticks: of the horizontal axis, which is logarithmic if they are given.
        domain: of the vertical axis; by the rows, if not given.
        level: a horizontal line and what it means, such as chance.
    """
    import altair as alt

    keys = [key for key in (colour, dash, x[0]) if key]
    averaged = means([row for row in rows if row.get("seed") is not None], figure, *keys) if _seeds(rows) > 1 else rows
    thick = [{**row, figure: row["value"]} if "value" in row else row for row in averaged]
    horizontal = alt.X(f"{x[0]}:Q", title=x[1])
    horizontal = horizontal.scale(type="log" if ticks else "linear", nice=False, zero=False)
    horizontal = horizontal.axis(values=list(ticks)) if ticks else horizontal.axis(tickCount=6)
    vertical = alt.Y(f"{figure}:Q", title=y).axis(tickCount=6)
    vertical = vertical.scale(domain=list(domain), nice=False) if domain else vertical.scale(zero=False)
    of_colour = _color(colour, rows)
    dashes = _dashes(dash or colour, rows)
    layers = []
    if level:
        layers += _rule(level, "y", vertical, WIDTH)
    fields = {colour, dash, x[0], figure, "seed"}
    if thick is not rows:
        each = alt.Chart(_data(rows, fields)).mark_line(strokeWidth=THIN, opacity=FAINT, clip=True)
        layers.append(each.encode(x=horizontal, y=vertical, color=of_colour, strokeDash=dashes, detail="seed:N"))
    mean = alt.Chart(_data(thick, fields)).mark_line(strokeWidth=2.5, clip=True)
    layers.append(mean.encode(x=horizontal, y=vertical, color=of_colour, strokeDash=dashes))
    return alt.layer(*layers, title=wrapped(title), width=WIDTH, height=200)


def dots(
    title: str,
    rows: Sequence[Row],
    figure: str,
    x: str,
    y: str,
    colour: str | None = None,
    *,
    level: tuple[float, str] | None = None,
    within: tuple[float, float] = (-inf, inf),
    interval: bool = True,
) -> Any:
    """Small points of each seed, and the mean with its 95 % interval, by the category of the field `y`.

    Args:
        title: over the panel.
        rows: of figures, each with its seed; or means, with `low` and `high`.
        figure: the field on the horizontal axis.
        x: title of the horizontal axis.
        y: the field of categories, in the order of the rows.
        colour: a field that tells points of a category apart.
        level: a vertical line and what it means, such as no difference.
        within: where intervals are cut.
        interval: whether there is a mean with an interval, which would describe no seed of those that learn or do not.
    """
    import altair as alt

    horizontal = alt.X(f"{figure}:Q", title=x).scale(zero=False)
    horizontal = horizontal.axis(tickCount=6, labelOverlap="greedy", labelSeparation=12)
    place: dict[str, Any] = {"y": alt.Y(f"{y}:N", title=None, sort=_names(rows, y))}
    if colour:
        place["yOffset"] = alt.YOffset(f"{colour}:N", sort=_names(rows, colour))
        place["color"] = _color(colour, rows).legend(**_legend(_names(rows, colour)) | {"symbolSize": 70})
    elif any(map(_cell, _names(rows, y))):
        place["color"] = _color(y, rows).legend(None)
    else:
        place["color"] = alt.value(COLOURS[0])
    keys = [key for key in (y, colour) if key]
    single = [row for row in rows if "low" not in row]
    averaged = means(single, figure, *keys, within=within) if single else rows
    averaged = [{**row, figure: row.get(figure, row.get("value"))} for row in averaged]
    fields = {*keys, figure, "low", "high"}
    seeds = alt.Chart(_data(single, fields)).mark_point(size=20, opacity=0.5).encode(x=horizontal, **place)
    mean = alt.Chart(_data(averaged, fields))
    layers = [*(_rule(level, "x", horizontal, -7) if level else ()), *([seeds] if single else ())]
    if interval:
        layers.append(mean.mark_rule(strokeWidth=2).encode(x=alt.X("low:Q", title=x), x2="high", **place))
        layers.append(mean.mark_point(filled=True, size=70, opacity=1).encode(x=horizontal, **place))
    return alt.layer(*layers, title=wrapped(title), width=WIDTH, height=alt.Step(18 if colour else 26))


def gains(
    title: str, rows: Sequence[Row], figure: str, x: str, y: str, pairs: Mapping[str, tuple[Row, Row]], unit: float = 1
) -> Any:
    """Differences of two arms seed by seed, which tell more than the arms where those overlap.

    Args:
        title: over the panel.
        rows: of figures, each with its seed.
        figure: whose differences are drawn.
        x: title of the horizontal axis.
        y: name of the categories.
        pairs: by category the values of the rows in which the figure should be greater, and of those with which they
            are compared.
        unit: what differences are multiplied by; -1 where lower is better.
    """
    found = [
        {y: name, "seed": seed, "gain": unit * (ours - theirs)}
        for name, (first, second) in pairs.items()
        for seed, ours, theirs in _paired(rows, figure, first, second)
    ]
    return dots(title, found, "gain", x, y, level=(0, "no difference"))


def beside(*panels: Any, columns: int = 2) -> Any:
    """Panels in rows of so many, each with colours of its own."""
    import altair as alt

    return alt.concat(*panels, columns=columns).resolve_scale(color="independent", strokeDash="independent")


def panels(chart: Any) -> list[Any]:
    """The panels of a chart, each a picture of its own: they stand beside each other only where there is room."""
    return list(chart.concat)


def picture(chart: Any) -> str:
    """Draws a chart in the studies' style, as SVG, for light and dark screens."""
    styled = chart.properties(background="white", padding=PADDING).configure_view(stroke="#dddddd")
    drawn = svg(styled.configure_title(anchor="start", fontSize=12, offset=ABOVE).configure_axis(labelLimit=300))
    start = drawn.index(">", drawn.index("<svg")) + 1
    return drawn[:start] + DARK + drawn[start:]


def told(panel: Any) -> str:
    """What a panel states, for those who cannot see it."""
    text = " ".join(panel.title)
    return text[:1].upper() + text[1:] + "."


def wrapped(title: str) -> list[str]:
    """The lines of a title."""
    return textwrap.wrap(title, TITLE_CHARACTERS)


def _paired(rows: Sequence[Row], figure: str, first: Row, second: Row) -> Iterator[tuple[int, float, float]]:
    ours, theirs = ({row["seed"]: row[figure] for row in chosen(rows, **kind)} for kind in (first, second))
    for seed in sorted(ours.keys() & theirs.keys()):
        yield seed, ours[seed], theirs[seed]


def _seeds(rows: Sequence[Row]) -> int:
    return len({row.get("seed") for row in rows})


def _rule(level: tuple[float, str], side: str, axis: Any, end: float) -> list[Any]:
    """A dashed line over a panel, with its meaning at its end, outside the panel, where no data hide it."""
    import altair as alt

    value, text = level
    channel = axis.copy()
    channel.shorthand = "level:Q"
    base = alt.Chart(alt.Data(values=[{"level": value, "text": text}])).encode(**{side: channel})
    rule = base.mark_rule(color=SOFT, strokeDash=[2, 2])
    place = {"x": alt.value(end)} if side == "y" else {"y": alt.value(end)}
    label = base.mark_text(align="left" if side == "y" else "center", dx=4 * (side == "y"), color=SOFT, fontSize=10)
    return [rule, label.encode(text="text:N", **place)]


def _data(rows: Sequence[Row], fields: set[Any]) -> Any:
    import altair as alt

    return alt.Data(values=[{key: value for key, value in row.items() if key in fields} for row in rows])


def _color(field: str, rows: Sequence[Row]) -> Any:
    import altair as alt

    names = _names(rows, field)
    color = alt.Color(f"{field}:N", title=None).scale(domain=names, range=_styles(names, COLOURS, 0))
    return color.legend(**_legend(names))


def _dashes(field: str, rows: Sequence[Row]) -> Any:
    import altair as alt

    names = _names(rows, field)
    channel = alt.StrokeDash(f"{field}:N", title=None).scale(domain=names, range=_styles(names, DASHES, 1))
    return channel.legend(**_legend(names))


def _legend(names: Sequence[Any]) -> dict[str, Any]:
    return LEGEND | {"columns": 3 if max(len(str(name)) for name in names) < LONG_NAME else 2}


def _styles(names: Sequence[Any], of_all: Sequence[Any], part: int) -> list[Any]:
    """Of each name the cell's own colour (part 0) or dash (1); the others take what no cell here has."""
    own = [STYLES[cell][part] if (cell := _cell(name)) else None for name in names]
    left = iter([style for style in of_all if style not in own])
    return [style or next(left) for style in own]


def _cell(name: Any) -> str:
    """The cell that a name begins with, such as "LSTM, open"; empty, if it begins with none."""
    return next((cell for cell in STYLES if f"{name},".startswith(f"{cell},")), "")


def _names(rows: Sequence[Row], field: str) -> list[Any]:
    """The values of a field, in the order in which they first occur."""
    return list(dict.fromkeys(row[field] for row in rows))
