"""Claims about padding, with a mask and without one."""

from collections.abc import Sequence
from typing import Any

from studies.charts import beside, curves, percent
from studies.claims import of, say
from studies.intervals import Row, by_seed, mean
from studies.verdicts import Verdict, fact, judge, judge_counts

TITLE = "Padding without a mask"
QUESTION = """
Texts of a batch are padded to the length of the longest. A mask tells a recurrent layer which positions are padding,
so that the state stays what it was after the last word. What does a missing mask cost, and is padding at the start of
a text, a common workaround, as good?
"""
CAVEAT = """
Short texts, and the last state is what is read: a model that takes the mean or the maximum over all positions suffers
in another way. Padding at the start did no harm here; whether it changes answers is undecided.
"""
METHOD = """
Without a mask a network reads padding as it reads words: the last state is that after the last position of padding,
and the number of these depends on the longest text of the batch:

    mask       h_t = h_(t-1) where t is padding
    no mask    h_t = f(x_pad, h_(t-1))

LSTMs of 32 units are trained for 250 batches of 32 texts on the question "I grew up in France. ... I speak fluent
___", with one to ten words of news in between, and classify by their last state. Each batch is padded by a different
number of positions, 0 to 60, as if its longest text were so much longer. Then the same 400 held-out texts are read
with 0 to 240 positions of padding after them, or before them in the third network. The answer to a text should not
depend on the other texts of its batch: "changed" counts the answers that differ from those without additional
padding. A seed has learned if it answers 90 % with 60 positions of padding, the most that it was trained with.
"""
SOURCES = (
    'Dwarampudi & Reddy, "Effects of Padding on LSTMs and CNNs", 2019, arXiv:1903.07288, sections 3 and 4',
    'Keras, "Understanding masking and padding", https://keras.io/guides/understanding_masking_and_padding, 2023',
)
MASK, END, START = ({"arm": arm} for arm in ("mask", "no mask, padding at the end", "no mask, padding at the start"))
TRAINED, FAR = 60, 240  # positions of padding: the most in training, and the most in reading
LEARNED = 0.9
NONE = {"padding": 0}


def learned(rows: Sequence[Row], kind: Row) -> list[bool]:
    """Whether each seed answers beside as much padding as training had at most."""
    return [share >= LEARNED for share in by_seed(rows, "accuracy", padding=TRAINED, **kind).values()]


def verdicts(rows: Sequence[Row]) -> list[Verdict]:
    """Seeds that learned, and answers that change."""
    mask, end, start = (learned(rows, kind) for kind in (MASK, END, START))
    changed = {kind["arm"]: list(by_seed(rows, "changed", padding=FAR, **kind).values()) for kind in (MASK, END, START)}
    shares = {arm: f"{100 * max(each):.1f}" for arm, each in changed.items()}
    gap = mean(rows, "changed", padding=FAR, **START)
    return [
        fact(
            "With a mask, no answer depends on the length of the other texts in the batch.",
            f"at most {shares[MASK['arm']]} % of a seed's answers change with {FAR} positions of padding",
            max(changed[MASK["arm"]]) == 0,
        ),
        judge_counts(
            "More networks learn with a mask than without one and with padding at the end.",
            f"{of(mask)} and {of(end)} learned",
            mask,
            end,
        ),
        judge_counts(
            "Without a mask, more networks learn with padding at the start than at the end.",
            f"{of(start)} and {of(end)} learned",
            start,
            end,
        ),
        judge(
            "Without a mask, padding at the start changes answers too if there is more of it than in training.",
            f"{gap.within(0, 1).text('.1f', 100)} % of the answers change with {FAR} positions",
            gap,
            times=100,
            unit="points",
        ),
    ]


def finding(found: Sequence[Verdict]) -> str:
    """What to remember of it."""
    mask, taught, start, more = found
    first = say(mask, "With a mask an answer never depends on the other texts in the batch",
                "Even with a mask answers depend on the other texts in the batch", "")  # fmt: skip
    learns = say(taught, "without one, with padding at the end, fewer networks learn",
                 "without one, with padding at the end, more networks learn",
                 "whether fewer networks learn without one is undecided")  # fmt: skip
    other = say(start, "with padding at the start more learn", "with padding at the start even fewer learn",
                "padding at the start is not shown to be better")  # fmt: skip
    but = say(more, ", though answers then depend on it", "", "")
    return f"{first}; {learns}; {other}{but}."


def chart(rows: Sequence[Row]) -> Any:
    """Right answers and changed ones by positions of padding."""
    shown = dict(
        zip((MASK["arm"], END["arm"], START["arm"]), ("mask", "none, at the end", "none, at the start"), strict=True)
    )
    named = [{**row, "arm": shown[row["arm"]]} for row in rows]
    counts = [of(learned(rows, kind)) for kind in (MASK, END, START)]
    changed = [100 * mean(rows, "changed", padding=FAR, **kind).value for kind in (MASK, END, START)]
    told = (
        "seeds that learned: with a mask {}; without one, padded at the end {}, at the start {}",
        "answers changed by 240 positions: with a mask {:.0f} %; without one, padded at the end {:.0f} %, at the start "
        "{:.0f} %",
    )
    axes = ("padding", "positions of padding")
    return beside(
        curves(told[0].format(*counts), percent(named, "accuracy"), "accuracy", axes, "correct answers, %", "arm",
               domain=(0, 105), level=(12.5, "chance")),
        curves(told[1].format(*changed), percent(named, "changed"), "changed", axes, "changed answers, %", "arm",
               domain=(-3, 105)),
    )  # fmt: skip
