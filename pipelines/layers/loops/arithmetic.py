"""What every recurrent loop needs: sigmoid and tanh, in float32."""

import numpy as np
from numba import njit

# Sums may be reassociated, so that they vectorise; infinities and NaN keep their meaning.
compiled = njit(nogil=True, cache=True, error_model="numpy", fastmath={"contract", "reassoc", "nsz", "arcp"})
inlined = njit(inline="always", error_model="numpy", fastmath={"contract", "reassoc", "nsz", "arcp"})

HALF, ONE, TWO = np.float32(0.5), np.float32(1), np.float32(2)
LOG2_E = np.float32(1.44269504)
# log 2 in two parts; the first has so few digits that a product with a whole number below 128 is exact.
LOG_2_HIGH, LOG_2_LOW = np.float32(0.693359375), np.float32(-2.12194440e-4)
# Coefficients of e^x's Taylor series, 1 / n!.
SECOND, THIRD, FOURTH, FIFTH, SIXTH, SEVENTH = (np.float32(1 / n) for n in (2, 6, 24, 120, 720, 5040))
LARGEST = np.float32(87)  # exp(88.8) overflows


@inlined
def exp(x):
    """e^x for |x| <= 87, beyond that e^87 or e^-87: 2^n times the Taylor series around n log 2, error below 2e-7."""
    x = min(max(x, -LARGEST), LARGEST)
    n = np.floor(x * LOG2_E + HALF)
    r = x - n * LOG_2_HIGH - n * LOG_2_LOW
    series = SEVENTH * r + SIXTH
    series = series * r + FIFTH
    series = series * r + FOURTH
    series = series * r + THIRD
    series = series * r + SECOND
    series = series * r + ONE
    series = series * r + ONE
    return series * np.int32((np.int32(n) + np.int32(127)) << np.int32(23)).view(np.float32)


@inlined
def sigmoid(x):
    """1 / (1 + e^-x)."""
    return ONE / (ONE + exp(-x))


@inlined
def tanh(x):
    """2 sigmoid(2x) - 1."""
    return TWO / (ONE + exp(-TWO * x)) - ONE


def column_sums(rows: np.ndarray) -> np.ndarray:
    """The sum of rows, float32 (columns,), by BLAS."""
    return np.ones(len(rows), np.float32) @ rows
