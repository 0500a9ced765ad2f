"""Claims about what single units of a language model encode."""

from collections.abc import Sequence
from typing import Any

from studies.charts import beside, dots
from studies.claims import say
from studies.intervals import PERCENT, Row, chosen, difference, mean
from studies.maps import coloured
from studies.verdicts import Verdict, judge, untestable

TITLE = "A unit for sentiment"
QUESTION = """
Radford et al. trained a language model of characters on 82 million product reviews and found that one of its 4,096
units predicts the sentiment of a review, though no label was ever shown to it. Does a small model, trained for a
minute on short reviews, have such a unit?
"""
CAVEAT = """
The model is thousands of times smaller than theirs, and so is its text: finding no unit here says nothing about
theirs. The coloured texts show what the best unit of a model without such a unit looks like: it follows letters, not
sentiment.
"""
METHOD = """
An LSTM of 64 units learns to predict the next character of the 3,000 short reviews of the built-in data, 800 batches
of 32 windows of 64 characters; labels are not read. A probe sees its cell state after the last character of a review,
as in `elman probe`. "All units" is logistic regression on the states of 2,000 training texts, with an L1 penalty
chosen on dev; "one unit" is, of the units that it uses, the one whose threshold is right most often on these texts.
Both are scored on the 1,000 test texts. The control is the same network before any training: a random network also
has a state that depends on the last words, and with 64 units one of them is the best by chance.

    h_t, c_t = LSTM(x_t, h_(t-1), c_(t-1))     "positive" if +-c_T[k] > threshold, for one unit k

Radford et al. report 92.3 % on IMDB with one unit. The [benchmarks](../benchmarks/RESULTS.md) have an LSTM of 512
units, trained on 12 million characters of IMDB: its best unit reaches 52.0 % on test, all of its units 55.2, and
TF-IDF 86.0. The coloured texts are the first short one of each label in test; a character is the bluer the more the
unit predicts "positive" after it, and the more orange the more it predicts "negative".
"""
SOURCES = (
    'Radford, Jozefowicz & Sutskever, "Learning to Generate Reviews and Discovering Sentiment", 2017, '
    "arXiv:1704.01444, sections 3 and 4",
    'Karpathy, Johnson & Li, "Visualizing and Understanding Recurrent Networks", ICLR 2016 workshop, section 4.2 '
    "(coloured texts)",
)
UNTRAINED, TRAINED = {"network": "untrained"}, {"network": "trained"}
MARGIN = 2  # points
# On IMDB, percent on test: the system of benchmarks/results.json.
BENCHMARK = ("imdb_characters-lstm-random: unit 409 alone", 52.0)
PAPER = 92.3


def verdicts(rows: Sequence[Row]) -> list[Verdict]:
    """Differences of accuracies, seed by seed."""
    found = []
    for units, claim in (
        (
            "one",
            "A small language model has a unit that predicts sentiment better than the best one of a random network.",
        ),
        ("all", "All units of a small language model predict sentiment better than those of a random network."),
    ):
        gain = difference(rows, "accuracy", TRAINED, UNTRAINED, part="probe", units=units)
        values = " and ".join(
            mean(rows, "accuracy", part="probe", units=units, **kind).within(*PERCENT).text()
            for kind in (TRAINED, UNTRAINED)
        )
        found.append(judge(claim, f"accuracy, %: {values}; gain {gain.text('+.1f')}", gain, unit="points"))
    gap = difference(rows, "accuracy", {"units": "one"}, {"units": "all"}, part="probe", **TRAINED)
    claim = f"One unit predicts sentiment no worse than all of them (margin: {MARGIN} points)."
    found.append(judge(claim, f"difference {gap.text('+.1f')} points", gap, above=-MARGIN, unit="points"))
    claim = "A large enough language model has a unit that predicts sentiment nine times in ten."
    figures = f"on IMDB {PAPER} % in the paper, {BENCHMARK[1]:.1f} % with the best of 512 units in our benchmark"
    found.append(untestable(claim, figures))
    return found


def finding(found: Sequence[Verdict]) -> str:
    """What to remember of it."""
    one, every, alone, _ = found
    unit = say(one, "Training gives a small language model a unit for sentiment",
               "The best unit of a small trained language model predicts sentiment worse than that of a random network",
               "Training is not shown to give a small language model a unit for sentiment")  # fmt: skip
    both = say(every, "all its units together predict it better than those of a random network",
               "all its units together predict it worse than those of a random network",
               "nor to make all its units together better than those of a random network")  # fmt: skip
    least = say(alone, "one unit is as good as all", "one unit is worse than all", "")
    return f"{unit}; {both}{least and '; '}{least}."


def chart(rows: Sequence[Row]) -> Any:
    """Accuracies of the probes, and two texts in the colours of the unit."""
    probes = chosen(rows, part="probe")
    named = [{**row, "probe": f"{row['units']} unit{'s' if row['units'] == 'all' else ''}"} for row in probes]
    told = "; ".join(
        f"{units} {mean(probes, 'accuracy', units=units, **TRAINED).value:.1f} % trained, "
        f"{mean(probes, 'accuracy', units=units, **UNTRAINED).value:.1f} % untrained"
        for units in ("one", "all")
    )
    nats = mean(rows, "nats", part="model").value
    texts = [
        coloured(f"a {row['label']} review: unit {row['unit']} says \"positive\" (blue) after "
                 f"{sum(state > 0 for state in row['states'])} of {len(row['states'])} characters, else \"negative\" "
                 "(orange)", row["text"], row["states"])
        for row in chosen(rows, part="text")
    ]  # fmt: skip
    return beside(
        dots(f"accuracy of sentiment from units of a model of {nats:.2f} nats: {told}", named, "accuracy",
             "accuracy, %", "probe",
             "network", within=PERCENT, level=(50, "guessing")),
        *texts,
    )  # fmt: skip
