"""Claims about the length of the chunks over which gradients run."""

from collections.abc import Sequence
from typing import Any

from studies.charts import beside, curves, dots
from studies.claims import say
from studies.intervals import Row, by_seed, chosen, difference, interval, mean
from studies.verdicts import Verdict, judge

TITLE = "Chunks of 10, 50 and 200 characters"
QUESTION = """
Truncated backpropagation through time cuts a text into chunks, at whose boundaries gradients stop. How long must a
chunk be, if the state is carried to the next one, and if it is not?
"""
CAVEAT = """
After this little training a model uses few of the preceding characters: with more training and units, longer chunks
may gain more.
"""
METHOD = """
LSTMs of 64 units learn to predict characters of news (160,000 of them, about two epochs). Each training step reads
800 characters, whatever the chunks: 80 rows of 10, 16 rows of 50, 4 rows of 200. So all networks have taken 400 steps
on equally many characters, and differ in how far a gradient runs back, and in how many places of the text a step
covers. States are carried from chunk to chunk or reset, in training and at inference alike, and each network reads
20,000 held-out characters, laid out in 20 rows, in chunks of the length that it was trained on. The study of [carried
states](#carried-state) has chunks of 20 and separates training from inference.

    gradient  at most 10, 50 or 200 steps back
    state     carried: all characters before; reset: those of the chunk
"""
SOURCES = (
    'Williams & Peng, "An Efficient Gradient-Based Algorithm for On-Line Training of Recurrent Network Trajectories", '
    "Neural Computation 2 (4), 1990",
    'Merity, Keskar & Socher, "Regularizing and Optimizing LSTM Language Models", ICLR 2018, section 5 (chunks of 70)',
)
SHORT, MIDDLE, LONG = (10, 50, 200)
CARRIED, RESET = "carried", "reset"
NATS: Any = {"form": ".3f", "unit": "nats"}


def gained(rows: Sequence[Row], chunk: int) -> dict[int, float]:
    """Nats per character that carried states gain over reset ones, by seed."""
    ours, theirs = (by_seed(rows, "nats", chunk=chunk, states=states) for states in (CARRIED, RESET))
    return {seed: theirs[seed] - ours[seed] for seed in ours}


def verdicts(rows: Sequence[Row]) -> list[Verdict]:
    """Gains in nats per character, seed by seed."""
    gain = {chunk: interval(list(gained(rows, chunk).values())) for chunk in (SHORT, MIDDLE, LONG)}
    told = ", ".join(f"{each.text('+.3f')} with {chunk}" for chunk, each in gain.items())
    short, long = (gained(rows, chunk) for chunk in (SHORT, LONG))
    less = interval([short[seed] - long[seed] for seed in short])
    claim = f"Carried states gain more with chunks of {SHORT} characters than with chunks of {LONG}."
    found = [judge(claim, f"nats per character gained: {told}; difference {less.text('+.3f')}", less, **NATS)]
    for states, claim in (
        (
            RESET,
            f"With reset states, models with chunks of {MIDDLE} characters predict better than with chunks of {SHORT}.",
        ),
        (
            CARRIED,
            f"With carried states too, models with chunks of {MIDDLE} predict better than with chunks of {SHORT}.",
        ),
    ):
        values = ", ".join(
            f"{mean(rows, 'nats', chunk=chunk, states=states).text('.3f')} with {chunk}" for chunk in gain
        )
        more = difference(rows, "nats", {"chunk": SHORT}, {"chunk": MIDDLE}, states=states)
        found.append(judge(claim, f"nats per character {values}; gain {more.text('+.3f')}", more, **NATS))
    return found


def finding(found: Sequence[Verdict]) -> str:
    """What to remember of it."""
    less, reset, carried = found
    first = say(less, "The shorter the chunks, the more carried states gain",
                "Carried states gain more with long chunks than with short ones",
                "Whether carried states gain more with short chunks is undecided")  # fmt: skip
    second = say(reset, "with reset states, chunks of ten characters are too short",
                 "even with reset states, short chunks are better",
                 "with reset states, their length is not shown to matter")  # fmt: skip
    third = say(carried, "even with carried states, gradients over ten characters are not enough",
                "with carried states, short chunks are better here, in batches of more rows",
                "with carried states, the reach of gradients is not shown to matter")  # fmt: skip
    return f"{first}; {second}; {third}."


def chart(rows: Sequence[Row]) -> Any:
    """Nats by the length of chunks, and what carrying gains."""
    ticks = (SHORT, MIDDLE, LONG)
    values = {
        states: ", ".join(f"{mean(rows, 'nats', chunk=chunk, states=states).value:.2f}" for chunk in ticks)
        for states in (CARRIED, RESET)
    }
    lost = [
        {"chunk": f"chunks of {chunk}", "seed": seed, "gain": gain}
        for chunk in ticks
        for seed, gain in gained(rows, chunk).items()
    ]
    told = ", ".join(f"{mean(lost, 'gain', chunk=f'chunks of {chunk}').value:+.3f}" for chunk in ticks)
    named = [{**row, "states": f"{row['states']} states"} for row in chosen(rows)]
    return beside(
        curves(f"nats per character with chunks of 10, 50, 200: carried {values[CARRIED]}; reset {values[RESET]}",
               named, "nats", ("chunk", "characters of a chunk"), "nats per character", "states", ticks=ticks),
        dots(f"nats that carried states gain with chunks of 10, 50, 200: {told}", lost, "gain",
             "nats less than with reset ones", "chunk",
             level=(0, "no difference")),
    )  # fmt: skip
