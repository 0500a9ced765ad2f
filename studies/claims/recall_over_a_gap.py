"""I grew up in France ... I speak fluent ___."""

from collections.abc import Sequence
from typing import Any

from studies.charts import CELLS, beside, curves, dots, percent
from studies.claims import of, say
from studies.intervals import Row, by_seed, chosen, mean
from studies.verdicts import SHOWN, Verdict, fact, judge_counts

TITLE = "Memory: recall of a distant word"
QUESTION = """
"The clouds are in the ___": the last words give the answer. "I grew up in France ... I speak fluent ___": the
deciding word is far back. Many introductions use this example to explain why LSTMs were invented: a simple RNN could
learn such a dependency in theory, but does not in practice. Is that so, and does an LSTM learn it?
"""
CAVEAT = """
(Recall is the share of texts whose language is named correctly.) A network that has not learned after 300 batches
might after 3,000; over 50 words some simple RNNs were on their way, while gated cells with default gates were still
at chance. And what is learned depends on the other training texts: trained on all gaps at once, gated cells learn the
long ones by way of the short ones.
"""
METHOD = """
Cells of 64 units read batches of 64 texts with words of running news between the country and the question, and have
to predict the language, one of eight, so that chance is 12.5 % (Adam, learning rate 0.003, gradient norm clipped at
1). Most networks answer nearly everything or hardly more than chance, so seeds that learn are counted.

"One gap": each network is trained on one gap only, until it answers 90 % of 200 fresh texts, drawn every 25 batches,
and so counts as having learned, or 300 batches are over. The charts show its recall on 500 held-out texts after that.
The simple RNN starts from an orthogonal matrix, which by itself preserves norms. The gate that keeps the state starts
with its default bias (1 in an LSTM, 0 in a GRU and an SRU) or open, with a bias of 5, so that the gate is at 99.3 %.
Gaps, biases and the number of batches were chosen with other seeds; with those an LSTM did not learn 100 words in
time with either bias, so cells are compared over 50.

"All gaps": each network is trained on gaps of 2 to 200 words at once, drawn log-uniformly, for 400 batches; it has
learned if it then answers 90 % of 500 held-out texts. In the short-range control as many words of news precede the
whole sentence, and training takes 100 batches.
"""
SOURCES = (
    "Olah, Understanding LSTM Networks, 2015, section The Problem of Long-Term Dependencies",
    "Hochreiter & Schmidhuber, Long Short-Term Memory, Neural Computation 9 (1997), section 5",
    "Bengio, Simard & Frasconi, Learning long-term dependencies with gradient descent is difficult, IEEE Transactions "
    "on Neural Networks 5 (1994)",
)
ALSO_READS = ("forget_bias",)  # whose LSTMs learn one gap, too
PLAIN, GATED = "simple_rnn", ("lstm", "gru", "sru")
USUAL, OPEN = {"lstm": 1, "gru": 0, "sru": 0}, 5  # biases
ALL, ONE, SHORT = "France", "France, one gap", "clouds"
NEAR, MIDDLE, FAR, FARTHEST = 10, 50, 100, 200
LEARNED = 0.9  # the accuracy from which a question counts as learned
CHANCE = 12.5, "chance"


def of_all(rows: Sequence[Row], cell: str) -> list[bool]:
    """Whether each network that learns all gaps recalls over the longest."""
    return [share >= LEARNED for share in by_seed(rows, "accuracy", question=ALL, cell=cell, gap=FARTHEST).values()]


def of_one(rows: Sequence[Row], cell: str, gap: int, bias: int | None = None) -> list[bool]:
    """Whether each network of one gap has learned it in time."""
    return [row["batches"] is not None for row in chosen(rows, question=ONE, cell=cell, gap=gap, bias=bias)]


