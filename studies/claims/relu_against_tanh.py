"""ReLU is said to be unsuitable for recurrent networks because of the gradient."""

from collections.abc import Sequence
from math import log10
from statistics import fmean
from typing import Any

from studies.charts import beside, curves, percent, powers
from studies.claims import of, say
from studies.intervals import Row, by_seed, chosen, interval
from studies.verdicts import Verdict, fact, judge, judge_ranks

TITLE = "ReLU versus tanh in a simple RNN"
QUESTION = """
"Never use ReLU in a recurrent network": it does not bound the state, so that applying the same matrix again and again
makes state and gradient explode, and a unit that once falls below zero passes no gradient on. Le, Jaitly and Hinton
answered that it depends on the initialisation: with the identity as recurrent matrix a ReLU network starts by copying
its state, as an LSTM with an open forget gate does, and they trained one over hundreds of steps. Who is right?
"""
CAVEAT = """
"Recalls more" is not "recalls": the best of these networks does not answer everything over 200 words after so little
training. Networks trained on one gap alone may behave differently (study 3). "Small" means input weights so small
that tanh stays near 0, where its slope is 1.
"""
METHOD = """
Six simple RNNs of 64 units: tanh or ReLU, with a recurrent matrix that is orthogonal (the Keras default) or the
identity, and input weights with the Keras default or small (Gaussian with a standard deviation of 0.001, as Le et al.
have them with the identity). Identity and small inputs come together in the paper: tanh with both is the control that
it lacks, and tanh with an orthogonal matrix and small inputs shows whether small inputs are enough. A ReLU passes the
gradient through active units only, half of them at first, so that an orthogonal matrix halves the squared norm at
each step; scaling it by √2 makes up for that.

First the gradient before training, over 200 words; then, after 300 batches with gaps of 2 to 200 words, the recall of
the country. Some seeds recall about half of the answers, so accuracies over 200 words are compared by an exact rank
test. A gradient counts as preserved if it changes by less than a factor of a hundred over 200 words, a network as
having learned if it recalls 90 % over them. The number of batches was chosen with two other seeds.
"""
SOURCES = (
    "Le, Jaitly & Hinton, A Simple Way to Initialize Recurrent Networks of Rectified Linear Units, arXiv:1504.00941, "
    "2015, sections 2 and 4",
    "Goodfellow, Bengio & Courville, Deep Learning, MIT Press 2016, section 10.7",
)
SMALLEST = 1e-37  # of norms; float32 holds none much below
LEARNED = 0.9
KEPT = 2  # powers of ten by which a gradient may change and still count as kept
TANH, SMALL, TANH_IDENTITY = "tanh, orthogonal", "tanh, orthogonal, small inputs", "tanh, identity, small inputs"
RELU, RAISED, IDENTITY = "ReLU, orthogonal", "ReLU, orthogonal x sqrt 2", "ReLU, identity, small inputs"
NAMES = {RELU: "default initialisation", RAISED: "default initialisation times √2", IDENTITY: "the identity"}


def changes(rows: Sequence[Row], kind: str, far: int) -> dict[int, float]:
    """By seed, the powers of ten that a gradient gains (above zero) or loses until `far` steps from the end."""
    kept = chosen(rows, part="gradient", kind=kind)
    there, here = (by_seed(kept, "norm", distance=distance) for distance in (far, 0))
    return {seed: log10(max(there[seed], SMALLEST) / max(here[seed], SMALLEST)) for seed in here}


def recall(rows: Sequence[Row], kind: str, gap: int) -> dict[int, float]:
    """By seed, the accuracy over a gap."""
    return by_seed(rows, "accuracy", part="accuracy", kind=kind, gap=gap)


