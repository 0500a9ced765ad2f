"""Gradients explode where the recurrent weights stretch them; clipping against no clipping and a smaller rate."""

from collections.abc import Sequence
from math import inf
from typing import Any

from studies.charts import beside, curves, powers
from studies.claims import of, say
from studies.intervals import Row, chosen
from studies.verdicts import SHOWN, Verdict, fact, judge_ranks

TITLE = "Exploding gradients and clipping"
QUESTION = """
Each step multiplies the gradient by the transposed recurrent matrix U and the slope of the activation. "It explodes
only where the spectral radius", the largest absolute eigenvalue of U, "is above one." Is that so, and does clipping
help?
"""
CAVEAT = """
The triangular matrices explode without tanh only. And the network that is trained explodes because it was made to:
with the usual input weights tanh saturates, and no gradient explodes at first.
"""
METHOD = """
The spectral radius says what becomes of a product of very many equal matrices: below one it vanishes in the end,
above one it grows. The largest singular value s says by how much one step can stretch a vector at most, so that n
steps stretch it at most s^n times. Between the two a gradient can grow by many powers of ten before it vanishes.
Where tanh saturates, its slope works against all growth.

The matrices have 64 x 64 numbers: normally distributed ones, scaled to a given radius, which is what networks start
from; and upper triangular ones, whose eigenvalues are the numbers on the diagonal, all equal to the radius, whatever
is above it, here normally distributed numbers with a standard deviation of 0.2. The charts show by how much the
gradient has grown after so many steps.

The remedy is clipping: a gradient whose norm is above a threshold is scaled down to it, which keeps its direction, or
each of its elements is clipped at a threshold, which does not. A simple RNN whose U starts at a radius of 1.5, with
input weights so small (standard deviation 0.001) that tanh does not saturate, is trained by gradient descent on "I
speak fluent ___" over a gap of 20 words: at a rate of 0.1 without clipping, with the global norm clipped at 1, and
with every element clipped at 0.01; and without clipping at a tenth and at a hundredth of the rate. Every 25 batches
the norm of the unclipped gradient is measured, and recall of 200 fresh texts. The figure is the number of batches
until 90 % are right; training ends after 500, and a network that has not learned by then counts as slower than any
that has. Radius, rates and thresholds were chosen with two other seeds; with them, the hundredth of the rate was the
best of the smaller ones.
"""
SOURCES = (
    "Pascanu, Mikolov & Bengio, On the difficulty of training recurrent neural networks, ICML 2013, sections 2.1 and "
    "3.2",
    "Goodfellow, Bengio & Courville, Deep Learning, MIT Press 2016, section 10.11.1",
)
MATRICES = GAUSSIAN, TRIANGULAR = "Gaussian", "triangular"
DRAWN = (0.5, 0.9, 1.0, 1.1, 1.5, 2.0)  # radii
ROUNDED = 1.01  # the bound, computed from rounded figures
EXPLODED = 1000  # times the length of the gradient at the end
STEEP = 100  # norm of a gradient, from which it counts as exploding: 100 times the threshold of clipping
LEARNED = 0.9
WITHOUT, SLOWER, SMALL = "no clipping", "no clipping, a tenth of the rate", "no clipping, a hundredth of it"
CLIPPED = ("norm clipped at 1", "values clipped at 0.01")


def batches(rows: Sequence[Row], arm: str) -> list[float]:
    """Of each seed, the batches until it had learned, infinity if it never did."""
    kept = [row for row in chosen(rows, part="training", arm=arm) if "accuracy" in row]
    seeds = sorted({row["seed"] for row in kept})
    return [
        min((row["step"] for row in chosen(kept, seed=seed) if row["accuracy"] >= LEARNED), default=inf)
        for seed in seeds
    ]


def told(found: Sequence[float]) -> str:
    """How many seeds learned, and when."""
    learned = sorted(int(number) for number in found if number < inf)
    when = f" after {learned[0]} to {learned[-1]} batches" if learned else ""
    return f"{len(learned)} of {len(found)} seeds{when}"


