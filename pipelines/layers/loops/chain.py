"""The forward recursion of a linear-chain CRF in log space, and its gradient, compiled for a CPU.

With potentials P_t and a_0 given: s_t[j] = log sum_i exp(a_(t-1)[i] + P_t[i, j]);  z_t = log sum_j exp(s_t[j]);
a_t = s_t - z_t. So z_t is log Z_t - log Z_(t-1), where Z_t is the sum over all sequences of t tags.
"""

import numpy as np

from pipelines.layers.loops.arithmetic import compiled, exp

LEAST = np.float32(-80)  # of an exponent that counts: below it, products would be subnormal, which is slow


@compiled
def forward(first, last, potentials, start, scores, increments):
    """Runs the rows from first to last.

    Args:
        first: row of the batch.
        last: row behind the last one.
        potentials: float32 (batch, time, tags, tags).
        start: a_0, float32 (tags,).
        scores: to write s_t to, float32 (batch, time, tags).
        increments: to write z_t to, float32 (batch, time).
    """
    tags, time = potentials.shape[2], potentials.shape[1]
    before, largest, sums = np.empty(tags, np.float32), np.empty(tags, np.float32), np.empty(tags, np.float32)
    for row in range(first, last):
        before[:] = start
        for step in range(time):
            pairs, s = potentials[row, step], scores[row, step]
            for j in range(tags):
                largest[j] = before[0] + pairs[0, j]
                sums[j] = np.float32(0)
            for i in range(1, tags):
                of_tag, a = pairs[i], before[i]
                for j in range(tags):
                    largest[j] = max(largest[j], a + of_tag[j])
            for i in range(tags):
                of_tag, a = pairs[i], before[i]
                for j in range(tags):
                    sums[j] += exp(a + of_tag[j] - largest[j])
            for j in range(tags):
                s[j] = largest[j] + np.log(sums[j])
            top, total = s[0], np.float32(0)
            for j in range(1, tags):
                top = max(top, s[j])
            for j in range(tags):
                total += exp(s[j] - top)
            z = top + np.log(total)
            increments[row, step] = z
            for j in range(tags):
                before[j] = s[j] - z


@compiled
def backward(first, last, potentials, start, scores, increments, d_increments, d_potentials):
    """Runs the gradient of `forward`, and writes that of the potentials; where it is zero, nothing is computed."""
    tags, time = potentials.shape[2], potentials.shape[1]
    before, d_after = np.empty(tags, np.float32), np.empty(tags, np.float32)
    d_scores, parts = np.empty(tags, np.float32), np.empty(tags, np.float32)
    for row in range(first, last):
        d_after[:] = np.float32(0)
        behind = False  # whether a later step has a gradient
        for step in range(time - 1, -1, -1):
            d_pairs, d_z = d_potentials[row, step], d_increments[row, step]
            if d_z == 0 and not behind:
                d_pairs[:] = np.float32(0)
                continue
            behind = True
            pairs, s, z = potentials[row, step], scores[row, step], increments[row, step]
            d_sum = np.float32(0)
            for j in range(tags):
                d_sum += d_after[j]
            for j in range(tags):
                d_scores[j] = d_after[j] + exp(s[j] - z) * (d_z - d_sum)
            for i in range(tags):
                before[i] = scores[row, step - 1, i] - increments[row, step - 1] if step else start[i]
            for i in range(tags):
                of_tag, d_of_tag, a = pairs[i], d_pairs[i], before[i]
                for j in range(tags):
                    x = a + of_tag[j] - s[j]
                    parts[j] = exp(x) * d_scores[j] if x > LEAST else np.float32(0)
                total = np.float32(0)
                for j in range(tags):
                    total += parts[j]
                d_after[i] = total
                d_of_tag[:] = parts
