"""Claims about stacked recurrent layers."""

from collections.abc import Sequence
from math import inf
from typing import Any

from studies.charts import beside, curves, dots
from studies.claims import say
from studies.intervals import Row, chosen
from studies.verdicts import Verdict, fact, judge_ranks

TITLE = "One, two and three layers"
QUESTION = """
A recurrent layer outputs a vector for each word, which a second layer can read like word vectors. Higher layers are
said to capture structure on a longer scale. In a made-up language, letters form words, words form phrases, and
phrases follow one another. Do two or three layers learn it better than one layer, and than one with as many weights?
"""
CAVEAT = """
Every network can learn this language in the end: the study shows how fast deep networks learn, not what they can do
that one layer cannot.
"""
METHOD = """
The second layer reads the outputs of the first:

    h1_t = f(x_t, h1_(t-1))
    h2_t = f(h1_t, h2_(t-1))
    h3_t = f(h2_t, h3_(t-1))

Twelve letters make six words of three letters, words make eight phrases of three words, and each phrase has two
equally likely successors. So letters follow rules on three levels: inside a word the letters before determine the
next one; the first letter of the next word depends on the phrase; and that of the next phrase on the phrase before,
which two can follow. The best possible loss is log 2 there and 0 elsewhere; figures are nats per letter above it (a
nat is 1.44 bits). Every seed has a language and initial weights of its own.

LSTMs with one, two and three layers of 32 units, and with one of 65, which has as many weights as three layers, read
newly generated texts, 32 rows of six phrases a batch, until they are within 0.02 nats of the best possible loss on
held-out texts (tested every 25 batches), or 600 batches are over. The criterion separates what depth gains from how
long it takes to train, which a fixed number of epochs confounds: in an earlier version of this study three layers
trailed by 0.16 nats after two epochs and by 0.05 after seven.
"""
SOURCES = (
    'Graves, Mohamed & Hinton, "Speech Recognition with Deep Recurrent Neural Networks", ICASSP 2013, sections 2 and 4',
    'Pascanu, Gulcehre, Cho & Bengio, "How to Construct Deep Recurrent Neural Networks", ICLR 2014, sections 3.2 and 5',
    'Hermans & Schrauwen, "Training and Analysing Deep Recurrent Neural Networks", NIPS 2013, section 3',
)
ONE, TWO, THREE, WIDE = NETWORKS = ("1 layer", "2 layers", "3 layers", "1 wide layer")
LEVELS = ("inside words", "inside phrases", "between phrases")
CRITERION, NEAR = 0.02, 0.1  # nats
CLAIMS = (
    ("Two layers reach the criterion after fewer batches than one.", TWO, ONE),
    ("Three layers reach it after fewer batches than two.", THREE, TWO),
    ("Three layers reach it after fewer batches than one with as many weights.", THREE, WIDE),
)


def batches(rows: Sequence[Row], network: str) -> list[float]:
    """After how many batches each seed reached the criterion; infinity, if it did not."""
    own = chosen(rows, network=network)
    return [
        min((row["step"] for row in own if row["seed"] == seed and row["all"] <= CRITERION), default=inf)
        for seed in sorted({row["seed"] for row in own})
    ]


def verdicts(rows: Sequence[Row]) -> list[Verdict]:
    """Whether the criterion is reached, and after how many batches."""
    reached = {name: [each < inf for each in batches(rows, name)] for name in NETWORKS}
    counts = ", ".join(f"{name} {sum(seeds)} of {len(seeds)}" for name, seeds in reached.items())
    claim = "Every network, deep or not, learns all levels in the end."
    found = [fact(claim, f"seeds within {CRITERION} nats: {counts}", all(map(all, reached.values())))]
    for claim, deep, shallow in CLAIMS:
        ours, theirs = (batches(rows, name) for name in (deep, shallow))
        found.append(
            judge_ranks(claim, f"batches by seed: {_list(ours)} against {_list(theirs)}", ours, theirs, lower=True)
        )
    return found


def finding(found: Sequence[Verdict]) -> str:
    """What to remember of it."""
    ends, two, _, wide = found
    end = say(ends, "In the end one layer learns as much as three", "Not every network learns it all in time", "")
    first = say(two, "two layers learn faster than one", "two layers learn more slowly than one",
                "whether two learn faster than one is undecided")  # fmt: skip
    width = say(wide, "three layers learn faster than one wide layer",
                "three layers learn more slowly than one wide layer",
                "whether three layers learn faster than one wide layer is undecided")  # fmt: skip
    return f"{end}; {first}; {width}."


def chart(rows: Sequence[Row]) -> Any:
    """Loss by batches, batches until the criterion, and what is learned first."""
    middle = {name: sorted(batches(rows, name))[len(batches(rows, name)) // 2] for name in NETWORKS}
    told = ", ".join(f"{name} {_number(number)}" for name, number in middle.items())
    until = [
        {"network": name, "seed": seed, "batches": number}
        for name in NETWORKS
        for seed, number in enumerate(batches(rows, name))
        if number < inf
    ]
    first, last = (
        [
            {"level": level, "seed": row["seed"], "step": row["step"], "nats": row[level]}
            for level in LEVELS
            for row in chosen(rows, network=name)
        ]
        for name in (ONE, THREE)
    )
    spans = ", ".join(
        f"{name} {_number(min(every))} to {_number(max(every))}"
        for name, every in ((name, batches(rows, name)) for name in NETWORKS)
    )
    axes = ("step", "batches"), "nats per letter above the best"

    return beside(
        curves(f"batches until {CRITERION} nats, median seed: {told}", _carried_on(rows, "network", "all"), "all",
               *axes, "network"),
        dots(f"batches until {CRITERION} nats, all seeds: {spans}", until, "batches", "batches", "network",
             interval=False),
        *(
            curves(f"{name}, batches until {NEAR} nats on each level: {_until(rows, name)}", _carried_on(of, "level",
                   "nats"), "nats",
                   *axes, "level")
            for name, of in ((ONE, first), (THREE, last))
        ),
    )  # fmt: skip


def _carried_on(of: Sequence[Row], key: str, figure: str) -> list[dict[str, Any]]:
    """Rows of networks that have ended, at their last figure, so that a mean is one of all seeds."""
    found = []
    steps = sorted({row["step"] for row in of})
    for kind in dict.fromkeys((row[key], row["seed"]) for row in of):
        own = {row["step"]: row[figure] for row in of if (row[key], row["seed"]) == kind}
        found += [
            {key: kind[0], "seed": kind[1], "step": step, figure: own[max(at for at in own if at <= step)]}
            for step in steps
        ]
    return found


def _until(rows: Sequence[Row], network: str) -> str:
    """After how many batches the median seed is near the best prediction, by level."""
    found = []
    for level in LEVELS:
        own = chosen(rows, network=network)
        steps = sorted(
            min((row["step"] for row in own if row["seed"] == seed and row[level] <= NEAR), default=inf)
            for seed in {row["seed"] for row in own}
        )
        found.append(f"{level} {_number(steps[len(steps) // 2])}")
    return ", ".join(found)


def _list(numbers: Sequence[float]) -> str:
    return ", ".join(map(_number, sorted(numbers)))


def _number(batches: float) -> str:
    return "never" if batches == inf else f"{batches:.0f}"
