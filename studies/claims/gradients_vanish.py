"""Gradients vanish on their way back through a recurrent network; gates preserve them."""

from collections.abc import Sequence
from math import log10
from typing import Any

from studies.charts import beside, curves
from studies.claims import Verdict, judge
from studies.intervals import SHARE, Interval, Row, chosen, geometric_means, interval, means

TITLE = "Vanishing gradients"
QUESTION = """
To learn that the fifth word determines the hundredth, the gradient of the loss has to travel back from step 100 to step
5. At every step it is multiplied by the same kind of factor. In one dimension, with h_i = f(w h_(i-1) + z_i), the chain
   rule gives dh_n/dh_0 = w f'(a_n) ... w f'(a_1), where a_i is the argument of f. The slope of tanh is at most 1 and
   that of the sigmoid at most 1/4, so that the product is below |w|^n or (|w|/4)^n: exponentially small, unless w is
   large, and then the slopes are small, because the function is saturated. ReLU's slope is 0 or 1: its product is w^n,
   or zero. The panel "one dimension" shows such products for z drawn once from a normal distribution with standard
   deviation 0.5 (each was checked against a finite difference of two runs).

A layer of 32 units does the same with matrices. The network reads "I grew up in France ." and a hundred words of news,
"... . I speak fluent", and has to predict the language; its loss L is that of the last step. The charts show the norm
of dL/dh_t by the distance of step t from the end, before training and after 200 batches of texts with gaps of 2 to 100
words. Float32 cannot represent the squares of norms much below 1e-24: smaller ones are shown, and counted, as 1e-24.
This affects most trained ReLU networks, already one step back: their units are all dead and pass nothing on.

An LSTM carries two states; c is called the highway, because the only factor along it is the forget gate. But dL/dc_t
includes every path from c_t to the loss, those through outputs and gates as well, and so does dL/dh_t: h_t affects
c_(t+1) through the gates, and from there on its effect travels along the cell state. The two norms must therefore run
in parallel, about one step's factor apart. The exception is the last step: there dL/dh is the output layer's gradient
itself, and dL/dc is that times o tanh'(c). Decay is measured from 10 steps before the end, behind the question's words,
to 60, for all cells alike. The state that an SRU carries is also c.

The gate panel shows the mean value of each gate while the text is read: how long the cells are set to remember.
"""
SOURCES = (
    "Bengio, Simard & Frasconi, Learning long-term dependencies with gradient descent is difficult, IEEE Transactions "
    "on Neural Networks 5 (1994)",
    "Hochreiter & Schmidhuber, Long Short-Term Memory, Neural Computation 9 (1997), section 3",
    "Pascanu, Mikolov & Bengio, On the difficulty of training recurrent neural networks, ICML 2013, section 2",
)
PLAIN = "simple_rnn, tanh"
NEAR, FAR = 10, 60  # steps from the end, between which losses are counted
HALF, WHOLE = 50, 90  # the longest way from NEAR whose half was measured, too
ABOUT_TWICE = 1.8, 2.2
SMALLEST = 1e-24  # of norms
FAINTEST = 1e-16  # of the products in one dimension that are drawn


def orders_lost(rows: Sequence[Row], cell: str, state: str, trained: bool, far: int = FAR) -> dict[int, float]:
    """By seed, how many powers of ten smaller the gradient is `far` steps from the end than `NEAR` steps from it."""
    rows = chosen(rows, part="gradient", cell=cell, state=state, trained=trained)
    norm = {(row["seed"], row["distance"]): max(row["norm"], SMALLEST) for row in rows}
    return {seed: log10(norm[seed, NEAR] / norm[seed, far]) for seed, distance in norm if distance == NEAR}


