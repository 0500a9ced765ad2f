"""Claims about the state of a language model at the border of two chunks."""

from collections.abc import Sequence
from typing import Any

from studies.charts import beside, curves, dots
from studies.claims import Verdict, judged
from studies.intervals import POSITIVE, Interval, Row, difference, mean, means

TITLE = "State carried from chunk to chunk"
QUESTION = """
A text as long as a book cannot be unrolled at once, so a language model learns from chunks of it, and gradients end
at their borders. The state need not: the one at a chunk's end can be the first one of the next. Its value then tells
of all that was read, even though no gradient flows back to where it came from:

    carried  h_0 of chunk k + 1 = h_T of chunk k, taken as a number that is given
    reset    h_0 of chunk k + 1 = 0

Graves cut Wikipedia into sequences of 100 bytes and reset his LSTM after a hundred of them only, so that it could use
10,000 bytes of context. Here an LSTM of 64 units learns from 160,000 characters of news in chunks of 20, three
epochs, once with states carried and once reset at each chunk. Each of the two then reads a text that it has not seen
(20,000 characters of held-out news; another 8,000 pick the epoch), once with its states carried and once reset. Below
stands what a character costs it on average, -log p in nats; a nat is 1.44 bits.

The four curves show where in a chunk that is lost. After a reset the first character has to be guessed from one
character before it, the fifth from five. A model that was trained to start from nothing is less surprised at first;
one that was not has never seen such a state. The first claim below is why states are carried; the others ask where
its gain comes from.
"""
SOURCES = (
    'Mikolov, Karafiát, Burget, Černocký & Khudanpur, "Recurrent Neural Network Based Language Model", Interspeech '
    "2010, section 2",
    'Graves, "Generating Sequences With Recurrent Neural Networks", 2013, arXiv:1308.0850, section 3',
)
CARRIED, RESET = "carried", "reset"
FIRST, LAST = range(1, 6), range(16, 21)  # characters of a chunk


def verdicts(rows: Sequence[Row]) -> list[Verdict]:
    """Confirmed where the whole interval of the gain in nats a character, seed by seed, stands above zero."""
    both = difference(rows, "nats", _cell(RESET, RESET), _cell(CARRIED, CARRIED))
    values = [mean(rows, "nats", **_cell(how, how)).within(*POSITIVE).told(".3f") for how in (CARRIED, RESET)]
    claim = "A model that learns and reads with its states carried predicts better than one that resets them."
    found = [judged(claim, f"{values[0]} and {values[1]} nats a character; gain {both.told('+.3f')}", both)]
    for claim, worse, better in (
        (
            "To carry states in reading alone helps, too, though the model learned with resets.",
            _cell(RESET, RESET),
            _cell(RESET, CARRIED),
        ),
        (
            "Who reads with states carried should learn so: a model that did predicts better than one with resets.",
            _cell(RESET, CARRIED),
            _cell(CARRIED, CARRIED),
        ),
        (
            "Who reads with resets should learn so: a model that did predicts better than one with states carried.",
            _cell(CARRIED, RESET),
            _cell(RESET, RESET),
        ),
    ):
        gain = difference(rows, "nats", worse, better)
        found.append(judged(claim, f"gain {gain.told('+.3f')} nats a character", gain))
    first, last = (_gain(rows, places) for places in (FIRST, LAST))
    claim = "What carried states gain is gained at the beginning of a chunk: more in its first five than its last five."
    told = f"gain {first.told('+.3f')} in the first five, {last.told('+.3f')} in the last five"
    found.append(Verdict(claim, told, first.low > max(last.high, 0), first.high < max(last.low, 0)))
    return found


def _cell(trained: str, read: str) -> dict[str, str]:
    return {"trained": trained, "read": read}


def _gain(rows: Sequence[Row], places: Sequence[int]) -> Interval:
    """What carrying gains in training and reading, at some characters of a chunk."""
    there = [row for row in rows if row["position"] in places]
    return difference(there, "nats", _cell(RESET, RESET), _cell(CARRIED, CARRIED))


def chart(rows: Sequence[Row]) -> dict[str, Any]:
    """Nats a character by its place in a chunk, and of all, for the four ways of training and reading."""
    told = [{**row, "trained": f"trained {row['trained']}", "read": f"read {row['read']}"} for row in rows]
    places = curves(
        "by place in a chunk", means(told, "nats", "trained", "read", "position", within=POSITIVE),
        ("position", "character of the chunk"), "nats a character", "read", points=False, dash="trained",
    )  # fmt: skip
    all_characters = means(told, "nats", "trained", "read", within=POSITIVE)
    return beside(places, dots("all characters", all_characters, "nats a character", "trained", "read"))
