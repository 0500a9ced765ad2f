"""Where two systems differ, as tables on the terminal."""

from typing import TYPE_CHECKING

from embeddings.foundation.escaping import printable
from pipelines.evaluation.paired import ALPHA
from pipelines.reporting.contrast import Contrast
from pipelines.reporting.text_table import p_text, print_table

if TYPE_CHECKING:
    from rich.console import Console

SHOWN_IDS = 8
NOTE = (
    f"F1 in percent (accuracy, where each item has one answer); * significant at {ALPHA:.0%}, adjusted for all slices."
)


def print_contrast(found: Contrast, console: "Console") -> None:
    """Prints slices with their differences, examples that one system alone has right, confusions, and errors."""

    def say(text: str) -> None:
        console.print(printable(text), highlight=False, markup=False)

    console.print()
    say(f"where {found.system} differs from the base, {found.base}")
    rows = []
    for each in found.slices:
        mark = "*" if each.p < ALPHA else ""
        gap = f"{each.other - each.base:+.2f}{mark} [{each.low:+.2f}, {each.high:+.2f}]"
        numbers = f"{each.items:,}", f"{each.base:.2f}", f"{each.other:.2f}", gap, p_text(each.p)
        rows.append([f"{each.slice.kind}: {each.slice.name}", *numbers])
    if rows:
        print_table(console, ["slice", "items", "base", "system", "difference", "p"], rows, left=("slice",))
        say(NOTE)
    for name, ids in ((found.system, found.system_alone), (found.base, found.base_alone)):
        if ids:
            more = ", ..." if len(ids) > SHOWN_IDS else ""
            say(f"right by {name} alone: {len(ids):,} examples ({', '.join(ids[:SHOWN_IDS])}{more})")
    if found.entity_errors:
        rows = [[kind, f"{base:.4g}", f"{other:.4g}"] for kind, (base, other) in found.entity_errors.items()]
        print_table(console, ["entities", "base", "system"], rows, left=("entities",))
    if found.confusions:
        rows = [[each.actual, each.predicted, f"{each.base:.4g}", f"{each.other:.4g}"] for each in found.confusions]
        print_table(console, ["actual", "predicted", "base", "system"], rows, left=("actual", "predicted"))
