"""Claims about recurrent networks compared with convolutional ones."""

from collections.abc import Sequence
from typing import Any

from studies.charts import beside, curves, dots
from studies.claims import Verdict, judge
from studies.intervals import (
    PERCENT,
    POSITIVE,
    Row,
    by_seed,
    chosen,
    difference,
    geometric_means,
    interval,
    mean,
    means,
)

TITLE = "Recurrent versus convolutional"
QUESTION = """
A text can be read by a sliding window. Kim's classifier has windows of three, four and five words; each of its filters
detects one pattern, and its output is that of the best-matching window of the whole text:

    recurrent      h_t = f(x_t, h_(t-1));  the text is h_T
    convolutional  c_t = relu(W [x_t; ...; x_(t+k-1)] + b);  the text is max over t of c_t, for k = 3, 4, 5

No step waits for another, so a convolution should slow down less on long texts. And it should miss what does not fit
into a window: it can find a word anywhere, but not decide which of two distant words came first.

Above the word vectors, the LSTM here has 33,154 trainable parameters (64 units), the convolutions 33,413 (43 filters of
each width). Both are trained on sentiment with 2,000 texts of the built-in data for five epochs, and scored on test,
once. Then they are trained on two questions about texts with ten words of news behind each cue: "I grew up in France.
... I speak fluent ___", and "I grew up in France. ... I grew up in Japan. ... I speak fluent ___", where the first
country counts. Both are trained for 400 batches with one to ten words there; there are eight countries, so that
guessing gives 12.5 percent, and guessing which of two came first 56 (in one text of eight they are the same).

Bai and others compare a network of many convolutions with recurrent ones; with enough depth and dilation its receptive
field covers whole texts. That of Kim's single layer, measured here, does not. "No worse" means by no more than one
point. Times are per batch of 32 texts on this machine's processor, the fastest of seven, and vary between runs of this
study; a processor with few cores gains little from steps that do not wait, unlike a GPU.
"""
SOURCES = (
    'Kim, "Convolutional Neural Networks for Sentence Classification", EMNLP 2014, sections 2 and 4',
    'Bai, Kolter & Koltun, "An Empirical Evaluation of Generic Convolutional and Recurrent Networks for Sequence '
    'Modeling", 2018, arXiv:1803.01271, sections 3.4 and 5',
)
RECURRENT, CONVOLUTIONAL = {"network": "recurrent"}, {"network": "convolutional"}
MARGIN = 1  # points
ORDER = "the first of two cues"
TIMES = ("a training step", "reading")


def verdicts(rows: Sequence[Row]) -> list[Verdict]:
    """Confirmed where the whole interval of a difference, or of a ratio, stands on the claim's side."""
    found = []
    for task, claim in (
        (
            "sentiment",
            f"A convolutional classifier is no worse at sentiment than a recurrent one (margin: {MARGIN} point).",
        ),
        (
            "one cue",
            f"A convolutional classifier is no worse at finding a word anywhere in a text (margin: {MARGIN} point).",
        ),
    ):
        gain = difference(rows, "accuracy", CONVOLUTIONAL, RECURRENT, task=task)
        found.append(judge(claim, f"{_both(rows, task)}; difference {gain.text('+.1f')}", gain, above=-MARGIN))
    gain = difference(rows, "accuracy", RECURRENT, CONVOLUTIONAL, task=ORDER)
    claim = "A recurrent classifier is better at telling which of two words came first, farther apart than a window."
    found.append(judge(claim, f"{_both(rows, ORDER)}; difference {gain.text('+.1f')}", gain))
    for task in TIMES:
        ours, theirs = (slopes(rows, task, kind) for kind in (RECURRENT, CONVOLUTIONAL))
        times = interval([ours[seed] / theirs[seed] for seed in ours])
        slower, faster = (interval(list(one.values())).within(*POSITIVE).text(".0f", 1000) for one in (ours, theirs))
        claim = f"Each additional word costs the recurrent one more time in {task}."
        figures = f"{slower} and {faster} microseconds per word of 32 texts; {times.text('.2f')} times as much"
        found.append(judge(claim, figures, times, above=1))
    return found


def slopes(rows: Sequence[Row], task: str, kind: Row) -> dict[int, float]:
    """Milliseconds that each further word of the texts of a batch costs, by seed: the line nearest to all lengths."""
    from scipy.stats import linregress

    found = {}
    for seed in by_seed(rows, "milliseconds", task=task, **kind):
        measured = chosen(rows, task=task, seed=seed, **kind)
        line: Any = linregress([row["length"] for row in measured], [row["milliseconds"] for row in measured])
        found[seed] = float(line.slope)
    return found


def _both(rows: Sequence[Row], task: str) -> str:
    ours, theirs = (
        mean(rows, "accuracy", task=task, **kind).within(*PERCENT).text() for kind in (CONVOLUTIONAL, RECURRENT)
    )
    return f"accuracy {ours} convolutional, {theirs} recurrent"


def chart(rows: Sequence[Row]) -> dict[str, Any]:
    """Accuracies, and the times by length, a panel for training and one for reading."""
    scored = means([row for row in rows if "accuracy" in row], "accuracy", "task", "network", within=PERCENT)
    panels = [dots("accuracy", scored, "percent", "task", "network")]
    timed = [row for row in rows if "milliseconds" in row]
    timed = geometric_means(timed, "milliseconds", "task", "network", "length")
    for task in TIMES:
        found = [row for row in timed if row["task"] == task]
        axes = ("length", "words of a text"), "milliseconds", "network"
        panels.append(curves(f"{task}, 32 texts", found, *axes, log_x=True, log_y=True))
    return beside(*panels)
