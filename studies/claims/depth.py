"""Claims about stacked recurrent layers."""

from collections.abc import Sequence
from typing import Any

from studies.charts import beside, dots, gains
from studies.claims import say
from studies.intervals import PERCENT, POSITIVE, Row, chosen, difference, mean
from studies.verdicts import Verdict, judge

TITLE = "One, two and three layers"
QUESTION = """
A recurrent layer outputs a vector for each word, which a second layer can read like word vectors. Are two or three
layers better than one, and than one with as many weights?
"""
CAVEAT = """
Training is short, two or four epochs, and deep networks learn slowly at first: the figures show what depth gives for
little training. How much of the gap more epochs would close was not measured.
"""
METHOD = """
The second layer reads the outputs of the first:

    h1_t = f(x_t, h1_(t-1))
    h2_t = f(h1_t, h2_(t-1))
    h3_t = f(h2_t, h3_(t-1))

Graves, Mohamed and Hinton found on spoken phonemes that depth matters more than the size of a layer, and Pascanu and
others call a network of one layer shallow, as there is no hierarchy between a word and an output. But more layers
also mean more weights, so the fourth network here has a single layer, wide enough to have as many weights as three
layers of 64 units.

POS taggers (bidirectional LSTMs, 1,000 sentences of the built-in data, four epochs; 263,680 weights in three layers,
263,872 in the wide one) are scored on test, once. Language models (LSTMs, 120,000 characters of news in two epochs,
batches of 16 rows of 25 characters; 99,072 and 98,816 weights) are scored on 20,000 characters of held-out news that
nothing else has read. The papers' networks were trained for hours, and the phoneme networks with weight noise.
"""
SOURCES = (
    'Graves, Mohamed & Hinton, "Speech Recognition with Deep Recurrent Neural Networks", ICASSP 2013, sections 2 and 4',
    'Pascanu, Gulcehre, Cho & Bengio, "How to Construct Deep Recurrent Neural Networks", ICLR 2014, sections 3.2 and 5',
)
FIGURES = {"parts of speech": ("accuracy", "percent", 1), "characters": ("nats per character", "lower is better", -1)}
ONE, TWO, THREE, WIDE = ({"network": name} for name in ("1 layer", "2 layers", "3 layers", "1 wide layer"))
CLAIMS = (
    ("two layers are better than one", TWO, ONE),
    ("three layers are better than two", THREE, TWO),
    ("three layers are better than one with as many weights", THREE, WIDE),
)
COMPARED: tuple[str, ...] = ("two over one", "three over two", "three over a wide one")
NAMES = {"parts of speech": "POS tagging", "characters": "character language modelling"}


def verdicts(rows: Sequence[Row]) -> list[Verdict]:
    """Gains, seed by seed."""
    found = []
    for task, (figure, _, sign) in FIGURES.items():
        form, within = (".1f", PERCENT) if sign > 0 else (".3f", POSITIVE)
        for claim, deep, shallow in CLAIMS:
            found_of = (mean(rows, "score", task=task, **kind).within(*within) for kind in (deep, shallow))
            ours, theirs = (scores.text(form) for scores in found_of)
            better, worse = (deep, shallow) if sign > 0 else (shallow, deep)
            gain = difference(rows, "score", better, worse, task=task)
            figures = f"{figure} {ours} versus {theirs}; gain {gain.text('+' + form)}"
            unit = "points" if sign > 0 else "nats"
            found.append(judge(f"In {NAMES[task]}, {claim}.", figures, gain, form=form, unit=unit))
    return found


def finding(found: Sequence[Verdict]) -> str:
    """What to remember of it."""
    three = dict(zip(NAMES.values(), (found[2], found[5]), strict=True))
    told = [f"{say(each, 'better', 'worse', 'not shown to differ')} in {name}" for name, each in three.items()]
    return f"Three layers, after this little training and beside one with as many weights: {', '.join(told)}."


def chart(rows: Sequence[Row]) -> Any:
    """The score of each network and the gains seed by seed, two panels a task."""

    def panels(task: str, figure: str, note: str, sign: int) -> list[Any]:
        of_task = chosen(rows, task=task)
        pairs = dict(zip(COMPARED, ((deep, shallow) for _, deep, shallow in CLAIMS), strict=True))
        better = [sign * difference(of_task, "score", *pair).value for pair in pairs.values()]
        told = ", ".join(f"{value:+.2f}" for value in better)
        within = PERCENT if sign > 0 else POSITIVE
        return [
            dots(NAMES[task], of_task, "score", f"{figure}, {note}", "network", within=within),
            gains(f"gains: {told}", of_task, "score", "points" if sign > 0 else "nats less", "comparison", pairs, sign),
        ]

    return beside(*(panel for task, how in FIGURES.items() for panel in panels(task, *how)))
