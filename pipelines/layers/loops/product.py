"""Products with the recurrent weights, a step at a time: small matrices, always the same weights.

A BLAS lays the weights out anew for each product, which costs as much as a product of so few rows. Here they are laid
out once for a whole sequence, in panels of as many columns as a block of sums in registers has.
"""

from typing import Any

import llvmlite.binding as llvm
import numpy as np
from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

from pipelines.layers.loops.arithmetic import compiled

LANES = 16 if llvm.get_host_cpu_features().get("avx512f") else 8  # floats in a register
VECTORS = 2  # registers that hold a row of a panel
PANEL = LANES * VECTORS  # columns
TALL = 8 if LANES == 16 else 4  # rows of the largest block: with two registers each they fit the register file
SHORT = 2


def _generate_block(
    context: Any, sums: Any, first_sum: Any, sum_stride: Any, rows: Any, first: Any, stride: Any, panels: Any,
    panel: Any, terms: Any, height: types.IntegerLiteral,
) -> Any:  # fmt: skip
    """LLVM code of sums += rows @ panel for `height` rows, their sums in registers; arrays are flat, places offsets."""
    arguments = (sums, types.int64, types.int64, rows, types.int64, types.int64, panels, types.int64, types.int64)

    def generate(context: Any, builder: Any, signature: Any, values: Any) -> Any:
        first_sum, sum_stride, first, stride, panel, terms = (values[n] for n in (1, 2, 4, 5, 7, 8))
        pointers = {n: context.make_array(signature.args[n])(context, builder, values[n]).data for n in (0, 3, 6)}
        lanes = ir.VectorType(ir.FloatType(), LANES)
        whole = ir.IntType(64)

        def place(array: int, start: Any, row: int, row_stride: Any, column: int) -> Any:
            offset = builder.add(start, builder.mul(row_stride, whole(row)))
            return builder.gep(pointers[array], [builder.add(offset, whole(column))])

        def vector(pointer: Any) -> Any:
            return builder.bitcast(pointer, lanes.as_pointer())

        places = [
            [vector(place(0, first_sum, row, sum_stride, LANES * part)) for part in range(VECTORS)]
            for row in range(height.literal_value)
        ]
        block = [[cgutils.alloca_once(builder, lanes) for _ in row] for row in places]
        for row, sources in zip(block, places, strict=True):
            for part, source in zip(row, sources, strict=True):
                builder.store(builder.load(source, align=4), part)
        with cgutils.for_range(builder, terms) as loop:
            start = builder.add(panel, builder.mul(loop.index, whole(PANEL)))
            weights = [
                builder.load(vector(place(6, start, 0, stride, LANES * part)), align=4) for part in range(VECTORS)
            ]
            for number, row in enumerate(block):
                term = builder.load(place(3, builder.add(first, loop.index), number, stride, 0))
                spread = builder.insert_element(ir.Constant(lanes, ir.Undefined), term, ir.IntType(32)(0))
                zeros = ir.Constant(ir.VectorType(ir.IntType(32), LANES), [0] * LANES)
                spread = builder.shuffle_vector(spread, spread, zeros)
                for part, weight in zip(row, weights, strict=True):
                    product = builder.fmul(spread, weight, flags=["contract"])
                    builder.store(builder.fadd(builder.load(part), product, flags=["contract"]), part)
        for row, targets in zip(block, places, strict=True):
            for part, target in zip(row, targets, strict=True):
                builder.store(builder.load(part), target, align=4)
        return context.get_dummy_value()

    return types.void(*arguments, height), generate


_add_block: Any = intrinsic(prefer_literal=True)(_generate_block)


@compiled
def in_panels(matrix):
    """Lays a matrix out in panels, each PANEL columns wide and contiguous, the last one filled up with zeros.

    Args:
        matrix: float32 (terms, columns).

    Returns:
        float32 (panels, terms, PANEL).
    """
    terms, columns = matrix.shape
    panels = np.zeros(((columns + PANEL - 1) // PANEL, terms, PANEL), np.float32)
    for k in range(terms):
        for j in range(columns):
            panels[j // PANEL, k, j % PANEL] = matrix[k, j]
    return panels


@compiled
def sums_for(rows, columns):
    """Uninitialised sums of so many rows and columns, float32 (rows, columns and what fills the last panel)."""
    return np.empty((rows, (columns + PANEL - 1) // PANEL * PANEL), np.float32)


@compiled
def add_product(sums, rows, panels, count):
    """sums[:count] += rows[:count] @ matrix.

    Args:
        sums: from `sums_for`.
        rows: float32 (at least count, terms).
        panels: the matrix, from `in_panels`.
        count: how many rows.
    """
    terms, width, stride = panels.shape[1], sums.shape[1], rows.shape[1]
    sums, rows, flat = sums.reshape(-1), rows.reshape(-1), panels.reshape(-1)
    for number in range(panels.shape[0]):
        column, panel = number * PANEL, number * terms * PANEL
        row = 0
        while count - row >= TALL:
            _add_block(sums, row * width + column, width, rows, row * stride, stride, flat, panel, terms, TALL)
            row += TALL
        while count - row >= SHORT:
            _add_block(sums, row * width + column, width, rows, row * stride, stride, flat, panel, terms, SHORT)
            row += SHORT
        while row < count:
            _add_block(sums, row * width + column, width, rows, row * stride, stride, flat, panel, terms, 1)
            row += 1
