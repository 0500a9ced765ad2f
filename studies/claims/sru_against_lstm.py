"""Claims about the simple recurrent unit."""

from collections.abc import Sequence
from typing import Any

from studies.charts import beside, dots, gains
from studies.claims import say
from studies.intervals import PERCENT, POSITIVE, Interval, Row, by_seed, chosen, difference, interval, mean
from studies.verdicts import Verdict, judge

TITLE = "SRU versus LSTM"
QUESTION = """
An LSTM's gates read the previous output, so each step waits for a matrix-vector product. In the simple recurrent unit
only elementwise products wait. Is it faster on a processor, and as good?
"""
CAVEAT = """
The LSTM beside it is our compiled one, which is faster than a stock one, and both times include word vectors, output
layer and optimiser. The paper's speeds are those of a GPU, and its SRUs have more layers than its LSTMs.
"""
METHOD = """
All matrix products of an SRU come before the loop, one large product for all steps at once:

    LSTM  f_t = sigma(W x_t + U h_(t-1) + b)        U: a matrix
    SRU   f_t = sigma(W x_t + v * c_(t-1) + b)      v: a vector, multiplied elementwise
          c_t = f_t * c_(t-1) + (1 - f_t) * W' x_t
          h_t = r_t * c_t + (1 - r_t) * x_t

Lei and others report five to nine times the speed of an LSTM on a GPU, at better quality. Here both have 64 units,
which makes the SRU the smaller one: 12,544 parameters in one direction, the LSTM 33,024. They classify texts
(unidirectional; 2,000 examples, five epochs) and tag parts of speech (bidirectional; 1,500 sentences, four epochs) of
the built-in data, and are scored on test, once. "No worse" means by no more than 0.3 points.

Speed is that of training on a processor, in words per second of the median epoch after the first: it includes word
vectors, output layer and optimiser, which both have in common. It depends on the machine and its load, so only these
figures vary between runs of this study. For real data see [COMPARISONS.md](../benchmarks/COMPARISONS.md) and
[speed](../benchmarks/speed/README.md).
"""
SOURCES = (
    'Lei, Zhang, Wang, Dai & Artzi, "Simple Recurrent Units for Highly Parallelizable Recurrence", EMNLP 2018, '
    "abstract and sections 3 and 4.1",
)
TASKS = ("sentiment", "parts of speech")
NAMES = {"sentiment": "sentiment classification", "parts of speech": "POS tagging"}
MARGIN = 0.3  # points
PAPER = 5  # times, the least that the abstract claims


def verdicts(rows: Sequence[Row]) -> list[Verdict]:
    """Ratios of speeds and differences of scores, seed by seed."""
    pace = {task: ratio(rows, task) for task in TASKS}
    figures = "; ".join(f"{task} {times.text()} times" for task, times in pace.items())
    found = [
        judge("On a processor, an SRU trains on more words per second than our compiled LSTM.", figures,
              *pace.values(), above=1, unit="times"),
        judge(
            "On a processor, too, an SRU trains a text classifier at least five times as fast as an LSTM.",
            f"{pace['sentiment'].text()} times our compiled one",
            pace["sentiment"],
            above=PAPER,
            unit="times",
        ),
    ]  # fmt: skip
    for task in TASKS:
        ours, theirs = (mean(rows, "score", task=task, cell=cell).within(*PERCENT) for cell in ("SRU", "LSTM"))
        gain = difference(rows, "score", {"cell": "SRU"}, {"cell": "LSTM"}, task=task)
        claim = f"In {NAMES[task]}, an SRU is no worse than an LSTM (margin: {MARGIN} points of accuracy)."
        figures = f"SRU {ours.text()}, LSTM {theirs.text()}; difference {gain.text('+.2f')}"
        found.append(judge(claim, figures, gain, above=-MARGIN, form=".2f", unit="points"))
    return found


def finding(found: Sequence[Verdict]) -> str:
    """What to remember of it."""
    faster, five, *scores = found
    speed = say(faster, "faster", "slower", "not shown to be faster")
    times = say(five, ", and at least five times so", ", and not five times so", "")
    told = [f"{verdict.kind} for {name}" for name, verdict in zip(NAMES.values(), scores, strict=True)]
    return f"On a processor an SRU is {speed} than our LSTM{times}; that it is as good is {' and '.join(told)}."


def ratio(rows: Sequence[Row], task: str) -> Interval:
    """How many times the words that an LSTM learns from in a second an SRU does, seed by seed."""
    ours, theirs = (by_seed(rows, "tokens_per_second", task=task, cell=cell) for cell in ("SRU", "LSTM"))
    return interval([ours[seed] / theirs[seed] for seed in ours])


def chart(rows: Sequence[Row]) -> Any:
    """Accuracy and words per second of both cells, a panel a task, and the gains seed by seed."""
    panels = []
    for figure, title, within in (
        ("score", "accuracy, percent", PERCENT),
        ("tokens_per_second", "words per second, training", POSITIVE),
    ):
        panels += [dots(task, chosen(rows, task=task), figure, title, "cell", within=within) for task in TASKS]
    pairs = {task: ({"task": task, "cell": "SRU"}, {"task": task, "cell": "LSTM"}) for task in TASKS}
    gain = {task: difference(rows, "score", {"cell": "SRU"}, {"cell": "LSTM"}, task=task).value for task in TASKS}
    told = ", ".join(f"{task} {value:+.1f}" for task, value in gain.items())
    return beside(
        gains(f"accuracy of the SRU less the LSTM's: {told}", rows, "score", "points", "task", pairs), *panels
    )
