"""I grew up in France ... I speak fluent ___."""

from collections.abc import Sequence
from typing import Any

from studies.charts import beside, curves
from studies.claims import Verdict
from studies.intervals import Row, chosen, difference, mean, means

TITLE = "Memory: the land far back in the text"
QUESTION = """
"The clouds are in the ___": the last words tell. "I grew up in France ... I speak fluent ___": the word that tells
stands far back. It is the example with which many an introduction explains why LSTMs were invented: a plain network
could learn such a dependency in theory, but does not in practice.

Each cell, with 64 units, read texts with 2 to 200 words of running news between the land and the question, 64 texts
in each of 400 batches, and then had to name the language (one of eight, so that chance is 12.5 %) for 500 texts of
words that it had not read, at each gap. In the short-range twin the news stand before the whole sentence, with as
many words: it takes 100 batches. Cells that answer everything share one line at the top.
"""
SOURCES = (
    "Olah, Understanding LSTM Networks, 2015, section The Problem of Long-Term Dependencies",
    "Hochreiter & Schmidhuber, Long Short-Term Memory, Neural Computation 9 (1997), section 5",
    "Bengio, Simard & Frasconi, Learning long-term dependencies with gradient descent is difficult, IEEE Transactions "
    "on Neural Networks 5 (1994)",
)
NEAR, FAR = 2, 200


def verdicts(rows: Sequence[Row]) -> list[Verdict]:
    """What each cell recalls near and far."""
    long, short = chosen(rows, question="France"), chosen(rows, question="clouds")
    cells = list(dict.fromkeys(row["cell"] for row in rows))
    fall = difference(long, "accuracy", {"gap": NEAR}, {"gap": FAR}, cell="simple_rnn")
    far = {cell: mean(long, "accuracy", cell=cell, gap=FAR) for cell in cells}
    gated = {
        cell: difference(long, "accuracy", {"cell": cell}, {"cell": "simple_rnn"}, gap=FAR)
        for cell in cells
        if cell != "simple_rnn"
    }
    worst = min(row["accuracy"] for row in short)
    return [
        Verdict(
            "Every cell answers the short-range question, however long the text before it.",
            f"the lowest accuracy of any cell, seed and length: {worst:.1%}",
            worst > 0.99,
        ),
        Verdict(
            f"A plain network recalls less over {FAR} words than over {NEAR}.",
            f"{fall.told('.0f', 100)} points less; {far['simple_rnn'].told('.0f', 100)} % at {FAR}",
            fall.low > 0,
        ),
        Verdict(
            f"Cells with gates recall more than a plain network over {FAR} words.",
            ", ".join(
                f"{cell}: {far[cell].told('.0f', 100)} %, {gap.told('.0f', 100)} points more"
                for cell, gap in gated.items()
            ),
            all(gap.low > 0 for gap in gated.values()),
        ),
    ]  # fmt: skip


def chart(rows: Sequence[Row]) -> dict[str, Any]:
    """Accuracy by gap, for both questions."""

    def panel(question: str, title: str) -> dict[str, Any]:
        found = means(chosen(rows, question=question), "accuracy", "cell", "gap")
        return curves(title, found, ("gap", "words of news"), "accuracy", "cell", log_x=True, domain=(0, 1.02))

    return beside(
        panel("France", "I grew up in France ... I speak fluent ___"), panel("clouds", "... The clouds are in the ___")
    )
