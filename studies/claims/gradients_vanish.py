"""Gradients vanish on their way back through a recurrent network; gates keep them."""

from collections.abc import Sequence
from math import log10
from typing import Any

from studies.charts import beside, curves
from studies.claims import Verdict
from studies.intervals import Interval, Row, chosen, interval, means

TITLE = "Gradients vanish"
QUESTION = """
To learn that the fifth word decided the hundredth, the gradient of the loss has to travel back from step 100 to step
5. At every step it is multiplied by the same kind of factor. In one dimension, with h_i = f(w h_(i-1) + z_i), the
chain rule gives dh_n/dh_0 = w f'(a_n) ... w f'(a_1), where a_i is what f is applied to. The slope of tanh is at most
1 and that of the sigmoid at most 1/4, so that the product is below |w|^n or (|w|/4)^n: exponentially small, unless w
is large, and then the slopes are small, because the function is saturated. ReLU's slope is 0 or 1: its product is
w^n, or nothing at all. The panel "one dimension" draws such products for z drawn once from a normal distribution of
deviation 0.5 (each was checked against the difference of two runs).

A layer of 32 units does the same with matrices. The network reads "I grew up in France ." and a hundred words of
news, "... . I speak fluent", and is asked for the language; its loss L is that of the last step. Drawn is the norm of
dL/dh_t by how far step t lies from the end, before training and after 200 batches of texts with 2 to 100 words
between. An LSTM carries two states, and dL/dc_t goes back along its cell state, the "highway" on which the only
factor is the forget gate; what returns by way of the outputs and gates is counted with it. The state that an SRU
carries is c as well. Below, the mean value of each gate while the text is read: it says how long the cells mean to
remember.
"""
SOURCES = (
    "Bengio, Simard & Frasconi, Learning long-term dependencies with gradient descent is difficult, IEEE Transactions "
    "on Neural Networks 5 (1994)",
    "Hochreiter & Schmidhuber, Long Short-Term Memory, Neural Computation 9 (1997), section 3",
    "Pascanu, Mikolov & Bengio, On the difficulty of training recurrent neural networks, ICML 2013, section 2",
)
PLAIN, DISTANCE = "simple_rnn, tanh", 50
SMALLEST = 1e-30  # of the norms that are compared
FAINTEST = 1e-16  # of those that are drawn


def orders_lost(rows: Sequence[Row], cell: str, state: str, trained: bool) -> dict[int, float]:
    """By seed, how many powers of ten smaller the gradient is 50 steps from the end than at the end."""
    rows = chosen(rows, part="gradient", cell=cell, state=state, trained=trained)
    norm = {(row["seed"], row["distance"]): max(row["norm"], SMALLEST) for row in rows}
    return {seed: log10(norm[seed, 0] / norm[seed, DISTANCE]) for seed, distance in norm if distance == 0}


def verdicts(rows: Sequence[Row]) -> list[Verdict]:
    """What each claim's gradients lost over 50 steps."""

    def lost(cell: str, state: str = "h", trained: bool = False) -> Interval:
        return interval(list(orders_lost(rows, cell, state, trained).values()))

    def more(first: tuple[str, str], second: tuple[str, str], trained: bool) -> Interval:
        ours, theirs = (orders_lost(rows, *kind, trained) for kind in (first, second))
        return interval([ours[seed] - theirs[seed] for seed in ours])

    def compared(gap: Interval) -> str:
        return f"{gap.told()} more powers of ten lost over {DISTANCE} steps"

    plain, plain_trained = lost(PLAIN), lost(PLAIN, trained=True)
    sigmoid = more(("simple_rnn, sigmoid", "h"), (PLAIN, "h"), False)
    relu = lost("simple_rnn, relu")
    before = more((PLAIN, "h"), ("lstm", "h"), False)
    after = {
        cell: more((PLAIN, "h"), (cell, state), True) for cell, state in (("lstm", "h"), ("gru", "h"), ("sru", "c"))
    }
    highway = more(("lstm", "h"), ("lstm", "c"), True)
    return [
        Verdict(
            "In a plain network with tanh the gradient falls exponentially: by more than a hundred times in 50 steps.",
            f"{plain.told()} powers of ten before training, {plain_trained.told()} after",
            plain.low > 2 and plain_trained.low > 2,
        ),
        Verdict("With the sigmoid it falls faster than with tanh.", compared(sigmoid), sigmoid.low > 0),
        Verdict(
            "With ReLU it does not vanish, its slope being one.", f"{relu.told()} powers of ten lost", relu.high < 2
        ),
        Verdict(
            "An LSTM keeps gradients better than a plain network from the start.",
            f"the plain network: {compared(before)}",
            before.low > 0,
        ),
        Verdict(
            "Once trained, cells with gates keep gradients better than a plain network.",
            "more powers of ten lost by the plain network than by "
            + ", ".join(f"{cell}: {gap.told()}" for cell, gap in after.items()),
            all(gap.low > 0 for gap in after.values()),
        ),
        Verdict(
            "In the trained LSTM the gradient lasts longer along the cell state than along the hidden state.",
            f"along h: {compared(highway)}",
            highway.low > 0,
        ),
    ]  # fmt: skip


def chart(rows: Sequence[Row]) -> dict[str, Any]:
    """Gradients before and after training, gates after it, and the case of one dimension."""

    def gradients(trained: bool) -> dict[str, Any]:
        norms = means(chosen(rows, part="gradient", trained=trained), "norm", "cell", "state", "distance")
        lines = [
            {**{key: row[key] for key in ("distance", "value")}, "cell": row["cell"] + " (c)" * (row["state"] == "c")}
            for row in norms
            if row["value"] > 0
        ]
        title = f"gradient, {'after' if trained else 'before'} training"
        return curves(title, lines, steps, "mean norm", "cell", log_y=True, points=False, domain=(FAINTEST, 10))

    steps = ("distance", "steps from the end")
    gates = [
        {**row, "gate": f"{row['cell']}: {row['gate']}"}
        for row in means(chosen(rows, part="gate", trained=True), "value", "cell", "gate", "step")
    ]
    products = [
        {**row, "kind": f"{row['activation']}, w = {row['weight']}", "value": abs(row["derivative"])}
        for row in chosen(rows, part="one dimension")
        if row["derivative"]
    ]
    return beside(
        gradients(trained=False),
        gradients(trained=True),
        curves("gates, after training", gates, ("step", "step of the text"), "mean value", "gate", points=False),
        curves(
            "one dimension",
            products,
            ("distance", "steps n"),
            "|dh_n / dh_0|",
            "kind",
            log_y=True,
            points=False,
            domain=(FAINTEST, 1e6),
        ),
    )
