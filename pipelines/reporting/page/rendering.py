"""The report as HTML: one file with its styles, scripts and data in it, which may run nothing else."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from embeddings.foundation.errors import InputError
from pipelines.evaluation.paired import ALPHA
from pipelines.reporting.leaderboard import Leaderboard
from pipelines.reporting.page.contents import Contents, Places, contents, score_text
from pipelines.reporting.page.frame import environment, framed, source
from pipelines.reporting.page.vector_map import VectorMap, vector_maps
from pipelines.reporting.page.vector_worth import INTRINSIC
from pipelines.reporting.page.vega import vega_script
from pipelines.reporting.table import duration, milliseconds, whole
from pipelines.reporting.text_table import p_text

MOST_BYTES = 5_000_000


def report(leaderboard: Leaderboard, places: Places, texts: bool) -> str:
    """The report of a leaderboard.

    Raises:
        InputError: as `contents` and `page` do.
    """
    maps = vector_maps(leaderboard, places.vectors) if texts else []
    return page(leaderboard, contents(leaderboard, places, texts), maps, texts)


def page(leaderboard: Leaderboard, groups: Sequence[Contents], maps: Sequence[VectorMap], texts: bool) -> str:
    """The report as HTML.

    Names and texts are escaped wherever they stand, and a content security policy lets no script run but the page's
    own, and nothing be loaded. Of a page that is too large examples are left out, half of them and half again.

    Args:
        leaderboard: all of it.
        groups: what is shown of each group.
        maps: of word vectors.
        texts: whether sentences are shown.

    Raises:
        InputError: it would be larger than `MOST_BYTES` without any examples.
    """
    made = environment()
    made.policies["json.dumps_kwargs"] = {"ensure_ascii": False, "separators": (",", ":")}
    made.filters |= {"duration": duration, "milliseconds": milliseconds, "whole": whole, "sortable": _sortable}
    made.globals |= {"score_text": score_text, "p_text": p_text, "intrinsic": INTRINSIC, "alpha": ALPHA}
    charts = bool(maps) or any(group.charts for group in groups)
    vega = vega_script() if charts else ""
    frame = framed(made, "Elman report", "Tasks", [script for script in (vega, source(made, "report.js")) if script])
    template = made.get_template("report.html")
    while True:
        text = template.render(
            leaderboard=leaderboard,
            groups=groups,
            maps=maps,
            texts=texts,
            **frame,
            data={"groups": [_data(group) for group in groups], "maps": [asdict(each) for each in maps]},
        )
        size = len(text.encode("utf-8"))
        if size <= MOST_BYTES:
            return text
        if not any(group.examples for group in groups):
            told = f"expected a report of at most {MOST_BYTES:,} bytes, got {size:,}"
            raise InputError(f"{told}; list fewer runs in one file")
        groups = [group.thinned() for group in groups]


def _data(group: Contents) -> dict[str, Any]:
    """What the scripts read of a group."""
    return {
        "charts": [
            {
                "name": chart.name,
                "specification": json.loads(json.dumps(chart.specification)),
                "channel": chart.channel,
                "fields": chart.fields,
            }
            for chart in group.charts
        ],
        "confusion": group.survey.confusion,
        "browser": group.survey.browser,
        "explained": group.explained,
    }


def _sortable(number: Any) -> str:
    """A number as the scripts read it, the same whether it comes from a file or not; empty where there is none."""
    return f"{number:.10g}" if isinstance(number, int | float) else ""
