"""Claims about cells whose gates read the input alone."""

from collections.abc import Sequence
from math import log10
from typing import Any

from studies.charts import beside, curves, dots
from studies.claims import Verdict, judge
from studies.intervals import (
    POSITIVE,
    SHARE,
    Interval,
    Row,
    by_seed,
    chosen,
    difference,
    geometric_means,
    interval,
    mean,
    means,
)

TITLE = "minGRU, minLSTM and QRNN versus LSTM"
QUESTION = """
The gates of these cells read the input alone, not the state, and what is left of the recurrence is linear in it:

    minGRU   h_t = (1 - z_t) * h_(t-1) + z_t * W x_t             z_t = sigma(W_z x_t)
    minLSTM  h_t = (f_t * h_(t-1) + i_t * W x_t) / (f_t + i_t)   f_t, i_t = sigma(W_f x_t), sigma(W_i x_t)
    QRNN     c_t = f_t * c_(t-1) + (1 - f_t) * g_t               g_t, f_t, o_t = tanh, sigma, sigma of W [x_(t-1), x_t]
             h_t = o_t * c_t

All steps can then be computed at once, and on a processor the loop holds a few operations for each number of the state.
Their authors find them as good as an LSTM and many times as fast on a GPU. A gate that cannot see the state has to
decide from a word alone whether to remember it, though.

Recall and gradients are measured as in studies 1 and 3: "I grew up in France. ... I speak fluent ___", 64 units, 400
batches, chance 12.5 %; dL/ds_t of the trained network (s is c, or h where there is no c) over 100 words of news. The
bias of the forget gate starts at 1, as an LSTM's does, and for recall also at 3, so that a step keeps 95 %. Then
language models of characters learn from 80,000 characters of news, with as many recurrent parameters as an LSTM of 64
units, 33,024, which makes the others wider: first for three epochs each, then for as many epochs as fit into the LSTM's
time. "No worse" means by no more than 0.02 nats per character. Time is that of the processor in the median epoch after
the first, word vectors, output layer and optimiser included: pace and, after equal time, nats vary between runs of this
study. The layers' own speed is in [speed](../benchmarks/speed/README.md).
"""
SOURCES = (
    "Feng, Tung, Ahmed, Bengio & Hajimirsadeghi, Were RNNs All We Needed?, 2024, sections 3 and 4",
    "Bradbury, Merity, Xiong & Socher, Quasi-Recurrent Neural Networks, ICLR 2017, sections 2 and 3",
)
LSTM, LINEAR = "lstm", ("min_gru", "min_lstm", "qrnn")
MARGIN = 0.02  # nats
POINTS = 0.05  # of accuracy
DEFAULT, RAISED = {"forget_bias": 1.0}, {"forget_bias": 3.0}
FAR = 200  # words
NEAR_END, FROM_END = 10, 60  # steps, between which losses are counted
SMALLEST = 1e-24  # of norms


def verdicts(rows: Sequence[Row]) -> list[Verdict]:
    """Confirmed where the intervals of all three cells stand on the claim's side."""
    recalled = {
        cell: difference(rows, "accuracy", {"cell": cell, **DEFAULT}, {"cell": LSTM}, part="recall", gap=FAR)
        for cell in LINEAR
    }
    raised = {cell: difference(rows, "accuracy", RAISED, DEFAULT, part="recall", cell=cell, gap=FAR) for cell in LINEAR}
    lost = orders_lost(rows, LSTM)
    less = {cell: interval([lost[seed] - orders_lost(rows, cell)[seed] for seed in lost]) for cell in LINEAR}
    pace = {cell: ratio(rows, cell) for cell in LINEAR}
    accuracy = mean(rows, "accuracy", part="recall", cell=LSTM, gap=FAR).within(*SHARE)
    return [
        judge(
            f"They recall a word over {FAR} others no worse than an LSTM (margin: {100 * POINTS:.0f} points).",
            f"LSTM {accuracy.text('.0f', 100)} %; points more: {listed(recalled, '+.0f', 100)}",
            *recalled.values(),
            above=-POINTS,
        ),
        judge(
            f"With a forget bias of {RAISED['forget_bias']:g} instead of {DEFAULT['forget_bias']:g} they recall more.",
            f"points more: {listed(raised, '+.0f', 100)}",
            *raised.values(),
        ),
        judge(
            f"After training their gradients survive {FROM_END - NEAR_END} steps no worse than an LSTM's (margin: one "
            "order of magnitude).",
            f"orders of magnitude less lost: {listed(less, '+.1f')}",
            *less.values(),
            above=-1,
        ),
        judge(
            "With as many parameters they train on more characters per second of a processor than an LSTM.",
            f"times the LSTM's: {listed(pace, '.2f')}",
            *pace.values(),
            above=1,
        ),
        *(quality(rows, equal) for equal in ("parameters", "time")),
    ]


