"""Gradients explode where the spectral radius is above one; clipping rescues training."""

from collections.abc import Sequence
from math import log
from typing import Any

from studies.charts import beside, curves
from studies.claims import Verdict
from studies.intervals import POSITIVE, Row, by_seed, chosen, difference, geometric_means, mean, means

TITLE = "Exploding gradients and clipping"
QUESTION = """
Each step multiplies the gradient by the transposed recurrent matrix U and the slope of the activation. The largest
absolute eigenvalue of U, its spectral radius, decides what becomes of a long product: below one it vanishes, above one
it may explode. In a linear network there is no "may". Where tanh saturates its slope works against it, so that a radius
above one is necessary for an explosion, but not sufficient. The matrices here have 64 x 64 normally distributed
entries, scaled to a given radius; the charts show by how much the gradient has grown after so many steps.

The remedy is clipping: a gradient whose norm is above a threshold is scaled down to it, which keeps its direction, or
each of its elements is clipped at a threshold, which does not. A simple RNN initialised with a radius of 1.5 was
trained by gradient descent (rate 0.1) to answer "I speak fluent ___" over a gap of 20 words, without clipping, with the
global norm clipped at 1, and with every element clipped at 0.01 (a threshold of 0.1 never takes effect: the elements
are small, but there are thousands). Chance is a loss of ln 8 = 2.08. The verdict is based on the mean over the seeds;
the number of seeds below chance is given as well.
"""
SOURCES = (
    "Pascanu, Mikolov & Bengio, On the difficulty of training recurrent neural networks, ICML 2013, sections 2.1 and "
    "3.2",
    "Goodfellow, Bengio & Courville, Deep Learning, MIT Press 2016, section 10.11.1",
)
EXPLODED = 1000  # times the length of the gradient at the end
CHANCE = log(8)


def verdicts(rows: Sequence[Row]) -> list[Verdict]:
    """Where gradients exploded, and what clipping did to the last losses."""
    gradients = chosen(rows, part="gradient")
    longest = max(row["length"] for row in gradients)
    exploded = [row for row in gradients if row["growth"] > EXPLODED]
    beyond = {
        activation: [row for row in chosen(gradients, activation=activation, length=longest) if row["radius"] > 1]
        for activation in ("linear", "tanh")
    }
    share = {
        activation: sum(row["growth"] > EXPLODED for row in found) / len(found) for activation, found in beyond.items()
    }
    last = [row for row in chosen(rows, part="training") if row["step"] >= 250]
    gain = {
        kind: difference(last, "loss", {"clipping": "none"}, {"clipping": kind})
        for kind in dict.fromkeys(row["clipping"] for row in last)
        if kind != "none"
    }
    losses = {kind: mean(last, "loss", clipping=kind).within(*POSITIVE) for kind in ("none", *gain)}
    seeds = {kind: by_seed(last, "loss", clipping=kind).values() for kind in gain}
    learned = {kind: f"{sum(loss < CHANCE for loss in found)} of {len(found)}" for kind, found in seeds.items()}
    found = "; ".join(
        f"clipping {kind}: {losses[kind].text('.2f')}, lower by {gap.text('.2f')}, below chance in "
        f"{learned[kind]} seeds"
        for kind, gap in gain.items()
    )
    within = [row for row in gradients if row["radius"] <= 1]
    return [
        Verdict(
            f"A gradient grows by more than a factor of {EXPLODED} only if the spectral radius is above one.",
            f"{len(exploded)} of {len(gradients)} gradients did; the largest growth at a radius of at most one: "
            f"{max(row['growth'] for row in within):.1f} times",
            bool(exploded) and all(row["radius"] > 1 for row in exploded),
        ),
        Verdict(
            "Above one, it always does so in a linear network, but not always with tanh.",
            f"after {longest} steps {share['linear']:.0%} of the linear networks' had, {share['tanh']:.0%} of tanh's",
            share["linear"] == 1 > share["tanh"],
        ),
        Verdict(
            "If gradients explode, a network learns with clipping what it does not learn without.",
            f"mean loss of the last 50 of 300 batches {losses['none'].text('.2f')} without; {found}",
            all(gap.low > 0 and losses[kind].high < CHANCE for kind, gap in gain.items()),
            all(gap.high < 0 for gap in gain.values()),
        ),
    ]  # fmt: skip


def chart(rows: Sequence[Row]) -> dict[str, Any]:
    """Growth by length for some radii, with and without tanh; losses by step."""

    def growth(activation: str) -> dict[str, Any]:
        kept = [row for row in chosen(rows, part="gradient", activation=activation) if row["growth"] > 0]
        lines = [
            {**row, "radius": f"radius {row['radius']}"} for row in geometric_means(kept, "growth", "radius", "length")
        ]
        axes = ("length", "steps back"), "norm relative to the end"
        title = f"growth of the gradient, {activation}"
        return curves(title, lines, *axes, "radius", log_y=True, domain=(1e-12, 1e12))

    losses = means(chosen(rows, part="training"), "loss", "clipping", "step", within=POSITIVE)
    return beside(
        growth("linear"),
        growth("tanh"),
        curves("training with clipping", losses, ("step", "batches"), "loss", "clipping", points=False),
    )
