"""The claims, one file each, under the name of their experiment: what is claimed, by whom, and whether it held here.

Each module has texts in Markdown, `TITLE`, `QUESTION`, `CAVEAT` (what the finding does not say), `METHOD` and
`SOURCES`; `verdicts(rows)` on the rows of the experiment; `finding(verdicts)`, the sentence to remember, in which each
verdict may have been any, with a semicolon between what is decided and what is not; and `chart(rows)`, whose panels'
titles state what they show. One that also reads figures of other studies names these in `ALSO_READS`.
"""

from collections.abc import Sequence

from studies.verdicts import CONTRADICTED, SHOWN, Verdict


def of(seeds: Sequence[bool]) -> str:
    """How many seeds succeeded, of how many."""
    return f"{sum(seeds)} of {len(seeds)}"


def say(verdict: Verdict, shown: str, contradicted: str, undecided: str) -> str:
    """The text that is true of a verdict."""
    return {SHOWN: shown, CONTRADICTED: contradicted}.get(verdict.kind, undecided)
