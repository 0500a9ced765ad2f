"""Claims about the simple recurrent unit."""

from collections.abc import Sequence
from typing import Any

from studies.charts import beside, dots
from studies.claims import Verdict, judge
from studies.intervals import PERCENT, POSITIVE, Interval, Row, by_seed, difference, interval, mean, means

TITLE = "SRU versus LSTM"
QUESTION = """
An LSTM's gates read the previous output, so each step waits for a matrix-vector product. In the simple recurrent unit
only elementwise products wait; all matrix products come before the loop, one large product for all steps at once:

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
    """Confirmed where the whole interval of a ratio, or of a difference, stands on the claim's side."""
    pace = {task: ratio(rows, task) for task in TASKS}
    figures = "; ".join(f"{task} {times.text()} times" for task, times in pace.items())
    found = [
        judge("An SRU trains on more words per second than an LSTM.", figures, *pace.values(), above=1),
        judge(
            "An SRU trains a text classifier at least five times as fast as an LSTM.",
            f"{pace['sentiment'].text()} times",
            pace["sentiment"],
            above=PAPER,
        ),
    ]
    for task in TASKS:
        ours, theirs = (mean(rows, "score", task=task, cell=cell).within(*PERCENT) for cell in ("SRU", "LSTM"))
        gain = difference(rows, "score", {"cell": "SRU"}, {"cell": "LSTM"}, task=task)
        claim = f"In {NAMES[task]}, an SRU is no worse than an LSTM (margin: {MARGIN} points of accuracy)."
        figures = f"SRU {ours.text()}, LSTM {theirs.text()}; difference {gain.text('+.2f')}"
        found.append(judge(claim, figures, gain, above=-MARGIN))
    return found


def ratio(rows: Sequence[Row], task: str) -> Interval:
    """How many times the words that an LSTM learns from in a second an SRU does, seed by seed."""
    ours, theirs = (by_seed(rows, "tokens_per_second", task=task, cell=cell) for cell in ("SRU", "LSTM"))
    return interval([ours[seed] / theirs[seed] for seed in ours])


def chart(rows: Sequence[Row]) -> dict[str, Any]:
    """Accuracy and words a second of both cells, a panel a task."""
    panels = []
    for figure, title, within in (
        ("score", "accuracy, percent", PERCENT),
        ("tokens_per_second", "words per second, training", POSITIVE),
    ):
        found = means(rows, figure, "task", "cell", within=within)
        panels += [dots(task, [row for row in found if row["task"] == task], title, "cell") for task in TASKS]
    return beside(*panels)
