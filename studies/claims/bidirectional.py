"""Claims about reading in both directions."""

from collections.abc import Sequence
from typing import Any

from studies.charts import beside, dots, gains
from studies.claims import of, say
from studies.intervals import PERCENT, Row, chosen, difference, mean
from studies.verdicts import CONTRADICTED, SHOWN, Verdict, fact, judge, judge_counts

TITLE = "Reading in both directions"
QUESTION = """
"Apple grows in gardens" or "Apple sells new telephones": the words after a word may decide what it means. A forward
network has to label "Apple" before it has seen them. How much does a backward pass add?
"""
CAVEAT = """
The made-up sentences are built so that one side carries no information. How much a task gains depends on how many of
its words need their right context.
"""
METHOD = """
A bidirectional network is two networks, one of which reads from the end:

    forward   h_t = f(x_t, h_(t-1))
    backward  g_t = f(x_t, g_(t+1))
    the word  [h_t; g_t]

Two networks have more weights than one, so each comparison matches the number of weights.

Made-up sentences: six names that stand for a fruit and a company, in sentences where the right context decides
("Apple now often grows in gardens") or the left context does ("A rich company today Apple is here again"), with one to
five uninformative words between. A small tagger (word vectors of 32, a forward LSTM of 50 units with 16,600 weights, or
two of 32 with 16,640) is trained on 150 batches of 64 sentences of both kinds and has to label the name as fruit or
company, so that chance is 50 %. It has learned a kind of sentence if it labels 90 % of 500 fresh ones correctly.

The project's own POS and NER taggers (a forward LSTM of 100 units with 66,000 weights in its recurrent layer, or two
of 64 units with 66,048) are trained on 1,000 sentences of the built-in data for four epochs, with skip-gram vectors.
They are scored on test, once; dev picks the epoch. Graves and Schmidhuber measured the gain for labelling phonemes.
Translation models, which earlier versions compared as well, took most of the time, and their three seeds could have
detected only a gain of 92 BLEU.
"""
SOURCES = (
    'Schuster & Paliwal, "Bidirectional Recurrent Neural Networks", IEEE Transactions on Signal Processing 45 (11), '
    "1997, section II",
    'Graves & Schmidhuber, "Framewise Phoneme Classification with Bidirectional LSTM and Other Neural Network '
    'Architectures", Neural Networks 18, 2005, abstract',
    'Bahdanau, Cho & Bengio, "Neural Machine Translation by Jointly Learning to Align and Translate", ICLR 2015, '
    "section 3.2",
)
NAMES = {"parts of speech": "POS tagging", "entities": "NER"}
FORWARDS, BOTH = "forwards", "in both directions"  # as the rows name them
SHORT = {FORWARDS: "forward", BOTH: "bidirectional"}
RIGHT, LEFT = "to the right", "to the left"
LEARNED, CERTAIN = 0.9, 0.99
FIGURES = {"parts of speech": "accuracy, %", "entities": "span F1, %"}
CLAIMS = {
    "parts of speech": "A bidirectional POS tagger is better than a forward one of equal size.",
    "entities": "A bidirectional NER tagger is better than a forward one of equal size.",
}


def learned(rows: Sequence[Row], reads: str) -> list[bool]:
    """Whether each seed labels names whose right context decides."""
    return [row["accuracy"] >= LEARNED for row in chosen(rows, task="planted", side=RIGHT, reads=reads)]


def verdicts(rows: Sequence[Row]) -> list[Verdict]:
    """Names in made-up sentences, and gains of the project's taggers, seed by seed."""
    ours, theirs = learned(rows, BOTH), learned(rows, FORWARDS)
    best = max(row["accuracy"] for row in chosen(rows, task="planted", side=RIGHT, reads=FORWARDS))
    worst = min(row["accuracy"] for row in chosen(rows, task="planted", side=LEFT))
    found = [
        judge_counts(
            "Where the right context decides, more bidirectional than forward taggers learn to label a name.",
            f"{of(ours)} seeds and {of(theirs)}; the best forward one labels {best:.0%} correctly",
            ours,
            theirs,
        ),
        fact(
            "Where the left context decides, taggers of both kinds label a name correctly.",
            f"lowest accuracy of any seed: {worst:.1%}",
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
        "Where only the right context decides, a bidirectional tagger learns the label and a forward one does not",
        "Where only the right context decides, a forward tagger learns the label more often",
        "Whether a bidirectional tagger makes better use of the right context is undecided",
    )
    alike = say(left, "; where the left context decides, both learn it", "", "")

    def named(kind: str) -> str:
        return " and ".join(name for name, verdict in zip(NAMES.values(), tasks, strict=True) if verdict.kind == kind)

    gained, lost = named(SHOWN), named(CONTRADICTED)
    real = f"; both directions help {gained} at equal size" if gained else ""
    real += f"; both directions harm {lost} at equal size" if lost else ""
    return f"{right}{alike}{real or '; whether POS tagging or NER gains at equal size is undecided'}."


def chart(rows: Sequence[Row]) -> Any:
    """Accuracy on planted names, and the gains of taggers, seed by seed."""
    pairs = {NAMES[task]: ({"task": task, "reads": BOTH}, {"task": task, "reads": FORWARDS}) for task in FIGURES}
    gain = {task: difference(rows, "score", {"reads": BOTH}, {"reads": FORWARDS}, task=task).value for task in FIGURES}
    told = ", ".join(f"{NAMES[task]} {value:+.1f}" for task, value in gain.items())
    planted = [
        {
            **row,
            "accuracy": 100 * row["accuracy"],
            "kind": f"{SHORT[row['reads']]}, cue {'right' if row['side'] == RIGHT else 'left'}",
        }
        for row in chosen(rows, task="planted")
    ]
    counts = ", ".join(f"{name} {of(learned(rows, reads))}" for reads, name in SHORT.items())

    def named(task: str) -> list[dict[str, Any]]:
        return [{**row, "reads": SHORT[row["reads"]]} for row in chosen(rows, task=task)]

    def scored(task: str) -> str:
        both = (f"{name} {mean(rows, 'score', task=task, reads=reads).value:.1f}" for reads, name in SHORT.items())
        return f"{NAMES[task]}, {FIGURES[task]}: {', '.join(both)}"

    panels = [
        dots(scored(task), named(task), "score", title, "reads", within=PERCENT) for task, title in FIGURES.items()
    ]
    return beside(
        dots(f"names that the right context decides; seeds that learn: {counts}", planted, "accuracy",
             "names labelled, %", "kind", level=(50, "chance"), interval=False),
        gains(f"gain of a bidirectional tagger, points: {told}", rows, "score", "points", "task", pairs),
        *panels,
    )  # fmt: skip
