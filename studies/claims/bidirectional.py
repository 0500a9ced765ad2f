"""Claims about reading in both directions."""

from collections.abc import Sequence
from typing import Any

from studies.charts import beside, dots, gains
from studies.claims import say
from studies.intervals import PERCENT, Row, chosen, difference, mean
from studies.verdicts import CONTRADICTED, SHOWN, Verdict, judge

TITLE = "Reading in both directions"
QUESTION = """
"Apple grows in gardens" or "Apple sells telephones": the words after a word may decide what it is. A network that
reads forwards has to label "Apple" before it has seen them. How much is it worth to read from the end as well?
"""
CAVEAT = """
Nothing in the built-in data was planted so that only the words to the right decide; and the translator has attention,
by which its decoder sees all words in any case.
"""
METHOD = """
A bidirectional network is two networks, one of which reads from the end:

    forwards   h_t = f(x_t, h_(t-1))
    backwards  g_t = f(x_t, g_(t+1))
    the word   [h_t; g_t]

Two networks have more weights than one, so the comparison matches their number: a forward LSTM of 100 units has
66,000 in its recurrent layer, two of 64 units have 66,048. Taggers are trained on 1,000 sentences of the built-in
data for four epochs, with skip-gram vectors. Translators have GRUs, two of 64 units or one of 84 in the encoder; as
the decoder is as wide as one direction of the encoder, encoder and decoder are counted together (74,880 and 75,600).
They are trained on all 3,000 sentences for five epochs. All are scored on test, once; dev picks the epoch.

Graves and Schmidhuber measured the gain for taggers, on phonemes. For translation Bahdanau and others give the reason
(an annotation of a word should summarise the following words, too) but no comparison; here is one.
"""
SOURCES = (
    'Schuster & Paliwal, "Bidirectional Recurrent Neural Networks", IEEE Transactions on Signal Processing 45 (11), '
    "1997, section II",
    'Graves & Schmidhuber, "Framewise Phoneme Classification with Bidirectional LSTM and Other Neural Network '
    'Architectures", Neural Networks 18, 2005, abstract',
    'Bahdanau, Cho & Bengio, "Neural Machine Translation by Jointly Learning to Align and Translate", ICLR 2015, '
    "section 3.2",
)
NAMES = ("POS tagging", "NER", "translation")
FORWARDS, BOTH = "forwards", "in both directions"
FIGURES = {"parts of speech": "accuracy, percent", "entities": "span F1, percent", "translation": "BLEU"}
CLAIMS = {
    "parts of speech": "A bidirectional POS tagger is better than a forward one of equal size.",
    "entities": "A bidirectional NER tagger is better than a forward one of equal size.",
    "translation": "A translator with a bidirectional encoder is better than one with a forward encoder of equal size.",
}


def verdicts(rows: Sequence[Row]) -> list[Verdict]:
    """Gains, seed by seed."""
    found = []
    for task, claim in CLAIMS.items():
        both, forwards = (mean(rows, "score", task=task, reads=reads).within(*PERCENT) for reads in (BOTH, FORWARDS))
        gain = difference(rows, "score", {"reads": BOTH}, {"reads": FORWARDS}, task=task)
        values = f"{both.text()} bidirectional, {forwards.text()} forward"
        figures = f"{FIGURES[task]}: {values}; gain {gain.text('+.1f')}"
        found.append(judge(claim, figures, gain, unit="points"))
    return found


def finding(found: Sequence[Verdict]) -> str:
    """What to remember of it."""
    gained = [name for name, verdict in zip(NAMES, found, strict=True) if verdict.kind == SHOWN]
    other = [
        f"{name} {say(verdict, '', 'loses', 'undecided')}"
        for name, verdict in zip(NAMES, found, strict=True)
        if verdict.kind != SHOWN
    ]
    if not any(verdict.kind in (SHOWN, CONTRADICTED) for verdict in found):
        return f"Whether reading in both directions helps at equal size is undecided, in {', '.join(NAMES)}."
    gain = f"Reading in both directions helps {', '.join(gained)}" if gained else "No task is shown to gain"
    return f"{gain} at equal size{' (' + ', '.join(other) + ')' if other else ''}."


def chart(rows: Sequence[Row]) -> Any:
    """The scores of each way of reading, a panel a task, and the gains seed by seed."""
    pairs = {task: ({"task": task, "reads": BOTH}, {"task": task, "reads": FORWARDS}) for task in FIGURES}
    gain = {task: difference(rows, "score", {"reads": BOTH}, {"reads": FORWARDS}, task=task).value for task in FIGURES}
    told = ", ".join(f"{task} {value:+.1f}" for task, value in gain.items())
    panels = [
        dots(task, chosen(rows, task=task), "score", title, "reads", within=PERCENT) for task, title in FIGURES.items()
    ]
    return beside(gains(f"gain of both directions: {told}", rows, "score", "points", "task", pairs), *panels)