def quality(rows: Sequence[Row], equal: str) -> Verdict:
    """Whether all of them model characters no worse than the LSTM, at equal parameters or in equal time."""
    theirs = by_seed(rows, "nats", cell=LSTM, equal="parameters")
    gains = {
        cell: interval([theirs[seed] - nats for seed, nats in by_seed(rows, "nats", cell=cell, equal=equal).items()])
        for cell in LINEAR
    }
    when = "as many parameters and epochs" if equal == "parameters" else "as many parameters, in the same time,"
    base = mean(rows, "nats", cell=LSTM, equal="parameters")
    return judge(
        f"With {when} they model characters no worse than an LSTM (margin: {MARGIN} nats).",
        f"LSTM {base.text('.3f')} nats; nats less: {listed(gains, '+.3f')}",
        *gains.values(),
        above=-MARGIN,
    )


def listed(intervals: dict[str, Interval], form: str, times: float = 1) -> str:
    """Each cell's interval as text."""
    return ", ".join(f"{cell} {each.text(form, times)}" for cell, each in intervals.items())


def orders_lost(rows: Sequence[Row], cell: str) -> dict[int, float]:
    """By seed, how many powers of ten the gradient is smaller far from the end than near it."""
    near, far = (
        by_seed(rows, "norm", part="gradient", cell=cell, distance=distance) for distance in (NEAR_END, FROM_END)
    )
    return {seed: log10(max(near[seed], SMALLEST) / max(far[seed], SMALLEST)) for seed in near}


def ratio(rows: Sequence[Row], cell: str) -> Interval:
    """How many times the characters that an LSTM learns from in a second a cell does, seed by seed."""
    ours, theirs = (by_seed(rows, "tokens_per_second", cell=each, equal="parameters") for each in (cell, LSTM))
    return interval([ours[seed] / theirs[seed] for seed in ours])


def named(row: Row) -> Row:
    """A row whose cell's name tells a bias that is not the default."""
    return {**row, "cell": f"{row['cell']}, bias 3"} if RAISED.items() <= row.items() else row


def chart(rows: Sequence[Row]) -> dict[str, Any]:
    """Recall by gap, gradients by distance, nats and pace."""
    recall = means([named(row) for row in chosen(rows, part="recall")], "accuracy", "cell", "gap", within=SHARE)
    norms = geometric_means(chosen(rows, part="gradient"), "norm", "cell", "distance", least=SMALLEST)
    models = [{**row, "equal": f"equal {row['equal']}"} for row in chosen(rows, part="language model")]
    nats = means(models, "nats", "cell", "equal", within=POSITIVE)
    pace = means(chosen(rows, equal="parameters"), "tokens_per_second", "cell", within=POSITIVE)
    distance = ("distance", "steps from the end")
    return beside(
        curves("I grew up in France ... I speak fluent ___", recall, ("gap", "words of news"), "accuracy", "cell",
               log_x=True, domain=(0, 1.05)),
        curves("gradient, after training", norms, distance, f"norm, at least {SMALLEST:g}", "cell", log_y=True,
               points=False),
        dots("characters, held out", nats, "nats per character", "cell", "equal"),
        dots("training, as many parameters", pace, "characters per second", "cell"),
    )  # fmt: skip
