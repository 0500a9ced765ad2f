"""The studies' charts, by Altair: a mean with its interval, by a quantity or by a category."""

from collections.abc import Mapping, Sequence
from typing import Any

from pipelines.reporting.plots import svg

# Colours of Okabe and Ito, which the colour-blind tell apart.
COLOURS = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000", "#999999", "#f0e442"]
Rows = Sequence[Mapping[str, Any]]


def curves(
    title: str,
    rows: Rows,
    x: tuple[str, str],
    y: str,
    colour: str,
    *,
    log_x: bool = False,
    log_y: bool = False,
    points: bool = True,
    domain: Sequence[float] | None = None,
    dash: str | None = None,
) -> Any:
    """Lines of `value` with a band from `low` to `high`, where rows have them.

    Args:
        title: over the panel.
        rows: with `value`, the fields of `x` and `colour`, and perhaps `low` and `high`.
        x: the field and the title of the horizontal axis.
        y: title of the vertical axis.
        colour: the field that tells the lines apart.
        log_x: whether the horizontal axis is logarithmic.
        log_y: whether the vertical axis is.
        points: whether each row is marked.
        domain: of the vertical axis; by the rows, if not given.
        dash: a field that tells lines of a colour apart.
    """
    import altair as alt

    horizontal, vertical = _quantity(alt.X(f"{x[0]}:Q"), x[1], log_x), _quantity(alt.Y("value:Q"), y, log_y, domain)
    color = _color(colour, rows)
    of_rows = alt.Chart(alt.Data(values=list(rows))).encode(x=horizontal, color=color)
    line = of_rows.mark_line(point=points, clip=True).encode(y=vertical)
    if dash:
        line = line.encode(strokeDash=alt.StrokeDash(f"{dash}:N", title=None).legend(orient="bottom", columns=3))
    layers = [line]
    if all("low" in row for row in rows):
        low = _quantity(alt.Y("low:Q"), y, log_y, domain)
        band = of_rows.mark_area(opacity=0.18, clip=True).encode(y=low, y2="high")
        # An area has no dashes that would tell it apart.
        layers.insert(0, band.encode(detail=f"{dash}:N") if dash else band)
    return alt.layer(*layers, title=title, width=300, height=200)


def dots(title: str, rows: Rows, x: str, y: str, colour: str | None = None) -> Any:
    """A point of `value` with its interval for each row, by the category of the field `y`.

    Args:
        title: over the panel.
        rows: with `value`, `low`, `high` and the fields of `y` and `colour`.
        x: title of the horizontal axis.
        y: the field of categories, in the order of the rows.
        colour: a field that tells points of a category apart.
    """
    import altair as alt

    place = alt.Chart(alt.Data(values=list(rows))).encode(y=alt.Y(f"{y}:N", title=None, sort=_names(rows, y)))
    if colour:
        offset = alt.YOffset(f"{colour}:N", sort=_names(rows, colour))
        place = place.encode(yOffset=offset, color=_color(colour, rows))
    else:
        place = place.encode(color=alt.value(COLOURS[0]))
    interval = place.mark_rule(strokeWidth=2).encode(x=_quantity(alt.X("low:Q"), x), x2="high")
    point = place.mark_point(filled=True, size=60, opacity=1).encode(x=_quantity(alt.X("value:Q"), x))
    return alt.layer(interval, point, title=title, width=300, height=alt.Step(16 if colour else 26))


def beside(*panels: Any, columns: int = 2) -> Any:
    """Panels in rows of so many, each with colours of its own."""
    import altair as alt

    return alt.concat(*panels, columns=columns).resolve_scale(color="independent")


def picture(chart: Any) -> str:
    """Draws a chart in the studies' style, as SVG."""
    styled = chart.properties(background="white").configure_view(stroke="#dddddd")
    return svg(styled.configure_title(anchor="start", fontSize=12))


def _quantity(channel: Any, title: str, log: bool = False, domain: Sequence[float] | None = None) -> Any:
    import altair as alt

    scale = alt.Scale(type="log", nice=False) if log else alt.Scale(zero=False, nice=True)
    if domain:
        scale.domain, scale.nice = list(domain), False
    return channel.title(title).scale(scale).axis(alt.Axis(format="~g", tickCount=6) if log else alt.Axis())


def _color(field: str, rows: Rows) -> Any:
    import altair as alt

    names = _names(rows, field)
    color = alt.Color(f"{field}:N", title=None).scale(domain=names, range=COLOURS[: len(names)])
    return color.legend(orient="bottom", columns=3, symbolOpacity=1)


def _names(rows: Rows, field: str) -> list[Any]:
    """The values of a field, in the order in which they first occur."""
    return list(dict.fromkeys(row[field] for row in rows))
