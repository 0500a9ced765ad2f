from itertools import product

import numpy as np
import pytest

from pipelines.models.tag_sequences import marginals, n_best, viterbi, with_transitions

TAGS = 3


@pytest.fixture(scope="module")
def potentials():
    """Four sentences of up to five steps with three tags."""
    values = np.random.default_rng(1).normal(0, 2, (4, 5, TAGS, TAGS)).astype("float32")
    values[:, 0] = values[:, 0, :1]  # nothing stands before the first step
    return values


LENGTHS = np.array([5, 3, 1, 4])


def all_sequences(potentials, length):
    """Each sequence with its score, the best first, by enumeration."""
    scored = []
    for tags in product(range(TAGS), repeat=length):
        pairs = zip((0, *tags), tags, strict=False)
        scored.append((sum(float(potentials[step][pair]) for step, pair in enumerate(pairs)), list(tags)))
    return sorted(scored, key=lambda item: -item[0])


def test_viterbi_finds_the_best_of_all_sequences(potentials):
    best = [all_sequences(row, length)[0][1] for row, length in zip(potentials, LENGTHS, strict=True)]
    assert viterbi(potentials, LENGTHS) == best


def test_marginals_are_the_shares_of_all_sequences(potentials):
    found = marginals(potentials, LENGTHS)
    for row, length in enumerate(LENGTHS):
        scored = all_sequences(potentials[row], length)
        weights = np.exp([score for score, _ in scored])
        expected = np.zeros((5, TAGS))
        for weight, (_, tags) in zip(weights / weights.sum(), scored, strict=True):
            expected[np.arange(length), tags] += weight
        np.testing.assert_allclose(found[row], expected, atol=1e-9)


@pytest.mark.parametrize("count", [1, 4, 1000])
def test_the_n_best_are_the_first_of_all_sequences(potentials, count):
    for row, length in zip(potentials, LENGTHS, strict=True):
        scored = all_sequences(row, length)
        total = sum(np.exp(score) for score, _ in scored)
        found = n_best(row[:length], count)
        assert [tags for _, tags in found] == [tags for _, tags in scored[:count]]
        np.testing.assert_allclose([p for p, _ in found], [np.exp(s) / total for s, _ in scored[:count]], rtol=1e-6)


def test_of_equal_sequences_the_one_with_lower_tags_is_taken():
    assert viterbi(np.zeros((1, 3, TAGS, TAGS)), np.array([3])) == [[0, 0, 0]]
    assert n_best(np.zeros((3, TAGS, TAGS)), 1)[0][1] == [0, 0, 0]


def test_padding_and_company_change_nothing(potentials):
    together = viterbi(potentials, LENGTHS)
    probabilities = marginals(potentials, LENGTHS)
    for row, length in enumerate(LENGTHS):
        alone = potentials[row : row + 1, :length]
        assert viterbi(alone, LENGTHS[row : row + 1]) == [together[row]]
        np.testing.assert_allclose(marginals(alone, LENGTHS[row : row + 1])[0], probabilities[row, :length], atol=1e-12)


def test_what_is_forbidden_has_no_probability_anywhere(potentials):
    allowed = np.ones((TAGS + 1, TAGS + 1), bool)
    allowed[0, 1] = allowed[TAGS, 2] = allowed[1, TAGS] = False  # no 1 behind 0, no 2 first, no 1 last
    limited = with_transitions(potentials, allowed, LENGTHS)
    for row, length in enumerate(LENGTHS):
        permitted = [
            (score, tags)
            for score, tags in all_sequences(potentials[row], length)
            if all(allowed[pair] for pair in zip((TAGS, *tags), (*tags, TAGS), strict=True))
        ]
        assert [tags for _, tags in n_best(limited[row, :length], 1000)] == [tags for _, tags in permitted]
        assert viterbi(limited, LENGTHS)[row] == permitted[0][1]
        weights = np.exp([score for score, _ in permitted])
        first = np.zeros(TAGS)
        for weight, (_, tags) in zip(weights / weights.sum(), permitted, strict=True):
            first[tags[0]] += weight
        np.testing.assert_allclose(marginals(limited, LENGTHS)[row, 0], first, atol=1e-9)
