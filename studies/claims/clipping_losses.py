"""Claims about what clipping costs where no gradient explodes."""

from collections.abc import Sequence
from typing import Any

from studies.charts import beside, curves, dots
from studies.claims import say
from studies.intervals import POSITIVE, Row, by_seed, chosen, difference, interval, mean
from studies.verdicts import Verdict, fact, judge

TITLE = "What clipping costs"
QUESTION = """
Clipping rescues training from exploding gradients ([study 2](#gradients-explode)). Where none explodes, a threshold
that is too low also shortens good gradients. What does that cost, with plain gradient descent (SGD) and with Adam,
and what if each element is clipped instead of the norm?
"""
CAVEAT = """
One small task, and for each optimiser one learning rate, chosen without clipping: SGD would make up for a low
threshold with a higher rate.
"""
METHOD = """
By norm the whole gradient g is scaled, which keeps its direction; by value each of its elements is cut, which does
not:

    by norm    g' = g min(1, threshold / |g|)
    by value   g'_k = max(-threshold, min(threshold, g_k))

SGD then takes shorter steps. Adam divides each element by a running root mean square of itself, so that a factor
common to all steps cancels out. GRUs of 32 units learn the question "I grew up in France. ... I speak fluent ___"
over two to five words, 400 batches of 32 texts, by SGD (learning rate 1) and by Adam (0.003), without clipping, with
a threshold of 0.1 for the norm, and with one of 0.001 for each element. "Loss" is the mean over the last hundred
batches. The cosine is that between the gradient of an untrained network, summed over the batch, before and after
clipping. In training Keras clips the gradient of a word vector separately for each occurrence of the word in the
batch, before they are summed, so that the sum can exceed the threshold.
"""
SOURCES = (
    'Pascanu, Mikolov & Bengio, "On the Difficulty of Training Recurrent Neural Networks", ICML 2013, section 3.2',
    'Kingma & Ba, "Adam: A Method for Stochastic Optimization", ICLR 2015, section 2.1 (invariance to scale)',
)
NONE, TENTH, VALUE = CLIPPINGS = ("none", "norm 0.1", "value 0.001")
SGD, ADAM = "SGD", "Adam"
LAST = 300  # batches after which the loss counts
MARGIN = 0.1  # nats
NATS: Any = {"form": ".2f", "unit": "nats"}


def late(rows: Sequence[Row]) -> list[Row]:
    """Rows of the last batches of training."""
    return [row for row in rows if row.get("step", 0) > LAST]


def lost(rows: Sequence[Row], optimizer: str, clipping: str) -> Any:
    """Nats that a threshold costs at the end of training, seed by seed."""
    return difference(late(rows), "loss", {"clipping": clipping}, {"clipping": NONE}, optimizer=optimizer)


def verdicts(rows: Sequence[Row]) -> list[Verdict]:
    """Losses seed by seed, and cosines."""
    plain, adaptive = lost(rows, SGD, TENTH), lost(rows, ADAM, TENTH)
    values = {
        optimizer: " and ".join(
            mean(late(rows), "loss", optimizer=optimizer, clipping=clipping).within(*POSITIVE).text(".2f")
            for clipping in (TENTH, NONE)
        )
        for optimizer in (SGD, ADAM)
    }
    gain = difference(late(rows), "loss", {"clipping": NONE}, {"clipping": TENTH}, optimizer=ADAM)
    cosines = {kind: list(by_seed(rows, "cosine", part="gradient", clipping=kind).values()) for kind in (TENTH, VALUE)}
    return [
        judge(
            "With SGD, clipping the norm at 0.1 raises the loss where no gradient explodes.",
            f"loss {values[SGD]} nats without clipping; difference {plain.text('+.2f')}", plain, **NATS,
        ),
        judge(
            f"With Adam the same threshold costs nothing (margin: {MARGIN} nats).",
            f"loss {values[ADAM]} nats without clipping; gain {gain.text('+.2f')}", gain, above=-MARGIN, **NATS,
        ),
        judge(
            "It costs more with SGD than with Adam.",
            f"rise of the loss {plain.text('+.2f')} with SGD and {adaptive.text('+.2f')} nats with Adam",
            interval(more(rows)), **NATS,
        ),
        fact(
            "Clipping by norm keeps a gradient's direction, and clipping by value does not.",
            f"cosine at least {min(cosines[TENTH]):.3f} by norm, at most {max(cosines[VALUE]):.3f} by value",
            min(cosines[TENTH]) > 0.999 > max(cosines[VALUE]),
        ),
    ]  # fmt: skip


def more(rows: Sequence[Row]) -> list[float]:
    """Nats that the threshold of 0.1 costs SGD more than Adam, by seed."""
    of = {
        (optimizer, clipping): by_seed(late(rows), "loss", optimizer=optimizer, clipping=clipping)
        for optimizer in (SGD, ADAM)
        for clipping in (TENTH, NONE)
    }
    return [
        of[SGD, TENTH][seed] - of[SGD, NONE][seed] - of[ADAM, TENTH][seed] + of[ADAM, NONE][seed]
        for seed in of[SGD, NONE]
    ]


def finding(found: Sequence[Verdict]) -> str:
    """What to remember of it."""
    plain, adaptive, _, direction = found
    first = say(plain, "A threshold that is too low slows SGD down", "A low threshold helps SGD",
                "Whether a low threshold slows SGD down is undecided")  # fmt: skip
    second = say(adaptive, "Adam is unaffected", "Adam suffers too", "whether Adam suffers is undecided")
    third = say(direction, "; clipping by norm keeps the direction, clipping by value changes it", "", "")
    return f"{first}; {second}{third}."


def chart(rows: Sequence[Row]) -> Any:
    """Loss by batches for both optimisers, and the cosine with the gradient before clipping."""
    training = chosen(rows, part="training")
    panels = []
    for optimizer in (SGD, ADAM):
        told = ", ".join(f"{clipping} {lost(rows, optimizer, clipping).value:+.2f}" for clipping in CLIPPINGS[1:])
        panels.append(
            curves(f"{optimizer}, rise of the final loss by clipping, nats: {told}", chosen(training,
                   optimizer=optimizer),
                   "loss", ("step", "batches"), "loss, nats", "clipping", level=(2.08, "chance"))
        )  # fmt: skip
    cosines = chosen(rows, part="gradient")
    told = ", ".join(f"{kind} {mean(cosines, 'cosine', clipping=kind).value:.2f}" for kind in CLIPPINGS[1:])
    return beside(
        *panels, dots(f"cosine with the gradient before clipping: {told}", cosines, "cosine", "cosine", "clipping")
    )
