"""Gradients explode where the recurrent weights stretch them; clipping against a smaller learning rate."""

from collections.abc import Sequence
from math import inf, log10
from typing import Any

from studies.charts import beside, curves, dots, powers
from studies.claims import of, say
from studies.intervals import Row, chosen
from studies.verdicts import SHOWN, Verdict, fact, judge_ranks

TITLE = "Exploding gradients and clipping"
QUESTION = """
Each step multiplies the gradient by the transposed recurrent matrix U and the slope of the activation. "Gradients
explode only if the spectral radius of U", its largest absolute eigenvalue, "is above one." Is that so, or does the
largest singular value matter, the most by which U can stretch a vector? And does clipping help?
"""
CAVEAT = """
One threshold of each kind: this does not rank the two ways of clipping (study 18). Triangular matrices explode
without tanh; with tanh they were not measured. And the network trained here was made to explode, by input weights so
small that tanh does not saturate.
"""
METHOD = """
The spectral radius describes a product of very many equal matrices: below one it vanishes in the end, above one it
grows. The largest singular value s bounds how much one step can stretch a vector, so that n steps stretch it at most
s^n times. Between the two a gradient can grow by many powers of ten before it vanishes. Where tanh saturates, its
slope works against any growth.

The matrices are 64 x 64: Gaussian ones, scaled to a given radius, as in a usual initialisation; and upper triangular
ones, whose eigenvalues are the numbers on the diagonal, all equal to the radius, whatever is above it, here Gaussian
numbers with a standard deviation of 0.2. The charts show how much the gradient has grown after so many steps.

The remedy is clipping: a gradient whose norm exceeds a threshold is scaled down to it, which keeps its direction, or
each of its elements is clipped at a threshold, which does not. Keras clips the gradient of a word vector separately
for each occurrence of the word in the batch, before they are summed, so that the sum can exceed the threshold. A
simple RNN whose U starts at a radius of 1.5, with input weights so small (standard deviation 0.001) that tanh does
not saturate, is trained by gradient descent on "I speak fluent ___" over a gap of 20 words: at a learning rate of 0.1
without clipping, with the global norm clipped at 1, and with every element clipped at 0.01; and without clipping at a
tenth and at a hundredth of that rate. Every 25 batches the norm of the unclipped gradient and the recall on 200 fresh
texts are measured. The figure is the number of batches until 90 % are right; training stops after 500, and a network
that has not learned by then counts as slower than any that has. Radius, learning rates and thresholds were chosen
with two other seeds, on which a hundredth of the rate was the better of the smaller ones.
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
RIVALS = {
    WITHOUT: "the same learning rate",
    SLOWER: "a tenth of the learning rate",
    SMALL: "a hundredth of the learning rate",
}
CLIPPED = ("norm clipped at 1", "values clipped at 0.01")
SHORT = {WITHOUT: "rate 0.1", SLOWER: "rate 0.01", SMALL: "rate 0.001"}
SHORT |= dict(zip(CLIPPED, ("0.1, norm clipped", "0.1, values clipped"), strict=True))


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
    return f"{len(learned)} of {len(found)} seeds learned{when}"


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
            "No gradient grows by more than the largest singular value per step.",
            f"{len(bounds)} gradients; the closest reached {max(bounds):.1%} of the bound",
            max(bounds) < ROUNDED,
        ),
        fact(
            f"A gradient grows more than {EXPLODED}-fold only if the spectral radius is above one.",
            "largest growth at a radius of at most one: "
            + ", ".join(f"{growth:.3g}-fold with {kind} matrices" for kind, growth in largest.items()),
            max(largest.values()) <= EXPLODED,
        ),
        fact(
            "Above one, it always does so in a linear network, but not always with tanh.",
            f"within {longest} steps {of(beyond['linear'])} gradients did without tanh, {of(beyond['tanh'])} with it",
            all(beyond["linear"]) and not all(beyond["tanh"]),
        ),
    ]
    found.append(
        fact(
            "In every seed, gradients of the network to train explode at first: their norm is above 100.",
            f"{of([norm > STEEP for norm in first])} seeds; norms of {min(first):.0f} to {max(first):.0f} before the "
            "first batch",
            min(first) > STEEP,
        )
    )
    for clipping in CLIPPED:
        for other, name in RIVALS.items():
            ours, theirs = batches(rows, clipping), batches(rows, other)
            claim = f"With {clipping}, the network learns in fewer batches than without clipping at {name}."
            figures = f"{told(ours)} with clipping; {told(theirs)} without"
            found.append(judge_ranks(claim, figures, ours, theirs, lower=True, set_afterwards=other == SLOWER))
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
    tanh = say(always, ", and above one they always do in a linear network, but not always with tanh", "", "")
    tanh += say(bound, "; the bound per step is the largest singular value", "", "")

    def beaten(clipping: str) -> str:
        of_kind = [verdict for verdict in clipped if clipping in verdict.claim]
        shown = [name for name, verdict in zip(RIVALS.values(), of_kind, strict=True) if verdict.kind == SHOWN]
        won = "is not shown to help" if not shown else f"beats no clipping at {' and at '.join(shown)}"
        what, limit = clipping.split(" clipped at ")
        return f"clipping the {what} at {limit} {won}"

    return (
        f"{first}{tanh}; in training, {'; '.join(sorted(map(beaten, CLIPPED), key=lambda text: 'not shown' in text))}."
    )


def chart(rows: Sequence[Row]) -> Any:
    """Growth by length for some radii, with and without tanh; losses by step."""
    gradients = powers(chosen(rows, part="gradient"), "growth", 1e-12)

    def growth(matrix: str, activation: str) -> Any:
        of_kind = chosen(gradients, matrix=matrix, activation=activation)
        most = max(row["growth"] for row in of_kind if row["radius"] <= 1)
        verb = "explode" if most > log10(EXPLODED) else "do not explode"
        title = (
            f"{matrix} matrices, {activation}: gradients {verb} at radius 1 and below (at most 10^{round(most)}-fold)"
        )
        lines = [{**row, "radius": f"radius {row['radius']}"} for row in of_kind if row["radius"] in DRAWN]
        axes = ("length", "steps back"), "growth, powers of ten", "radius"
        ticks = sorted({row["length"] for row in lines})
        return curves(title, lines, "growth", *axes, ticks=ticks, domain=(-15, 15), level=(0, "growth = 1"))

    training = [{**row, "arm": SHORT.get(row["arm"], row["arm"])} for row in chosen(rows, part="training")]
    steepest = max(row["norm"] for row in chosen(training, step=0))
    found = {short: batches(rows, arm) for arm, short in SHORT.items()}
    last = max(row["step"] for row in training)
    points = [
        {"arm": arm, "seed": seed, "batches": min(number, last + 25)}
        for arm, numbers in found.items()
        for seed, number in enumerate(numbers)
    ]
    learned = "; ".join(f"{arm}: {of([number < inf for number in numbers])}" for arm, numbers in found.items())
    return beside(
        growth(GAUSSIAN, "linear"),
        growth(TRIANGULAR, "linear"),
        growth(GAUSSIAN, "tanh"),
        curves(f"training: gradient norms start at up to {steepest:.0f}, then fall", powers(training, "norm"),
               "norm", ("step", "batches"), "unclipped norm, powers of ten", "arm", level=(0, "norm 1")),
        dots(f"seeds that learn: {learned}", points, "batches", "batches until 90 % are right", "arm",
             level=(last, "never"), interval=False),
    )  # fmt: skip
