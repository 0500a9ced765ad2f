"""The leaderboard as a picture, drawn offline: a Vega-Lite specification through vl-convert's bundled scripts."""

from typing import Any

from pipelines.reporting.leaderboard import Group, Leaderboard

COLOURS = {"run": "#1f77b4", "run that loses": "#d62728", "baseline": "#7f7f7f"}
SHAPES = {"dev": "circle", "test": "diamond"}


def leaderboard_svg(leaderboard: Leaderboard) -> str:
    """Draws the headline of every system with its interval, a panel for each task and dataset."""
    import vl_convert

    return vl_convert.vegalite_to_svg(specification(leaderboard))


def specification(leaderboard: Leaderboard) -> dict[str, Any]:
    """The Vega-Lite specification of the picture, with its data."""
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "background": "white",
        "config": {"axis": {"labelLimit": 300}, "view": {"stroke": "#dddddd"}},
        "vconcat": [_panel(group) for group in leaderboard.groups],
    }


def _panel(group: Group) -> dict[str, Any]:
    """Points and interval bars of one group, systems from the best down."""
    values = [
        {
            "system": row.name,
            "split": split,
            "kind": "run that loses" if row.verdict == "loses" else row.kind,
            "value": scores[group.headline.name].value,
            "low": scores[group.headline.name].low,
            "high": scores[group.headline.name].high,
        }
        for row in group.rows
        for split, scores in row.scores.items()
    ]
    names = [row.name for row in group.rows]
    position = {
        "y": {"field": "system", "type": "nominal", "sort": names, "title": None},
        "yOffset": {"field": "split", "type": "nominal", "sort": list(SHAPES), "scale": {"paddingOuter": 0.4}},
        "color": {
            "field": "kind",
            "type": "nominal",
            "title": None,
            "scale": {"domain": list(COLOURS), "range": list(COLOURS.values())},
        },
    }
    axis = {"type": "quantitative", "title": None, "scale": {"zero": False, "nice": True}}
    interval = {"x": {"field": "low", **axis}, "x2": {"field": "high"}}
    point = {
        "x": {"field": "value", **axis},
        "shape": {
            "field": "split",
            "type": "nominal",
            "title": None,
            "scale": {"domain": list(SHAPES), "range": list(SHAPES.values())},
        },
    }
    return {
        "title": {
            "text": f"{group.task} on {group.dataset}: {group.headline.title} with 95 % interval",
            "anchor": "start",
        },
        "width": 480,
        "height": {"step": 13},
        "data": {"values": values},
        "layer": [
            {"mark": {"type": "rule", "strokeWidth": 2}, "encoding": {**position, **interval}},
            {"mark": {"type": "point", "filled": True, "opacity": 1, "size": 60}, "encoding": {**position, **point}},
        ],
    }
