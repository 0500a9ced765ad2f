"""ReLU is said to be unsuitable for recurrent networks because of the gradient."""

from collections.abc import Sequence
from math import log10
from typing import Any

from studies.charts import beside, curves
from studies.claims import Verdict, judge
from studies.intervals import SHARE, Interval, Row, chosen, difference, geometric_means, interval, mean, means

TITLE = "ReLU versus tanh in a simple RNN"
QUESTION = """
"Never use ReLU in a recurrent network": it does not bound the state, so that applying the same matrix again and again
makes state and gradient explode, and a unit that once falls below zero passes no gradient on. Le, Jaitly and Hinton
answered that it depends on the initialisation: with the identity as recurrent matrix a ReLU network starts by copying
its state, as an LSTM with an open forget gate does, and they trained one over hundreds of steps.

Four simple RNNs of 64 units: tanh or ReLU, with an orthogonal recurrent matrix (the Keras default) or the identity
(with input weights from a normal distribution with standard deviation 0.001, as in the paper). First the untrained
gradient over 50 words; then, after 250 batches with gaps of 2 to 50 words, the recall of the country. tanh with the
identity is the control that the paper lacks: is it ReLU that helps, or the identity?
"""
SOURCES = (
    "Le, Jaitly & Hinton, A Simple Way to Initialize Recurrent Networks of Rectified Linear Units, arXiv:1504.00941, "
    "2015, sections 2 and 4",
    "Goodfellow, Bengio & Courville, Deep Learning, MIT Press 2016, section 10.7",
)
SMALLEST = 1e-24  # of norms; float32 holds the squares of none much below
TANH, RELU, IDENTITY = "tanh, orthogonal", "ReLU, orthogonal", "ReLU, identity"


def change(rows: Sequence[Row], kind: str, far: int) -> Interval:
    """The powers of ten that a gradient gains (above zero) or loses until `far` steps from the end."""
    rows = chosen(rows, part="gradient", kind=kind)
    norm = {(row["seed"], row["distance"]): max(row["norm"], SMALLEST) for row in rows}
    return interval([log10(norm[seed, far] / norm[seed, 0]) for seed, distance in norm if distance == 0])


def verdicts(rows: Sequence[Row]) -> list[Verdict]:
    """Gradients and recall over the longest gap."""
    far = max(row["gap"] for row in chosen(rows, part="accuracy"))
    kept = {kind: change(rows, kind, far) for kind in dict.fromkeys(row["kind"] for row in rows)}
    recalled = {
        kind: mean(chosen(rows, part="accuracy"), "accuracy", kind=kind, gap=far).within(*SHARE) for kind in kept
    }

    def more(first: str, second: str) -> tuple[str, Interval]:
        answers = chosen(rows, part="accuracy", gap=far)
        gap = difference(answers, "accuracy", {"kind": first}, {"kind": second})
        figures = f"{first}: {recalled[first].text('.0f', 100)} %, {second}: {recalled[second].text('.0f', 100)} %"
        return f"{figures}; {gap.text('.0f', 100)} points", gap

    return [
        Verdict(
            f"With ReLU the gradient explodes: it grows on its way back over {far} words.",
            f"orders of magnitude gained: {kept[RELU].text()} (orthogonal), {kept[IDENTITY].text()} (identity)",
            kept[RELU].low > 0 or kept[IDENTITY].low > 0,
            kept[RELU].high < 0 and kept[IDENTITY].high < 0,
        ),
        judge(f"With the usual initialisation, tanh recalls more than ReLU over {far} words.", *more(TANH, RELU)),
        judge("ReLU with the identity recalls more than tanh with the usual initialisation.", *more(IDENTITY, TANH)),
        judge("ReLU with the identity recalls more than tanh with the identity.", *more(IDENTITY, "tanh, identity")),
    ]


def chart(rows: Sequence[Row]) -> dict[str, Any]:
    """Gradients before training, and accuracy after it."""
    norms = geometric_means(chosen(rows, part="gradient"), "norm", "kind", "distance", least=SMALLEST)
    room = min(row["low"] for row in norms) / 2, max(row["high"] for row in norms) * 4  # no line lies on the frame
    title, steps = "norm of dL/dh, before training", ("distance", "steps from the end")
    found = means(chosen(rows, part="accuracy"), "accuracy", "kind", "gap", within=SHARE)
    return beside(
        curves(title, norms, steps, "norm", "kind", log_y=True, domain=room),
        curves("recall, after training", found, ("gap", "words"), "accuracy", "kind", log_x=True, domain=(0, 1.05)),
    )
