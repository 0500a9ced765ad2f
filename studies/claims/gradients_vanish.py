"""Gradients vanish on their way back through a recurrent network, by its initialisation; open gates preserve them."""

from collections.abc import Sequence
from math import log10
from typing import Any

from studies.charts import CELLS, beside, curves, powers
from studies.claims import say
from studies.intervals import SHARE, Interval, Row, by_seed, chosen, interval, mean
from studies.verdicts import SHOWN, Verdict, judge

TITLE = "Vanishing gradients"
QUESTION = """
To learn that word 5 determines word 100, the gradient of the loss has to travel back from step 100 to step 5. How
much of it arrives, in which cell, and how much of that depends on the initialisation?
"""
CAVEAT = """
The gradient before training is what learning starts from, not what it leads to. And a gradient that arrives is
necessary for learning, but not sufficient (study 12).
"""
METHOD = """
In one dimension, with h_i = f(w h_(i-1) + z_i), the chain rule gives dh_n/dh_0 = w f'(a_n) ... w f'(a_1), where a_i
is the argument of f. The slope of tanh is at most 1 and that of the sigmoid at most 1/4, so that the product is at
most |w|^n or (|w|/4)^n: exponentially small, unless w is large, and then the slopes are small, because the function
saturates. ReLU's slope is 0 or 1: its product is w^n, or zero. The panel "one dimension" shows such products for z
drawn once from a normal distribution with standard deviation 0.5 (each was checked against a finite difference of two
runs).

A layer of 64 units does the same with matrices. It reads "I grew up in France ." and a hundred words of news, "... .
I speak fluent", and has to predict the language; its loss L is that of the last step. The charts show the norm of
dL/ds_t by the distance of step t from the end, on a logarithmic scale; s is c where there is one, else h. The decay
is measured from step 10 before the end, where the news text ends, to step 60, for all cells alike. Norms below 1e-37,
the limit of float32, are set to 1e-37; this affects the sigmoid, and the LSTM's path along h alone.

Each cell has two initialisations. A simple RNN's matrix U is orthogonal (the Keras default), so that U by itself
preserves norms, or uniform between -1/8 and 1/8, where 8 is the square root of the number of units (the PyTorch
default). The bias of the gate that keeps the state has its default (1 in an LSTM, 0 in a GRU and an SRU) or is 5, so
that the gate is at 99.3 %. A ReLU passes the gradient through active units only, about half of them, so that each
step halves its squared norm; scaling U by the square root of 2 makes up for that.

The trained networks are those of studies 3 and 4 that were trained on one gap: simple RNNs that have learned to
recall over 20 words, others that were trained on 50 words, and gated cells trained on 50 words from open gates. Their
recall over that gap stands next to their gradients. All read the same texts of a hundred words.

An LSTM carries two states. The cell state c is called the highway, because the only factor along it is the forget
gate. dL/dc_t and dL/dh_t cannot show this: each includes every path to the loss, and from step t + 1 on the effect of
h_t travels along the cell state too, so that the two norms run in parallel in any network. So paths are cut: with no
gradient from the gates and the candidate to the previous output h, only the path along c is left; with none from c to
the previous c, only the path along h.
"""
SOURCES = (
    "Bengio, Simard & Frasconi, Learning long-term dependencies with gradient descent is difficult, IEEE Transactions "
    "on Neural Networks 5 (1994)",
    "Hochreiter & Schmidhuber, Long Short-Term Memory, Neural Computation 9 (1997), section 3",
    "Pascanu, Mikolov & Bengio, On the difficulty of training recurrent neural networks, ICML 2013, section 2",
)
NEAR, FAR = 10, 60  # steps from the end, between which losses are counted
HALF, WHOLE = 50, 90  # the longest way from NEAR whose half was measured, too
TWICE, TOLERANCE = 2, 0.2
KEPT = 2  # powers of ten that a gradient may lose over these steps without having vanished
SMALLEST = 1e-37  # of norms
FAINTEST = 1e-16  # of the products in one dimension that are drawn
STEPS = FAR - NEAR
UNIT = "powers of ten"
GRADIENT = {"part": "gradient"}
PLAIN = GRADIENT | {"cell": "simple_rnn", "activation": "tanh"}
ORTHOGONAL, UNIFORM = PLAIN | {"start": "orthogonal"}, PLAIN | {"start": "uniform"}
SIGMOID = ORTHOGONAL | {"activation": "sigmoid"}
RELU, RELU_RAISED = (
    {**ORTHOGONAL, "activation": "relu", "start": start} for start in ("orthogonal", "orthogonal x sqrt 2")
)
GATED = ("lstm", "gru", "sru")
USUAL = {"lstm": "bias 1", "gru": "bias 0", "sru": "bias 0"}
OPEN = "bias 5"
ALSO_READS = ("recall_over_a_gap", "forget_bias")  # whose trained networks have gradients, too
TRAINED = {"question": "gradient", "cut": ""}
SHORT, LONG = 20, 50  # words that networks were trained on
PLAIN_SHORT, PLAIN_LONG = (TRAINED | {"cell": "simple_rnn", "gap": gap} for gap in (SHORT, LONG))
OF_TRAINED = {cell: TRAINED | {"cell": cell, "bias": 5} for cell in GATED}
CUT = {"c alone": OF_TRAINED["lstm"] | {"cut": "h"}, "h alone": OF_TRAINED["lstm"] | {"cut": "c"}}
DRAWN = {"tanh orthogonal": ORTHOGONAL, "tanh uniform": UNIFORM, "sigmoid orthogonal": SIGMOID,
         "ReLU orthogonal": RELU, "ReLU × √2": RELU_RAISED}  # fmt: skip


