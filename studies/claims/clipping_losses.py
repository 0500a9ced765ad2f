"""Claims about what clipping loses where no gradient explodes."""

from collections.abc import Sequence
from typing import Any

from studies.charts import beside, curves, dots
from studies.claims import say
from studies.intervals import POSITIVE, Row, by_seed, chosen, difference, interval, mean
from studies.verdicts import Verdict, fact, judge

TITLE = "What clipping loses"
QUESTION = """
Clipping rescues training from exploding gradients ([study 2](#gradients-explode)). Where none explodes, a limit that
is too low also shortens the gradients that were good. What does that cost, with plain gradient descent and with Adam,
and what if each number is clipped instead of the norm?
"""
CAVEAT = """
One small task, and a learning rate for each optimiser that was chosen without clipping: plain descent would make up
for a low limit by a higher rate.
"""
METHOD = """
By norm the whole gradient g is scaled, which keeps its direction; by value each of its numbers is cut, which does not:

    by norm    g' = g min(1, limit / |g|)
    by value   g'_k = max(-limit, min(limit, g_k))

Plain descent then takes shorter steps. Adam divides each number by a running root mean square of itself, so that a
factor common to all steps cancels out. GRUs of 32 units learn the question "I grew up in France. ... I speak fluent
___" over two to five words, 400 batches of 32 texts, by plain descent (learning rate 1) and by Adam (0.003), without
clipping, with a limit of 0.1 for the norm, and with one of 0.001 for each number. "Loss" is the mean over the last
hundred batches. The cosine is that between the gradient of an untrained network, summed over the batch, before and
after clipping. In training Keras clips the gradient of a word vector at each occurrence of the word in the batch,
before they are added up, so that their sum can exceed the limit.
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
    """Nats that a limit costs at the end of training, seed by seed."""
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
            "With plain descent, a norm limited to 0.1 costs loss where no gradient explodes.",
            f"{values[SGD]} nats without a limit; difference {plain.text('+.2f')}", plain, **NATS,
        ),
        judge(
            f"With Adam the same limit costs nothing (margin: {MARGIN} nats).",
            f"{values[ADAM]} nats without a limit; gain {gain.text('+.2f')}", gain, above=-MARGIN, **NATS,
        ),
        judge(
            "It costs more with plain descent than with Adam.",
            f"{plain.text('+.2f')} and {adaptive.text('+.2f')} nats", interval(more(rows)), **NATS,
        ),
        fact(
            "Clipping by norm keeps a gradient's direction, and clipping by value does not.",
            f"cosine {min(cosines[TENTH]):.3f} at least by norm, {max(cosines[VALUE]):.3f} at most by value",
            min(cosines[TENTH]) > 0.999 > max(cosines[VALUE]),
        ),
    ]  # fmt: skip


def more(rows: Sequence[Row]) -> list[float]:
    """Nats that the limit of 0.1 costs plain descent more than Adam, by seed."""
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
    first = say(plain, "A limit that is too low slows plain descent down", "A low limit does plain descent good",
                "That a low limit slows plain descent down is undecided")  # fmt: skip
    second = say(adaptive, "Adam does not mind it", "Adam loses by it too", "whether Adam loses by it is undecided")
    third = say(direction, "; clipping by norm keeps the direction, by value it changes", "", "")
    return f"{first}; {second}{third}."


def chart(rows: Sequence[Row]) -> Any:
    """Loss by batches for both optimisers, and the cosine with the gradient before clipping."""
    training = chosen(rows, part="training")
    panels = []
    for optimizer in (SGD, ADAM):
        told = ", ".join(f"{clipping} {lost(rows, optimizer, clipping).value:+.2f}" for clipping in CLIPPINGS[1:])
        panels.append(
            curves(f"{optimizer}, nats at the end that limits cost: {told}", chosen(training, optimizer=optimizer),
                   "loss", ("step", "batches"), "loss, nats", "clipping", level=(2.08, "chance"))
        )  # fmt: skip
    cosines = chosen(rows, part="gradient")
    told = ", ".join(f"{kind} {mean(cosines, 'cosine', clipping=kind).value:.2f}" for kind in CLIPPINGS[1:])
    return beside(
        *panels, dots(f"cosine with the gradient before clipping: {told}", cosines, "cosine", "cosine", "clipping")
    )
