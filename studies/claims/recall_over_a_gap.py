"""I grew up in France ... I speak fluent ___."""

from collections.abc import Sequence
from typing import Any

from studies.charts import CELLS, beside, curves, percent
from studies.claims import of, say
from studies.intervals import Row, by_seed, chosen, mean
from studies.verdicts import CONTRADICTED, SHOWN, Verdict, fact, judge_counts

TITLE = "Memory: recall of a distant word"
QUESTION = """
"The clouds are in the ___": the last words give the answer. "I grew up in France ... I speak fluent ___": the
deciding word is far back. Many introductions use this example to explain why LSTMs were invented: a simple RNN could
learn such a dependency in theory, but does not in practice. Does it not?
"""
CAVEAT = """
Each network learns all gaps at once, which may teach it none. A network that answers no more over 2 words than over
200 says nothing about distance; networks of one gap each would.
"""
METHOD = """
Each cell, with 64 units, is trained on 400 batches of 64 texts with 2 to 200 words of running news between the
country and the question, and then has to name the language (one of eight, so that chance is 12.5 %) for 500 held-out
texts at each gap. In the short-range control as many words of news precede the whole sentence, and training takes 100
batches. Most networks answer nearly everything or little more than chance gives, so that seeds are counted: one has
learned if it answers 90 %.
"""
SOURCES = (
    "Olah, Understanding LSTM Networks, 2015, section The Problem of Long-Term Dependencies",
    "Hochreiter & Schmidhuber, Long Short-Term Memory, Neural Computation 9 (1997), section 5",
    "Bengio, Simard & Frasconi, Learning long-term dependencies with gradient descent is difficult, IEEE Transactions "
    "on Neural Networks 5 (1994)",
)
PLAIN = "simple_rnn"
NEAR, FAR = 2, 200
LEARNED = 0.9  # the accuracy from which a question counts as learned
CHANCE = 12.5, "chance"


def learned(rows: Sequence[Row], cell: str, gap: int) -> list[bool]:
    """Whether each seed answers over a gap."""
    return [share >= LEARNED for share in by_seed(rows, "accuracy", question="France", cell=cell, gap=gap).values()]


def verdicts(rows: Sequence[Row]) -> list[Verdict]:
    """How many seeds of each cell recall near and far."""
    worst = min(row["accuracy"] for row in chosen(rows, question="clouds"))

    def told(cell: str, gap: int) -> str:
        share = mean(rows, "accuracy", question="France", cell=cell, gap=gap).within(0, 1)
        return f"{of(learned(rows, cell, gap))} seeds learned, {share.text('.0f', 100)} %"

    found = [
        fact(
            "Every network answers the short-range question, however long the text before it.",
            f"the lowest accuracy of any cell, seed and length: {worst:.1%}",
            worst > 0.99,
        ),
        judge_counts(
            f"A simple RNN recalls less over {FAR} words than over {NEAR}.",
            f"over {NEAR} words {told(PLAIN, NEAR)}; over {FAR} {told(PLAIN, FAR)}",
            learned(rows, PLAIN, NEAR),
            learned(rows, PLAIN, FAR),
        ),
    ]
    for cell in dict.fromkeys(row["cell"] for row in rows):
        if cell != PLAIN:
            claim = f"The {CELLS[cell]} recalls more than a simple RNN over {FAR} words."
            figures = f"{told(cell, FAR)}; simple RNN {told(PLAIN, FAR)}"
            found.append(judge_counts(claim, figures, learned(rows, cell, FAR), learned(rows, PLAIN, FAR)))
    return found


def finding(found: Sequence[Verdict]) -> str:
    """What to remember of it."""
    short, falls, *gated = found
    near = say(
        short, "Every cell uses a word right before the question", "Not even a word right before is always used", ""
    )
    plain = say(
        falls, "a simple RNN recalls less from afar", "a simple RNN recalls no less from afar",
        "whether a simple RNN recalls less from afar is undecided",
    )  # fmt: skip
    better, worse = (
        [verdict.claim.split(" recalls")[0].removeprefix("The ") for verdict in gated if verdict.kind == kind]
        for kind in (SHOWN, CONTRADICTED)
    )
    cells = (
        f"better than it: {', '.join(better)}" if better else "no gated cell is shown to be better with so few seeds"
    )
    return f"{near}; {plain}; {cells}{'; worse: ' * bool(worse)}{', '.join(worse)}."


def chart(rows: Sequence[Row]) -> Any:
    """Accuracy by gap, for both questions."""
    named = [{**row, "cell": CELLS[row["cell"]]} for row in percent(rows, "accuracy")]
    ticks = sorted({row["gap"] for row in rows})
    cells = dict.fromkeys(row["cell"] for row in rows)
    far = ", ".join(f"{CELLS[cell]} {of(learned(rows, cell, FAR))}" for cell in cells)
    short = min(row["accuracy"] for row in chosen(rows, question="clouds"))
    axes = ("gap", "words of news"), "recall, %", "cell"
    return beside(
        curves(f"I grew up in France ...; seeds that know it over {FAR} words: {far}", chosen(named, question="France"),
               "accuracy", *axes, ticks=ticks, domain=(0, 105), level=CHANCE),
        curves(f"... The clouds are in the ___: all at least {short:.0%}", chosen(named, question="clouds"), "accuracy",
               *axes, ticks=ticks, domain=(0, 105), level=CHANCE),
    )  # fmt: skip
