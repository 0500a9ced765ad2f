"""Gradients explode where the recurrent weights stretch them; clipping rescues training."""

from collections.abc import Sequence
from math import log
from typing import Any

from studies.charts import beside, curves, powers
from studies.claims import of, say
from studies.intervals import POSITIVE, Row, by_seed, chosen, mean
from studies.verdicts import Verdict, fact, judge_counts

TITLE = "Exploding gradients and clipping"
QUESTION = """
Each step multiplies the gradient by the transposed recurrent matrix U and the slope of the activation. "It explodes
only where the spectral radius", the largest absolute eigenvalue of U, "is above one." Is that so, and does clipping
help?
"""
CAVEAT = """
Clipping was compared with no clipping at the same rate; a smaller rate may do as well. The triangular matrices
explode without tanh only.
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
each of its elements is clipped at a threshold, which does not. A simple RNN initialised with a radius of 1.5 was
trained by gradient descent (rate 0.1) to answer "I speak fluent ___" over a gap of 20 words, without clipping, with
the global norm clipped at 1, and with every element clipped at 0.01 (a threshold of 0.1 never takes effect: the
elements are small, but there are thousands). Chance is a loss of ln 8 = 2.08. A seed has learned if the mean loss of
the last 50 of 300 batches is below chance.
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
CHANCE = log(8)
LAST = 250  # batches, after which losses count


def below_chance(rows: Sequence[Row], clipping: str) -> list[bool]:
    """Whether each seed learned."""
    last = [row for row in chosen(rows, part="training") if row["step"] >= LAST]
    return [loss < CHANCE for loss in by_seed(last, "loss", clipping=clipping).values()]


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
    last = [row for row in chosen(rows, part="training") if row["step"] >= LAST]
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
    theirs, loss = below_chance(rows, "none"), mean(last, "loss", clipping="none").within(*POSITIVE)
    for clipping in dict.fromkeys(row["clipping"] for row in last):
        if clipping != "none":
            ours = below_chance(rows, clipping)
            clipped = mean(last, "loss", clipping=clipping).within(*POSITIVE)
            figures = f"{of(ours)} seeds and {of(theirs)}; mean loss {clipped.text('.2f')} and {loss.text('.2f')}"
            claim = f"More seeds learn with clipping {clipping} than without."
            found.append(judge_counts(claim, figures, ours, theirs, set_afterwards=True))
    return found


def finding(found: Sequence[Verdict]) -> str:
    """What to remember of it."""
    bound, radius, always, *clipped = found
    first = say(
        radius,
        "Gradients explode only above a spectral radius of one",
        "Gradients can explode even at a spectral radius of one or less",
        "",
    )
    tanh = say(always, ", and above one they always do in a linear network, but not with tanh", "", "")
    tanh += say(bound, "; what bounds a step is the largest singular value", "", "")
    helped = [say(verdict, "shown", "contradicted", "undecided") for verdict in clipped]
    told = helped[0] if len(set(helped)) == 1 else "of both kinds: " + " and ".join(helped)
    return f"{first}{tanh}; that clipping lets more seeds learn is {told}."


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

    training = [{**row, "clipping": f"clipped {row['clipping']}".replace("clipped none", "not clipped")}
                for row in chosen(rows, part="training")]  # fmt: skip
    kinds = dict.fromkeys(row["clipping"] for row in chosen(rows, part="training"))
    learned = ", ".join(f"{kind} {of(below_chance(rows, kind))}" for kind in kinds)
    return beside(
        growth(GAUSSIAN, "linear"),
        growth(TRIANGULAR, "linear"),
        growth(GAUSSIAN, "tanh"),
        curves(f"seeds below chance, by clipping: {learned}", training, "loss", ("step", "batches"), "loss", "clipping",
               level=(CHANCE, "chance")),
    )  # fmt: skip