def verdicts(rows: Sequence[Row]) -> list[Verdict]:
    """How many seeds of each cell recall near and far."""
    worst = min(row["accuracy"] for row in chosen(rows, question=SHORT))
    near, middle, far = (of_one(rows, PLAIN, gap) for gap in (NEAR, MIDDLE, FAR))
    found = [
        fact(
            "Every network answers the short-range question, however long the text before it.",
            f"lowest accuracy over cells, seeds and lengths: {worst:.1%}",
            worst > 0.99,
        ),
        judge_counts(
            f"Trained on one gap, more simple RNNs learn to recall over {NEAR} words than over {FAR}.",
            f"{of(near)} seeds and {of(far)}",
            near,
            far,
        ),
    ]
    for start, biases in (("default", USUAL), ("open", dict.fromkeys(GATED, OPEN))):
        for cell in GATED:
            ours = of_one(rows, cell, MIDDLE, biases[cell])
            claim = f"Trained on {MIDDLE} words from {start} gates, the {CELLS[cell]} learns in more seeds"
            figures = f"{of(ours)} seeds, simple RNN {of(middle)}"
            found.append(judge_counts(f"{claim} than a simple RNN.", figures, ours, middle))
    gated = [seed for cell in GATED for seed in of_all(rows, cell)]
    plain = of_all(rows, PLAIN)
    shares = ", ".join(
        f"{CELLS[cell]} {mean(rows, 'accuracy', question=ALL, cell=cell, gap=FARTHEST).within(0, 1).text('.0f', 100)} %"
        for cell in (*GATED, PLAIN)
    )
    claim = f"Trained on all gaps at once, gated cells recall over {FARTHEST} words in more seeds than a simple RNN."
    figures = f"{of(gated)} seeds, simple RNN {of(plain)} ({shares})"
    return [*found, judge_counts(claim, figures, gated, plain, set_afterwards=True)]


def finding(found: Sequence[Verdict]) -> str:
    """What to remember of it."""
    _, falls, *one, together = found
    plain = say(
        falls,
        f"A simple RNN learns to recall a word from {NEAR} words back, but not from {FAR}",
        f"A simple RNN learns to recall a word from {FAR} words back rather than from {NEAR}",
        f"Whether a simple RNN learns less well from {FAR} words back than from {NEAR} is undecided",
    )

    def better(verdicts: Sequence[Verdict], gates: str) -> str:
        shown = [CELLS[cell] for cell, verdict in zip(GATED, verdicts, strict=True) if verdict.kind == SHOWN]
        return f"{', '.join(shown)} with {gates} gates" if shown else f"not shown for any with {gates} gates"

    mixed = say(
        together,
        "; with shorter gaps to learn from as well, gated cells do better",
        "; with shorter gaps to learn from as well, gated cells do worse",
        "",
    )
    return (
        f"{plain}. Over {MIDDLE} words, these cells learn more often than a simple RNN: {better(one[3:], 'open')}; "
        f"{better(one[:3], 'default')}{mixed}."
    )


def chart(rows: Sequence[Row]) -> Any:
    """Recall of networks of one gap, by gap and by cell, and of networks that learn all gaps."""
    named = [{**row, "cell": CELLS[row["cell"]]} for row in percent(rows, "accuracy")]
    plain = chosen(named, question=ONE, cell=CELLS[PLAIN])
    gaps = sorted({row["gap"] for row in plain})
    counts = ", ".join(f"{gap} words {of(of_one(rows, PLAIN, gap))}" for gap in gaps)
    starts = {(cell, USUAL[cell]): f"{CELLS[cell]}, default" for cell in GATED}
    starts |= {(cell, OPEN): f"{CELLS[cell]}, open" for cell in GATED} | {(PLAIN, None): CELLS[PLAIN]}
    kinds = [
        {**row, "accuracy": 100 * row["accuracy"], "kind": kind}
        for (cell, bias), kind in starts.items()
        for row in chosen(rows, question=ONE, gap=MIDDLE, cell=cell, bias=bias)
    ]
    one = "; ".join(f"{kind} {of(of_one(rows, cell, MIDDLE, bias))}" for (cell, bias), kind in starts.items())
    both = ", ".join(f"{CELLS[cell]} {of(of_all(rows, cell))}" for cell in (PLAIN, *GATED))
    mixed = chosen(named, question=ALL)
    axes = ("gap", "words between"), "recall, %", "cell"
    return beside(
        curves(f"simple RNN, one gap; seeds that learn: {counts}", plain, "accuracy", *axes, ticks=gaps,
               domain=(0, 105), level=CHANCE),
        dots(f"one gap of {MIDDLE} words; seeds that learn in time: {one}", kinds, "accuracy",
             "recall, %", "kind", level=CHANCE, interval=False),
        curves(f"all gaps at once; seeds that recall over {FARTHEST} words: {both}", mixed, "accuracy", *axes,
               ticks=sorted({row["gap"] for row in mixed}), domain=(0, 105), level=CHANCE),
    )  # fmt: skip
