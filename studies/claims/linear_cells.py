"""Claims about cells whose gates read the input alone."""

from collections.abc import Sequence
from math import log10
from typing import Any

from studies.charts import CELLS, beside, curves, dots, percent, powers
from studies.claims import of, say
from studies.intervals import POSITIVE, SHARE, Interval, Row, by_seed, chosen, interval, mean
from studies.verdicts import Verdict, judge, judge_counts

TITLE = "minGRU, minLSTM and QRNN versus LSTM"
QUESTION = """
The gates of these cells read the input alone, not the state, so that all steps can be computed in parallel. A gate
that cannot see the state has to decide from a word alone whether to remember it. Does that cost anything?
"""
CAVEAT = """
One question over 200 words and three epochs of 80,000 characters; the authors' speeds are those of a GPU. The claims
are about all three cells together, and undecided as soon as one of them is: on characters the QRNN is ahead of the
LSTM, while minGRU and minLSTM are level with it.
"""
METHOD = """
What is left of the recurrence is linear in the state:

    minGRU   h_t = (1 - z_t) * h_(t-1) + z_t * W x_t             z_t = sigma(W_z x_t)
    minLSTM  h_t = (f_t * h_(t-1) + i_t * W x_t) / (f_t + i_t)   f_t, i_t = sigma(W_f x_t), sigma(W_i x_t)
    QRNN     c_t = f_t * c_(t-1) + (1 - f_t) * g_t               g_t, f_t, o_t = tanh, sigma, sigma of W [x_(t-1), x_t]
             h_t = o_t * c_t

On a CPU the loop does a few operations for each element of the state. Their authors find them as good as an LSTM and
many times as fast on a GPU.

Recall and gradients are measured as in studies 1 and 3: "I grew up in France. ... I speak fluent ___", 64 units, 400
batches with gaps of 2 to 200 words (so the LSTM is not that of study 1), chance 12.5 %; dL/ds_t of the trained
network (s is c, or h where there is no c) over 100 words of news. The bias of the forget gate starts at 1, as in an
LSTM, and for recall also at 3, so that the gate is at 95 %. A seed has learned if it recalls 90 %. Then language
models learn from 80,000 characters of news, with as many recurrent parameters as an LSTM of 64 units, 33,024, which
makes the others wider: first for three epochs each, then for as many epochs as fit into the LSTM's time. Where that
is three epochs as well, both comparisons have the same figures. "No worse" means by no more than 0.02 nats per
character. Time is that of the CPU in the median epoch after the first, including word vectors, output layer and
optimiser: speeds and, after equal time, losses vary between runs of this study. The layers' own speed is in
[speed](../benchmarks/speed/README.md).
"""
SOURCES = (
    "Feng, Tung, Ahmed, Bengio & Hajimirsadeghi, Were RNNs All We Needed?, 2024, sections 3 and 4",
    "Bradbury, Merity, Xiong & Socher, Quasi-Recurrent Neural Networks, ICLR 2017, sections 2 and 3",
)
LSTM, LINEAR = "lstm", ("min_gru", "min_lstm", "qrnn")
MARGIN = 0.02  # nats
LEARNED = 0.9  # the accuracy from which a question counts as learned
DEFAULT, RAISED = {"forget_bias": 1.0}, {"forget_bias": 3.0}
FAR = 200  # words
NEAR_END, FROM_END = 10, 60  # steps, between which losses are counted
SMALLEST = 1e-24  # of norms


def learned(rows: Sequence[Row], *cells: str, **bias: float) -> list[bool]:
    """Whether each seed of some cells recalls over the longest gap."""
    far = [row for cell in cells for row in chosen(rows, part="recall", cell=cell, gap=FAR, **bias)]
    return [row["accuracy"] >= LEARNED for row in far]


