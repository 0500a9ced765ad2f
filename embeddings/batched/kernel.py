"""Word2Vec with negative sampling, a window at a time, compiled for a CPU.

The context words of a window share its negative samples. With X the vectors of the context words, W the output weights
of the middle word and of the negative samples, and y = 1, 0, ... 0:

    G = rate (y - sigmoid(X W^T));  X = X + G W;  W = W + G^T X

where the right sides have the X and W of before. That is skip-gram. In CBOW, X is one row, the mean of the context
words' vectors, and to each of these G W is added. The original program and gensim draw negative samples for each pair
of words, and update the weights after each: products of vectors, for which memory is the limit. Windows, subsampling
and the draws' distributions are theirs.

Reference: Ji, Satish, Li and Dubey, "Parallelizing Word2Vec in Shared and Distributed Memory", arXiv:1604.04661,
section III.
"""

from typing import NamedTuple

import numpy as np
from numba import njit

from embeddings.corpus import BATCH_WORDS

# Sums may be reassociated, so that they vectorise; infinities and NaN keep their meaning.
compiled = njit(nogil=True, cache=True, error_model="numpy", fastmath={"contract", "reassoc", "nsz", "arcp"})

END = -1  # of a line, among the words
DRAWN_BITS = 31  # of a random number that draws a negative sample, as in gensim's table
LARGEST = np.float32(6)  # beyond it the sigmoid is taken for 0 or 1, as in the original program
SIGMOID_STEPS = 2048
SIGMOID = (1 / (1 + np.exp(-(np.arange(0.5, SIGMOID_STEPS) / SIGMOID_STEPS * 2 - 1) * LARGEST))).astype(np.float32)
STEPS_OF_ONE = np.float32(SIGMOID_STEPS / (2 * LARGEST))
ZERO, ONE = np.float32(0), np.float32(1)
TARGETS, CONTEXTS = 3, 2  # rows that an inner loop reads at once
LANES = 16  # numbers in a cache line


class Tables(NamedTuple):
    """What all workers share; the first two are trained."""

    vectors: np.ndarray  # float32 (words, dimensions)
    output_weights: np.ndarray  # float32 (words, dimensions)
    kept_up_to: np.ndarray  # uint32 (words,): a word stays where a random number of 32 bits is not above it
    cumulative: np.ndarray  # uint32 (words,): a negative sample is the first word not below a random number of 31 bits
    first: np.ndarray  # int32 (words,): that word for the least of as many equal ranges of random numbers


class Settings(NamedTuple):
    """The configuration, as the loop needs it."""

    cbow: bool
    window: int
    negative_samples: int


def first_words(cumulative: np.ndarray) -> np.ndarray:
    """Where to begin to look for a negative sample; see `Tables`."""
    begins = np.arange(len(cumulative)) * 2**DRAWN_BITS // len(cumulative)
    return np.searchsorted(cumulative, begins).astype(np.int32)


@compiled
def next_random(state):
    """The next state of the original program's generator, uint64 of 48 bits, of which the upper 32 are used."""
    return (state * np.uint64(25214903917) + np.uint64(11)) & np.uint64(2**48 - 1)


