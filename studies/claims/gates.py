"""Claims about the gates of an LSTM, and about a GRU's."""

from collections.abc import Sequence
from typing import Any

from studies.charts import beside, dots, gains
from studies.claims import of, say
from studies.intervals import POSITIVE, Row, by_seed, chosen, difference, mean
from studies.verdicts import Verdict, judge, judge_counts

TITLE = "What each gate of an LSTM does"
QUESTION = """
An LSTM has three gates: the input gate decides what is written into the cell state, the forget gate what stays in it,
the output gate what is output of it. Which of them can be left out, that is, held open for good? And is a GRU, which
has two gates and one state, as good as an LSTM with the same number of weights?
"""
CAVEAT = """
Without its forget gate an LSTM never forgets. The other gates cost about as much on average, but vary too much
between seeds for a verdict. All networks recall over 50 words, since they were trained on 2 to 50; trained on 50
alone, none with a default gate learned (study 3). A removed gate also takes its weights, and no network was widened
to make up for it.
"""
METHOD = """
One gate at a time is held open: its weights are zero and its bias is 100, so that its sigmoid is one and has no slope
to learn from:

    LSTM            c_t = f_t c_(t-1) + i_t g_t     h_t = o_t tanh(c_t)
    no input gate   c_t = f_t c_(t-1) + g_t
    no forget gate  c_t = c_(t-1) + i_t g_t
    no output gate                                  h_t = tanh(c_t)

These are three of the eight changes that Greff et al. made; they found the forget gate and the activation of the
output to matter most. Language models (64 units, 160,000 characters of news, 400 batches of 16 chunks of 50, carried
states) are scored on 20,000 held-out characters, in nats per character. And networks of 32 units are trained for 250
batches on the question "I grew up in France. ... I speak fluent ___" over 2 to 50 words, then tested over 50; a seed
has learned if it recalls 90 %. Hochreiter and Schmidhuber introduced the input gate to protect what is stored from
what is irrelevant. The GRU of the language model has 76 units, which makes it as large as the LSTM (25,080 and 24,832
weights); Chung et al. found neither of the two better in general.
"""
SOURCES = (
    'Greff, Srivastava, Koutník, Steunebrink & Schmidhuber, "LSTM: A Search Space Odyssey", IEEE TNNLS 28 (10), 2017, '
    "sections III and V",
    'Hochreiter & Schmidhuber, "Long Short-Term Memory", Neural Computation 9 (8), 1997, section 3',
    'Chung, Gulcehre, Cho & Bengio, "Empirical Evaluation of Gated Recurrent Neural Networks on Sequence Modeling", '
    "2014, arXiv:1412.3555, sections 3 and 5",
)
LSTM, GRU, NO_INPUT, NO_FORGET, NO_OUTPUT = (
    {"network": name} for name in ("LSTM", "GRU", "no input gate", "no forget gate", "no output gate")
)
ABLATED = {"input": NO_INPUT, "forget": NO_FORGET, "output": NO_OUTPUT}
LEARNED = 0.9
MARGIN = 0.02  # nats
NATS: Any = {"form": ".3f", "unit": "nats"}


def learned(rows: Sequence[Row], kind: Row) -> list[bool]:
    """Whether each seed recalls."""
    return [share >= LEARNED for share in by_seed(rows, "accuracy", part="recall", **kind).values()]


def loss(rows: Sequence[Row], worse: Row, better: Row) -> Any:
    """Nats per character that a network loses to another, seed by seed."""
    return difference(rows, "nats", worse, better, part="characters")


def verdicts(rows: Sequence[Row]) -> list[Verdict]:
    """Losses in nats seed by seed, and seeds that recall."""
    whole = mean(rows, "nats", part="characters", **LSTM).text(".3f")
    found = []
    for gate, kind in ABLATED.items():
        lost = loss(rows, kind, LSTM)
        figures = f"{lost.text('+.3f')} nats per character above {whole}"
        found.append(judge(f"Without {_a(gate)} gate an LSTM models characters worse.", figures, lost, **NATS))
    more = [loss(rows, NO_FORGET, kind) for kind in (NO_INPUT, NO_OUTPUT)]
    figures = f"{more[0].text('+.3f')} nats more than without an input gate, {more[1].text('+.3f')} more than without "
    claim = "Of the three gates the forget gate matters most."
    found.append(judge(claim, figures + "an output gate", *more, **NATS))
    ours, theirs = learned(rows, LSTM), learned(rows, NO_INPUT)
    counts = ", ".join(f"without {_a(gate)} gate {of(learned(rows, kind))}" for gate, kind in ABLATED.items())
    claim = "More LSTMs recall a word over 50 others with an input gate than without one."
    found.append(judge_counts(claim, f"{of(ours)} learned; {counts}", ours, theirs))
    gain = loss(rows, LSTM, GRU)
    claim = f"A GRU models characters no worse than an LSTM of the same size (margin: {MARGIN} nats)."
    values = " and ".join(mean(rows, "nats", part="characters", **kind).text(".3f") for kind in (GRU, LSTM))
    figures = f"{values} nats per character; gain {gain.text('+.3f')}"
    found.append(judge(claim, figures, gain, above=-MARGIN, **NATS))
    return found


def finding(found: Sequence[Verdict]) -> str:
    """What to remember of it."""
    *each, most, recall, gru = found
    missed = [gate for gate, verdict in zip(ABLATED, each, strict=True) if verdict.kind == "shown"]
    model = f"An LSTM models characters worse without its {' or its '.join(missed)} gate" if missed else (
        "An LSTM is not shown to model characters worse without one of its gates"
    )  # fmt: skip
    which = say(most, ", worst without the forget gate", "", "")
    over = say(recall, "without an input gate it remembers less", "without an input gate it remembers more",
               "whether the input gate helps it remember is undecided")  # fmt: skip
    other = say(
        gru,
        "a GRU of the same size is no worse",
        "a GRU of the same size is worse",
        "whether a GRU of the same size is as good is undecided",
    )
    return f"{model}{which}; {over}; {other}."


def chart(rows: Sequence[Row]) -> Any:
    """Nats lost to the whole LSTM, and accuracy of recall."""
    models, recalls = chosen(rows, part="characters"), chosen(rows, part="recall")
    kinds = {**{f"LSTM, no {gate} gate": kind for gate, kind in ABLATED.items()}, "GRU": GRU}
    lost = "; ".join(f"{name} {loss(rows, kind, LSTM).value:+.2f}" for name, kind in kinds.items())
    pairs = {name: (kind, LSTM) for name, kind in kinds.items()}
    counts = {name: of(learned(rows, kind)) for name, kind in {"LSTM": LSTM, **kinds}.items()}
    told = "; ".join(f"{name} {count}" for name, count in counts.items())
    names = {kind["network"]: name for name, kind in {"LSTM": LSTM, **kinds}.items()}
    shares = [{**row, "network": names[row["network"]], "accuracy": 100 * row["accuracy"]} for row in recalls]
    return beside(
        gains(f"nats per character above the full LSTM's: {lost}", models, "nats", "nats, more is worse", "network",
              pairs),
        dots(f"seeds that recall over 50 words: {told}", shares, "accuracy", "recall, %", "network",
             level=(12.5, "chance"), within=POSITIVE, interval=False),
    )  # fmt: skip


def _a(gate: str) -> str:
    return f"a {gate}" if gate == "forget" else f"an {gate}"
