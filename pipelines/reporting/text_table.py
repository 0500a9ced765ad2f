"""Tables and numbers on the terminal."""

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

from embeddings.foundation.escaping import printable

if TYPE_CHECKING:
    from rich.console import Console


def print_table(
    console: "Console", header: Sequence[str], rows: Sequence[Sequence[str]], left: Collection[str] = ("system", "")
) -> None:
    """Prints the columns that are not empty; those of the names in `left` are aligned to the left."""
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, padding=(0, 2, 0, 0))
    full = [column for column in range(len(header)) if any(row[column] for row in rows)]
    for column in full:
        name = header[column]
        table.add_column(
            Text(printable(name)),
            justify="left" if name in left else "right",
            no_wrap=name != "system",
            overflow="fold",
        )
    for row in rows:
        table.add_row(*(Text(printable(row[column])) for column in full))
    console.print(table)


def p_text(p: float) -> str:
    """A p-value as text: three decimals."""
    return "<0.001" if p < 0.001 else f"{p:.3f}"