@compiled
def train_part(words, rate, last_rate, random, tables, settings):
    """Trains on a part of the corpus.

    Args:
        words: int32, their rows; `END` ends a line.
        rate: learning rate at the beginning.
        last_rate: at the end, linear in between.
        random: uint64 (1,), the state of the random numbers; it is updated.
        tables: see `Tables`; the first two are updated.
        settings: see `Settings`.
    """
    vectors, output_weights, kept_up_to, cumulative, first = tables
    dimensions = vectors.shape[1]
    width = (dimensions + LANES - 1) // LANES * LANES  # a row's end is zero
    most = 2 * min(settings.window, BATCH_WORDS) + CONTEXTS
    contexts = np.zeros(most, np.int64)
    targets = np.zeros(settings.negative_samples // TARGETS * TARGETS + TARGETS, np.int64)
    x = np.zeros((most, width), np.float32)
    gradients = np.zeros((most, width), np.float32)
    w = np.zeros((len(targets), width), np.float32)
    g = np.zeros((most, len(targets)), np.float32)
    line = np.zeros(BATCH_WORDS, np.int64)
    state = random[0]
    position = 0
    while position < len(words):
        line_rate = np.float32(rate + (last_rate - rate) * position / len(words))
        length = 0
        while position < len(words) and length < BATCH_WORDS:
            word = words[position]
            position += 1
            if word == END:
                break
            state = next_random(state)
            if kept_up_to[word] >= state >> np.uint64(16):
                line[length] = word
                length += 1
        for middle in range(length):
            state = next_random(state)
            reach = settings.window - np.int64((state >> np.uint64(16)) % np.uint64(settings.window))
            found = 0
            for place in range(max(0, middle - reach), min(length, middle + reach + 1)):
                if place != middle:
                    contexts[found] = line[place]
                    found += 1
            if found == 0:
                continue
            targets[0] = line[middle]
            drawn = 1
            for _ in range(settings.negative_samples):
                state = next_random(state)
                number = np.int64(state >> np.uint64(48 - DRAWN_BITS))
                word = np.int64(first[number * len(first) >> DRAWN_BITS])
                while cumulative[word] < number:
                    word += 1
                if word != targets[0]:
                    targets[drawn] = word
                    drawn += 1
            for k in range(drawn):
                for j in range(dimensions):
                    w[k, j] = output_weights[targets[k], j]
            for n in range(found):
                for j in range(dimensions):
                    x[n, j] = vectors[contexts[n], j]
            rows = found
            if settings.cbow:
                rows = 1
                for n in range(1, found):
                    for j in range(dimensions):
                        x[0, j] += x[n, j]
                for j in range(dimensions):
                    x[0, j] *= ONE / np.float32(found)
            add_gradients(x, rows, w, drawn, line_rate, g, gradients)
            for n in range(found):
                for j in range(dimensions):
                    vectors[contexts[n], j] += gradients[0 if settings.cbow else n, j]
            for k in range(drawn):
                for n in range(0, rows, CONTEXTS):
                    x0, x1 = x[n], x[n + 1]
                    g0, g1 = g[n, k], g[n + 1, k] if n + 1 < rows else ZERO
                    for j in range(dimensions):
                        output_weights[targets[k], j] += g0 * x0[j] + g1 * x1[j]
    random[0] = state


@compiled
def add_gradients(x, rows, w, drawn, rate, g, gradients):
    """Writes G and G W for so many rows of X and W; see above."""
    width = x.shape[1]
    for n in range(rows):
        xn, gradient = x[n], gradients[n]
        for k in range(0, drawn, TARGETS):
            w0, w1, w2 = w[k], w[k + 1], w[k + 2]
            s0, s1, s2 = ZERO, ZERO, ZERO
            for j in range(width):
                s0 += xn[j] * w0[j]
                s1 += xn[j] * w1[j]
                s2 += xn[j] * w2[j]
            g[n, k], g[n, k + 1], g[n, k + 2] = s0, s1, s2
        for k in range(drawn):
            score = g[n, k]
            probability = ONE if score > ZERO else ZERO
            if -LARGEST < score < LARGEST:
                probability = SIGMOID[np.int64((score + LARGEST) * STEPS_OF_ONE)]
            g[n, k] = rate * ((ONE if k == 0 else ZERO) - probability)
        g[n, drawn:] = ZERO
        gradient[:] = ZERO
        for k in range(0, drawn, TARGETS):
            w0, w1, w2 = w[k], w[k + 1], w[k + 2]
            g0, g1, g2 = g[n, k], g[n, k + 1], g[n, k + 2]
            for j in range(width):
                gradient[j] += g0 * w0[j] + g1 * w1[j] + g2 * w2[j]