def orders_lost(rows: Sequence[Row], kind: Row, far: int = FAR) -> dict[int, float]:
    """By seed, how many powers of ten smaller the gradient is `far` steps from the end than `NEAR` steps from it."""
    there, here = (by_seed(rows, "norm", distance=distance, **kind) for distance in (far, NEAR))
    return {seed: log10(max(here[seed], SMALLEST) / max(there[seed], SMALLEST)) for seed in here}


def lost(rows: Sequence[Row], kind: Row) -> Interval:
    """The mean of what a kind of network loses."""
    return interval(list(orders_lost(rows, kind).values()))


def without_failures(rows: Sequence[Row]) -> list[Row]:
    """All rows but those of simple RNNs that did not learn the short gap: claim and chart are of those that did."""
    return [row for row in rows if row.get("batches") or not PLAIN_SHORT.items() <= row.items()]


def recall(rows: Sequence[Row], kind: Row) -> str:
    """What a trained network recalls over the gap that it was trained on."""
    return f"recall {mean(rows, 'accuracy', **kind).within(*SHARE).text('.0f', 100)} %"


def verdicts(rows: Sequence[Row]) -> list[Verdict]:
    """What each claim's gradients lost on their way."""

    def more(first: Row, second: Row) -> Interval:
        ours, theirs = (orders_lost(rows, kind) for kind in (first, second))
        return interval([ours[seed] - theirs[seed] for seed in ours])

    def falls(network: str, kind: Row, note: str = "", of: Sequence[Row] = rows) -> Verdict:
        loss = lost(of, kind)
        claim = f"In a simple RNN {network}, the gradient falls below 1 % within {STEPS} steps."
        return judge(claim, f"{loss.text()} {UNIT} lost{note}", loss, above=KEPT, unit=UNIT)

    def stays(kind: Row, weights: str) -> Verdict:
        loss = lost(rows, kind)
        left = interval([KEPT - orders for orders in orders_lost(rows, kind).values()])
        claim = f"With ReLU and {weights}, more than 1 % of the gradient is left after {STEPS} steps."
        return judge(claim, f"{loss.text()} {UNIT} lost", left, unit=UNIT)

    ratios = [orders_lost(rows, UNIFORM, WHOLE)[seed] / half for seed, half in orders_lost(rows, UNIFORM, HALF).items()]
    sigmoid = more(SIGMOID, ORTHOGONAL)
    found = [
        falls("with tanh and orthogonal initialisation", ORTHOGONAL),
        falls("with tanh and uniform initialisation", UNIFORM),
        judge(
            f"The decay is exponential: {WHOLE - NEAR} steps lose about twice as many {UNIT} as {HALF - NEAR} (within "
            f"{TOLERANCE}).",
            f"{interval(ratios).text('.2f')} times as many, uniform initialisation",
            interval([TOLERANCE - abs(ratio - TWICE) for ratio in ratios]),
            form=".2f",
        ),
        judge("The gradient decays faster with a sigmoid than with tanh.",
              f"at least {sigmoid.text()} more {UNIT} lost over {STEPS} steps", sigmoid, unit=UNIT),
        stays(RELU, "orthogonal initialisation"),
        stays(RELU_RAISED, "orthogonal initialisation times √2"),
    ]  # fmt: skip
    for word, starts in (("default", USUAL), ("open", dict.fromkeys(GATED, OPEN))):
        for cell in GATED:
            gap = more(ORTHOGONAL, GRADIENT | {"cell": cell, "start": starts[cell]})
            claim = (
                f"Before training, the {CELLS[cell]} with {word} gates preserves more of the gradient than an "
                "orthogonal simple RNN."
            )
            figures = f"{UNIT} lost over {STEPS} steps, simple RNN minus {CELLS[cell]}: {gap.text('+.1f')}"
            found.append(judge(claim, figures, gap, unit=UNIT))
    knows = without_failures(rows)
    learned = f"that has learned to recall over {SHORT} words"
    trained = falls(learned, PLAIN_SHORT, f"; {recall(knows, PLAIN_SHORT)}", knows)
    found.append(trained)
    for cell, kind in OF_TRAINED.items():
        gap = more(PLAIN_LONG, kind)
        claim = f"Trained on {LONG} words from open gates, the {CELLS[cell]} preserves more than a simple RNN."
        figures = (
            f"{UNIT} lost over {STEPS} steps, simple RNN minus {CELLS[cell]}: {gap.text('+.1f')}; "
            f"{recall(rows, kind)}, simple RNN {recall(rows, PLAIN_LONG)}"
        )
        found.append(judge(claim, figures, gap, unit=UNIT))
    cell_state, hidden_state = CUT.values()
    gap = more(hidden_state, cell_state)
    return [
        *found,
        judge(
            "In a trained LSTM the gradient survives longer along the cell state than along the hidden state.",
            f"{UNIT} lost over {STEPS} steps: {lost(rows, cell_state).text()} along the cell state alone, "
            f"{lost(rows, hidden_state).text()} along the hidden state alone",
            gap,
            unit=UNIT,
        ),
    ]


