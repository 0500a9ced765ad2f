"""IBM model 1: numbers by hand, a reference in exact fractions, and the rules of the lexicon."""

from collections import defaultdict
from fractions import Fraction

import numpy as np
import pytest

from pipelines.baselines.word_alignment import TranslationTable, ibm_model_1

BOOK = [("das Haus", "the house"), ("das Buch", "the book"), ("ein Buch", "a book")]


def tokenized(pairs):
    return [(source.split(), target.split()) for source, target in pairs]


def as_dictionary(table: TranslationTable) -> dict[tuple[str | None, str], float]:
    sources = [*table.source_words, None]
    entries = zip(table.source_ids, table.target_ids, table.probabilities, strict=True)
    return {(sources[int(s)], table.target_words[int(t)]): float(value) for s, t, value in entries}


def exact_em(pairs, iterations: int) -> dict[tuple[str | None, str], Fraction]:
    """The textbook's loops, in fractions."""
    t = {(e, f): Fraction(1) for source, target in pairs for e in (None, *source) for f in target}
    for _ in range(iterations):
        counts, totals = defaultdict(Fraction), defaultdict(Fraction)
        for source, target in pairs:
            for f in target:
                normalizer = sum(t[e, f] for e in (None, *source))
                for e in (None, *source):
                    counts[e, f] += t[e, f] / normalizer
                    totals[e] += t[e, f] / normalizer
        t = {(e, f): counts[e, f] / totals[e] for e, f in t}
    return t


def test_first_iteration_by_hand():
    table = as_dictionary(ibm_model_1(tokenized(BOOK), iterations=1))
    # every target word is shared in thirds; `das` receives 2/3 of `the`, 1/3 of `house` and 1/3 of `book`
    assert table["das", "the"] == pytest.approx(1 / 2)
    assert table["das", "house"] == table["das", "book"] == pytest.approx(1 / 4)
    assert table["Haus", "house"] == table["Haus", "the"] == pytest.approx(1 / 2)
    assert table[None, "the"] == pytest.approx(1 / 3)
    assert table[None, "a"] == pytest.approx(1 / 6)


def test_second_iteration_by_hand():
    table = as_dictionary(ibm_model_1(tokenized(BOOK), iterations=2))
    # `the`: 1/2 of NULL 1/3 + das 1/2 + Haus 1/2 is 3/8; `house`: 1/2 of NULL 1/6 + das 1/4 + Haus 1/2 is 6/11
    assert table["Haus", "house"] == pytest.approx((6 / 11) / (6 / 11 + 3 / 8))
    assert table["Haus", "house"] == pytest.approx(16 / 27)


def test_probabilities_equal_exact_arithmetic_on_random_sentences():
    random = np.random.default_rng(3)
    pairs = [
        ([f"e{n}" for n in random.integers(6, size=size)], [f"f{n}" for n in random.integers(6, size=8 - size)])
        for size in (1, 2, 3, 4, 5, 6, 7, 3, 4, 5)
    ]
    expected = exact_em(pairs, iterations=3)
    found = as_dictionary(ibm_model_1(pairs, iterations=3))
    assert found.keys() == expected.keys()
    assert found == pytest.approx({key: float(value) for key, value in expected.items()}, rel=1e-12)


def test_enough_iterations_find_the_textbook_lexicon():
    lexicon = ibm_model_1(tokenized(BOOK), iterations=20).lexicon()
    assert lexicon == {"das": "the", "Haus": "house", "Buch": "book", "ein": "a"}


def test_a_word_that_no_source_word_explains_goes_to_null():
    pairs = [(f"s{n}", f"of t{n}") for n in range(5)]
    table = as_dictionary(ibm_model_1(tokenized(pairs), iterations=20))
    assert table[None, "of"] > 0.9
    assert all(table[f"s{n}", f"t{n}"] > 0.9 for n in range(5))


def test_equally_likely_translations_give_the_alphabetically_first():
    assert ibm_model_1(tokenized([("x", "c b a")]), iterations=5).lexicon() == {"x": "a"}


def test_rounding_errors_do_not_break_ties():
    table = TranslationTable(["x"], ["a", "b"], np.zeros(2, int), np.arange(2), np.array([0.5, 0.5 + 1e-14]))
    assert table.lexicon() == {"x": "a"}


def test_the_order_of_sentence_pairs_does_not_change_the_lexicon():
    random = np.random.default_rng(4)
    pairs = [
        ([f"e{n}" for n in random.integers(30, size=6)], [f"f{n}" for n in random.integers(30, size=6)])
        for _ in range(60)
    ]
    assert ibm_model_1(pairs).lexicon() == ibm_model_1(pairs[::-1]).lexicon()


def test_sentences_that_are_empty_on_one_side_are_harmless():
    lexicon = ibm_model_1([*tokenized(BOOK), ([], ["the"]), (["Haus"], [])], iterations=20).lexicon()
    assert lexicon == {"das": "the", "Haus": "house", "Buch": "book", "ein": "a"}