def verdicts(rows: Sequence[Row]) -> list[Verdict]:
    """Claims of all three cells: seeds are counted together, and each mean has to be on the claim's side."""

    def recalled(*cells: str, **bias: float) -> str:
        shares = [
            mean(rows, "accuracy", part="recall", cell=cell, gap=FAR, **bias).within(*SHARE).text(".0f", 100)
            for cell in cells
        ]
        return f"{of(learned(rows, *cells, **bias))} seeds ({', '.join(shares)} %)"

    theirs, usual, raised = learned(rows, LSTM), learned(rows, *LINEAR, **DEFAULT), learned(rows, *LINEAR, **RAISED)
    lost = orders_lost(rows, LSTM)
    less = {
        cell: interval([lost[seed] - orders for seed, orders in orders_lost(rows, cell).items()]) for cell in LINEAR
    }
    pace = {cell: ratio(rows, cell) for cell in LINEAR}
    return [
        judge_counts(
            f"With default gates they recall a word over {FAR} others in fewer seeds than an LSTM.",
            f"LSTM {recalled(LSTM)}, these cells {recalled(*LINEAR, **DEFAULT)}",
            theirs,
            usual,
        ),
        judge_counts(
            f"They recall it in more seeds with a forget bias of {RAISED['forget_bias']:g} instead of "
            f"{DEFAULT['forget_bias']:g}.",
            f"{recalled(*LINEAR, **RAISED)} instead of {recalled(*LINEAR, **DEFAULT)}",
            raised,
            usual,
        ),
        judge(
            f"After training their gradients survive {FROM_END - NEAR_END} steps no worse than an LSTM's (margin: one "
            "power of ten).",
            f"powers of ten lost, LSTM minus cell: {listed(less, '+.1f')}",
            *less.values(),
            above=-1,
            unit="powers of ten",
        ),
        judge(
            "With as many parameters they train faster on a CPU than our LSTM.",
            f"characters per second, times the LSTM's: {listed(pace, '.2f')}",
            *pace.values(),
            above=1,
            form=".2f",
            unit="in the ratio",
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
        f"LSTM {base.text('.3f')} nats; nats less than that: {listed(gains, '+.3f')}",
        *gains.values(),
        above=-MARGIN,
        form=".3f",
        unit="nats",
    )


def listed(intervals: dict[str, Interval], form: str) -> str:
    """Each cell's interval as text."""
    return ", ".join(f"{CELLS[cell]} {each.text(form)}" for cell, each in intervals.items())


def finding(found: Sequence[Verdict]) -> str:
    """What to remember of it."""
    recall, raised, gradient, _, equal, _ = found
    first = say(
        raised,
        "Cells whose gates see only the input remember further if these gates start open",
        "Cells whose gates see only the input remember less far if these gates start open",
        "Whether cells whose gates see only the input remember further with open gates is undecided",
    )
    usual = say(recall, "with default gates they recall less than an LSTM",
                "with default gates they recall more than an LSTM",
                "whether they recall less than an LSTM with default gates is undecided")  # fmt: skip
    kept = say(gradient, "their gradient survives as well", "their gradient survives less well",
               "whether their gradient survives as well is undecided")  # fmt: skip
    modelled = say(equal, "they model characters as well", "they model characters worse",
                   "whether they model characters as well is undecided")  # fmt: skip
    return f"{first}; {usual}; {kept}; {modelled}."


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


def chart(rows: Sequence[Row]) -> Any:
    """Recall by gap, gradients by distance, nats and pace."""
    cells = (LSTM, *LINEAR)
    named = [{**row, "cell": CELLS[row["cell"]]} for row in rows]
    recall = [
        {**row, "bias": "bias 3" if RAISED.items() <= row.items() else "bias 1"}
        for row in percent(chosen(named, part="recall"), "accuracy")
    ]
    norms = powers(chosen(named, part="gradient"), "norm", SMALLEST)
    models = [{**row, "equal": f"equal {row['equal']}"} for row in chosen(named, part="language model")]
    known = ", ".join(f"{CELLS[cell]} {of(learned(rows, cell, **({} if cell == LSTM else DEFAULT)))}" for cell in cells)
    lost = ", ".join(f"{CELLS[cell]} {interval(list(orders_lost(rows, cell).values())).value:.1f}" for cell in cells)
    nats = ", ".join(f"{CELLS[cell]} {mean(rows, 'nats', cell=cell, equal='parameters').value:.2f}" for cell in cells)
    pace = ", ".join(f"{CELLS[cell]} {ratio(rows, cell).value:.2f}" for cell in LINEAR)
    return beside(
        curves(f"seeds that recall over {FAR} words with a bias of 1: {known}", recall, "accuracy", ("gap",
               "words of news"),
               "recall, %", "cell", dash="bias", ticks=sorted({row["gap"] for row in recall}), domain=(0, 105),
               level=(12.5, "chance")),
        curves(f"after training, powers of ten lost in 50 steps: {lost}", norms, "norm", ("distance",
               "steps from the end"),
               "norm, powers of ten", "cell", level=(0, "norm 1")),
        dots(f"nats per held-out character: {nats}", models, "nats", "nats per character", "cell", "equal",
             within=POSITIVE),
        dots(f"training speed, times the LSTM's: {pace}", chosen(models, equal="equal parameters"),
             "tokens_per_second", "characters per second", "cell", within=POSITIVE),
    )  # fmt: skip
