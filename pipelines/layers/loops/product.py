"""Products with the recurrent weights, a step at a time: small matrices, always the same weights.

A BLAS lays the weights out anew for each product, which costs as much as a product of so few rows. Here they are laid
out once for a whole sequence, each row at the start of a cache line, since a load that crosses two lines costs two.

LLVM vectorises these plain loops. Blocks of sums held in registers, generated in LLVM's own language, saved less than
10 % of a training step: docs/adr/0006 has the figures.
"""

import numpy as np
from numba import njit

# Sums are not reassociated, so that a row's are the same in any company.
in_order = njit(nogil=True, cache=True, error_model="numpy", fastmath={"contract", "nsz"})
LINE = 64  # bytes of a cache line
LANES = LINE // 4
TERMS = 4  # rows of the weights that a loop over columns takes at once: the sums are loaded and stored once for them


@in_order
def lines_for(rows, columns):
    """Uninitialised memory, float32 (rows, columns and what fills the last cache line); what fills it is zero."""
    width = (columns + LANES - 1) // LANES * LANES
    memory = np.empty(rows * width + LANES, np.float32)
    first = -memory.ctypes.data % LINE // 4
    lines = memory[first : first + rows * width].reshape(rows, width)
    lines[:, columns:] = np.float32(0)
    return lines


@in_order
def in_lines(matrix):
    """A copy of a matrix, float32 (terms, columns), in lines."""
    lines = lines_for(*matrix.shape)
    for k in range(matrix.shape[0]):
        for j in range(matrix.shape[1]):  # a loop, for numba takes three seconds to compile an assignment to columns
            lines[k, j] = matrix[k, j]
    return lines


@in_order
def add_product(sums, rows, lines, count):
    """sums[:count] += rows[:count] @ matrix.

    Args:
        sums: from `lines_for`.
        rows: float32 (at least count, terms).
        lines: the matrix, from `in_lines`.
        count: how many rows.
    """
    terms, width = lines.shape
    sums, lines = sums.reshape(-1), lines.reshape(-1)
    whole = terms - terms % TERMS
    for k in range(0, whole, TERMS):
        w = lines[k * width : (k + TERMS) * width]
        for row in range(0, count - 1, 2):  # two at a time, for which the weights are loaded once
            s, t = sums[row * width : (row + 1) * width], sums[(row + 1) * width : (row + 2) * width]
            a0, a1, a2, a3 = rows[row, k], rows[row, k + 1], rows[row, k + 2], rows[row, k + 3]
            b0, b1, b2, b3 = rows[row + 1, k], rows[row + 1, k + 1], rows[row + 1, k + 2], rows[row + 1, k + 3]
            for j in range(width):
                w0, w1, w2, w3 = w[j], w[j + width], w[j + 2 * width], w[j + 3 * width]
                s[j] = s[j] + a0 * w0 + a1 * w1 + a2 * w2 + a3 * w3
                t[j] = t[j] + b0 * w0 + b1 * w1 + b2 * w2 + b3 * w3
        if count % 2:
            s = sums[(count - 1) * width : count * width]
            a0, a1, a2, a3 = rows[count - 1, k], rows[count - 1, k + 1], rows[count - 1, k + 2], rows[count - 1, k + 3]
            for j in range(width):
                s[j] = s[j] + a0 * w[j] + a1 * w[j + width] + a2 * w[j + 2 * width] + a3 * w[j + 3 * width]
    for k in range(whole, terms):
        w = lines[k * width : (k + 1) * width]
        for row in range(count):
            s, a = sums[row * width : (row + 1) * width], rows[row, k]
            for j in range(width):
                s[j] = s[j] + a * w[j]
