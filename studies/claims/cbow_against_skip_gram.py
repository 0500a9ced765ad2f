"""Claims about the two training objectives of Word2Vec."""

from collections.abc import Sequence
from typing import Any

from studies.charts import beside, dots
from studies.claims import Verdict, judge
from studies.intervals import PERCENT, POSITIVE, Row, by_seed, difference, interval, mean, means

TITLE = "CBOW versus skip-gram"
QUESTION = """
Word2Vec learns a vector for each word from raw text alone, in one of two ways. CBOW ("continuous bag of words") sums
the vectors of the context words and predicts the word between them; skip-gram predicts each context word from the word:

    CBOW       maximise  log p(w_t | w_(t-c) + ... + w_(t+c))
    skip-gram  maximise  log p(w_(t-c) | w_t) + ... + log p(w_(t+c) | w_t)

So skip-gram takes a training step for each pair of words where CBOW takes one for each word. Mikolov and others found
it slower, better at semantic analogies (Athens is to Greece as Oslo is to what?) and a little worse at syntactic ones
(great is to greater as tough is to what?).

Here both are trained on the corpus of the default vectors, 412,000 words of the built-in data and of real news, once
for each of three seeds, with the settings of `configs/vectors/english_cbow.yaml` (ten epochs) and
`configs/vectors/english_skip_gram.yaml` (six). That is a few thousandths of a usual corpus: of Google's 19,544
analogies only 1,483 are fully in the vocabulary, and nearly all of those are answered wrongly. The panel "similarity"
shows the correlation of cosines with the human ratings of WordSim-353: it is low for both, and no claim rests on it.
Then four tasks are trained on few labels (1,000 texts, 200 and 300 tagged sentences, 1,500 translation pairs, four
epochs of batches of 16; the vectors of the Russian words are always the same), where vectors should matter most, and
compared with random vectors. They are scored on test, once.

Take differences between the two with a grain of salt: İrsoy and others found that gensim, which is used here, and the
original program scale CBOW's gradient incorrectly, and that CBOW is as good as skip-gram once that is fixed. Words per
second vary between measurements, the other figures don't. [COMPARISONS.md](../benchmarks/COMPARISONS.md) compares both
on real named entities.
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
NOUNS = {
    "sentiment": "sentiment classification",
    "parts of speech": "POS tagging",
    "entities": "NER",
    "translation": "translation",
}
INTRINSIC = ("similarity", "semantic analogies", "syntactic analogies")


def verdicts(rows: Sequence[Row]) -> list[Verdict]:
    """Differences are taken seed by seed; confirmed where a whole interval stands on the claim's side."""
    ours, theirs = (by_seed(rows, "score", task="words a second", **kind) for kind in (CBOW, SKIP_GRAM))
    faster = interval([ours[seed] / theirs[seed] for seed in ours])
    claim = "CBOW trains on more words per second than skip-gram."
    found = [judge(claim, f"{faster.text()} times as many", faster, above=1)]
    for task, first, second, claim in (
        ("semantic analogies", SKIP_GRAM, CBOW, "Skip-gram solves more semantic analogies than CBOW."),
        ("syntactic analogies", CBOW, SKIP_GRAM, "CBOW solves more syntactic analogies than skip-gram."),
    ):
        gain = difference(rows, "score", first, second, task=task)
        values = " and ".join(
            mean(rows, "score", task=task, **kind).within(*PERCENT).text() for kind in (first, second)
        )
        found.append(judge(claim, f"{values} percent; difference {gain.text('+.1f')}", gain))
    for task in TASKS:
        gains = {
            NAMES[kind["vectors"]]: difference(rows, "score", kind, RANDOM, task=task) for kind in (CBOW, SKIP_GRAM)
        }
        figures = "; ".join(f"gain with {kind} {gain.text('+.1f')}" for kind, gain in gains.items())
        claim = f"With few labels, {NOUNS[task]} gains from vectors of either kind over random ones."
        found.append(judge(claim, figures, *gains.values()))
    gain = difference([row for row in rows if row["task"] in TASKS], "score", SKIP_GRAM, CBOW)
    claim = "Skip-gram vectors are better than CBOW vectors on the four tasks."
    found.append(judge(claim, f"mean of the four differences {gain.text('+.1f')}", gain))
    return found


def chart(rows: Sequence[Row]) -> dict[str, Any]:
    """The scores of each task and of the vectors themselves, a panel each, by the kind of vectors."""
    limits = {"similarity": (-100.0, 100.0), "words a second": POSITIVE}
    titles = {**TASKS, **dict.fromkeys(INTRINSIC, "percent solved"), "similarity": "rank correlation × 100"}
    titles["words a second"] = "in training"

    def panel(task: str, title: str) -> dict[str, Any]:
        scores = [row for row in rows if row["task"] == task]
        found = means(scores, "score", "vectors", within=limits.get(task, PERCENT))
        return dots(task, [{**row, "vectors": NAMES[row["vectors"]], "task": task} for row in found], title, "vectors")

    return beside(*(panel(task, title) for task, title in titles.items()))
