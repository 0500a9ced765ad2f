"""A forget gate that starts open lets an LSTM begin by remembering."""

from collections.abc import Sequence
from math import exp, inf
from typing import Any

from studies.charts import beside, curves, dots
from studies.claims import say
from studies.intervals import Row, by_seed, chosen
from studies.verdicts import Verdict, judge_ranks

TITLE = "Forget bias: how open should the gate start?"
QUESTION = """
At each step an LSTM's cell state is multiplied by the forget gate, sigmoid(W x + U h + b). The usual advice is to
initialise the bias b to one, so that the gate is near one and the network begins by remembering. But sigmoid(1) is
0.73. How open does the gate have to be?
"""
CAVEAT = """
Here only a distant word helps. An LSTM that sees short gaps as well opens its gates while it learns them (study 3,
all gaps).
"""
METHOD = """
LSTMs of 64 units that differ only in the initial bias learn the question of study 3 over a gap of 50 words: 0 (the
PyTorch default), 1 (the Keras default, and the advice of the papers below), 3 and 5. Every 25 batches they are tested
on 200 fresh texts; the figure is the number of batches until 90 % of the answers are right. Training stops after 300;
a network that has not learned by then counts as slower than any that has. Each bias is compared with the next smaller
one by an exact rank test. The gap and the biases were chosen with two other seeds.

A gate that stays at its initial value leaves sigmoid(b)^50 of a state after 50 steps. The words and training both
change the gate, so this is only where learning begins.
"""
SOURCES = (
    "Gers, Schmidhuber & Cummins, Learning to Forget: Continual Prediction with LSTM, Neural Computation 12 (2000), "
    "section 3",
    "Jozefowicz, Zaremba & Sutskever, An Empirical Exploration of Recurrent Network Architectures, ICML 2015, section "
    "2.2",
)
STEPS = ((1, 0), (3, 1), (5, 3))  # biases that are compared
MOST = 300  # batches
ONE = "France, one gap"


def batches(rows: Sequence[Row], bias: int) -> list[float]:
    """Of each seed, the batches until it had learned, infinity if it never did."""
    kept = chosen(rows, question=ONE, bias=bias)
    return list(by_seed([{**row, "batches": row["batches"] or inf} for row in kept], "batches").values())


def told(found: Sequence[float]) -> str:
    """How many seeds learned, and when."""
    learned = sorted(int(number) for number in found if number < inf)
    when = f" after {learned[0]} to {learned[-1]} batches" if learned else ""
    return f"{len(learned)} of {len(found)} seeds learned{when}"


def verdicts(rows: Sequence[Row]) -> list[Verdict]:
    """Each bias against the next smaller one."""
    (gap,) = {row["gap"] for row in rows}
    found = []
    for larger, smaller in STEPS:
        ours, theirs = batches(rows, larger), batches(rows, smaller)
        claim = f"Over {gap} words, an LSTM learns to recall in fewer batches with a forget bias of {larger} than of"
        figures = f"bias {larger}: {told(ours)}; bias {smaller}: {told(theirs)}"
        found.append(judge_ranks(f"{claim} {smaller}.", figures, ours, theirs, lower=True))
    return found


def finding(found: Sequence[Verdict]) -> str:
    """What to remember of it."""
    one, three, _ = found
    near = "a gate near one, not a bias of one" if one.kind != three.kind else "a gate near one"
    why = say(three, f": what matters is {near}", "", "")
    first = say(three, "a forget bias of 3 beats 1", "a forget bias of 3 loses to 1", "3 is not shown to beat 1")
    others = [
        f"{larger} {say(verdict, 'beats', 'loses to', 'is not shown to beat')} {smaller}"
        for (larger, smaller), verdict in zip(STEPS, found, strict=True)
        if verdict is not three
    ]
    return f"Where only a distant word helps, {'; '.join([first + why, *others])}."


def chart(rows: Sequence[Row]) -> Any:
    """Batches by bias, and what gates that stay as they start leave of a state."""
    biases = sorted({row["bias"] for row in rows})
    (gap,) = {row["gap"] for row in rows}
    names = {bias: f"bias {bias} ({1 / (1 + exp(-bias)):.3f})" for bias in biases}
    points = [
        {"bias": names[bias], "seed": seed, "batches": min(number, MOST + 25)}
        for bias in biases
        for seed, number in enumerate(batches(rows, bias))
    ]
    left = [
        {"bias": names[bias], "steps": steps, "left": 100 / (1 + exp(-bias)) ** steps}
        for bias in biases
        for steps in range(gap + 1)
    ]
    learned = ", ".join(f"bias {bias}: {sum(number < inf for number in batches(rows, bias))}" for bias in biases)
    kept = ", ".join(f"bias {bias}: {100 / (1 + exp(-bias)) ** gap:.2g} %" for bias in biases)
    return beside(
        dots(f"seeds that learn a gap of {gap} words, of {len(points) // len(biases)}: {learned}", points, "batches",
             "batches until 90 % are right", "bias", level=(MOST, "never"), interval=False),
        curves(f"what remains of a state after {gap} steps: {kept}", left, "left", ("steps", "steps"),
               "%, initial gates", "bias"),
    )  # fmt: skip
