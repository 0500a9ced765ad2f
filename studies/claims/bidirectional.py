"""Claims about reading in both directions."""

from collections.abc import Sequence
from typing import Any

from studies.charts import beside, dots, gains
from studies.claims import of, say
from studies.intervals import PERCENT, Row, chosen, difference, mean
from studies.verdicts import CONTRADICTED, SHOWN, Verdict, fact, judge, judge_counts

TITLE = "Reading in both directions"
QUESTION = """
"Apple grows in gardens" or "Apple sells new telephones": the words after a word may decide what it is. A network that
reads forwards has to label "Apple" before it has seen them. How much is it worth to read from the end as well?
"""
CAVEAT = """
The planted sentences are made for the claim: what cannot be known from the left cannot be learned from there. How
much a task gains depends on how many of its words are such.
"""
METHOD = """
A bidirectional network is two networks, one of which reads from the end:

    forwards   h_t = f(x_t, h_(t-1))
    backwards  g_t = f(x_t, g_(t+1))
    the word   [h_t; g_t]

Two networks have more weights than one, so each comparison matches their number.

Planted: six names that are a fruit's and a firm's, in sentences whose words to the right decide ("Apple now often
grows in gardens"), or whose words to the left do ("A rich company today Apple is here again"), with one to five words
between that tell nothing. A small tagger (word vectors of 32, a forward LSTM of 50 units with 16,600 weights, or two
of 32 with 16,640) is trained on 150 batches of 64 sentences of both kinds and has to label the name: fruit or firm,
so that chance is 50 %. It has learned a kind of sentence if it labels 90 % of 500 fresh ones rightly.

The project's own taggers of parts of speech and of entities (a forward LSTM of 100 units with 66,000 weights in its
recurrent layer, two of 64 units with 66,048) are trained on 1,000 sentences of the built-in data for four epochs,
with skip-gram vectors. They are scored on test, once; dev picks the epoch. Graves and Schmidhuber measured the gain
for taggers, on phonemes. Translators, which earlier versions compared as well, took most of the time, and
three seeds of them could not have told a gain of less than 92 BLEU.
"""
SOURCES = (
    'Schuster & Paliwal, "Bidirectional Recurrent Neural Networks", IEEE Transactions on Signal Processing 45 (11), '
    "1997, section II",
    'Graves & Schmidhuber, "Framewise Phoneme Classification with Bidirectional LSTM and Other Neural Network '
    'Architectures", Neural Networks 18, 2005, abstract',
    'Bahdanau, Cho & Bengio, "Neural Machine Translation by Jointly Learning to Align and Translate", ICLR 2015, '
    "section 3.2",
)
NAMES = ("POS tagging", "NER")
FORWARDS, BOTH = "forwards", "in both directions"
RIGHT, LEFT = "to the right", "to the left"
LEARNED, CERTAIN = 0.9, 0.99
FIGURES = {"parts of speech": "accuracy, percent", "entities": "span F1, percent"}
CLAIMS = {
    "parts of speech": "A bidirectional POS tagger is better than a forward one of equal size.",
    "entities": "A bidirectional NER tagger is better than a forward one of equal size.",
}


def learned(rows: Sequence[Row], reads: str) -> list[bool]:
    """Whether each seed labels names whose right context decides."""
    return [row["accuracy"] >= LEARNED for row in chosen(rows, task="planted", side=RIGHT, reads=reads)]


def verdicts(rows: Sequence[Row]) -> list[Verdict]:
    """Names that were planted, and gains of the project's taggers, seed by seed."""
    ours, theirs = learned(rows, BOTH), learned(rows, FORWARDS)
    best = max(row["accuracy"] for row in chosen(rows, task="planted", side=RIGHT, reads=FORWARDS))
    worst = min(row["accuracy"] for row in chosen(rows, task="planted", side=LEFT))
    found = [
        judge_counts(
            f"Where the words {RIGHT} decide, more bidirectional taggers learn to label a name than forward ones.",
            f"{of(ours)} seeds and {of(theirs)}; the best forward one labels {best:.0%} rightly",
            ours,
            theirs,
        ),
        fact(
            f"Where the words {LEFT} decide, taggers of both kinds label a name rightly.",
            f"the lowest accuracy of any seed: {worst:.1%}",
            worst >= CERTAIN,
        ),
    ]
    for task, claim in CLAIMS.items():
        both, forwards = (mean(rows, "score", task=task, reads=reads).within(*PERCENT) for reads in (BOTH, FORWARDS))
        gain = difference(rows, "score", {"reads": BOTH}, {"reads": FORWARDS}, task=task)
        values = f"{both.text()} bidirectional, {forwards.text()} forward"
        figures = f"{FIGURES[task]}: {values}; gain {gain.text('+.1f')}"
        found.append(judge(claim, figures, gain, unit="points"))
    return found


def finding(found: Sequence[Verdict]) -> str:
    """What to remember of it."""
    planted, left, *tasks = found
    right = say(
        planted,
        "What only the words to the right tell, a bidirectional tagger learns and a forward one does not",
        "What only the words to the right tell, a forward tagger learns sooner",
        "Whether a bidirectional tagger learns what only the words to the right tell is undecided",
    )
    alike = say(left, "; what those to the left tell, both learn", "", "")

    def named(kind: str) -> str:
        return " and ".join(name for name, verdict in zip(NAMES, tasks, strict=True) if verdict.kind == kind)

    gained, lost = named(SHOWN), named(CONTRADICTED)
    real = f"; both directions help {gained} at equal size" if gained else ""
    real += f"; both directions harm {lost} at equal size" if lost else ""
    return f"{right}{alike}{real or '; that POS tagging or NER gains at equal size is undecided'}."


def chart(rows: Sequence[Row]) -> Any:
    """Accuracy on planted names, and the gains of taggers, seed by seed."""
    pairs = {task: ({"task": task, "reads": BOTH}, {"task": task, "reads": FORWARDS}) for task in FIGURES}
    gain = {task: difference(rows, "score", {"reads": BOTH}, {"reads": FORWARDS}, task=task).value for task in FIGURES}
    told = ", ".join(f"{task} {value:+.1f}" for task, value in gain.items())
    short = {FORWARDS: "forwards", BOTH: "both"}
    planted = [
        {**row, "accuracy": 100 * row["accuracy"], "kind": f"{short[row['reads']]}, {row['side']}"}
        for row in chosen(rows, task="planted")
    ]
    counts = ", ".join(f"{reads} {of(learned(rows, reads))}" for reads in (FORWARDS, BOTH))

    def scored(task: str) -> str:
        both = (f"{mean(rows, 'score', task=task, reads=reads).value:.1f} {reads}" for reads in (FORWARDS, BOTH))
        return f"{task}: {', '.join(both)}"

    panels = [
        dots(scored(task), chosen(rows, task=task), "score", title, "reads", within=PERCENT)
        for task, title in FIGURES.items()
    ]
    return beside(
        dots(f"fruit or firm, told {RIGHT}; seeds that learn: {counts}", planted, "accuracy", "names labelled, %",
             "kind", level=(50, "chance"), interval=False),
        gains(f"gain of both directions, points: {told}", rows, "score", "points", "task", pairs),
        *panels,
    )  # fmt: skip
