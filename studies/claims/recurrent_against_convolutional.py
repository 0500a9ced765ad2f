"""Claims about recurrent networks compared with convolutional ones."""

from collections.abc import Sequence
from typing import Any

from studies.charts import beside, curves, dots, gains, powers
from studies.claims import of, say
from studies.intervals import PERCENT, Interval, Row, by_seed, chosen, difference, interval, mean
from studies.verdicts import Verdict, fact, judge, judge_counts, untestable

TITLE = "Recurrent versus convolutional"
QUESTION = """
A text can be read by a sliding window. Kim's classifier has windows of three, four and five words; each of its
filters detects one pattern and outputs its best match in the whole text. What does it find, what does it miss, and is
it faster?
"""
CAVEAT = """
A single layer with windows of at most five words, as Kim's; with enough layers and dilation a convolution covers
whole texts. On the order of two cues, at most ten words apart, the convolutional networks are at the accuracy of
guessing one of the two.
"""
METHOD = """
The two networks are:

    recurrent      h_t = f(x_t, h_(t-1));  the text is h_T
    convolutional  c_t = relu(W [x_t; ...; x_(t+k-1)] + b);  the text is max over t of c_t, for k = 3, 4, 5

No step waits for another, so a convolution should slow down less on long texts. And it should miss what does not fit
into a window: it can find a word anywhere, but not tell which of two distant words came first.

Above the word vectors, the LSTM here has 33,154 trainable parameters (64 units), the convolutions 33,413 (43 filters
of each width). Both are trained on sentiment with 2,000 texts of the built-in data for five epochs, and scored on
test, once. Then they are trained on two questions about texts of news. In the first the sentence "I grew up in
France." stands anywhere among up to 200 words of news, and the text ends in "I speak fluent ___"; training texts have
10 to 200 words. In the second there are two such sentences, each followed by one to ten words of news, and the first
country counts. There are eight countries, so that guessing gives 12.5 %, and guessing one of the two 56 % (in one
text of eight they are the same).

Bai et al. compare recurrent networks with stacked convolutions whose receptive field covers whole texts. "No worse"
means by no more than one point. On the two questions a seed has learned if it answers 90 %. Times are per batch of 32
texts on this machine's CPU, the fastest of seven. They are plotted without a verdict, since it changed between runs
of this study; a CPU with few cores gains little from steps that do not wait, unlike a GPU.
"""
SOURCES = (
    'Kim, "Convolutional Neural Networks for Sentence Classification", EMNLP 2014, sections 2 and 4',
    'Bai, Kolter & Koltun, "An Empirical Evaluation of Generic Convolutional and Recurrent Networks for Sequence '
    'Modeling", 2018, arXiv:1803.01271, sections 3.4 and 5',
)
RECURRENT, CONVOLUTIONAL = {"network": "recurrent"}, {"network": "convolutional"}
MARGIN = 1  # points
CUE, ORDER = "one cue", "the first of two cues"
LEARNED = 90  # percent
LONGEST = 200  # words of news around a cue
CHANCE = (12.5, "chance")
DRAWN = {"recurrent": "LSTM", "convolutional": "convolution"}
TIMES = {"a training step": "a training step", "reading": "inference"}  # as the rows name them, and the page


def learned(rows: Sequence[Row], task: str, kind: Row) -> list[bool]:
    """Whether each seed answers a question."""
    return [score >= LEARNED for score in by_seed(rows, "accuracy", task=task, **kind).values()]


def verdicts(rows: Sequence[Row]) -> list[Verdict]:
    """Differences of accuracies, seeds that learned, and times, on which there is no verdict."""
    gain = difference(rows, "accuracy", CONVOLUTIONAL, RECURRENT, task="sentiment")
    found = [
        judge(
            f"A convolutional classifier is no worse on sentiment than a recurrent one (margin: {MARGIN} point).",
            f"{_both(rows, 'sentiment')}; difference {gain.text('+.1f')}",
            gain,
            above=-MARGIN,
            unit="points",
        )
    ]
    cue, order = ([learned(rows, task, kind) for kind in (CONVOLUTIONAL, RECURRENT)] for task in (CUE, ORDER))
    found += [
        fact(f"Every {name} network finds a word anywhere among {LONGEST} others.",
             f"{of(seeds)} learned; accuracy {mean(rows, 'accuracy', task=CUE, **kind).within(*PERCENT).text()}",
             all(seeds))
        for name, seeds, kind in zip(("convolutional", "recurrent"), cue, (CONVOLUTIONAL, RECURRENT), strict=True)
    ]  # fmt: skip
    found.append(
        judge_counts(
            "More recurrent than convolutional networks learn which of two words came first, no window holding both.",
            f"{of(order[1])} recurrent and {of(order[0])} convolutional networks learned; {_both(rows, ORDER)}",
            order[1],
            order[0],
        )
    )
    for task, name in TIMES.items():
        times = slowdown(rows, task)
        claim = f"Each additional word costs the recurrent network more time in {name}."
        found.append(untestable(claim, f"{times.text('.2f')} times as much here, and varying between runs"))
    return found


