"""The compiled loop against its equations in NumPy, and windows worked out by hand."""

from math import log

import numpy as np
import pytest

from embeddings.batched.kernel import DRAWN_BITS, END, Settings, Tables, first_words, train_part
from embeddings.batched.reference import Random, train

WORDS, LINES, LENGTH = 40, 6, 20
ALWAYS = 2**32 - 1


def tables(dimensions, kept_up_to):
    """Tables of numbers drawn at random; frequent words come first."""
    draw = np.random.default_rng(1)
    vectors, output_weights = draw.normal(0, dimensions**-0.5, (2, WORDS, dimensions)).astype(np.float32)
    shares = np.arange(WORDS, 0, -1) ** 3.0
    cumulative = np.round(np.cumsum(shares) / shares.sum() * (2**DRAWN_BITS - 1)).astype(np.uint32)
    return Tables(vectors, output_weights, np.full(WORDS, kept_up_to, np.uint32), cumulative, first_words(cumulative))


@pytest.mark.parametrize("cbow", [False, True])
@pytest.mark.parametrize(
    ("dimensions", "window", "negative_samples"), [(1, 1, 1), (16, 2, 5), (100, 5, 5), (7, 4, 2), (33, 3, 9)]
)
def test_loop_trains_as_the_equations_do(dimensions, window, negative_samples, cbow):
    settings = Settings(cbow, window, negative_samples)
    compiled, expected, before = (tables(dimensions, kept_up_to=3 * 2**30) for _ in range(3))
    lines = np.random.default_rng(2).integers(0, WORDS, (LINES, LENGTH))
    random, reference = np.array([12345], np.uint64), Random(12345)
    train_part(np.insert(lines, LENGTH, END, axis=1).ravel().astype(np.int32), 0.2, 0.1, random, compiled, settings)
    train(lines.tolist(), 0.2 - 0.1 * np.arange(LINES) / LINES, reference, expected, settings)
    assert random[0] == reference.state
    for name in ("vectors", "output_weights"):
        reached = getattr(expected, name)
        assert np.abs(reached - getattr(before, name)).max() > 0.02
        np.testing.assert_allclose(getattr(compiled, name), reached, rtol=0.01, atol=2e-3)


def trained(words, vectors, output_weights, cbow):
    """Both tables after a line at a learning rate of 1, a window of 1 and one negative sample: always the last word."""
    cumulative = np.array([*[0] * (len(vectors) - 1), 2**DRAWN_BITS - 1], np.uint32)
    given = (
        np.array(vectors, np.float32),
        np.array(output_weights, np.float32),
        np.full(len(vectors), ALWAYS, "uint32"),
    )
    found = Tables(*given, cumulative, first_words(cumulative))
    train_part(np.array(words, np.int32), 1.0, 1.0, np.array([1], np.uint64), found, Settings(cbow, 1, 1))
    return found.vectors, found.output_weights


def test_skip_gram_of_two_words():
    """Sigmoid(log 3) is 3/4.

    Word 0: of word 1, x = (0, 1), with weights (0, log 3) and (0, 0), G = (1/4, -1/2). Word 1: of word 0, x = (1, 0),
    with weights (0, 0) and now (0, -1/2), G = (1/2, -1/2).
    """
    vectors, weights = trained([0, 1], [[1, 0], [0, 1], [5, 5]], [[0, log(3)], [0, 0], [0, 0]], cbow=False)
    np.testing.assert_allclose(vectors, [[1, 1 / 4], [0, 1 + log(3) / 4], [5, 5]], atol=1e-3)
    np.testing.assert_allclose(weights, [[0, log(3) + 1 / 4], [1 / 2, 0], [-1 / 2, -1 / 2]], atol=1e-3)


def test_cbow_of_three_words():
    """Word 0 and its vector are of weights of 0, so nothing moves. Word 1: the mean of its contexts is (1, 1), with
    weights (log 3, 0) and (0, 0), G = (1/4, -1/2), and both contexts get (log 3, 0) / 4. Word 2: x = (0, 0), with
    weights (0, 0) and now (-1/2, -1/2), G = (1/2, -1/2).
    """
    zero = [0, 0]
    vectors, weights = trained([0, 1, 2], [[2, 0], zero, [0, 2], zero], [zero, [log(3), 0], zero, zero], cbow=True)
    moved = log(3) / 4
    np.testing.assert_allclose(vectors, [[2 + moved, 0], [1 / 4, 1 / 4], [moved, 2], zero], atol=1e-3)
    np.testing.assert_allclose(weights, [zero, [log(3) + 1 / 4, 1 / 4], zero, [-1 / 2, -1 / 2]], atol=1e-3)


def test_windows_end_with_their_line():
    zero, one = [0.0, 0.0], [1.0, 1.0]
    vectors, weights = trained([0, END, 1, END], [one, one, zero], [one, one, one], cbow=False)
    np.testing.assert_array_equal(vectors, [one, one, zero])
    np.testing.assert_array_equal(weights, [one, one, one])


def test_a_diverged_training_ends():
    """NaN chooses no entry of the sigmoid's table."""
    nan = [[np.nan, np.nan]] * 3
    vectors, _ = trained([0, 1, 0, 1], nan, nan, cbow=False)
    assert np.isnan(vectors[:2]).all()
