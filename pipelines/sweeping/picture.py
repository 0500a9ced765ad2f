"""The picture of a sweep: each trial as a line through its settings and score, and scores as they came."""

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from pipelines.evaluation.metrics import Metric
from pipelines.sweeping.records import Record
from pipelines.sweeping.space import Dimension, Space

if TYPE_CHECKING:
    import altair

STATES = {"complete": "#1f77b4", "stopped": "#b0b0b0"}
WIDTH = 640


def chart(space: Space, records: Sequence[Record], metric: Metric) -> "altair.VConcatChart":
    """Parallel coordinates above, score against time below."""
    import altair as alt

    scored = [record for record in records if record.score is not None and record.state in STATES]
    panels = [_coordinates(space, scored, metric), _over_time(scored, metric)]
    return alt.vconcat(*panels, background="white").configure_view(stroke="#dddddd")


def position(dimension: Dimension, drawn: Any) -> float:
    """Where a value stands on its axis, from 0 to 1."""
    if dimension.kind == "choices":
        return drawn / max(1, len(dimension.values) - 1)
    low, high = dimension.values
    if dimension.kind.startswith("log_"):
        low, high, drawn = math.log(low), math.log(high), math.log(drawn)
    return (drawn - low) / (high - low)


def _coordinates(space: Space, records: Sequence[Record], metric: Metric) -> "altair.LayerChart | altair.FacetChart":
    import altair as alt

    scores = [record.score or 0.0 for record in records]
    low, high = min(scores, default=0.0), max(scores, default=1.0)
    rows, ends = [], []
    axes = [*(each.name for each in space.dimensions), metric.name]
    for each in space.dimensions:
        at = {position(each, drawn): each.value(drawn) for drawn in _marks(each)}
        ends += [{"axis": each.name, "at": place, "text": _text(value)} for place, value in at.items()]
    ends += [{"axis": metric.name, "at": place, "text": metric.write(value)} for place, value in ((0, low), (1, high))]
    for record, value in zip(records, scores, strict=True):
        about = {"trial": record.number, "score": value, "state": record.state}
        for each in space.dimensions:
            rows.append({**about, "axis": each.name, "at": position(each, record.drawn[each.name])})
        rows.append({**about, "axis": metric.name, "at": (value - low) / (high - low) if high > low else 0.5})
    across = alt.X("axis:N", sort=axes, title=None).axis(labelAngle=0, labelLimit=WIDTH // len(axes), grid=True)
    up = alt.Y("at:Q", axis=None).scale(domain=[-0.05, 1.05])
    colour = alt.Color("score:Q", title=metric.name).scale(scheme="viridis")
    lines = (
        alt.Chart(alt.Data(values=rows))
        .mark_line(opacity=0.7)
        .encode(x=across, y=up, detail="trial:N", color=colour, strokeDash=_dashes())
    )
    texts = alt.Chart(alt.Data(values=ends)).mark_text(align="left", dx=5, fontSize=10).encode(
        x=across, y=up, text="text:N"
    )  # fmt: skip
    title = alt.Title("Settings and score of each trial", anchor="start")
    return alt.layer(lines, texts, title=title, width=WIDTH, height=260)


def _over_time(records: Sequence[Record], metric: Metric) -> "altair.LayerChart | altair.FacetChart":
    import altair as alt

    ordered = sorted(records, key=lambda record: record.seconds)
    values = [
        {"minutes": record.seconds / 60, "score": record.score, "state": record.state, "trial": record.number}
        for record in ordered
    ]
    best: list[dict[str, Any]] = []
    for row in values:
        better = max if metric.better == "higher" else min
        if row["state"] == "complete":
            best.append({**row, "score": better([row["score"], *(each["score"] for each in best)])})
    x = alt.X("minutes:Q", title="minutes").scale(zero=True, nice=True)
    y = alt.Y("score:Q", title=f"{metric.name}, dev").scale(zero=False, nice=True)
    colour = alt.Color("state:N", title=None).scale(domain=[*STATES], range=[*STATES.values()])
    points = alt.Chart(alt.Data(values=values)).mark_point(filled=True, opacity=1).encode(x=x, y=y, color=colour)
    line = alt.Chart(alt.Data(values=best)).mark_line(interpolate="step-after", color="#444444").encode(x=x, y=y)
    title = alt.Title("Scores as trials ended, and the best so far", anchor="start")
    return alt.layer(line, points, title=title, width=WIDTH, height=200)


def _dashes() -> "altair.StrokeDash":
    import altair as alt

    return alt.StrokeDash("state:N", title=None).scale(domain=[*STATES], range=[[1, 0], [3, 3]])


def _marks(dimension: Dimension) -> Sequence[Any]:
    """What stands beside an axis: every choice, or both ends."""
    return range(len(dimension.values)) if dimension.kind == "choices" else dimension.values


def _text(value: Any) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)
