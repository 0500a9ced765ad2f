"""The last states of both directions of a network remember the beginning of a text that one direction forgets."""

from collections.abc import Sequence
from typing import Any

from studies.charts import beside, dots
from studies.claims import of, say
from studies.intervals import Row, chosen
from studies.verdicts import Verdict, judge_counts

TITLE = "Forgetting the beginning: last states of both directions"
QUESTION = """
A classifier that reads a text forward has to carry its first words to the end. If it reads backward as well, these
are the last ones that it reads. Do the last states of both directions cure a simple RNN of forgetting the beginning,
and what becomes of the middle?
"""
CAVEAT = """
It is no cure for forgetting: both ends of the text are near one of the two states, the middle near neither. And it
needs the whole text: a language model cannot read backward.
"""
METHOD = """
The question is that of study 3: "I grew up in France. ... I speak fluent ___" with a hundred words of news between. A
simple RNN of 64 units that reads forward gives its last state to the classifier (its figures are those of study 3); a
network of two simple RNNs of 32 units, and so of fewer weights, gives the last state of each direction:

    forward   h_t = f(x_t, h_(t-1))    h of the last word
    backward  g_t = f(x_t, g_(t+1))    g of the first word
    classes   softmax(W [h_T; g_1] + b)

In a second set of texts a hundred more words of news precede the sentence about France, so that it is in the middle,
a hundred words from either end. Each network is trained on one kind of text, until it answers 90 % of 200 newly drawn
texts, every 25 batches, and so has learned, or 300 batches of 64 texts are over. The chart shows its recall on 500
held-out texts after that. Chance is 12.5 %.
"""
SOURCES = (
    'Schuster & Paliwal, "Bidirectional Recurrent Neural Networks", IEEE Transactions on Signal Processing 45 (11), '
    "1997, section II",
    "Sutskever, Vinyals & Le, Sequence to Sequence Learning with Neural Networks, NIPS 2014, section 3.3 (where a "
    "reversed source brings its first words near)",
)
ALSO_READS = ("recall_over_a_gap",)  # whose simple RNNs read forwards
FORWARDS, BEGINNING, MIDDLE = "forward, beginning", "both, beginning", "both, middle"
CHANCE = 12.5, "chance"


def arms(rows: Sequence[Row]) -> dict[str, list[Row]]:
    """The rows of each kind of network and text, a row a seed."""
    (gap,) = {row["gap"] for row in rows if "place" in row}
    return {
        FORWARDS: chosen(rows, question="France, one gap", cell="simple_rnn", gap=gap),
        BEGINNING: chosen(rows, place="beginning"),
        MIDDLE: chosen(rows, place="middle"),
    }


def known(rows: Sequence[Row]) -> list[bool]:
    """Whether each network had learned in time."""
    return [row["batches"] is not None for row in rows]


def verdicts(rows: Sequence[Row]) -> list[Verdict]:
    """How many seeds of each learned."""
    learned = {arm: known(kept) for arm, kept in arms(rows).items()}
    (gap,) = {row["gap"] for row in rows if "place" in row}

    def more(claim: str, first: str, second: str) -> Verdict:
        figures = f"{of(learned[first])} seeds, and {of(learned[second])}"
        return judge_counts(claim, figures, learned[first], learned[second])

    return [
        more(f"More simple RNNs recall the beginning of a text, {gap} words before its end, from the last states of "
             "both directions than of one.", BEGINNING, FORWARDS),
        more(f"From both, more recall the beginning than the middle of a text, {gap} words from either end.",
             BEGINNING, MIDDLE),
    ]  # fmt: skip


def finding(found: Sequence[Verdict]) -> str:
    """What to remember of it."""
    cured, ends = found
    cure = say(
        cured,
        "The last states of both directions let a simple RNN recall the beginning of a text",
        "The last states of both directions let a simple RNN recall less of the beginning of a text",
        "Whether the last states of both directions help a simple RNN to recall the beginning of a text is undecided",
    )
    return f"{cure}{say(ends, ', but not its middle', ', but rather its middle', '')}."


def chart(rows: Sequence[Row]) -> Any:
    """Recall of each seed."""
    kept = arms(rows)
    points = [{**row, "arm": arm, "accuracy": 100 * row["accuracy"]} for arm, of_arm in kept.items() for row in of_arm]
    told = "; ".join(f"{arm} {of(known(of_arm))}" for arm, of_arm in kept.items())
    return beside(
        dots(f"simple RNN, seeds that recall: {told}", points, "accuracy", "recall, %", "arm", level=CHANCE,
             interval=False),
    )  # fmt: skip
