"""Claims about the two training objectives of Word2Vec."""

from collections.abc import Sequence
from typing import Any

from studies.charts import beside, dots, gains
from studies.claims import say
from studies.intervals import PERCENT, Interval, Row, by_seed, chosen, difference, interval, mean
from studies.verdicts import Verdict, judge

TITLE = "CBOW versus skip-gram"
QUESTION = """
Word2Vec learns a vector for each word from raw text alone, in one of two ways: CBOW ("continuous bag of words")
predicts a word from its context, skip-gram the context from a word. Which vectors are better? And why do they help one
task and not another?
"""
CAVEAT = """
Both methods place a word by its neighbours, and "to our delight" and "to our horror" have the same ones: these
vectors hardly separate positive from negative words. They are trained on 412,000 words, a small fraction of a usual
corpus, and there is one set of each kind.
"""
METHOD = """
CBOW sums the vectors of the context words and predicts the word between them; skip-gram predicts each context word
from the word:

    CBOW       maximise  log p(w_t | w_(t-c) + ... + w_(t+c))
    skip-gram  maximise  log p(w_(t-c) | w_t) + ... + log p(w_(t+c) | w_t)

So skip-gram takes a training step for each pair of words where CBOW takes one for each word. Mikolov et al. found it
slower, better at semantic analogies (Athens is to Greece as Oslo is to what?) and a little worse at syntactic ones
(great is to greater as tough is to what?).

The vectors are those of `configs/vectors/english_cbow.yaml` and `english_skip_gram.yaml`, trained on 412,000 words of
the built-in data and of real news. Words per second are those of one epoch for each of five seeds, on the same
machine in turn; they vary between measurements. Analogies: those of Google's 19,544 questions whose words are all in
the vocabulary. Their intervals are over questions; questions of a section share words, so that these intervals are
too narrow rather than too wide.

Three positive and three negative nouns, and seven adjectives of either kind, are compared by cosine: the mean with
the other words of the same part of speech and polarity against that with words of the same part of speech and the
opposite polarity; intervals are over words. A first version mixed nouns and adjectives. A word is not compared with
itself, so it met fewer words of its own part of speech on its own side.

Two tasks are then trained on few labels (1,000 texts, 200 tagged sentences, four epochs of batches of 16) with either
kind of vectors and with random ones, with five seeds, and scored on test, separately for words seen and unseen in
training. Sentiment: no training text contains one of six nouns (pleasure, relief, disappointment, regret, shame,
sorrow) with which a sentence of the grammar can end its verdict ("to our relief"); the test texts that do are the
unseen ones. In the whole test set of the built-in data nineteen of twenty words were seen: vectors have little left
to add.

İrsoy et al. found that gensim, which is used here, and the original program scale CBOW's gradient incorrectly, and
that CBOW is as good as skip-gram once that is fixed. [COMPARISONS.md](../benchmarks/COMPARISONS.md) compares both on
real named entities.
"""
SOURCES = (
    'Mikolov, Chen, Corrado & Dean, "Efficient Estimation of Word Representations in Vector Space", 2013, '
    "arXiv:1301.3781, sections 3 and 4.3",
    'İrsoy, Benton & Stratos, "Corrected CBOW Performs as well as Skip-gram", Workshop on Insights from Negative '
    "Results in NLP, 2021, abstract",
)
NAMES = {"cbow": "CBOW", "skip_gram": "skip-gram", "random": "random"}
CBOW, SKIP_GRAM, RANDOM = ({"vectors": kind} for kind in NAMES)
TASKS = {"sentiment": "sentiment classification", "parts of speech": "POS tagging"}
WORDS = {"unseen": "on words unseen in training", "seen": "on words seen in training"}


def verdicts(rows: Sequence[Row]) -> list[Verdict]:
    """Differences: of paces by seed, of answers by question, of cosines by word, of tasks by seed."""
    ours, theirs = (by_seed(rows, "score", part="pace", **kind) for kind in (CBOW, SKIP_GRAM))
    faster = interval([ours[seed] / theirs[seed] for seed in ours])
    claim = "CBOW trains faster than skip-gram."
    found = [judge(claim, f"{faster.text()} times as many words per second", faster, above=1, unit="in the ratio")]
    for kind, sign, claim in (
        ("semantic", 1, "Skip-gram solves more semantic analogies than CBOW."),
        ("syntactic", -1, "CBOW solves more syntactic analogies than skip-gram."),
    ):
        gain, solved = analogies(rows, kind, sign)
        figures = (
            f"CBOW solves {solved['cbow']}, skip-gram {solved['skip_gram']} of {gain.count} questions; difference in "
        )
        found.append(judge(claim, f"{figures}points {gain.text('+.2f', 100)}", gain, times=100, unit="points"))
    nearer = {NAMES[kind]: own_side(rows, kind) for kind in ("cbow", "skip_gram")}
    pairs = {NAMES[row["vectors"]]: row["cosine"] for row in chosen(rows, part="pair")}
    figures = "; ".join(f"{kind} {gap.text('+.3f')}" for kind, gap in nearer.items())
    told = " and ".join(f"{cosine:.2f} ({kind})" for kind, cosine in pairs.items())
    claim = "Words are closer to words of the same polarity than to words of the opposite one."
    told = f'difference of mean cosines: {figures}; cosine of "delight" and "horror": {told}'
    found.append(judge(claim, told, *nearer.values(), form=".3f", set_afterwards=True))  # see METHOD
    for task, name in TASKS.items():
        for words, where in WORDS.items():
            of_words = chosen(rows, task=task, words=words)
            worth = {NAMES[kind["vectors"]]: difference(of_words, "score", kind, RANDOM) for kind in (CBOW, SKIP_GRAM)}
            gained = "; ".join(f"{kind} {gain.text('+.1f')}" for kind, gain in worth.items())
            figures = f"points over {mean(of_words, 'score', **RANDOM).text()} with random vectors: {gained}"
            claim = f"With few labels, {name} gains from vectors of either kind {where}."
            found.append(judge(claim, figures, *worth.values(), unit="points"))
    return found


