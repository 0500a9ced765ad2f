"""ReLU is said to be unsuitable for recurrent networks because of the gradient."""

from collections.abc import Sequence
from math import log10
from typing import Any

from studies.charts import beside, curves, percent, powers
from studies.claims import of, say
from studies.intervals import SHARE, Interval, Row, chosen, interval, mean
from studies.verdicts import Verdict, judge, judge_counts

TITLE = "ReLU versus tanh in a simple RNN"
QUESTION = """
"Never use ReLU in a recurrent network": it does not bound the state, so that applying the same matrix again and again
makes state and gradient explode, and a unit that once falls below zero passes no gradient on. Le, Jaitly and Hinton
answered that it depends on the initialisation: with the identity as recurrent matrix a ReLU network starts by copying
its state, as an LSTM with an open forget gate does, and they trained one over hundreds of steps. Who is right?
"""
CAVEAT = """
A network that recalls everything over fifty words has not been brought to its limit. And identity and small first
inputs were changed together, so that either may be the reason.
"""
METHOD = """
Four simple RNNs of 64 units: tanh or ReLU, with an orthogonal recurrent matrix (the Keras default) or the identity
(with input weights from a normal distribution with standard deviation 0.001, as in the paper). First the untrained
gradient over 50 words; then, after 250 batches with gaps of 2 to 50 words, the recall of the country. tanh with the
identity is the control that the paper lacks: is it ReLU that helps, or the identity? Many seeds recall nearly
everything or guess, so that they are counted: one has learned if it recalls 90 %.
"""
SOURCES = (
    "Le, Jaitly & Hinton, A Simple Way to Initialize Recurrent Networks of Rectified Linear Units, arXiv:1504.00941, "
    "2015, sections 2 and 4",
    "Goodfellow, Bengio & Courville, Deep Learning, MIT Press 2016, section 10.7",
)
SMALLEST = 1e-24  # of norms; float32 holds the squares of none much below
LEARNED = 0.9
TANH, RELU, IDENTITY = "tanh, orthogonal", "ReLU, orthogonal", "ReLU, identity"


def change(rows: Sequence[Row], kind: str, far: int) -> Interval:
    """The powers of ten that a gradient gains (above zero) or loses until `far` steps from the end."""
    rows = chosen(rows, part="gradient", kind=kind)
    norm = {(row["seed"], row["distance"]): max(row["norm"], SMALLEST) for row in rows}
    return interval([log10(norm[seed, far] / norm[seed, 0]) for seed, distance in norm if distance == 0])


def learned(rows: Sequence[Row], kind: str, gap: int) -> list[bool]:
    """Whether each seed recalls over a gap."""
    return [row["accuracy"] >= LEARNED for row in chosen(rows, part="accuracy", kind=kind, gap=gap)]


def verdicts(rows: Sequence[Row]) -> list[Verdict]:
    """Gradients and recall over the longest gap."""
    far = max(row["gap"] for row in chosen(rows, part="accuracy"))
    kept = {kind: change(rows, kind, far) for kind in (RELU, IDENTITY)}

    def more(claim: str, first: str, second: str) -> Verdict:
        ours, theirs = (learned(rows, kind, far) for kind in (first, second))
        told = [
            f"{kind} {of(seeds)} seeds, "
            f"{mean(chosen(rows, part='accuracy'), 'accuracy', kind=kind, gap=far).within(*SHARE).text('.0f', 100)} %"
            for kind, seeds in ((first, ours), (second, theirs))
        ]
        return judge_counts(claim, "; ".join(told), ours, theirs)

    return [
        *(
            judge(
                f"With ReLU and {name} the gradient explodes: it grows on its way back over {far} words.",
                f"powers of ten gained: {kept[kind].text()}",
                kept[kind],
                unit="powers of ten",
            )
            for kind, name in ((RELU, "the usual first weights"), (IDENTITY, "the identity"))
        ),
        more(f"With the usual first weights, more seeds recall over {far} words with tanh than with ReLU.", TANH, RELU),
        more("More recall with ReLU from the identity than with tanh from the usual first weights.", IDENTITY, TANH),
        more("More recall with ReLU from the identity than with tanh from the identity.", IDENTITY, "tanh, identity"),
    ]


def finding(found: Sequence[Verdict]) -> str:
    """What to remember of it."""
    usual, _, _, identity, control = found
    gradient = say(usual, "With ReLU the gradient explodes",
                   "With ReLU and the usual first weights the gradient shrinks",
                   "Whether the gradient explodes with ReLU is undecided")  # fmt: skip
    start = say(identity, "a ReLU network that starts as the identity remembers what tanh does not",
                "a ReLU network that starts as the identity forgets what tanh remembers",
                "whether the identity lets ReLU remember more is undecided with so few seeds")  # fmt: skip
    why = say(
        control, ", and ReLU is the reason", ", and ReLU does harm", "; tanh from the identity cannot be told from it"
    )
    return f"{gradient}; {start}{why}."


def chart(rows: Sequence[Row]) -> Any:
    """Gradients before training, and recall after it."""
    far = max(row["gap"] for row in chosen(rows, part="accuracy"))
    kinds = list(dict.fromkeys(row["kind"] for row in rows))
    kept = ", ".join(f"{kind.replace(', ', ' ')} {change(rows, kind, far).value:+.1f}" for kind in kinds)
    told = ", ".join(f"{kind.replace(', ', ' ')} {of(learned(rows, kind, far))}" for kind in kinds)
    recalled = percent(chosen(rows, part="accuracy"), "accuracy")
    gradients = powers(chosen(rows, part="gradient"), "norm", SMALLEST)
    return beside(
        curves(f"untrained; powers of ten over {far} words: {kept}", gradients, "norm",
               ("distance", "steps from the end"), "norm of dL/dh, powers of ten", "kind", level=(0, "norm 1")),
        curves(f"trained; seeds that recall over {far} words: {told}", recalled, "accuracy", ("gap", "words"),
               "recall, %", "kind", ticks=sorted({row["gap"] for row in recalled}), domain=(0, 105),
               level=(12.5, "chance")),
    )  # fmt: skip
