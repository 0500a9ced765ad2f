"""I grew up in France ... I speak fluent ___."""

from collections.abc import Sequence
from typing import Any

from studies.charts import beside, curves
from studies.claims import Verdict, judge
from studies.intervals import SHARE, Row, chosen, difference, mean, means

TITLE = "Memory: recall of a distant word"
QUESTION = """
"The clouds are in the ___": the last words give the answer. "I grew up in France ... I speak fluent ___": the deciding
word is far back. Many introductions use this example to explain why LSTMs were invented: a simple RNN could learn such
a dependency in theory, but does not in practice.

Each cell, with 64 units, is trained on 400 batches of 64 texts with 2 to 200 words of running news between the country
and the question, and then has to name the language (one of eight, so that chance is 12.5 %) for 500 held-out texts at
each gap. In the short-range control as many words of news precede the whole sentence, and training takes 100
batches. Cells that answer everything share one line at the top. If a network hardly learned the question over two
words, its failure over 200 says nothing about distance.
"""
SOURCES = (
    "Olah, Understanding LSTM Networks, 2015, section The Problem of Long-Term Dependencies",
    "Hochreiter & Schmidhuber, Long Short-Term Memory, Neural Computation 9 (1997), section 5",
    "Bengio, Simard & Frasconi, Learning long-term dependencies with gradient descent is difficult, IEEE Transactions "
    "on Neural Networks 5 (1994)",
)
NEAR, FAR = 2, 200
LEARNED = 0.9  # the accuracy from which a question counts as learned


def verdicts(rows: Sequence[Row]) -> list[Verdict]:
    """What each cell recalls near and far."""
    long, short = chosen(rows, question="France"), chosen(rows, question="clouds")
    cells = list(dict.fromkeys(row["cell"] for row in rows))
    fall = difference(long, "accuracy", {"gap": NEAR}, {"gap": FAR}, cell="simple_rnn")
    near, far = (
        {cell: mean(long, "accuracy", cell=cell, gap=gap).within(*SHARE) for cell in cells} for gap in (NEAR, FAR)
    )
    learned = max(row["accuracy"] for row in chosen(long, cell="simple_rnn")) >= LEARNED
    caveat = (
        ""
        if learned
        else f". But the simple RNN recalls only {near['simple_rnn'].text('.0f', 100)} % over {NEAR} words: it "
        "hardly learned the question at any distance, so this says nothing about distance"
    )
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
        judge(
            f"A simple RNN recalls less over {FAR} words than over {NEAR}.",
            f"{fall.text('.0f', 100)} points less; {far['simple_rnn'].text('.0f', 100)} % at {FAR}{caveat}",
            fall,
        ),
        judge(
            f"Gated cells recall more than a simple RNN over {FAR} words.",
            ", ".join(
                f"{cell}: {far[cell].text('.0f', 100)} %, {gap.text('.0f', 100)} points more"
                for cell, gap in gated.items()
            )
            + caveat,
            *gated.values(),
        ),
    ]  # fmt: skip


def chart(rows: Sequence[Row]) -> dict[str, Any]:
    """Accuracy by gap, for both questions."""

    def panel(question: str, title: str) -> dict[str, Any]:
        found = means(chosen(rows, question=question), "accuracy", "cell", "gap", within=SHARE)
        return curves(title, found, ("gap", "words of news"), "accuracy", "cell", log_x=True, domain=(0, 1.05))

    return beside(
        panel("France", "I grew up in France ... I speak fluent ___"), panel("clouds", "... The clouds are in the ___")
    )