def verdicts(rows: Sequence[Row]) -> list[Verdict]:
    """What each claim's gradients lost on their way."""

    def lost(cell: str, state: str = "h", trained: bool = False) -> Interval:
        return interval(list(orders_lost(rows, cell, state, trained).values()))

    def more(first: tuple[str, str], second: tuple[str, str], trained: bool) -> Interval:
        ours, theirs = (orders_lost(rows, *kind, trained) for kind in (first, second))
        return interval([ours[seed] - theirs[seed] for seed in ours])

    def compared(gap: Interval) -> str:
        return f"{gap.text()} orders of magnitude more lost over {FAR - NEAR} steps"

    def times(trained: bool) -> Interval:
        whole, half = (orders_lost(rows, PLAIN, "h", trained, far) for far in (WHOLE, HALF))
        return interval([whole[seed] / half[seed] for seed in whole])

    plain, plain_trained = lost(PLAIN), lost(PLAIN, trained=True)
    twice, (least, most) = (times(False), times(True)), ABOUT_TWICE
    sigmoid = more(("simple_rnn, sigmoid", "h"), (PLAIN, "h"), False)
    relu = lost("simple_rnn, relu")
    before = more((PLAIN, "h"), ("lstm", "h"), False)
    after = {
        cell: more((PLAIN, "h"), (cell, state), True) for cell, state in (("lstm", "h"), ("gru", "h"), ("sru", "c"))
    }
    highway = more(("lstm", "h"), ("lstm", "c"), True)
    return [
        judge(
            f"In a simple RNN with tanh the gradient vanishes: by more than a factor of 100 in {FAR - NEAR} steps.",
            f"{plain.text()} orders of magnitude before training, {plain_trained.text()} after",
            plain,
            plain_trained,
            above=2,
        ),
        Verdict(
            f"It does so exponentially: in {WHOLE - NEAR} steps it loses about twice ({least} to {most} times) as many "
            f"orders of magnitude as in {HALF - NEAR}.",
            f"{twice[0].text('.2f')} times before training, {twice[1].text('.2f')} after",
            all(least < ratio.low and ratio.high < most for ratio in twice),
            all(ratio.high < least or ratio.low > most for ratio in twice),
        ),
        judge("It falls faster with the sigmoid than with tanh.", f"at least {compared(sigmoid)}", sigmoid),
        Verdict(
            "It does not vanish with ReLU, whose slope is one.",
            f"{relu.text()} orders of magnitude lost",
            relu.high < 2,
            relu.low > 2,
        ),
        judge(
            "An LSTM preserves gradients better than a simple RNN before training.",
            f"simple RNN: {compared(before)}",
            before,
        ),
        judge(
            "After training, gated cells preserve gradients better than a simple RNN.",
            "orders of magnitude lost in addition by the simple RNN, compared with "
            + ", ".join(f"{cell}: {gap.text()}" for cell, gap in after.items()),
            *after.values(),
        ),
        judge(
            "In the trained LSTM the gradient survives longer along the cell state than along the hidden state.",
            f"along h: {compared(highway)}",
            highway,
        ),
    ]  # fmt: skip


def chart(rows: Sequence[Row]) -> dict[str, Any]:
    """Gradients before and after training, gates after it, and the case of one dimension."""

    def gradients(trained: bool) -> dict[str, Any]:
        kept = chosen(rows, part="gradient", trained=trained)
        norms = geometric_means(kept, "norm", "cell", "state", "distance", least=SMALLEST)
        lines = [{**row, "cell": row["cell"] + " (c)" * (row["state"] == "c")} for row in norms]
        title, axis = f"gradient, {'after' if trained else 'before'} training", f"norm, at least {SMALLEST:g}"
        return curves(title, lines, steps, axis, "cell", log_y=True, points=False, domain=(SMALLEST, 10))

    steps = ("distance", "steps from the end")
    gates = [
        {**row, "gate": f"{row['cell']}: {row['gate']}"}
        for row in means(chosen(rows, part="gate", trained=True), "value", "cell", "gate", "step", within=SHARE)
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
