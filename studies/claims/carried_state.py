"""Claims about the state of a language model at the boundary of two chunks."""

from collections.abc import Sequence
from typing import Any

from studies.charts import beside, curves, dots
from studies.claims import Verdict, judge
from studies.intervals import POSITIVE, Interval, Row, difference, mean, means

TITLE = "State carried from chunk to chunk"
QUESTION = """
A text as long as a book cannot be unrolled at once, so a language model is trained on chunks of it, and gradients stop
at their boundaries (truncated backpropagation through time). The state need not: the final state of a chunk can be the
initial state of the next. It then carries information about everything read before, even though no gradient flows back
to where it came from:

    carried  h_0 of chunk k + 1 = h_T of chunk k, taken as a constant
    reset    h_0 of chunk k + 1 = 0

Graves cut Wikipedia into sequences of 100 bytes and reset his LSTM only after a hundred of them, so that it could use
10,000 bytes of context. Here an LSTM of 64 units is trained on 160,000 characters of news in chunks of 20 for three
epochs, once with carried states and once with a reset at each chunk. Each of the two then reads held-out text (20,000
characters of news; another 8,000 pick the epoch), once with carried and once with reset states. The figures are the
mean loss per character, -log p in nats; a nat is 1.44 bits.

The four curves show where in a chunk the loss comes from. After a reset the first character has to be predicted from
one preceding character, the fifth from five. A model trained to start from zero copes better at first; one that was not
has never seen such a state. The first claim below is why states are carried; the others ask where the gain comes from.
"""
SOURCES = (
    'Mikolov, Karafiát, Burget, Černocký & Khudanpur, "Recurrent Neural Network Based Language Model", Interspeech '
    "2010, section 2",
    'Graves, "Generating Sequences With Recurrent Neural Networks", 2013, arXiv:1308.0850, section 3',
)
CARRIED, RESET = "carried", "reset"
FIRST, LAST = range(1, 6), range(16, 21)  # characters of a chunk


def verdicts(rows: Sequence[Row]) -> list[Verdict]:
    """Confirmed where the whole interval of the gain in nats per character, seed by seed, is above zero."""
    both = difference(rows, "nats", _cell(RESET, RESET), _cell(CARRIED, CARRIED))
    values = [mean(rows, "nats", **_cell(how, how)).within(*POSITIVE).text(".3f") for how in (CARRIED, RESET)]
    claim = "Trained and evaluated with carried states, a model predicts better than with reset states."
    found = [judge(claim, f"{values[0]} and {values[1]} nats per character; gain {both.text('+.3f')}", both)]
    for claim, worse, better in (
        (
            "Carrying states at inference also helps a model that was trained with resets.",
            _cell(RESET, RESET),
            _cell(RESET, CARRIED),
        ),
        (
            "Stateful inference needs stateful training: a model trained so beats one trained with resets.",
            _cell(RESET, CARRIED),
            _cell(CARRIED, CARRIED),
        ),
        (
            "Inference with resets needs training with resets: a model trained so beats one with carried states.",
            _cell(CARRIED, RESET),
            _cell(RESET, RESET),
        ),
    ):
        gain = difference(rows, "nats", worse, better)
        found.append(judge(claim, f"gain {gain.text('+.3f')} nats per character", gain))
    first, last = (_gain(rows, places) for places in (FIRST, LAST))
    claim = (
        "Carried states help most at the beginning of a chunk: more in its first five characters than in its last five."
    )
    figures = f"gain {first.text('+.3f')} in the first five, {last.text('+.3f')} in the last five"
    found.append(Verdict(claim, figures, first.low > max(last.high, 0), first.high < max(last.low, 0)))
    return found


def _cell(trained: str, read: str) -> dict[str, str]:
    return {"trained": trained, "read": read}


def _gain(rows: Sequence[Row], places: Sequence[int]) -> Interval:
    """What carrying gains in training and reading, at some characters of a chunk."""
    there = [row for row in rows if row["position"] in places]
    return difference(there, "nats", _cell(RESET, RESET), _cell(CARRIED, CARRIED))


def chart(rows: Sequence[Row]) -> dict[str, Any]:
    """Nats per character by its place in a chunk, and of all, for the four ways of training and reading."""
    labelled = [{**row, "trained": f"trained {row['trained']}", "read": f"read {row['read']}"} for row in rows]
    places = curves(
        "by place in a chunk", means(labelled, "nats", "trained", "read", "position", within=POSITIVE),
        ("position", "character of the chunk"), "nats per character", "read", points=False, dash="trained",
    )  # fmt: skip
    all_characters = means(labelled, "nats", "trained", "read", within=POSITIVE)
    return beside(places, dots("all characters", all_characters, "nats per character", "trained", "read"))