def verdicts(rows: Sequence[Row]) -> list[Verdict]:
    """Where gradients exploded, and what clipping did to the last losses."""
    gradients = chosen(rows, part="gradient")
    longest = max(row["length"] for row in gradients)
    beyond = {
        activation: [row["growth"] > EXPLODED for row in chosen(gradients, activation=activation, length=longest)
                     if row["radius"] > 1]
        for activation in ("linear", "tanh")
    }  # fmt: skip
    within = [row for row in gradients if row["radius"] <= 1]
    largest = {kind: max(row["growth"] for row in chosen(within, matrix=kind)) for kind in MATRICES}
    bounds = [row["growth"] / row["largest_singular_value"] ** row["length"] for row in gradients]
    first = [row["norm"] for row in chosen(rows, part="training", arm=WITHOUT, step=0)]
    found = [
        fact(
            "No gradient grows by more than the largest singular value at each step.",
            f"{len(bounds)} gradients; the nearest to that bound reached {max(bounds):.1%} of it",
            max(bounds) < ROUNDED,
        ),
        fact(
            f"A gradient grows by more than a factor of {EXPLODED} only if the spectral radius is above one.",
            "the largest growth at a radius of at most one: "
            + ", ".join(f"{growth:.3g} times with {kind} matrices" for kind, growth in largest.items()),
            max(largest.values()) <= EXPLODED,
        ),
        fact(
            "Above one, it always does so in a linear network, but not always with tanh.",
            f"after {longest} steps {of(beyond['linear'])} of the linear networks' had, {of(beyond['tanh'])} of tanh's",
            all(beyond["linear"]) and not all(beyond["tanh"]),
        ),
    ]
    found.append(
        fact(
            "The gradients of the network that is trained explode at first: their norm is above 100.",
            f"norms of {min(first):.0f} to {max(first):.0f} before the first batch",
            min(first) > STEEP,
        )
    )
    for other, name in ((WITHOUT, "no clipping at the same rate"), (SMALL, "no clipping at a hundredth of the rate")):
        for clipping in CLIPPED:
            ours, theirs = batches(rows, clipping), batches(rows, other)
            claim = f"With {clipping} the network learns in fewer batches than with {name}."
            figures = f"{told(ours)}, and {told(theirs)}"
            found.append(judge_ranks(claim, figures, ours, theirs, lower=True))
    return found


def finding(found: Sequence[Verdict]) -> str:
    """What to remember of it."""
    bound, radius, always, _, *clipped = found
    first = say(
        radius,
        "Gradients explode only above a spectral radius of one",
        "Gradients can explode even at a spectral radius of one or less",
        "",
    )
    tanh = say(always, ", and above one they always do in a linear network, but not with tanh", "", "")
    tanh += say(bound, "; what bounds a step is the largest singular value", "", "")

    def better(verdicts: Sequence[Verdict]) -> str:
        shown = [kind for kind, verdict in zip(CLIPPED, verdicts, strict=True) if verdict.kind == SHOWN]
        return f"is beaten by {' and by '.join(shown)}" if shown else "is not shown to be beaten by clipping"

    return (
        f"{first}{tanh}. Where they do, no clipping {better(clipped[:2])}; no clipping at a hundredth of the rate "
        f"{better(clipped[2:])}."
    )


def chart(rows: Sequence[Row]) -> Any:
    """Growth by length for some radii, with and without tanh; losses by step."""
    gradients = powers(chosen(rows, part="gradient"), "growth", 1e-12)

    def growth(matrix: str, activation: str) -> Any:
        of_kind = chosen(gradients, matrix=matrix, activation=activation)
        most = max(row["growth"] for row in of_kind if row["radius"] <= 1)
        title = f"{matrix}, {activation}: up to radius 1 at most 10^{round(most)} times as long"
        lines = [{**row, "radius": f"radius {row['radius']}"} for row in of_kind if row["radius"] in DRAWN]
        axes = ("length", "steps back"), "growth, powers of ten", "radius"
        ticks = sorted({row["length"] for row in lines})
        return curves(title, lines, "growth", *axes, ticks=ticks, domain=(-15, 15), level=(0, "growth = 1"))

    training = chosen(rows, part="training")
    arms = list(dict.fromkeys(row["arm"] for row in training))
    (most, *_) = sorted((row["norm"] for row in chosen(training, step=0)), reverse=True)
    learned = ", ".join(f"{arm}: {of([number < inf for number in batches(rows, arm)])}" for arm in arms)
    recalled = [{**row, "accuracy": 100 * row["accuracy"]} for row in training if row["step"]]
    return beside(
        growth(GAUSSIAN, "linear"),
        growth(TRIANGULAR, "linear"),
        growth(GAUSSIAN, "tanh"),
        curves(f"trained: norms before the first batch are up to {most:.0f}", powers(training, "norm"), "norm",
               ("step", "batches"), "unclipped norm, powers of ten", "arm", level=(0, "norm 1")),
        curves(f"seeds that learn; {learned}", recalled, "accuracy", ("step", "batches"), "recall, %", "arm",
               domain=(0, 105), level=(100 / 8, "chance")),
    )  # fmt: skip
