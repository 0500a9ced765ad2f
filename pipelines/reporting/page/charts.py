"""The report's charts as Vega-Lite: learning curves, and scores against costs. The page draws them offline."""

import csv
import io
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from embeddings.foundation.errors import InputError
from embeddings.foundation.limits import DESCRIPTION_BYTES
from embeddings.foundation.reading import read_bytes
from pipelines.reporting.leaderboard import Group

HEIGHT = 300
COSTS = {
    "wall_seconds": "time of training, s",
    "tokens_per_second": "tokens/s in training",
    "peak_memory_megabytes": "peak memory, MB",
    "parameters": "parameters",
    "onnx_megabytes": "ONNX graphs, MB",
    "latency_milliseconds": "latency of a sentence, ms",
}
VALIDATION = "val_"  # before the metrics of dev in a history


@dataclass(frozen=True)
class Chart:
    """A chart whose `channel` shows one of several fields, by the title of its axis."""

    name: str
    title: str
    specification: Mapping[str, Any]
    channel: str
    fields: Mapping[str, str]


def read_history(path: Path) -> list[dict[str, float]]:
    """What a run's `history.csv` has of each epoch: numbers by name; nothing where there is no file.

    Raises:
        InputError: it is no table.
    """
    if not path.exists():
        return []
    text = io.StringIO(read_bytes(path, DESCRIPTION_BYTES).decode("utf-8", errors="replace"))
    reader = csv.DictReader(text, strict=True)
    try:
        return [
            {name: number for name, value in row.items() if (number := _number(value)) is not None} for row in reader
        ]
    except csv.Error as error:
        raise InputError(f"{path}:{reader.line_num + 1}: {error}; run the stage train again") from None


def learning_curves(group: Group, histories: Mapping[str, Sequence[Mapping[str, float]]]) -> Chart | None:
    """Metrics of dev by epoch, the headline first, and losses; None where no run has a history.

    Args:
        group: of the runs.
        histories: epochs by run.
    """
    import altair as alt

    seen = {name: None for epochs in histories.values() for epoch in epochs for name in epoch}
    headline = f"{VALIDATION}{group.headline.name}"
    names = sorted((name for name in seen if name != "epoch"), key=lambda name: (name != headline, name))
    if not names:
        return None
    values = [{"run": run, **epoch} for run, epochs in histories.items() for epoch in epochs]
    titles = {
        name: f"{name.removeprefix(VALIDATION)}, dev" if name.startswith(VALIDATION) else f"{name}, train"
        for name in names
    }
    chosen = alt.selection_point(name="chosen", fields=["run"], bind="legend")
    chart = (
        alt.Chart(alt.Data(values=values), height=HEIGHT)
        .mark_line(point=True)
        .add_params(chosen)
        .encode(
            x=alt.X("epoch:Q", title="epoch").axis(tickMinStep=1, format="d"),
            y=_axis(alt.Y, names[0], titles[names[0]]),
            color=alt.Color("run:N", title=None, legend=_legend()),
            opacity=alt.when(chosen).then(alt.value(1.0)).otherwise(alt.value(0.1)),
            tooltip=["run:N", "epoch:Q", *(alt.Tooltip(f"{name}:Q", format=".4~f") for name in names[:6])],
        )
    )
    return Chart("curves", "Learning curves", _specification(chart, "Learning curves of the runs"), "y", titles)


def costs(group: Group, split: str, onnx_bytes: Mapping[str, int]) -> Chart | None:
    """The headline against what a system costs; None where nothing is known of it.

    Args:
        group: of the systems.
        split: whose score is shown.
        onnx_bytes: size of the graphs of a run, by its name.
    """
    import altair as alt

    metric, values = group.headline, []
    for row in group.rows:
        known = {name: float(cost) for name in COSTS if isinstance(cost := row.cost.get(name), int | float)}
        if size := onnx_bytes.get(row.system):
            known["onnx_megabytes"] = round(size / 1e6, 3)
        if known and split in row.scores:
            score = row.scores[split][metric.name]
            values.append({"system": row.system, "kind": row.kind, **vars(score), **known})
    fields = {name: title for name, title in COSTS.items() if any(name in value for value in values)}
    if not fields:
        return None
    first = next(iter(fields))
    place = alt.Chart(alt.Data(values=values), height=HEIGHT).encode(
        x=_axis(alt.X, first, fields[first]).axis(tickCount=6),
        color=alt.Color("system:N", title=None, legend=_legend()),
    )
    interval = place.mark_rule().encode(y=_axis(alt.Y, "low", f"{metric.caption}, {split}"), y2="high")
    point = place.mark_point(filled=True, size=90, opacity=1).encode(
        y="value:Q",
        shape=alt.Shape("kind:N", legend=None),
        tooltip=["system:N", "value:Q", "low:Q", "high:Q", *(f"{name}:Q" for name in fields)],
    )
    chart = alt.layer(interval, point)
    title = f"{metric.name} on {split} against what the system costs"
    return Chart("costs", "Score against cost", _specification(chart, title), "x", fields)


def _axis(channel: Any, field: str, title: str) -> Any:
    return channel(f"{field}:Q", title=title).scale(zero=False, nice=True)


def _legend() -> Any:
    import altair as alt

    return alt.Legend(orient="bottom", direction="vertical", labelLimit=260, symbolLimit=60)


def _specification(chart: Any, description: str) -> dict[str, Any]:
    return {**chart.properties(width="container", description=description).to_dict(), "background": "transparent"}


def _number(value: object) -> float | None:
    """A cell as a number that JSON can hold; None where it is none."""
    try:
        number = float(value) if isinstance(value, str) else math.nan
    except ValueError:
        return None
    return number if math.isfinite(number) else None
