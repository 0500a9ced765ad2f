"""The leaderboard as a picture, and charts drawn offline."""

import re
from typing import TYPE_CHECKING, Any

from embeddings.foundation.escaping import picture
from pipelines.reporting.leaderboard import Group, Leaderboard

if TYPE_CHECKING:
    import altair

PART = r"""((?:\bid="|url\(#)(?:clip|gradient_))(\d+)"""
COLOURS = {"run": "#1f77b4", "run below its baseline": "#d62728", "baseline": "#7f7f7f"}
SHAPES = {"dev": "circle", "test": "diamond"}


def svg(chart: Any) -> str:
    """Draws a chart offline, through the scripts that come with vl-convert, which control characters would end.

    Equal charts give equal bytes; Vega numbers the parts of all charts of a process.
    """
    import vl_convert

    drawn = vl_convert.vegalite_to_svg(picture(chart.to_dict()))
    numbers: dict[str, str] = {}
    return re.sub(PART, lambda part: part[1] + numbers.setdefault(part[2], str(len(numbers))), drawn)


def leaderboard_chart(leaderboard: Leaderboard) -> "altair.VConcatChart":
    """The headline of every system with its interval, a panel for each task and dataset."""
    import altair as alt

    panels = [_panel(group) for group in leaderboard.groups]
    return alt.vconcat(*panels, background="white").configure_axis(labelLimit=300).configure_view(stroke="#dddddd")


def _panel(group: Group) -> "altair.LayerChart | altair.FacetChart":
    """Points and interval bars of one group, systems from the best down."""
    import altair as alt

    values = [
        {
            "system": row.name,
            "split": split,
            "kind": "run below its baseline" if row.verdict == "loses" else row.kind,
            **vars(scores[group.headline.name]),
        }
        for row in group.rows
        for split, scores in row.scores.items()
    ]
    title = f"{group.task} on {group.dataset}: {group.headline.caption} with 95 % interval"
    place = alt.Chart(alt.Data(values=values)).encode(
        y=alt.Y("system:N", sort=[row.name for row in group.rows], title=None),
        yOffset=alt.YOffset("split:N", sort=list(SHAPES)).scale(paddingOuter=0.4),
        color=alt.Color("kind:N", title=None).scale(domain=list(COLOURS), range=list(COLOURS.values())),
    )
    shape = alt.Shape("split:N", title=None).scale(domain=list(SHAPES), range=list(SHAPES.values()))
    interval = place.mark_rule(strokeWidth=2).encode(x=_axis("low"), x2="high")
    point = place.mark_point(filled=True, opacity=1, size=60).encode(x=_axis("value"), shape=shape)
    return alt.layer(interval, point, title=alt.Title(title, anchor="start"), width=480, height=alt.Step(13))


def _axis(field: str) -> "altair.X":
    import altair as alt

    return alt.X(f"{field}:Q", title=None).scale(zero=False, nice=True)
