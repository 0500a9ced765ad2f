"""A forget bias of one lets an LSTM begin by remembering."""

from collections.abc import Sequence
from typing import Any

from studies.charts import beside, curves
from studies.claims import Verdict, judge
from studies.intervals import SHARE, Row, chosen, difference, means

TITLE = "The forget gate's bias: one or zero"
QUESTION = """
At each step an LSTM's cell state is multiplied by the forget gate, sigmoid(W x + U h + b). With b = 0 an untrained gate
is half open: after 50 steps 0.5^50 of a state is left, which is nothing, and the same goes for the gradient on its way
back. With b = 1 the gate starts at sigmoid(1) = 0.73, and after ten steps forty times as much is left. Keras
initialises b to one, PyTorch to zero.

Two LSTMs of 32 units that differ only in that bias are trained on the question about France over gaps of 2 to 100
words; every 25 batches they are tested over 10, 50 and 100 words (200 texts each).
"""
SOURCES = (
    "Gers, Schmidhuber & Cummins, Learning to Forget: Continual Prediction with LSTM, Neural Computation 12 (2000), "
    "section 3",
    "Jozefowicz, Zaremba & Sutskever, An Empirical Exploration of Recurrent Network Architectures, ICML 2015, section "
    "2.2",
)


def verdicts(rows: Sequence[Row]) -> list[Verdict]:
    """Accuracy at the end, and on the way."""
    last, far = max(row["step"] for row in rows), max(row["gap"] for row in rows)
    half = last // 2
    found = {step: difference(rows, "accuracy", {"bias": 1}, {"bias": 0}, step=step, gap=far) for step in (half, last)}
    return [
        judge(
            f"With a bias of one an LSTM learns to remember faster: more over {far} words after {step} batches.",
            f"{gap.text('.0f', 100)} points more",
            gap,
        )
        for step, gap in found.items()
    ]


def chart(rows: Sequence[Row]) -> dict[str, Any]:
    """Accuracy by batches, for the shortest and the longest gap."""

    def panel(gap: int) -> dict[str, Any]:
        found = [
            {**row, "bias": f"bias {row['bias']}"}
            for row in means(chosen(rows, gap=gap), "accuracy", "bias", "step", within=SHARE)
        ]
        return curves(f"over {gap} words", found, ("step", "batches"), "accuracy", "bias", domain=(0, 1.05))

    gaps = sorted({row["gap"] for row in rows})
    return beside(panel(gaps[0]), panel(gaps[-1]))
