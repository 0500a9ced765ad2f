"""The wider the state, the further back it remembers."""

from collections.abc import Sequence
from typing import Any

from studies.charts import CELLS, beside, curves, percent
from studies.claims import say
from studies.intervals import SHARE, Row, by_seed, chosen, mean
from studies.verdicts import CONTRADICTED, SHOWN, Verdict, fact, judge_ranks

TITLE = "State width and memory"
QUESTION = """
The state is all that a recurrent network keeps of what it has read. How much fits in, and does a wider one remember
further back?
"""
CAVEAT = """
This is what each cell learns in at most 2,000 batches, which is less than fits into it. A state holds real numbers,
each of which may encode more than a bit; an LSTM's holds two for each unit. An SRU has no matrix between its units:
no unit can pass a bit on to the next.
"""
METHOD = """
Jaeger measured memory in networks with untrained recurrent weights, as recall of the input k steps ago, and showed
that a linear readout of N units recalls at most N inputs. Here all weights are trained.

A layer of 4 or of 12 units reads a random bit at each step and has to output the last 16 of them, all at once. The
charts show the accuracy by how long ago the bit was read (chance is 50 %); a layer's memory is the number of most
recent bits that are each recalled with an accuracy of at least 90 %. That number stops where a cell becomes unsure,
and hides what it recalls less reliably but for longer.

Each layer is trained until the loss levels off: until the mean loss of 250 batches is less than 1 % below that of the
250 before, or 2,000 batches are over (32 rows of 32 bits; Adam, learning rate 0.01). Widths and this criterion were
chosen with another seed. An SRU's units see only their own past, so that they cannot form a shift register.
"""
SOURCES = (
    "Jaeger, Short term memory in echo state networks, GMD Report 152, 2001, sections 2 and 3",
    "Collins, Sohl-Dickstein & Sussillo, Capacity and Trainability in Recurrent Neural Networks, ICLR 2017, section 2",
)
PLAIN = "simple_rnn"
TOLD = 0.9  # share of right answers from which a bit counts as remembered


def memory(rows: Sequence[Row]) -> list[dict[str, Any]]:
    """A row for each trained layer: how many of the last bits it recalls, `bits`."""
    kinds = dict.fromkeys((row["cell"], row["units"], row["seed"]) for row in rows)
    found = []
    for cell, units, seed in kinds:
        shares = sorted((row["delay"], row["share"]) for row in chosen(rows, cell=cell, units=units, seed=seed))
        bits = next((delay for delay, share in shares if share < TOLD), len(shares))
        found.append({"cell": cell, "units": units, "seed": seed, "bits": bits})
    return found


def verdicts(rows: Sequence[Row]) -> list[Verdict]:
    """Memory by width, for each cell; and whether each gated one remembers more than a simple RNN."""
    found = memory(rows)
    widths = sorted({row["units"] for row in found})
    narrow, wide = widths[0], widths[-1]
    cells = list(dict.fromkeys(row["cell"] for row in found))
    last = max(row["delay"] for row in rows)

    def bits(cell: str, units: int) -> list[float]:
        return list(by_seed(found, "bits", cell=cell, units=units).values())

    def listed(cell: str, units: int) -> str:
        return " ".join(f"{each:.0f}" for each in bits(cell, units))

    def tail(cell: str) -> str:
        share = mean(rows, "share", cell=cell, units=wide, delay=last).within(*SHARE)
        return f"{share.text('.0f', 100)} %"

    def batches(cell: str) -> str:
        return f"{mean(rows, 'batches', cell=cell, units=wide).value:.0f} batches"

    fullest = max(found, key=lambda row: row["bits"] / row["units"])
    return [
        *(
            judge_ranks(
                f"With {wide} units the {CELLS[cell]} remembers further back than with {narrow}.",
                f"bits by seed: {listed(cell, wide)} with {wide} units (after {batches(cell)} on average), "
                f"{listed(cell, narrow)} with {narrow}",
                bits(cell, wide),
                bits(cell, narrow),
            )
            for cell in cells
        ),
        fact(
            "No layer remembers more bits than it has units.",
            f"most bits per unit: {fullest['bits']} bits in {fullest['units']} units ({CELLS[fullest['cell']]})",
            fullest["bits"] <= fullest["units"],
        ),
        *(
            judge_ranks(
                f"With {wide} units the {CELLS[cell]} remembers more of the last bits than a simple RNN.",
                f"bits by seed: {listed(cell, wide)}, simple RNN {listed(PLAIN, wide)}; accuracy for the bit {last} "
                f"steps ago: {tail(cell)}, simple RNN {tail(PLAIN)}",
                bits(cell, wide),
                bits(PLAIN, wide),
            )
            for cell in cells
            if cell != PLAIN
        ),
    ]


def finding(found: Sequence[Verdict]) -> str:
    """What to remember of it."""
    bound = next(verdict for verdict in found if verdict.evidence is None)
    wider = [verdict for verdict in found if "further back" in verdict.claim]
    shown = [verdict.claim.split(" the ")[1].split(" remembers")[0] for verdict in wider if verdict.kind == SHOWN]
    limit = say(
        bound, "No layer remembers more bits than it has units", "A layer can remember more bits than it has units", ""
    )
    more = f"wider layers remember further back ({', '.join(shown)})" if shown else (
        "wider ones are not shown to remember further back"
    )  # fmt: skip
    fewer = [verdict.claim.split(" the ")[1].split(" remembers")[0] for verdict in found
             if verdict.kind == CONTRADICTED and "simple RNN" in verdict.claim and verdict not in wider]  # fmt: skip
    return f"{limit}; {more}{'; a simple RNN remembers more bits than a trained ' * bool(fewer)}{', '.join(fewer)}."


def chart(rows: Sequence[Row]) -> Any:
    """Memory by width, and the accuracy by delay for each cell."""
    cells = list(dict.fromkeys(row["cell"] for row in rows))
    remembered = memory(rows)
    widths = sorted({row["units"] for row in remembered})
    found = [{**row, "cell": CELLS[row["cell"]]} for row in remembered]

    def most(cell: str) -> str:
        return f"{mean(remembered, 'bits', cell=cell, units=widths[-1]).value:.0f}"

    def panel(cell: str) -> Any:
        lines = [{**row, "units": f"{row['units']} units"} for row in percent(chosen(rows, cell=cell), "share")]
        return curves(f"{CELLS[cell]}: {widths[-1]} units remember the last {most(cell)} bits", lines, "share",
                      ("delay", "steps ago"), "accuracy, %", "units", domain=(45, 102), level=(50,
                                                                                               "chance"))  # fmt: skip

    told = ", ".join(f"{CELLS[cell]} {most(cell)}" for cell in cells)
    return beside(
        curves(f"bits remembered by {widths[-1]} units: {told}", found, "bits", ("units", "units"), "bits remembered",
               "cell", ticks=widths),
        *map(panel, cells),
    )  # fmt: skip