def finding(found: Sequence[Verdict]) -> str:
    """What to remember of it."""
    orthogonal, uniform, *_ = found
    usual, opened, trained, path = found[6:9], found[9:12], found[12], found[-1]
    start = say(
        uniform,
        "The gradient of an untrained simple RNN vanishes",
        "The gradient of an untrained simple RNN does not vanish",
        "Whether the gradient of an untrained simple RNN vanishes is undecided",
    )
    even = say(orthogonal, ", even with orthogonal initialisation", ", but not with orthogonal initialisation", "")
    even = say(uniform, even, "", "")
    after = say(
        trained, ", and still does once it has learned to recall", ", but no longer once it has learned to recall", ""
    )

    def named(verdicts: Sequence[Verdict]) -> list[str]:
        return [CELLS[cell] for cell, verdict in zip(GATED, verdicts, strict=True) if verdict.kind == SHOWN]

    first, then = (f"in {', '.join(named(verdicts)) or 'no cell'}" for verdicts in (usual, opened))
    gates = (
        "open gates preserve it, default gates do not"
        if len(named(opened)) == len(GATED) and not named(usual)
        else f"gradients survive better than in an orthogonal simple RNN {first} by default, {then} with open gates"
    )
    along = say(path, "; along an LSTM's cell state it survives longer than along the hidden state",
                "; along an LSTM's hidden state it survives longer than along the cell state", "")  # fmt: skip
    return f"{start}{even}{after}; {gates}{along}."


