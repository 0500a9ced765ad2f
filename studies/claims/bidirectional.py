"""Claims about reading in both directions."""

from collections.abc import Sequence
from typing import Any

from studies.charts import beside, dots
from studies.claims import Verdict, judged
from studies.intervals import PERCENT, Row, difference, mean, means

TITLE = "Reading in both directions"
QUESTION = """
"Apple grows in gardens" or "Apple sells telephones": what a word is may be told by words that come after it. A
network that reads forwards has to label "Apple" before it has seen them. A bidirectional one is two networks, of
which one reads from the end:

    forwards   h_t = f(x_t, h_(t-1))
    backwards  g_t = f(x_t, g_(t+1))
    the word   [h_t; g_t]

Two networks have more weights than one, so the comparison gives them equally many: an LSTM of 100 units forwards has
66,000 in its recurrent layer, two of 64 units have 66,048. Taggers learn from 1,000 sentences of the embedded data,
for four epochs, with skip-gram vectors. Translators have GRUs, two of 64 units or one of 84 in the encoder; as the
decoder is as wide as the encoder's one direction, encoder and decoder are counted together (74,880 and 75,600). They
learn from all 3,000 sentences for five epochs. All are scored on test, once; dev picks the epoch.

That taggers gain was measured by Graves and Schmidhuber, on phonemes. For translation Bahdanau and others give the
reason (an annotation of a word should sum up the words after it, too) but no comparison; here is one.
"""
SOURCES = (
    'Schuster & Paliwal, "Bidirectional Recurrent Neural Networks", IEEE Transactions on Signal Processing 45 (11), '
    "1997, section II",
    'Graves & Schmidhuber, "Framewise Phoneme Classification with Bidirectional LSTM and Other Neural Network '
    'Architectures", Neural Networks 18, 2005, abstract',
    'Bahdanau, Cho & Bengio, "Neural Machine Translation by Jointly Learning to Align and Translate", ICLR 2015, '
    "section 3.2",
)
FORWARDS, BOTH = "forwards", "in both directions"
FIGURES = {"parts of speech": "accuracy, percent", "entities": "span F1, percent", "translation": "BLEU"}
CLAIMS = {
    "parts of speech": "Of taggers of parts of speech of equal size, the one that reads in both directions is better.",
    "entities": "Of taggers of entities of equal size, the one that reads in both directions is better.",
    "translation": "Of translators of equal size, the one whose encoder reads in both directions is better.",
}


def verdicts(rows: Sequence[Row]) -> list[Verdict]:
    """Confirmed where the whole interval of the difference, seed by seed, stands above zero."""
    found = []
    for task, claim in CLAIMS.items():
        both, forwards = (mean(rows, "score", task=task, reads=reads).within(*PERCENT) for reads in (BOTH, FORWARDS))
        gain = difference(rows, "score", {"reads": BOTH}, {"reads": FORWARDS}, task=task)
        values = f"{both.told()} in both directions, {forwards.told()} forwards"
        told = f"{FIGURES[task]}: {values}; gain {gain.told('+.1f')}"
        found.append(judged(claim, told, gain))
    return found


def chart(rows: Sequence[Row]) -> dict[str, Any]:
    """The score of each way of reading, a panel a task."""
    found = means(rows, "score", "task", "reads", within=PERCENT)
    panels = [
        dots(task, [row for row in found if row["task"] == task], title, "reads") for task, title in FIGURES.items()
    ]
    return beside(*panels)
