"""Claims about the state of a language model at the boundary of two chunks."""

from collections.abc import Sequence
from typing import Any

from studies.charts import beside, curves, dots
from studies.claims import say
from studies.intervals import POSITIVE, Row, by_seed, difference, interval, mean
from studies.verdicts import Verdict, judge

TITLE = "State carried from chunk to chunk"
QUESTION = """
A text as long as a book cannot be unrolled at once, so a language model is trained on chunks of it, and gradients
stop at their boundaries (truncated backpropagation through time). The state need not: the final state of a chunk can
be the initial state of the next. Is that worth it?
"""
CAVEAT = """
Chunks of 20 characters are short: the longer they are, the smaller the share of characters near their beginning,
where carried states help.
"""
METHOD = """
A carried state holds information about everything read before, even though no gradient flows back to where it came
from:

    carried  h_0 of chunk k + 1 = h_T of chunk k, taken as a constant
    reset    h_0 of chunk k + 1 = 0

Graves cut Wikipedia into sequences of 100 bytes and reset his LSTM only after a hundred of them, so that it could use
10,000 bytes of context. Here an LSTM of 64 units is trained on 160,000 characters of news in chunks of 20 for three
epochs, once with carried states and once with a reset at each chunk. Each of the two then reads held-out text (20,000
characters of news; another 8,000 pick the epoch), once with carried and once with reset states. The figures are the
mean loss per character, -log p in nats; a nat is 1.44 bits.

The four curves show where in a chunk the loss comes from. After a reset the first character has to be predicted from
one preceding character, the fifth from five. A model trained to start from zero copes better at first; one that was
not has never seen such a state. The first claim is the reason to carry states; the others ask where the gain comes
from.
"""
SOURCES = (
    'Mikolov, Karafiát, Burget, Černocký & Khudanpur, "Recurrent Neural Network Based Language Model", Interspeech '
    "2010, section 2",
    'Graves, "Generating Sequences With Recurrent Neural Networks", 2013, arXiv:1308.0850, section 3',
)
CARRIED, RESET = "carried", "reset"
NATS: Any = {"form": ".3f", "unit": "nats"}
FIRST, LAST = range(1, 6), range(16, 21)  # characters of a chunk


def verdicts(rows: Sequence[Row]) -> list[Verdict]:
    """Gains in nats per character, seed by seed."""
    both = difference(rows, "nats", _cell(RESET, RESET), _cell(CARRIED, CARRIED))
    values = [mean(rows, "nats", **_cell(how, how)).within(*POSITIVE).text(".3f") for how in (CARRIED, RESET)]
    claim = "Trained and evaluated with carried states, a model predicts better than with reset states."
    found = [judge(claim, f"{values[0]} and {values[1]} nats per character; gain {both.text('+.3f')}", both, **NATS)]
    for claim, worse, better in (
        (
            "Carrying states at inference also helps a model that was trained with resets.",
            _cell(RESET, RESET),
            _cell(RESET, CARRIED),
        ),
        (
            "Inference with carried states needs training with them: such a model beats one trained with resets.",
            _cell(RESET, CARRIED),
            _cell(CARRIED, CARRIED),
        ),
        (
            "Inference with resets needs training with resets: such a model beats one trained with carried states.",
            _cell(CARRIED, RESET),
            _cell(RESET, RESET),
        ),
    ):
        gain = difference(rows, "nats", worse, better)
        found.append(judge(claim, f"gain {gain.text('+.3f')} nats per character", gain, **NATS))
    first, last = (_gains(rows, places) for places in (FIRST, LAST))
    early, late = (interval(list(gains.values())) for gains in (first, last))
    more = interval([first[seed] - last[seed] for seed in first])
    claim = (
        "Carried states help most at the beginning of a chunk: more in its first five characters than in its last five."
    )
    figures = f"gain {early.text('+.3f')} in the first five, {late.text('+.3f')} in the last five; difference "
    found.append(judge(claim, figures + more.text("+.3f"), early, more, **NATS))
    return found


def finding(found: Sequence[Verdict]) -> str:
    """What to remember of it."""
    both, read, *_, first = found
    gain = say(both, "States carried from chunk to chunk lower the loss", "Carried states raise the loss",
               "Whether carried states lower the loss is undecided")  # fmt: skip
    where = say(first, ", most at the beginning of a chunk", ", least at the beginning of a chunk", "")
    even = say(read, "; even a model trained with resets gains from them at inference", "", "")
    return f"{gain}{where}{even}."


def _cell(trained: str, read: str) -> dict[str, str]:
    return {"trained": trained, "read": read}


def _gains(rows: Sequence[Row], places: Sequence[int]) -> dict[int, float]:
    """By seed, what carrying gains in training and reading, at some characters of a chunk."""
    there = [row for row in rows if row["position"] in places]
    worse, better = (by_seed(there, "nats", **_cell(how, how)) for how in (RESET, CARRIED))
    return {seed: worse[seed] - better[seed] for seed in worse}


def chart(rows: Sequence[Row]) -> Any:
    """Nats per character by its place in a chunk, and of all, for the four ways of training and reading."""
    labelled = [{**row, "trained": f"trained {row['trained']}", "read": f"read {row['read']}"} for row in rows]
    first, last = (interval(list(_gains(rows, places).values())).value for places in (FIRST, LAST))
    places = curves(
        f"carried instead of reset: {first:.3f} nats less in the first five characters, {last:.3f} in the last five",
        labelled,
        "nats", ("position", "character of the chunk"), "nats per character", "read", dash="trained",
    )  # fmt: skip
    both = difference(rows, "nats", _cell(RESET, RESET), _cell(CARRIED, CARRIED)).value
    whole = [
        {"trained": f"trained {how}", "read": f"read {then}", "seed": seed, "nats": nats}
        for how in (CARRIED, RESET)
        for then in (CARRIED, RESET)
        for seed, nats in by_seed(rows, "nats", **_cell(how, then)).items()
    ]
    title = f"all characters: {both:.3f} nats less with carried states in training and inference"
    return beside(places, dots(title, whole, "nats", "nats per character", "trained", "read", within=POSITIVE))
