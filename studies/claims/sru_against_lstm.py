"""Claims about the simple recurrent unit."""

from collections.abc import Sequence
from typing import Any

from studies.charts import beside, dots
from studies.claims import say
from studies.intervals import PERCENT, POSITIVE, Interval, Row, by_seed, chosen, difference, interval, mean
from studies.verdicts import Verdict, judge, untestable

TITLE = "SRU versus LSTM"
QUESTION = """
An LSTM's gates read the previous output, so each step waits for a matrix-vector product. In the simple recurrent unit
(SRU) only elementwise products wait. Is it faster on a CPU, alone and within a model, and is it as accurate? And
since the paper stacks more SRUs than LSTMs: what do two SRUs cost instead of one LSTM?
"""
CAVEAT = """
On IMDB, which has enough texts to decide, one SRU and two SRUs are both less accurate than one LSTM
([benchmarks](../benchmarks/COMPARISONS.md)). The LSTM here is Elman's compiled one, which is faster than that of
Keras: next to the latter the SRU would look better. The paper's speeds are those of a GPU.
"""
METHOD = """
All matrix products of an SRU come before the loop, one large product for all steps at once:

    LSTM  f_t = sigma(W x_t + U h_(t-1) + b)        U: a matrix
    SRU   f_t = sigma(W x_t + v * c_(t-1) + b)      v: a vector, multiplied elementwise
          c_t = f_t * c_(t-1) + (1 - f_t) * W' x_t
          h_t = r_t * c_t + (1 - r_t) * x_t

Lei et al. report five to nine times the speed of an LSTM on a GPU, at better quality. "Alone" is a forward and a
backward pass through the layers and nothing else, 32 texts of 100 words, with 64 and 256 units on as many features;
the fastest of five passes counts, and the networks take turns. "End to end" is the training of a text classifier
(unidirectional, 64 units; 2,000 examples, four epochs) and a POS tagger (bidirectional; 1,200 sentences, three
epochs) on the built-in data, in words per second of the median epoch after the first; it includes the word vectors,
the output layer and the optimiser, which both cells share. One direction of the LSTM has 33,024 parameters, an SRU
12,544. Speeds depend on the machine and its load, so only these figures vary between runs of this study.

Scores are those on test, read once. Detecting a loss of 0.3 points would take far more seeds and texts than there are
here; [speed](../benchmarks/speed/README.md) compares with other libraries.
"""
SOURCES = (
    'Lei, Zhang, Wang, Dai & Artzi, "Simple Recurrent Units for Highly Parallelizable Recurrence", EMNLP 2018, '
    "abstract and sections 3 and 4.1",
)
TASKS = {"sentiment": "sentiment", "parts of speech": "POS tagging"}
UNITS = (64, 256)
LSTM, SRU, TWO = NETWORKS = ("LSTM", "SRU", "two SRUs")
MARGIN = 0.3  # points
PAPER = 5  # times, the least that the abstract claims
# On test: the comparison of benchmarks/comparisons.json, its system, and what the page says of it.
BENCHMARKS = {
    SRU: ("imdb_cells-bisru", "on IMDB the benchmark finds -2.15 points (-2.55 to -1.77)"),
    TWO: ("imdb_cells-two_bisru", "on IMDB the benchmark finds -0.29 points (-0.52 to -0.06)"),
}

CLAIMED = {SRU: "One SRU is", TWO: "Two SRUs are"}


