"""Paired tests as tables on the terminal, and as JSON."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from embeddings.foundation.escaping import printable
from pipelines.evaluation.paired import deviation
from pipelines.reporting.contrast_table import print_contrast
from pipelines.reporting.pairwise import Tested, Tests
from pipelines.reporting.text_table import p_text, print_table

if TYPE_CHECKING:
    from rich.console import Console

WIDE = 120  # columns, where the output is no terminal
NOTE = """p: approximate randomisation, or the bootstrap where numbers of seeds differ. Holm corrects for all rows.
Intervals: 95 %, of a paired bootstrap over examples and seeds. n for 80 % power: how many units a test set needs for a
difference of this size to be significant in 80 % of such sets."""


def as_json(tests: Tests) -> dict[str, Any]:
    """Everything that was measured, for a file."""
    tested = [{**asdict(each), "p": each.difference.p} for each in tests.tested]
    return {**asdict(tests), "metric": tests.metric.name, "tested": tested}


def print_tests(tests: Tests, console: "Console | None" = None) -> None:
    """Prints the score of each system, and each difference."""
    from rich.console import Console

    console = console or Console(soft_wrap=True)
    if not console.is_terminal:
        console.width = max(console.width, WIDE)
    metric, units = tests.metric, tests.tested[0].difference.units
    title = f"{metric.caption} on {tests.split} of {tests.dataset}, {units:,} units ({tests.unit})"
    console.print(printable(title), highlight=False, markup=False)
    rows = []
    for name, values in tests.scores.items():
        spread, mean = deviation(values), metric.write(sum(values) / len(values))
        seeds = "" if spread is None else f"± {metric.write(spread)} over {len(values)} seeds"
        rows.append([name, mean, seeds])
    print_table(console, ["system", "score", ""], rows)
    for base in dict.fromkeys(each.base for each in tests.tested):
        console.print(f"\ncompared with {printable(base)}", highlight=False, markup=False)
        header = ["system", "difference", "p", "p, Holm", "McNemar", "", "n for 80 % power"]
        print_table(console, header, [_cells(each, tests) for each in tests.tested if each.base == base])
    console.print(f"\n{NOTE}", highlight=False, markup=False)
    for each in tests.contrasts:
        print_contrast(each, console)


def _cells(each: Tested, tests: Tests) -> list[str]:
    found = each.difference
    value, low, high = (tests.metric.write(number, signed=True) for number in (found.value, found.low, found.high))
    mcnemar = "" if found.p_mcnemar is None else p_text(found.p_mcnemar)
    needed = "" if found.units_needed is None else f"{found.units_needed:,}"
    difference = f"{value} [{low}, {high}]"
    return [each.system, difference, p_text(found.p), p_text(each.p_adjusted), mcnemar, each.verdict, needed]