def chart(rows: Sequence[Row]) -> Any:
    """Gradients of simple RNNs by activation and initial weights, of gated cells by theirs, and of one dimension."""
    rows = without_failures(rows)
    gradients = powers([row for row in rows if "norm" in row], "norm", SMALLEST)
    plain = [{**row, "kind": name} for name, kind in DRAWN.items() for row in chosen(gradients, **kind)]
    gated = [
        {**row, "cell": CELLS[row["cell"]], "gate": "open" if row["start"] == OPEN else "default"}
        for kind in (ORTHOGONAL, *(GRADIENT | {"cell": cell} for cell in GATED))
        for row in chosen(gradients, **kind)
    ]
    products = [
        {**row, "weight": f"w = {row['weight']}", "derivative": abs(row["derivative"])}
        for row in chosen(rows, part="one dimension")
        if row["derivative"]
    ]
    last = max(row["distance"] for row in products)
    left = {
        name: sorted(round(log10(row["derivative"])) for row in chosen(products, activation=name, distance=last))
        for name in ("tanh", "sigmoid")
    }
    of_one = ", ".join(f"{name} 10^{each[0]} to 10^{each[-1]}" for name, each in left.items() if each)
    of_plain = ", ".join(f"{name} {lost(rows, kind).value:.1f}" for name, kind in DRAWN.items())
    of_gated = "; ".join(
        f"{CELLS[cell]} {lost(rows, GRADIENT | {'cell': cell, 'start': USUAL[cell]}).value:.1f}, open "
        f"{lost(rows, GRADIENT | {'cell': cell, 'start': OPEN}).value:.1f}"
        for cell in GATED
    )
    kinds = {f"simple RNN, {SHORT} words": PLAIN_SHORT, f"simple RNN, {LONG} words": PLAIN_LONG}
    kinds |= {f"{CELLS[cell]}, {LONG} words": kind for cell, kind in OF_TRAINED.items()}
    trained, cut = (
        [
            {**row, "cell": CELLS[row["cell"]], "on": f"{row['gap']} words", "path": name}
            for name, kind in of.items()
            for row in chosen(gradients, **kind)
        ]
        for of in (kinds, {"all paths": OF_TRAINED["lstm"], **CUT})
    )
    of_trained = "; ".join(f"{name} {lost(rows, kind).value:.1f}" for name, kind in kinds.items())
    of_cut = ", ".join(f"along {name} {lost(rows, kind).value:.1f}" for name, kind in CUT.items())
    axes = ("distance", "steps from the end"), "norm, powers of ten"
    return beside(
        curves(f"simple RNN before training, powers of ten lost in {STEPS} steps: {of_plain}", plain, "norm", *axes,
               "kind", domain=(-30, 4), level=(0, "norm 1")),
        curves(f"gated cells before training, powers of ten lost in {STEPS} steps: {of_gated}", gated, "norm", *axes,
               "cell", dash="gate", domain=(-30, 4), level=(0, "norm 1")),
        curves(f"after training, powers of ten lost in {STEPS} steps: {of_trained}", trained, "norm", *axes, "cell",
               dash="on", level=(0, "norm 1")),
        curves(f"trained LSTM with paths cut, powers of ten lost in {STEPS} steps: {of_cut}", cut, "norm", *axes,
               "path", domain=(-30, 4), level=(0, "norm 1")),
        curves(f"in one dimension, what {last} steps leave: {of_one}", powers(products, "derivative", FAINTEST),
               "derivative", ("distance", "steps n"), "|dh_n / dh_0|, powers of ten", "activation",
               dash="weight", level=(0, "1")),
    )  # fmt: skip