def verdicts(rows: Sequence[Row]) -> list[Verdict]:
    """Ratios of speeds, seed by seed; scores, on which there is no verdict."""
    layer = {units: ratio(rows, SRU, part="layer", units=units) for units in UNITS}
    task = {name: ratio(rows, SRU, part="task", task=name) for name in TASKS}
    two = {name: ratio(rows, TWO, part="task", task=name) for name in TASKS}
    found = [
        judge(
            "On a CPU, a training step of an SRU layer alone is faster than one of our compiled LSTM.",
            "; ".join(f"{times.within(*POSITIVE).text()} times as fast with {units} units" for units,
                      times in layer.items()),
            *layer.values(), above=1, unit="in the ratio",
        ),
        judge(
            f"On a CPU, too, an SRU layer alone is at least {PAPER} times as fast as an LSTM.",
            f"{layer[UNITS[-1]].text()} times as fast as our compiled one with {UNITS[-1]} units",
            layer[UNITS[-1]], above=PAPER, unit="in the ratio",
        ),
        judge(
            "End to end, a model with an SRU trains faster than one with our LSTM.",
            _figures(task), *task.values(), above=1, unit="in the ratio",
        ),
        judge(
            "End to end, a model with two SRUs trains faster than one with one LSTM.",
            _figures(two), *two.values(), above=1, unit="in the ratio",
        ),
    ]  # fmt: skip
    gains = {
        (network, name): difference(rows, "score", {"network": network}, {"network": LSTM}, part="task", task=name)
        for network in BENCHMARKS
        for name in TASKS
    }
    seeds = max(gain.seeds_to_tell(MARGIN) for gain in gains.values())
    for network, (_, benchmark) in BENCHMARKS.items():
        told = "; ".join(f"{TASKS[name]} {gains[network, name].text('+.2f')}" for name in TASKS)
        claim = f"{CLAIMED[network]} as accurate as one LSTM (margin: {MARGIN} points)."
        found.append(
            untestable(
                claim, f"points of accuracy: {told}; resolving the margin would take about {seeds} seeds; {benchmark}"
            )
        )
    return found


def finding(found: Sequence[Verdict]) -> str:
    """What to remember of it."""
    alone, five, task, two, *_ = found
    first = say(alone, "an SRU layer is faster than our LSTM", "an SRU layer is slower than our LSTM",
                "an SRU layer is not shown to be faster than our LSTM at both sizes")  # fmt: skip
    times = say(five, ", and at least five times as fast", ", but not five times as fast", "")
    whole = say(task, "a whole model gains too", "a whole model is slower", "a whole model is not shown to gain")
    stack = say(two, "two SRUs instead of one LSTM are faster", "two SRUs instead of one LSTM are slower",
                "two SRUs instead of one LSTM are not shown to be faster")  # fmt: skip
    return f"On a CPU {first}{times}; {whole}; {stack}; whether it is as accurate cannot be tested at this size."


def ratio(rows: Sequence[Row], network: str, **values: Any) -> Interval:
    """How many times the words that an LSTM learns from in a second another network does, seed by seed."""
    ours, theirs = (by_seed(rows, "tokens_per_second", network=each, **values) for each in (network, LSTM))
    return interval([ours[seed] / theirs[seed] for seed in ours])


def _figures(times: dict[str, Interval]) -> str:
    return "; ".join(f"{TASKS[name]} {each.within(*POSITIVE).text()} times as fast" for name, each in times.items())


def chart(rows: Sequence[Row]) -> Any:
    """Speeds as times our LSTM's, of the layers alone and end to end, and accuracies."""
    where = {f"alone, {units} units": {"part": "layer", "units": units} for units in UNITS}
    where |= {f"end to end, {name}": {"part": "task", "task": task} for task, name in TASKS.items()}
    paces = [
        {"where": place, "network": network, "seed": seed, "times": pace / of_lstm[seed]}
        for place, values in where.items()
        for of_lstm in [by_seed(rows, "tokens_per_second", network=LSTM, **values)]
        for network in (SRU, TWO)
        for seed, pace in by_seed(rows, "tokens_per_second", network=network, **values).items()
    ]
    told = [[mean(paces, "times", where=place, network=network).value for place in where] for network in (SRU, TWO)]
    one, two = (f"{min(times):.1f} to {max(times):.1f}" for times in told)
    title = f"speed, times our LSTM: one SRU {one}, two SRUs {two}"
    scores = [{**row, "name": TASKS[row["task"]]} for row in chosen(rows, part="task")]
    best = "; ".join(
        f"{TASKS[task]}: "
        + ", ".join(f"{name} {mean(scores, 'score', task=task, network=name).value:.1f}" for name in NETWORKS)
        for task in TASKS
    )
    return beside(
        dots(title, paces, "times", "times the LSTM's words per second", "where", "network", level=(1, "our LSTM")),
        dots(f"accuracy, %, {best}", scores, "score", "accuracy, %", "name", "network", within=PERCENT),
    )
