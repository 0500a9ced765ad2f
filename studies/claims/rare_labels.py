"""Claims about losses for rare labels."""

from collections.abc import Sequence
from typing import Any

from studies.charts import beside, dots, gains
from studies.claims import say
from studies.intervals import PERCENT, Row, chosen, difference, mean
from studies.verdicts import CONTRADICTED, SHOWN, Verdict, judge

TITLE = "Class weights and focal loss"
QUESTION = """
Where few examples have a label, a model may do well by hardly ever predicting it. Two changes of the loss are meant
to help: class weights, which multiply the loss of a rare label, and focal loss, which down-weights examples that the
model already gets right. Do they?
"""
CAVEAT = """
One rare label, in 4 % of 2,000 sentences of a grammar; and thresholds tuned on dev already do some of what a weight
does. On entities, weights raised recall and lowered precision by about as much; none of it is significant after
correction. (Recall here is that of precision and recall.)
"""
METHOD = """
Weights are in inverse proportion to a label's frequency in train; with p the probability of the true label:

    plain     -log p
    weighted  -w log p           w = n / (k n_c) for the n_c of n targets that have one of k labels
    focal     -(1 - p)^2 log p

Here 4 % of the sentences have the rare label, in train (2,000 sentences of the built-in grammar), dev (1,000) and
test (3,000, of which 120 have it). Bidirectional GRUs learn a text's sentiment ("one label"; the rare one is
`negative`) and its sentiment together with the types of its entities ("several labels", each with a threshold tuned
on dev; there w is the number of texts without the label over that of those with it). A bidirectional LSTM with
softmax tags entities, with scores adjusted on dev. In the last two the rare label is `LOC`. Each is trained for eight
epochs with skip-gram vectors, and dev picks the epoch with the best macro F1, or span F1.
"""
SOURCES = (
    'King & Zeng, "Logistic Regression in Rare Events Data", Political Analysis 9 (2), 2001, section 4.2 (weights)',
    'Lin, Goyal, Girshick, He & Dollár, "Focal Loss for Dense Object Detection", ICCV 2017, section 3',
)
TASKS = ("one label", "several labels", "entities")
PLAIN = {"loss": "plain"}
FIGURES = {"f1": "F1", "precision": "precision", "recall": "recall"}
CLAIMED = {"weighted": "Balanced weights raise", "focal": "Focal loss raises"}


def verdicts(rows: Sequence[Row]) -> list[Verdict]:
    """Differences, seed by seed."""
    found = []
    for loss, name in CLAIMED.items():
        for task in TASKS:
            gain = difference(rows, "f1", {"loss": loss}, PLAIN, task=task)
            figures = f"F1, %: {values(rows, 'f1', loss, task)}; gain {gain.text('+.1f')}"
            found.append(judge(f"{name} the F1 of a rare label ({task}).", figures, gain, unit="points"))
    for task in TASKS:
        gain = difference(rows, "recall", {"loss": "weighted"}, PLAIN, task=task)
        precision = difference(rows, "precision", {"loss": "weighted"}, PLAIN, task=task)
        figures = f"recall, %: {values(rows, 'recall', 'weighted', task)}; gain {gain.text('+.1f')}"
        figures += f", in precision {precision.text('+.1f')}"
        found.append(
            judge(f"Balanced weights raise the recall of a rare label ({task}).", figures, gain, unit="points")
        )
    return found


def finding(found: Sequence[Verdict]) -> str:
    """What to remember of it."""
    if not any(verdict.kind in (SHOWN, CONTRADICTED) for verdict in found[:6]):
        return "Whether balanced weights or focal loss raise the F1 of a rare label is undecided."
    told = [
        [say(verdict, "raised", "lowered", "undecided") for verdict in found[start : start + 3]] for start in (0, 3)
    ]
    parts = [
        f"{name} {', '.join(f'{kind} ({task})' for kind, task in zip(kinds, TASKS, strict=True))}"
        for name, kinds in zip(("balanced weights", "focal loss"), told, strict=True)
    ]
    return f"F1 of a rare label: {'; '.join(parts)}."


def values(rows: Sequence[Row], figure: str, loss: str, task: str) -> str:
    """A figure with a loss and with the plain one."""
    ours, plain = (mean(rows, figure, task=task, loss=each).within(*PERCENT) for each in (loss, "plain"))
    return f"{ours.text()}, plain {plain.text()}"


def chart(rows: Sequence[Row]) -> Any:
    """Gains in F1, and F1, precision and recall of the rare label with each loss, a panel a task."""

    def gain(loss: str) -> Any:
        pairs = {task: ({"task": task, "loss": loss}, {"task": task, **PLAIN}) for task in TASKS}
        values = [difference(rows, "f1", {"loss": loss}, PLAIN, task=task).value for task in TASKS]
        told = ", ".join(f"{task} {value:+.1f}" for task, value in zip(TASKS, values, strict=True))
        return gains(f"F1 of the rare label, {loss} minus plain: {told}", rows, "f1", "points", "task", pairs)

    def panel(task: str) -> Any:
        points = [
            {"of": name, "loss": row["loss"], "seed": row["seed"], "score": row[figure]}
            for figure, name in FIGURES.items()
            for row in chosen(rows, task=task)
        ]
        changes = {name: difference(rows, name, {"loss": "weighted"}, PLAIN, task=task).value for name in FIGURES}
        told = ", ".join(f"{FIGURES[name]} {change:+.1f}" for name, change in changes.items())
        return dots(f"{task}, weighted minus plain: {told}", points, "score", "%, of the rare label", "of", "loss",
                    within=PERCENT)  # fmt: skip

    return beside(*map(gain, CLAIMED), *map(panel, TASKS))
