"""The claims, one file each, under the name of their experiment: what is claimed, by whom, and whether it held here.

Each module has `TITLE`, `QUESTION` (background, and how it was measured), `SOURCES`, `verdicts(rows)`
and `chart(rows)`, a Vega-Lite specification; `rows` are those of the experiment.
"""

from dataclasses import dataclass

from studies.intervals import Interval


@dataclass(frozen=True)
class Verdict:
    """Whether a claim held, by the figures."""

    claim: str  # a sentence
    found: str  # the figures that decide
    confirmed: bool
    opposite: bool = False  # whether the figures speak as clearly against the claim as they would have to for it


def judge(claim: str, found: str, *gaps: Interval, above: float = 0) -> Verdict:
    """A claim that all of some gaps lie above a number: confirmed if wholly above, the opposite if wholly below."""
    return Verdict(claim, found, all(gap.low > above for gap in gaps), all(gap.high < above for gap in gaps))
