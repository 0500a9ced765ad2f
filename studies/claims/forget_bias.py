"""A forget gate that starts open lets an LSTM begin by remembering."""

from collections.abc import Sequence
from math import exp
from typing import Any

from studies.charts import beside, curves, percent
from studies.claims import of, say
from studies.intervals import Row, chosen
from studies.verdicts import Verdict, judge_counts

TITLE = "The forget gate's bias: one or zero"
QUESTION = """
At each step an LSTM's cell state is multiplied by the forget gate, sigmoid(W x + U h + b). Keras initialises b to
one, PyTorch to zero. Does it matter?
"""
CAVEAT = """
The papers want a gate near one, and sigmoid(1) is 0.73: after a hundred steps nothing is left with either bias.
Larger ones were not tried here.
"""
METHOD = """
With b = 0 an untrained gate is half open: after 50 steps 0.5^50 of a state is left, which is nothing, and the same
goes for the gradient on its way back. With b = 1 the gate starts at sigmoid(1) = 0.73, and after ten steps forty
times as much is left. Two LSTMs of 32 units that differ only in that bias are trained on the question about France
over gaps of 2 to 100 words; every 25 batches they are tested over 10, 50 and 100 words (200 texts each). Most seeds
recall nearly everything over 100 words or little, so that they are counted: one has learned if it recalls 90 %.
"""
SOURCES = (
    "Gers, Schmidhuber & Cummins, Learning to Forget: Continual Prediction with LSTM, Neural Computation 12 (2000), "
    "section 3",
    "Jozefowicz, Zaremba & Sutskever, An Empirical Exploration of Recurrent Network Architectures, ICML 2015, section "
    "2.2",
)
LEARNED = 0.9


def learned(rows: Sequence[Row], bias: int, step: int, gap: int) -> list[bool]:
    """Whether each seed recalls over a gap after so many batches."""
    return [row["accuracy"] >= LEARNED for row in chosen(rows, bias=bias, step=step, gap=gap)]


def verdicts(rows: Sequence[Row]) -> list[Verdict]:
    """Seeds that recall at the end, and half of the way there."""
    last, far = max(row["step"] for row in rows), max(row["gap"] for row in rows)
    found = []
    for step in (last // 2, last):
        one, zero = (learned(rows, bias, step, far) for bias in (1, 0))
        claim = f"After {step} batches, more LSTMs recall over {far} words with a forget bias of one than of zero."
        found.append(judge_counts(claim, f"{of(one)} seeds and {of(zero)}", one, zero))
    return found


def finding(found: Sequence[Verdict]) -> str:
    """What to remember of it."""
    return say(
        found[-1],
        "An LSTM whose forget bias starts at one learns to remember sooner than one that starts at zero.",
        "An LSTM whose forget bias starts at one learns to remember later than one that starts at zero.",
        "Whether an LSTM learns to remember sooner with a bias of one than of zero is undecided with so few seeds.",
    )


def chart(rows: Sequence[Row]) -> Any:
    """Accuracy by batches, for the shortest and the longest gap, and what a gate leaves of a state."""
    last = max(row["step"] for row in rows)
    named = [{**row, "bias": f"bias {row['bias']}"} for row in percent(rows, "accuracy")]

    def panel(gap: int) -> Any:
        one, zero = (of(learned(rows, bias, last, gap)) for bias in (1, 0))
        title = f"over {gap} words, seeds that learned: bias one {one}, zero {zero}"
        axes = ("step", "batches"), "recall, %", "bias"
        return curves(title, chosen(named, gap=gap), "accuracy", *axes, domain=(0, 105), level=(12.5, "chance"))

    gaps = sorted({row["gap"] for row in rows})
    left = [
        {"bias": f"bias {bias}", "steps": steps, "left": 100 / (1 + exp(-bias)) ** steps}
        for bias in (1, 0)
        for steps in range(21)
    ]
    kept = [100 / (1 + exp(-bias)) ** 10 for bias in (1, 0)]
    title = f"left of a state after ten steps: {kept[0]:.1f} % and {kept[1]:.1f} %"
    return beside(
        panel(gaps[0]),
        panel(gaps[-1]),
        curves(title, left, "left", ("steps", "steps"), "%, gates as they start", "bias"),
    )
