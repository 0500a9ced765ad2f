"""Vega-Lite specifications of the studies' charts: a mean with its interval, by a quantity or by a category."""

from collections.abc import Mapping, Sequence
from typing import Any

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
) -> dict[str, Any]:
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
    horizontal = _quantity(x[0], x[1], log_x)
    vertical = _quantity("value", y, log_y, domain)
    groups = list(dict.fromkeys(row[colour] for row in rows))
    told_apart = {"color": _colours(colour, groups)}
    if dash:
        legend = {"orient": "bottom", "columns": 3}
        told_apart["strokeDash"] = {"field": dash, "type": "nominal", "title": None, "legend": legend}
    line = {"mark": {"type": "line", "point": points, "clip": True}, "encoding": {"x": horizontal, "y": vertical}}
    layers = [{**line, "encoding": {**line["encoding"], **told_apart}}]
    if all("low" in row for row in rows):
        band = {
            "x": horizontal,
            "y": {**vertical, "field": "low"},
            "y2": {"field": "high"},
            "color": told_apart["color"],
        }
        if dash:
            band["detail"] = {"field": dash, "type": "nominal"}  # an area has no dashes that would tell it apart
        layers.insert(0, {"mark": {"type": "area", "opacity": 0.18, "clip": True}, "encoding": band})
    return {"title": title, "data": {"values": list(rows)}, "width": 300, "height": 200, "layer": layers}


def dots(title: str, rows: Rows, x: str, y: str, colour: str | None = None) -> dict[str, Any]:
    """A point of `value` with its interval for each row, by the category of the field `y`.

    Args:
        title: over the panel.
        rows: with `value`, `low`, `high` and the fields of `y` and `colour`.
        x: title of the horizontal axis.
        y: the field of categories, in the order of the rows.
        colour: a field that tells points of a category apart.
    """
    names = list(dict.fromkeys(row[y] for row in rows))
    place: dict[str, Any] = {"y": {"field": y, "type": "nominal", "sort": names, "title": None}}
    if colour:
        groups = list(dict.fromkeys(row[colour] for row in rows))
        place |= {
            "yOffset": {"field": colour, "type": "nominal", "sort": groups},
            "color": _colours(colour, groups),
        }
    else:
        place["color"] = {"value": COLOURS[0]}
    axis = _quantity("value", x)
    interval = {"x": {**axis, "field": "low"}, "x2": {"field": "high"}}
    return {
        "title": title,
        "data": {"values": list(rows)},
        "width": 300,
        "height": {"step": 16 if colour else 26},
        "layer": [
            {"mark": {"type": "rule", "strokeWidth": 2}, "encoding": {**place, **interval}},
            {"mark": {"type": "point", "filled": True, "size": 60, "opacity": 1}, "encoding": {**place, "x": axis}},
        ],
    }


def beside(*panels: Mapping[str, Any], columns: int = 2) -> dict[str, Any]:
    """Panels in rows of so many, each with colours of its own."""
    return {"concat": list(panels), "columns": columns, "resolve": {"scale": {"color": "independent"}}}


def svg(chart: Mapping[str, Any]) -> str:
    """Draws a chart offline, through vl-convert's bundled scripts."""
    import vl_convert

    configuration = {"view": {"stroke": "#dddddd"}, "title": {"anchor": "start", "fontSize": 12}}
    schema = {"$schema": "https://vega.github.io/schema/vega-lite/v5.json", "background": "white"}
    return vl_convert.vegalite_to_svg({**schema, "config": configuration, **chart})


def _quantity(field: str, title: str, log: bool = False, domain: Sequence[float] | None = None) -> dict[str, Any]:
    scale: dict[str, Any] = {"type": "log", "nice": False} if log else {"zero": False, "nice": True}
    if domain:
        scale |= {"domain": list(domain), "nice": False}
    axis = {"format": "~g", "tickCount": 6} if log else {}
    return {"field": field, "type": "quantitative", "title": title, "scale": scale, "axis": axis}


def _colours(field: str, groups: Sequence[str]) -> dict[str, Any]:
    scale = {"domain": list(groups), "range": COLOURS[: len(groups)]}
    legend = {"orient": "bottom", "columns": 3, "symbolOpacity": 1}
    return {"field": field, "type": "nominal", "title": None, "scale": scale, "legend": legend}
