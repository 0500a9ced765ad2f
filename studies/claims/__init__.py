"""The claims, one file each, under the name of their experiment: what is said, by whom, and whether it held here.

Each module has `TITLE`, `QUESTION` (what a reader should know, and how it was measured), `SOURCES`, `verdicts(rows)`
and `chart(rows)`, a Vega-Lite specification; `rows` are those of the experiment.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Verdict:
    """Whether a claim held, by the figures."""

    claim: str  # a sentence
    found: str  # the figures that decide
    confirmed: bool