def verdicts(rows: Sequence[Row]) -> list[Verdict]:
    """Gradients and recall over the longest gap."""
    far = max(row["gap"] for row in chosen(rows, part="accuracy"))
    kinds = list(dict.fromkeys(row["kind"] for row in rows))

    def grows(kind: str) -> Verdict:
        gained = interval(list(changes(rows, kind, far).values()))
        claim = f"With ReLU and {NAMES[kind]}, the gradient explodes: it grows on its way back over {far} words."
        return judge(claim, f"powers of ten gained: {gained.text()}", gained, unit="powers of ten")

    def more(claim: str, first: str, second: str) -> Verdict:
        ours, theirs = (list(recall(rows, kind, far).values()) for kind in (first, second))
        told = [f"{kind} {' '.join(f'{100 * share:.0f}' for share in found)} %"
                for kind, found in ((first, ours), (second, theirs))]  # fmt: skip
        return judge_ranks(claim, "; ".join(told), ours, theirs)

    kept = [(kind, seed) for kind in kinds for seed, change in changes(rows, kind, far).items() if abs(change) < KEPT]
    learned = [recall(rows, kind, far)[seed] >= LEARNED for kind, seed in kept]
    small = interval([KEPT + change for change in changes(rows, SMALL, far).values()])
    return [
        *map(grows, NAMES),
        judge(
            f"With tanh, orthogonal initialisation and small inputs, more than 1 % of the gradient is left after {far} "
            "words.",
            f"powers of ten lost: {interval([-change for change in changes(rows, SMALL, far).values()]).text()}",
            small,
            unit="powers of ten",
        ),
        fact(
            f"Every network that preserves its gradient over {far} words learns to recall over them.",
            f"{of(learned)} networks whose gradient changes by less than a factor of a hundred learned",
            all(learned),
        ),
        more(f"With default initialisation, tanh recalls more over {far} words than ReLU.", TANH, RELU),
        more("ReLU with the identity recalls more than tanh with default initialisation.", IDENTITY, TANH),
        more("ReLU with the identity recalls more than tanh with the identity.", IDENTITY, TANH_IDENTITY),
    ]


def finding(found: Sequence[Verdict]) -> str:
    """What to remember of it."""
    usual, _, copied, _, enough, _, identity, control = found
    gradient = say(usual, "With ReLU and default initialisation the gradient explodes",
                   "With ReLU and default initialisation the gradient vanishes",
                   "Whether the gradient explodes with ReLU is undecided")  # fmt: skip
    gradient += say(copied, ", with the identity too", ", with the identity it does not explode", "")
    start = say(identity, "with the identity, ReLU recalls more than tanh",
                "with the identity, ReLU recalls less than tanh",
                "whether ReLU with the identity recalls more than tanh is undecided")  # fmt: skip
    why = say(control, ", and more than tanh with the identity", ", and less than tanh with the identity", "")
    kept = say(enough, "a network that preserves its gradient learns", "a preserved gradient is not a learned task", "")
    return f"{gradient}; {start}{why}; {kept}."


def chart(rows: Sequence[Row]) -> Any:
    """Gradients before training, and recall after it."""
    far = max(row["gap"] for row in chosen(rows, part="accuracy"))
    kinds = list(dict.fromkeys(row["kind"] for row in rows))

    def short(kind: str) -> str:
        return kind.replace(", small inputs", ", small").replace("orthogonal x sqrt 2", "√2").replace(", ", " ")

    kept = "; ".join(f"{short(kind)} {round(fmean(changes(rows, kind, far).values())):+d}" for kind in kinds)
    told = "; ".join(f"{short(kind)} {100 * fmean(recall(rows, kind, far).values()):.0f}" for kind in kinds)
    named = [{**row, "kind": short(row["kind"])} for row in rows]
    recalled = percent(chosen(named, part="accuracy"), "accuracy")
    gradients = powers(chosen(named, part="gradient"), "norm", SMALLEST)
    return beside(
        curves(f"before training, powers of ten gained over {far} words: {kept}", gradients, "norm",
               ("distance", "steps from the end"), "norm of dL/dh, powers of ten", "kind", level=(0, "norm 1")),
        curves(f"after training, recall over {far} words, %: {told}", recalled, "accuracy", ("gap", "words between"),
               "recall, %", "kind", ticks=sorted({row["gap"] for row in recalled}), domain=(0, 105),
               level=(12.5, "chance")),
    )  # fmt: skip
