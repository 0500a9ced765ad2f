"""Intrinsic evaluation of word vectors: word similarity and analogies, each with its coverage."""

import math
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from embeddings.cosines import directions

if TYPE_CHECKING:
    from gensim.models import KeyedVectors

ANALOGY_WORDS = 30_000  # analogies are asked and answered among the most frequent words


def evaluate(vectors: "KeyedVectors") -> dict[str, float]:
    """Scores vectors on the test sets shipped with gensim: WordSim-353, SimLex-999 and Google's analogies.

    All are English and case-insensitive: of words that differ only in case, the most frequent one counts.

    Returns:
        In percent. `wordsim353`, `simlex999`: Spearman's rank correlation, times 100, between cosine and human
        judgement over the covered pairs. `analogies`: share of covered questions answered correctly.
        `*_coverage`: share of pairs or questions whose words all have vectors other than zero. A score that is not
        defined, for lack of coverage or since all cosines are equal, is left out.
    """
    from gensim.test.utils import datapath

    return {
        **similarity(vectors, "wordsim353", datapath("wordsim353.tsv")),
        **similarity(vectors, "simlex999", datapath("simlex999.txt")),
        **analogies(vectors, "analogies", datapath("questions-words.txt")),
    }


def similarity(vectors: "KeyedVectors", name: str, pairs: str | Path) -> dict[str, float]:
    """Spearman's correlation (times 100) with human judgement, and coverage, on a file `word TAB word TAB score`."""
    from scipy.stats import rankdata

    judged = [line.split("\t") for line in _lines(pairs) if not line.startswith("#")]
    asked = {word.lower() for first, second, _ in judged for word in (first, second)}
    most_frequent: dict[str, str] = {}
    for word in vectors.index_to_key:
        if (lower_case := str(word).lower()) in asked:
            most_frequent.setdefault(lower_case, str(word))
    human, cosines = [], []
    for first, second, judgement in judged:
        first, second = most_frequent.get(first.lower()), most_frequent.get(second.lower())
        if first is not None and second is not None:
            one, other = directions(vectors.vectors[[vectors.key_to_index[word] for word in (first, second)]])
            if not math.isnan(cosine := float(one @ other)):
                human.append(float(judgement))
                cosines.append(cosine)
    varies = min(len(set(human)), len(set(cosines))) > 1
    correlation = np.corrcoef(rankdata(human), rankdata(cosines))[0, 1] if varies else math.nan
    return _scores(name, 100 * float(correlation), 100 * len(human) / len(judged))


def analogies(vectors: "KeyedVectors", name: str, questions: str | Path) -> dict[str, float]:
    """Share of analogies answered correctly, and coverage, on a file of `: section` and `a b c answer` lines.

    A question is answered by the word nearest to b - a + c other than a, b and c (3CosAdd).
    """
    asked = sum(not line.startswith(":") for line in _lines(questions))
    frequent = _first(vectors, ANALOGY_WORDS)  # gensim would take every word's length, of several GB at once
    _, sections = frequent.evaluate_word_analogies(str(questions), restrict_vocab=ANALOGY_WORDS)
    right, wrong = (len(sections[-1][outcome]) for outcome in ("correct", "incorrect"))  # the last one is the total
    share = 100 * right / (right + wrong) if right + wrong else math.nan
    return _scores(name, share, 100 * (right + wrong) / asked)


def _first(vectors: "KeyedVectors", words: int) -> "KeyedVectors":
    """The first words but those with a zero vector, each with its direction."""
    from gensim.models import KeyedVectors

    found = directions(vectors.vectors[:words])
    rows = np.flatnonzero(~np.isnan(found).any(axis=1))
    first = KeyedVectors(vectors.vector_size)
    first.vectors = found[rows]
    first.index_to_key = [vectors.index_to_key[row] for row in rows]
    first.key_to_index = {word: row for row, word in enumerate(first.index_to_key)}
    return first


def _scores(name: str, score: float, coverage: float) -> dict[str, float]:
    defined = {} if math.isnan(score) else {name: round(score, 2)}
    return {**defined, f"{name}_coverage": round(coverage, 2)}


def _lines(path: str | Path) -> list[str]:
    return [line for line in Path(path).read_text(encoding="utf-8").split("\n") if line.strip()]
