"""Writes the figures of docs/cells.md, all cells beside each other: a table, and the chart below it.

    python -m studies.cells

It reads what studies and benchmarks measured, and runs again when these have new figures; what has none is left out.
"""

import argparse
from collections.abc import Iterator, Sequence
from itertools import product
from pathlib import Path
from statistics import geometric_mean
from typing import Any

from embeddings.foundation.errors import exits_on_input_error
from embeddings.foundation.files import atomic_file
from embeddings.foundation.reading import read_json
from pipelines.project.parts import Part
from studies.charts import CELLS, beside, curves, dots, percent, picture
from studies.claims.linear_cells import RAISED
from studies.intervals import SHARE, Row, chosen, mean
from studies.page import read_rows

PAGE, CHART = Path("docs/cells.md"), Path("docs/cells.svg")
FIGURES = Part("<!-- figures -->", "<!-- /figures -->")
STUDIES, SPEED, RESULTS = (
    Path("studies/figures"),
    Path("benchmarks/speed/recurrent.json"),
    Path("benchmarks/results.json"),
)
BASE = "lstm"
FAR = 200  # words between a word and the question about it
PASSES = {"train": "training", "inference": "inference"}


@exits_on_input_error
def main(arguments: list[str] | None = None) -> None:
    """Writes the page's part and the chart."""
    argparse.ArgumentParser(prog="python -m studies.cells", description=__doc__).parse_args(arguments)
    page = PAGE.read_text(encoding="utf-8")
    with atomic_file(PAGE) as file:
        file.write(with_figures(page))
    with atomic_file(CHART) as file:
        file.write(drawn())


def with_figures(page: str) -> str:
    """The page with the table of the figures that are in git."""
    return FIGURES.replace(page, "".join(table()), PAGE)


def drawn() -> str:
    """The chart, as SVG."""
    kept = [row for row in recalled() if not RAISED.items() <= row.items()]
    recall = [{**row, "cell": CELLS[row["cell"]]} for row in percent(kept, "accuracy")]
    speed = [{**row, "cell": CELLS[row["cell"]], "pass": PASSES[row["pass"]]} for row in speeds()]
    panels = beside(
        curves(
            "recall of a word",
            recall,
            "accuracy",
            ("gap", "words since then"),
            "recall, %",
            "cell",
            ticks=sorted({row["gap"] for row in recall}),
            domain=(0, 105),
            level=(12.5, "chance"),
        ),
        dots("real tokens per second, times those of an LSTM", speed, "value", "times, least to most", "cell", "pass"),
    )
    return picture(panels) + "\n"


def table() -> Iterator[str]:
    """Lines of a table, a cell each."""
    recall, speed = recalled(), {(row["cell"], row["pass"]): row for row in speeds()}
    models, results = read_rows(STUDIES / "linear_cells.jsonl"), read_json(RESULTS)
    yield (
        f"\n| cell | training | inference | recall over {FAR} words, % | characters, nats | the same in equal time "
        "| Tiny Shakespeare, nats |\n| --- | --- | --- | --- | --- | --- | --- |\n"
    )
    for cell, name in CELLS.items():
        far = [row for row in chosen(recall, cell=cell, gap=FAR) if not RAISED.items() <= row.items()]
        raised = chosen(recall, cell=cell, gap=FAR, **RAISED)
        columns = [
            *(times(speed.get((cell, each))) for each in PASSES),
            shares(far) + (f"; {shares(raised)}" if raised else ""),
            *(nats(models, cell, equal) for equal in ("parameters", "time")),
            shakespeare(results, cell),
        ]
        yield f"| {name} | {' | '.join(columns)} |\n"
    yield "\n"


def recalled() -> list[dict[str, Any]]:
    """The accuracy by cell, seed and gap, of two studies that ask in the same way; the LSTM's is of the first."""
    rows = chosen(read_rows(STUDIES / "recall_over_a_gap.jsonl"), question="France")
    known = {row["cell"] for row in rows}
    more = chosen(read_rows(STUDIES / "linear_cells.jsonl"), part="recall")
    return [dict(row) for row in [*rows, *(row for row in more if row["cell"] not in known)]]


def speeds() -> list[dict[str, Any]]:
    """By cell and pass how many times the LSTM's tokens a second: `value`, the geometric mean over all shapes of
    batches, `low` and `high`, the least and the most. Both are of the same measurement, the cell's last one."""
    rows = [row for row in read_json(SPEED) if row["implementation"] == "elman"]
    last = {row["cell"]: row["measured"] for row in sorted(rows, key=lambda row: row["measured"])}
    found: dict[tuple[str, str, str], dict[tuple, float]] = {}
    for row in rows:
        shape = tuple(row[key] for key in ("bidirectional", "batch", "features", "units", "lengths"))
        found.setdefault((row["measured"], row["cell"], row["pass"]), {})[shape] = row["tokens_per_second"]
    ratios = {
        (cell, name): [
            tokens / found[last[cell], BASE, name][shape] for shape, tokens in found[last[cell], cell, name].items()
        ]
        for cell, name in product(CELLS, PASSES)
        if cell in last and (last[cell], cell, name) in found
    }
    return [
        {"cell": cell, "pass": name, "value": geometric_mean(of), "low": min(of), "high": max(of)}
        for (cell, name), of in ratios.items()
    ]


def times(row: Row | None) -> str:
    """A ratio of speeds with its least and most."""
    return f"{row['value']:.1f} ({row['low']:.1f} to {row['high']:.1f})" if row else ""


def shares(rows: Sequence[Row]) -> str:
    """The mean accuracy of some rows."""
    return mean(rows, "accuracy").within(*SHARE).text(".0f", 100) if rows else ""


def nats(rows: Sequence[Row], cell: str, equal: str) -> str:
    """Nats per character of a cell in the study of language models; the LSTM stands for both comparisons."""
    kept = chosen(rows, part="language model", cell=cell, equal="parameters" if cell == BASE else equal)
    return mean(kept, "nats").text(".3f") if kept else ""


def shakespeare(results: Sequence[Row], cell: str) -> str:
    """Nats per character on test of the cell's run on real text, with their interval."""
    kept = chosen(results, run=f"tiny_shakespeare-{cell}-random", split="test", metric="nats_per_character")
    return "".join(f"{row['value']:.3f} ({row['low']:.3f} to {row['high']:.3f})" for row in kept)


if __name__ == "__main__":
    main()
