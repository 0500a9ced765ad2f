"""Claims about the two ways in which Word2Vec learns."""

from collections.abc import Sequence
from typing import Any

from studies.charts import beside, dots
from studies.claims import Verdict, judged
from studies.intervals import PERCENT, POSITIVE, Row, by_seed, difference, interval, mean, means

TITLE = "CBOW against skip-gram"
QUESTION = """
Word2Vec learns a vector for each word from nothing but running text, in one of two ways. CBOW ("continuous bag of
words") adds up the vectors of the neighbours and guesses the word between them; skip-gram takes the word and guesses
each neighbour on its own:

    CBOW       maximise  log p(w_t | w_(t-c) + ... + w_(t+c))
    skip-gram  maximise  log p(w_(t-c) | w_t) + ... + log p(w_(t+c) | w_t)

So skip-gram takes a step of learning for each pair of words where CBOW takes one for each word. Mikolov and others
found it slower, better at semantic analogies (Athens is to Greece as Oslo is to what?) and a little worse at
syntactic ones (great is to greater as tough is to what?).

Here both learn from the corpus of the default vectors, 412,000 words of the embedded data and of real news, once for
each of three seeds, with the settings of `configs/vectors/english_cbow.yaml` (ten epochs) and
`configs/vectors/english_skip_gram.yaml` (six). That is a few thousandth parts of what such vectors want: of Google's
19,544 analogies only 1,483 have all their words here, and nearly all of those are answered wrongly. The panel
"similarity" asks how well cosines agree with people on which words of WordSim-353 are alike: little, with either kind,
and no claim rests on it. Then four tasks learn from few labels (1,000 texts, 200 and 300 tagged sentences, 1,500
translated ones, four epochs of batches of 16; the vectors of the Russian words are the same each time), where vectors
should matter most, beside random vectors. They are scored on test, once.

Read differences between the two kinds with a grain of salt: İrsoy and others found that gensim, which is used here,
and the original program scale CBOW's gradient wrongly, and that CBOW is as good as skip-gram once that is mended.
Words a second differ from one measurement to the next, the other figures don't. A tagger of real entities with both
kinds stands in [COMPARISONS.md](../benchmarks/COMPARISONS.md).
"""
SOURCES = (
    'Mikolov, Chen, Corrado & Dean, "Efficient Estimation of Word Representations in Vector Space", 2013, '
    "arXiv:1301.3781, sections 3 and 4.3",
    'İrsoy, Benton & Stratos, "Corrected CBOW Performs as well as Skip-gram", Workshop on Insights from Negative '
    "Results in NLP, 2021, abstract",
)
NAMES = {"cbow": "CBOW", "skip_gram": "skip-gram", "random": "random"}
CBOW, SKIP_GRAM, RANDOM = ({"vectors": kind} for kind in NAMES)
TASKS = {
    "sentiment": "accuracy, percent",
    "parts of speech": "accuracy, percent",
    "entities": "span F1, percent",
    "translation": "BLEU",
}
INTRINSIC = ("similarity", "semantic analogies", "syntactic analogies")


def verdicts(rows: Sequence[Row]) -> list[Verdict]:
    """Differences are taken seed by seed; confirmed where a whole interval stands on the claim's side."""
    ours, theirs = (by_seed(rows, "score", task="words a second", **kind) for kind in (CBOW, SKIP_GRAM))
    faster = interval([ours[seed] / theirs[seed] for seed in ours])
    claim = "CBOW learns from more words a second than skip-gram."
    found = [judged(claim, f"{faster.told()} times as many", faster, above=1)]
    for task, first, second, claim in (
        ("semantic analogies", SKIP_GRAM, CBOW, "Skip-gram answers more semantic analogies than CBOW."),
        ("syntactic analogies", CBOW, SKIP_GRAM, "CBOW answers more syntactic analogies than skip-gram."),
    ):
        gain = difference(rows, "score", first, second, task=task)
        values = " and ".join(
            mean(rows, "score", task=task, **kind).within(*PERCENT).told() for kind in (first, second)
        )
        found.append(judged(claim, f"{values} percent; difference {gain.told('+.1f')}", gain))
    for task in TASKS:
        gains = {
            NAMES[kind["vectors"]]: difference(rows, "score", kind, RANDOM, task=task) for kind in (CBOW, SKIP_GRAM)
        }
        told = "; ".join(f"gain with {kind} {gain.told('+.1f')}" for kind, gain in gains.items())
        claim = f"In {task}, few labels teach more with vectors of either kind than with random ones."
        found.append(judged(claim, told, *gains.values()))
    gain = difference([row for row in rows if row["task"] in TASKS], "score", SKIP_GRAM, CBOW)
    claim = "Skip-gram's vectors serve the four tasks better than CBOW's."
    found.append(judged(claim, f"mean of the four differences {gain.told('+.1f')}", gain))
    return found


def chart(rows: Sequence[Row]) -> dict[str, Any]:
    """The scores of each task and of the vectors themselves, a panel each, by the kind of vectors."""
    limits = {"similarity": (-100.0, 100.0), "words a second": POSITIVE}
    titles = {**TASKS, **dict.fromkeys(INTRINSIC, "percent answered"), "similarity": "rank correlation × 100"}
    titles["words a second"] = "in training"

    def panel(task: str, title: str) -> dict[str, Any]:
        scores = [row for row in rows if row["task"] == task]
        found = means(scores, "score", "vectors", within=limits.get(task, PERCENT))
        return dots(task, [{**row, "vectors": NAMES[row["vectors"]], "task": task} for row in found], title, "vectors")

    return beside(*(panel(task, title) for task, title in titles.items()))
