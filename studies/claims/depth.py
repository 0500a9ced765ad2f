"""Claims about stacked recurrent layers."""

from collections.abc import Sequence
from typing import Any

from studies.charts import beside, dots
from studies.claims import Verdict, judge
from studies.intervals import PERCENT, POSITIVE, Row, difference, mean, means

TITLE = "One, two and three layers"
QUESTION = """
A recurrent layer outputs a vector for each word, which a second layer can read like word vectors:

    h1_t = f(x_t, h1_(t-1))
    h2_t = f(h1_t, h2_(t-1))
    h3_t = f(h2_t, h3_(t-1))

Graves, Mohamed and Hinton found on spoken phonemes that depth matters more than the size of a layer, and Pascanu and
others call a network of one layer shallow, as there is no hierarchy between a word and an output. But more layers also
mean more weights, so the fourth network here has a single layer, wide enough to have as many weights as three layers of
64 units.

POS taggers (bidirectional LSTMs, 1,000 sentences of the built-in data, four epochs; 263,680 weights in three layers,
263,872 in the wide one) are scored on test, once. Language models (LSTMs, 120,000 characters of news in two epochs,
batches of 16 rows of 25 characters; 99,072 and 98,816 weights) are scored on 20,000 characters of held-out news that
nothing else has read. Such training is short, and deep networks learn slowly at first: the figures show what depth
gives for little training, not in the limit. The papers' networks were trained for hours, and the phoneme networks with
weight noise.
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
NAMES = {"parts of speech": "POS tagging", "characters": "character language modelling"}


def verdicts(rows: Sequence[Row]) -> list[Verdict]:
    """Confirmed where the whole interval of the gain, seed by seed, stands above zero."""
    found = []
    for task, (figure, _, sign) in FIGURES.items():
        form, within = (".1f", PERCENT) if sign > 0 else (".3f", POSITIVE)
        for claim, deep, shallow in CLAIMS:
            found_of = (mean(rows, "score", task=task, **kind).within(*within) for kind in (deep, shallow))
            ours, theirs = (scores.text(form) for scores in found_of)
            better, worse = (deep, shallow) if sign > 0 else (shallow, deep)
            gain = difference(rows, "score", better, worse, task=task)
            figures = f"{figure} {ours} versus {theirs}; gain {gain.text('+' + form)}"
            found.append(judge(f"In {NAMES[task]}, {claim}.", figures, gain))
    return found


def chart(rows: Sequence[Row]) -> dict[str, Any]:
    """The score of each network, a panel a task."""

    def panel(task: str, figure: str, note: str, sign: int) -> dict[str, Any]:
        scores = [row for row in rows if row["task"] == task]
        found = means(scores, "score", "task", "network", within=PERCENT if sign > 0 else POSITIVE)
        return dots(NAMES[task], found, f"{figure}, {note}", "network")

    return beside(*(panel(task, *how) for task, how in FIGURES.items()))