def finding(found: Sequence[Verdict]) -> str:
    """What to remember of it."""
    sentiment, by_window, by_state, order, *_ = found
    word = say(by_window, "A convolution finds a word anywhere in a long text", "A convolution misses words", "")
    word += say(by_state, ", and so does an LSTM", ", and not every LSTM does", "")
    first = say(order, "a recurrent network learns more often which of two distant words came first",
                "a convolution learns more often which of two distant words came first",
                "whether it learns less often which of two distant words came first is undecided")  # fmt: skip
    text = say(sentiment, "on sentiment it is no worse", "on sentiment it is worse",
               "whether it is as accurate on sentiment is undecided")  # fmt: skip
    return f"{word}; {first}; {text}."


def slopes(rows: Sequence[Row], task: str, kind: Row) -> dict[int, float]:
    """Milliseconds that each further word of the texts of a batch costs, by seed: the line nearest to all lengths."""
    from scipy.stats import linregress

    found = {}
    for seed in by_seed(rows, "milliseconds", task=task, **kind):
        measured = chosen(rows, task=task, seed=seed, **kind)
        line: Any = linregress([row["length"] for row in measured], [row["milliseconds"] for row in measured])
        found[seed] = float(line.slope)
    return found


def slowdown(rows: Sequence[Row], task: str) -> Interval:
    """How many times as much each further word costs the recurrent network."""
    ours, theirs = (slopes(rows, task, kind) for kind in (RECURRENT, CONVOLUTIONAL))
    return interval([ours[seed] / theirs[seed] for seed in ours])


def _both(rows: Sequence[Row], task: str) -> str:
    ours, theirs = (
        mean(rows, "accuracy", task=task, **kind).within(*PERCENT).text() for kind in (CONVOLUTIONAL, RECURRENT)
    )
    return f"accuracy {ours} convolutional, {theirs} recurrent"


def chart(rows: Sequence[Row]) -> Any:
    """Accuracies, the difference in sentiment, and times by length, a panel for training and one for reading."""
    ours, theirs = ([of(learned(rows, task, kind)) for task in (CUE, ORDER)] for kind in (CONVOLUTIONAL, RECURRENT))
    pairs = {"sentiment": ({"task": "sentiment", **CONVOLUTIONAL}, {"task": "sentiment", **RECURRENT})}
    gain = difference(rows, "accuracy", CONVOLUTIONAL, RECURRENT, task="sentiment").value
    drawn = [{**row, "network": DRAWN[row["network"]]} for row in rows]
    panels = [
        curves(f"a cue anywhere in {LONGEST} words is found by {ours[0]} convolutions and {theirs[0]} LSTMs",
               chosen(drawn, task=CUE), "accuracy", ("behind", "words between the cue and the question"), "found, %",
               "network", domain=(0, 105), level=CHANCE),
        dots(f"which of two cues came first; seeds that learned: convolution {ours[1]}, LSTM {theirs[1]}",
             chosen(drawn, task=ORDER), "accuracy", "accuracy, %", "network", level=(56, "guessing one of the two"),
             interval=False),
        gains(
            f"sentiment, convolution minus LSTM: {gain:+.1f} points", rows, "accuracy", "points", "task", pairs
        ),
    ]  # fmt: skip
    timed = powers([row for row in drawn if "milliseconds" in row], "milliseconds")
    for task, name in TIMES.items():
        more = slowdown(rows, task).value
        title = f"time of {name}: each word costs the LSTM {more:.1f} times as much (no verdict)"
        panels.append(
            curves(title, chosen(timed, task=task), "milliseconds",
                   ("length", "words of a text"), "milliseconds, powers of ten", "network",
                   ticks=sorted({row["length"] for row in timed}))
        )  # fmt: skip
    return beside(*panels)
