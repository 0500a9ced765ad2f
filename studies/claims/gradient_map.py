"""Claims about which words of one text an answer depends on."""

from collections.abc import Sequence
from statistics import fmean
from typing import Any

from studies.charts import CELLS, beside, dots
from studies.claims import of, say
from studies.intervals import PERCENT, Row, chosen, interval
from studies.maps import heat
from studies.verdicts import Verdict, fact, judge

TITLE = "Which words an answer depends on"
QUESTION = """
The gradient of an answer with respect to each word vector shows how much a small change of that word would change the
answer. On "I grew up in France. ... I speak fluent ___", which words light up, before training and after it?
"""
CAVEAT = """
One text with twelve words of news. A gradient shows what a small change of a word would do, not what the answer would
be without the word: every training text ends in "fluent", so no network had to become robust to a change there.
"""
METHOD = """
A simple RNN and an LSTM of 32 units learn the question for 300 batches, with 2 to 12 words of news in between. The
figure is the Euclidean norm of the gradient of the correct answer's score with respect to the vector of each word of
one held-out text:

    |d score / d x_t|

Norms are divided by the largest of their network, so that the word with the strongest colour in each column is the
one that the answer depends on most. The map shows the mean of these shares over five seeds. "Answers correctly" means
90 % of 500 other held-out texts with as many words in between.
"""
SOURCES = (
    'Simonyan, Vedaldi & Zisserman, "Deep Inside Convolutional Networks: Visualising Image Classification Models and '
    'Saliency Maps", ICLR 2014 workshop, section 3',
    'Li, Chen, Hovy & Jurafsky, "Visualizing and Understanding Neural Models in NLP", NAACL 2016, section 5',
)
CUE = 4  # the place of the country in "i grew up in france ."
LEARNED = 0.9
COLUMNS = tuple((cell, network) for cell in ("simple_rnn", "lstm") for network in ("untrained", "trained"))


def shares(rows: Sequence[Row], cell: str, network: str) -> dict[int, list[float]]:
    """By seed, the norm at each word divided by the largest."""
    own = [row for row in chosen(rows, cell=cell, network=network) if "norm" in row]
    found = {}
    for seed in dict.fromkeys(row["seed"] for row in own):
        norms = [row["norm"] for row in sorted(chosen(own, seed=seed), key=lambda row: row["place"])]
        found[seed] = [norm / (max(norms) or 1.0) for norm in norms]
    return found


def learned(rows: Sequence[Row], cell: str) -> list[bool]:
    """Whether each seed answers correctly after training."""
    return [row["accuracy"] >= LEARNED for row in chosen(rows, cell=cell, network="trained") if "accuracy" in row]


def verdicts(rows: Sequence[Row]) -> list[Verdict]:
    """Where each network has its largest gradient, and how much of it is at the cue."""
    found = []
    for cell in ("simple_rnn", "lstm"):
        of_seed = shares(rows, cell, "trained").values()
        lit = [each.index(max(each)) == CUE for each in of_seed]
        claim = f"After training, the answer of every {CELLS[cell]} depends most on the country."
        found.append(fact(claim, f"{of(lit)} seeds; {of(learned(rows, cell))} answer correctly", all(lit)))
    before, after = (shares(rows, "lstm", network) for network in ("untrained", "trained"))
    gain = interval([after[seed][CUE] - before[seed][CUE] for seed in after])
    claim = "Training raises the country's share of the gradient in an LSTM."
    found.append(judge(claim, f"gain {gain.text('+.2f')} of the largest norm", gain, form=".2f"))
    return found


def finding(found: Sequence[Verdict]) -> str:
    """What to remember of it."""
    plain, gated, more = found
    first = say(gated, "The answer of a trained LSTM depends most on the country, by the gradient",
                "A trained LSTM may answer correctly and yet have a larger gradient at another word than the country",
                "")  # fmt: skip
    second = say(plain, "so does that of a simple RNN", "so may a simple RNN", "")
    third = say(more, "training raises the country's share", "training lowers the country's share",
                "whether training raises the country's share is undecided")  # fmt: skip
    return f"{first}; {second}; {third}."


def chart(rows: Sequence[Row]) -> Any:
    """The map, and the share of the cue by network."""
    words = {row["place"]: row["word"] for row in rows if "word" in row}
    cells, cue = [], []
    for cell, network in COLUMNS:
        of_seed = shares(rows, cell, network)
        name = f"{CELLS[cell]}, {network}"
        cells += [
            {"place": place, "word": word, "column": name,
             "share": sum(each[place] for each in of_seed.values()) / len(of_seed)}
            for place, word in words.items()
        ]  # fmt: skip
        cue += [{"network": name, "seed": seed, "share": 100 * each[CUE]} for seed, each in of_seed.items()]

    def ordinal(place: int) -> str:
        """A word; which one, if the text has it twice."""
        places = [other for other, word in words.items() if word == words[place]]
        return f"{'the first ' if place == places[0] else 'the last '}" * (len(places) > 1) + f'"{words[place]}"'

    brightest = {
        f"{CELLS[cell]} {network}": ordinal(max(words, key=lambda place: sum(each[place] for each in of_seed.values())))
        for cell, network in COLUMNS
        for of_seed in [shares(rows, cell, network)]
    }
    told = ", ".join(f"{name} {word}" for name, word in brightest.items())
    of_cue = "; ".join(
        f"{CELLS[cell]} {before:.0f} before training, {after:.0f} after"
        for cell in ("simple_rnn", "lstm")
        for before, after in [
            [
                100 * fmean(each[CUE] for each in shares(rows, cell, network).values())
                for network in ("untrained", "trained")
            ]
        ]
    )
    return beside(
        heat(f"the word with the largest gradient (strongest colour): {told}", cells, "share", "column"),
        dots(f"gradient at the country, % of the largest: {of_cue}", cue, "share", "% of the largest", "network",
             within=PERCENT),
    )  # fmt: skip