def analogies(rows: Sequence[Row], kind: str, sign: int) -> tuple[Interval, dict[str, int]]:
    """By how much skip-gram answers more questions, or with a negative sign fewer; and how many each answers."""
    asked = chosen(rows, part="analogies", kind=kind)
    differences = [sign * (row["skip_gram"] - row["cbow"]) for row in asked for _ in range(row["questions"])]
    solved = {name: sum(row["questions"] for row in asked if row[name]) for name in ("cbow", "skip_gram")}
    return interval(differences), solved


def own_side(rows: Sequence[Row], kind: str) -> Interval:
    """By how much words are closer to those of their own side than to those of the other, over words."""
    return interval([row["same"] - row["opposite"] for row in chosen(rows, part="cosines", vectors=kind)])


def finding(found: Sequence[Verdict]) -> str:
    """What to remember of it."""
    faster, _, _, sides, sentiment, _, tagging, _ = found
    speed = say(faster, "CBOW trains faster", "Skip-gram trains faster", "Which of the two trains faster is undecided")
    tags = say(tagging, "vectors of either kind help to tag words unseen in training",
               "vectors of either kind harm the tagging of words unseen in training",
               "whether vectors help to tag words unseen in training is undecided")  # fmt: skip
    same = say(sides, "they separate positive from negative words", "they place positive words near negative ones",
               "they are not shown to separate positive from negative words")  # fmt: skip
    mood = say(sentiment, "sentiment gains from them on unseen words", "sentiment suffers from them on unseen words",
               "sentiment is not shown to gain from them on unseen words")  # fmt: skip
    return f"{speed}; {tags}; {same}; {mood}."


def chart(rows: Sequence[Row]) -> Any:
    """Gains over random vectors on seen and unseen words, cosines of praise and blame, analogies, and paces."""

    def of_task(task: str) -> Any:
        of = chosen(rows, part="task", task=task)
        pairs = {
            f"{NAMES[kind['vectors']]}, {words}": ({"words": words, **kind}, {"words": words, **RANDOM})
            for words in WORDS
            for kind in (CBOW, SKIP_GRAM)
        }
        values = [difference(of, "score", *pair).value for pair in pairs.values()]
        unseen, seen = (f"{values[n]:+.0f} and {values[n + 1]:+.0f} points" for n in (0, 2))
        told = f"unseen words {unseen}, seen words {seen}"
        return gains(
            f"{TASKS[task]}, gain over random vectors (CBOW and skip-gram): {told}",
            of,
            "score",
            "points",
            "vectors",
            pairs,
        )

    sides = [
        {"side": f"{NAMES[row['vectors']]}, {side}", "seed": number, "cosine": row[key]}
        for key, side in (("same", "same"), ("opposite", "opposite"))
        for number, row in enumerate(chosen(rows, part="cosines"))
    ]
    gaps = [own_side(rows, kind).value for kind in ("cbow", "skip_gram")]
    pace = [{**row, "vectors": NAMES[row["vectors"]]} for row in chosen(rows, part="pace")]
    times = mean(pace, "score", vectors="CBOW").value / mean(pace, "score", vectors="skip-gram").value
    solved = []
    for kind in ("semantic", "syntactic"):
        gap, counts = analogies(rows, kind, 1)
        for name, count in counts.items():
            share = interval([100.0] * count + [0.0] * (gap.count - count)).within(*PERCENT)
            solved.append(
                {"vectors": f"{NAMES[name]}, {kind}", "share": share.value, "low": share.low, "high": share.high}
            )
    told = ", ".join(f"{row['vectors']} {row['share']:.1f} %" for row in solved)
    return beside(
        of_task("parts of speech"),
        of_task("sentiment"),
        dots(f"cosine with the same polarity minus the opposite one: CBOW {gaps[0]:.2f}, skip-gram {gaps[1]:.2f}",
             sides, "cosine", "mean cosine with words of the same or the opposite polarity", "side", interval=False),
        dots(f"analogies solved: {told}", solved, "share", "questions, %", "vectors"),
        dots(f"CBOW trains on {times:.1f} times as many words per second as skip-gram", pace, "score",
             "words per second", "vectors"),
    )  # fmt: skip
