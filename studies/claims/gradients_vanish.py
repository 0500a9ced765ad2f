"""Gradients vanish on their way back through a recurrent network, by how it starts; open gates preserve them."""

from collections.abc import Sequence
from math import log10
from typing import Any

from studies.charts import CELLS, beside, curves, powers
from studies.claims import say
from studies.intervals import SHARE, Interval, Row, by_seed, chosen, interval, mean
from studies.verdicts import SHOWN, Verdict, judge

TITLE = "Vanishing gradients"
QUESTION = """
To learn that the fifth word determines the hundredth, the gradient of the loss has to travel back from step 100 to
step 5. How much of it arrives, in which cell, and how much of that is the cell and how much its first weights?
"""
CAVEAT = """
Before training, a gradient is what learning has to start from, not what it leads to. And a gradient that arrives is
necessary for learning, not sufficient (study 12).
"""
METHOD = """
In one dimension, with h_i = f(w h_(i-1) + z_i), the chain rule gives dh_n/dh_0 = w f'(a_n) ... w f'(a_1), where a_i
is the argument of f. The slope of tanh is at most 1 and that of the sigmoid at most 1/4, so that the product is below
|w|^n or (|w|/4)^n: exponentially small, unless w is large, and then the slopes are small, because the function is
saturated. ReLU's slope is 0 or 1: its product is w^n, or zero. The panel "one dimension" shows such products for z
drawn once from a normal distribution with standard deviation 0.5 (each was checked against a finite difference of two
runs).

A layer of 64 units does the same with matrices. It reads "I grew up in France ." and a hundred words of news, "... .
I speak fluent", and has to predict the language; its loss L is that of the last step. The charts show the norm of
dL/ds_t by the distance of step t from the end, as a power of ten; s is c where there is one, else h. Decay is
measured from 10 steps before the end, behind the question's words, to 60, for all cells alike. Norms below 1e-37,
which float32 cannot represent, count as that: it concerns the sigmoid, and an LSTM's path along h alone.

Each cell starts in two ways. A simple RNN's matrix U is orthogonal (as in Keras), so that it alone changes no norm,
or uniform between -1/8 and 1/8, 8 being the root of the number of units (as in PyTorch). The gate that keeps the
state has a bias as usual (an LSTM's 1, a GRU's and an SRU's 0) or one of 5, so that a step keeps 99.3 %. A ReLU
network passes a gradient on through the units that are on, half of them, so that each step multiplies its squared
norm by a half; U scaled by the root of two makes up for that.

Trained networks are those of studies 3 and 4 that learn one gap: simple RNNs that have learned 20 words and others
that were trained on 50, and gated cells trained on 50 words from open gates; their recall of that gap stands beside.
All read the same texts of a hundred words.

An LSTM carries two states, of which c is called the highway, because the only factor along it is the forget gate.
dL/dc_t and dL/dh_t cannot tell this: each includes every path to the loss, and the effect of h_t travels along the
cell state from step t + 1 on, so that the two norms run in parallel whatever the network. So the paths are cut: with
no gradient from the gates and the candidate to the previous output h, what is left is that along c alone; with none
from c to the previous c, that along h alone.
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
        claim = f"In a simple RNN {network} the gradient falls to less than a hundredth in {STEPS} steps."
        return judge(claim, f"{loss.text()} {UNIT} lost{note}", loss, above=KEPT, unit=UNIT)

    def stays(kind: Row, weights: str) -> Verdict:
        loss = lost(rows, kind)
        left = interval([KEPT - orders for orders in orders_lost(rows, kind).values()])
        claim = f"With ReLU and {weights} more than a hundredth of it is left."
        return judge(claim, f"{loss.text()} {UNIT} lost", left, unit=UNIT)

    ratios = [orders_lost(rows, UNIFORM, WHOLE)[seed] / half for seed, half in orders_lost(rows, UNIFORM, HALF).items()]
    sigmoid = more(SIGMOID, ORTHOGONAL)
    found = [
        falls("with tanh and orthogonal first weights", ORTHOGONAL),
        falls("with tanh and uniform first weights", UNIFORM),
        judge(
            f"It does so exponentially: in {WHOLE - NEAR} steps it loses about twice as many {UNIT} as in "
            f"{HALF - NEAR} (within {TOLERANCE} of it).",
            f"{interval(ratios).text('.2f')} times, from uniform first weights",
            interval([TOLERANCE - abs(ratio - TWICE) for ratio in ratios]),
            form=".2f",
        ),
        judge("It falls faster with the sigmoid than with tanh.",
              f"at least {sigmoid.text()} {UNIT} more lost over {STEPS} steps", sigmoid, unit=UNIT),
        stays(RELU, "orthogonal first weights"),
        stays(RELU_RAISED, "orthogonal first weights times the root of two"),
    ]  # fmt: skip
    for word, starts in (("as usual", USUAL), ("open", dict.fromkeys(GATED, OPEN))):
        for cell in GATED:
            gap = more(ORTHOGONAL, GRADIENT | {"cell": cell, "start": starts[cell]})
            claim = (
                f"Before training, with its gate {word}, the {CELLS[cell]} keeps more than an orthogonal simple RNN."
            )
            figures = f"simple RNN: {gap.text()} {UNIT} more lost over {STEPS} steps"
            found.append(judge(claim, figures, gap, unit=UNIT))
    knows = [row for row in rows if row.get("batches")]
    learned = f"that has learned to recall over {SHORT} words"
    trained = falls(learned, PLAIN_SHORT, f"; {recall(knows, PLAIN_SHORT)}", knows)
    found.append(trained)
    for cell, kind in OF_TRAINED.items():
        gap = more(PLAIN_LONG, kind)
        claim = f"Trained on {LONG} words from open gates, the {CELLS[cell]} keeps more than a simple RNN."
        figures = (
            f"simple RNN: {gap.text()} {UNIT} more lost over {STEPS} steps; {recall(rows, kind)}, simple RNN "
            f"{recall(rows, PLAIN_LONG)}"
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
        "The gradient of a simple RNN vanishes",
        "The gradient of a simple RNN does not vanish",
        "Whether the gradient of a simple RNN vanishes is undecided",
    )
    even = say(orthogonal, ", even from orthogonal first weights", ", but not from orthogonal first weights", "")
    even = say(uniform, even, "", "")
    after = say(trained, ", and even in one that has learned to recall", ", until it has learned to recall", "")

    def named(verdicts: Sequence[Verdict]) -> list[str]:
        return [CELLS[cell] for cell, verdict in zip(GATED, verdicts, strict=True) if verdict.kind == SHOWN]

    first, then = (f"in {', '.join(named(verdicts)) or 'no cell'}" for verdicts in (usual, opened))
    gates = (
        "open gates preserve it, gates as they usually start do not"
        if len(named(opened)) == len(GATED) and not named(usual)
        else f"gradients survive better than in an orthogonal simple RNN {first} with gates as they usually start, and "
        f"{then} with open gates"
    )
    along = say(path, "; along an LSTM's cell state it survives longer than along the hidden state",
                "; along an LSTM's hidden state it survives longer than along the cell state", "")  # fmt: skip
    return f"{start}{even}{after}; {gates}{along}."


def chart(rows: Sequence[Row]) -> Any:
    """Gradients of simple RNNs by activation and first weights, of gated cells by theirs, and of one dimension."""
    gradients = powers([row for row in rows if "norm" in row], "norm", SMALLEST)
    plain = [{**row, "kind": name} for name, kind in DRAWN.items() for row in chosen(gradients, **kind)]
    gated = [
        {**row, "cell": CELLS[row["cell"]], "gate": "open" if row["start"] == OPEN else "as usual"}
        for kind in (ORTHOGONAL, *(GRADIENT | {"cell": cell} for cell in GATED))
        for row in chosen(gradients, **kind)
    ]
    products = [
        {**row, "weight": f"w = {row['weight']}", "derivative": abs(row["derivative"])}
        for row in chosen(rows, part="one dimension")
        if row["derivative"]
    ]
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
        curves(f"simple RNN; powers of ten lost in {STEPS} steps: {of_plain}", plain, "norm", *axes, "kind",
               domain=(-30, 4), level=(0, "norm 1")),
        curves(f"gates; powers of ten lost in {STEPS} steps: {of_gated}", gated, "norm", *axes, "cell", dash="gate",
               domain=(-30, 4), level=(0, "norm 1")),
        curves(f"trained; powers of ten lost in {STEPS} steps: {of_trained}", trained, "norm", *axes, "cell",
               dash="on", level=(0, "norm 1")),
        curves(f"trained LSTM, paths cut; powers of ten lost in {STEPS} steps: {of_cut}", cut, "norm", *axes, "path",
               domain=(-30, 4), level=(0, "norm 1")),
        curves("one dimension: a product of slopes and weights", powers(products, "derivative", FAINTEST), "derivative",
               ("distance", "steps n"), "|dh_n / dh_0|, powers of ten", "activation", dash="weight", level=(0, "1")),
    )  # fmt: skip
