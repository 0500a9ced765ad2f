"""The wider the state, the further back it remembers."""

from collections.abc import Sequence
from typing import Any

from studies.charts import beside, curves
from studies.claims import Verdict, judge
from studies.intervals import POSITIVE, SHARE, Row, by_seed, chosen, difference, interval, mean, means

TITLE = "State width and memory"
QUESTION = """
The state is all that a recurrent network keeps of what it has read. How much fits in? Jaeger measured it for networks
with untrained recurrent weights, as recall of the input k steps ago, and showed that a linear readout of N units
recalls at most N inputs. Here all weights are trained.

A layer reads a random bit at each step and has to output the last 32 of them, all at once. The charts show the accuracy
by how long ago the bit was read (chance is half); a layer's memory is the number of most recent bits that are each
recalled with an accuracy of at least 90 %. That number stops where a cell becomes unsure, and hides what it recalls
less surely but for longer, like the LSTM's long tail. After 250 batches of 32 rows of 64 bits (Adam, rate 0.01) no cell
has converged; all had the same training.
"""
SOURCES = (
    "Jaeger, Short term memory in echo state networks, GMD Report 152, 2001, sections 2 and 3",
    "Collins, Sohl-Dickstein & Sussillo, Capacity and Trainability in Recurrent Neural Networks, ICLR 2017, section 2",
)
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
    """Memory by width, for each cell; and who remembers more at the same width."""
    found = memory(rows)
    widths = sorted({row["units"] for row in found})
    narrow, wide = widths[0], widths[-1]
    gain = {
        cell: difference(found, "bits", {"units": wide}, {"units": narrow}, cell=cell)
        for cell in dict.fromkeys(row["cell"] for row in found)
    }
    fullest = max(found, key=lambda row: row["bits"] / row["units"])
    plain = by_seed(found, "bits", cell="simple_rnn")
    gated = by_seed([row for row in found if row["cell"] != "simple_rnn"], "bits")
    more = interval([gated[seed] - plain[seed] for seed in plain])
    last = max(row["delay"] for row in rows)
    kept = {cell: mean(rows, "share", cell=cell, units=wide, delay=last).within(*SHARE) for cell in gain}
    tail = ", ".join(f"{cell} {share.text('.0f', 100)} %" for cell, share in kept.items())
    return [
        judge(
            f"A layer of {wide} units remembers further back than one of {narrow}.",
            "; ".join(f"{cell}: {gap.text()} bits more" for cell, gap in gain.items()),
            *gain.values(),
        ),
        Verdict(
            "No layer remembers more bits than it has units.",
            f"the most relative to width: {fullest['bits']} bits in {fullest['units']} units ({fullest['cell']})",
            fullest["bits"] <= fullest["units"],
        ),
        judge(
            "At equal width, gated cells remember more of the last bits than a simple RNN.",
            f"{more.text()} bits more; accuracy of {wide} units on the bit {last} steps ago: {tail}",
            more,
        ),
    ]


def chart(rows: Sequence[Row]) -> dict[str, Any]:
    """Memory by width, and the accuracy by delay for each cell."""
    found = means(memory(rows), "bits", "cell", "units", within=POSITIVE)

    def panel(cell: str) -> dict[str, Any]:
        shares = means(chosen(rows, cell=cell), "share", "units", "delay", within=SHARE)
        lines = [{**row, "units": f"{row['units']} units"} for row in shares]
        return curves(cell, lines, ("delay", "steps ago"), "accuracy", "units", points=False, domain=(0.45, 1.05))

    return beside(
        curves("memory", found, ("units", "units"), "bits remembered", "cell", log_x=True),
        *(panel(cell) for cell in dict.fromkeys(row["cell"] for row in rows)),
    )
