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
# Such a loop looks up no other array for its rows: LLVM would take that array for one that the loop changes.
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
def random_bits(random, count):
    """The next number of so many bits, at most 32, from the original program's generator of 48."""
    random[0] = (random[0] * np.uint64(25214903917) + np.uint64(11)) & np.uint64(2**48 - 1)
    return np.int64(random[0] >> np.uint64(48 - count))


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
    dimensions = tables.vectors.shape[1]
    width = (dimensions + LANES - 1) // LANES * LANES  # a row's end is zero
    most = 2 * min(settings.window, BATCH_WORDS) + CONTEXTS
    contexts = np.zeros(most, np.int64)
    targets = np.zeros(settings.negative_samples // TARGETS * TARGETS + TARGETS, np.int64)
    x, x_gradients = np.zeros((most, width), np.float32), np.zeros((most, width), np.float32)
    w, g = np.zeros((len(targets), width), np.float32), np.zeros((most, len(targets)), np.float32)
    line = np.zeros(BATCH_WORDS, np.int64)
    position = 0
    while position < len(words):
        line_rate = np.float32(rate + (last_rate - rate) * position / len(words))
        position, length = subsample_line(words, position, line, random, tables.kept_up_to)
        for middle in range(length):
            reach = settings.window - np.int64(random_bits(random, 32)) % settings.window
            found = 0
            for place in range(max(0, middle - reach), min(length, middle + reach + 1)):
                if place != middle:
                    contexts[found] = line[place]
                    found += 1
            if found > 0:
                targets[0] = line[middle]
                drawn = draw_negatives(targets, settings.negative_samples, random, tables)
                rows = read_rows(x, contexts, found, w, targets, drawn, tables, settings.cbow)
                compute_gradients(x, rows, w, drawn, line_rate, g, x_gradients)
                add_gradients(x, rows, g, x_gradients, contexts, found, targets, drawn, tables)


@compiled
def subsample_line(words, position, line, random, kept_up_to):
    """Writes the words of a line that stay to `line`; returns where the next one begins, and how many they are."""
    length = 0
    while position < len(words) and length < BATCH_WORDS:
        word = words[position]
        position += 1
        if word == END:
            break
        if random_bits(random, 32) <= kept_up_to[word]:
            line[length] = word
            length += 1
    return position, length


@compiled
def draw_negatives(targets, negative_samples, random, tables):
    """Writes negative samples behind the first target, which is none itself; returns how many targets there are."""
    drawn = 1
    for _ in range(negative_samples):
        number = random_bits(random, DRAWN_BITS)
        word = np.int64(tables.first[number * len(tables.first) >> DRAWN_BITS])
        while tables.cumulative[word] < number:
            word += 1
        if word != targets[0]:
            targets[drawn] = word
            drawn += 1
    return drawn


@compiled
def read_rows(x, contexts, found, w, targets, drawn, tables, cbow):
    """Copies a window's rows to X and W; returns how many X has."""
    dimensions = tables.vectors.shape[1]
    for k in range(drawn):
        target = targets[k]
        for j in range(dimensions):
            w[k, j] = tables.output_weights[target, j]
    for n in range(found):
        context = contexts[n]
        for j in range(dimensions):
            x[n, j] = tables.vectors[context, j]
    if not cbow:
        return found
    for n in range(1, found):
        for j in range(dimensions):
            x[0, j] += x[n, j]
    for j in range(dimensions):
        x[0, j] *= ONE / np.float32(found)
    return 1


@compiled
def add_gradients(x, rows, g, x_gradients, contexts, found, targets, drawn, tables):
    """Adds G W to the context words' vectors, and G^T X to the targets' weights."""
    dimensions = tables.vectors.shape[1]
    for n in range(found):
        context, gradient = contexts[n], x_gradients[min(n, rows - 1)]
        for j in range(dimensions):
            tables.vectors[context, j] += gradient[j]
    for k in range(drawn):
        target = targets[k]
        for n in range(0, rows, CONTEXTS):
            x0, x1 = x[n], x[n + 1]
            g0, g1 = g[n, k], g[n + 1, k] if n + 1 < rows else ZERO
            for j in range(dimensions):
                tables.output_weights[target, j] += g0 * x0[j] + g1 * x1[j]


@compiled
def compute_gradients(x, rows, w, drawn, rate, g, x_gradients):
    """Writes G and G W."""
    width = x.shape[1]
    for n in range(rows):
        xn, gradient = x[n], x_gradients[n]
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
