"""The products of the loops are matrix products."""

import numpy as np
import pytest

from pipelines.layers.loops.arithmetic import compiled
from pipelines.layers.loops.product import add_product, in_lines, lines_for


@compiled
def product(before, rows, matrix, count):
    sums = lines_for(len(rows), matrix.shape[1])
    sums[:, : matrix.shape[1]] = before
    add_product(sums, rows, in_lines(matrix), count)
    return sums[:, : matrix.shape[1]].copy()


@pytest.mark.parametrize("terms", [1, 8, 33])
@pytest.mark.parametrize("columns", [1, 15, 16, 17, 32, 33, 100])
@pytest.mark.parametrize("count", [0, 1, 2, 3, 7, 8, 9, 21])
def test_the_first_rows_get_their_products_added_and_no_other_row_changes(count, columns, terms):
    random = np.random.default_rng(columns)
    before, rows, matrix = (
        random.normal(size=shape).astype("float32") for shape in ((22, columns), (22, terms), (terms, columns))
    )
    got = product(before, rows, matrix, count)
    np.testing.assert_allclose(got[:count], before[:count] + rows[:count] @ matrix, rtol=1e-5, atol=1e-5)
    np.testing.assert_array_equal(got[count:], before[count:])


def test_a_matrix_with_its_columns_in_a_row_gives_the_same_product():
    random = np.random.default_rng(1)
    rows, matrix = random.normal(size=(9, 5)).astype("float32"), random.normal(size=(5, 20)).astype("float32")
    before = np.zeros((9, 20), "float32")
    np.testing.assert_array_equal(product(before, rows, np.asfortranarray(matrix), 9), product(before, rows, matrix, 9))


def test_a_row_gives_the_same_sums_in_a_block_of_any_height():
    random = np.random.default_rng(1)
    rows, matrix = random.normal(size=(11, 40)).astype("float32"), random.normal(size=(40, 70)).astype("float32")
    before = np.zeros((11, 70), "float32")
    together = product(before, rows, matrix, 11)
    for row in range(11):
        alone = product(before[row : row + 1], rows[row : row + 1], matrix, 1)
        np.testing.assert_allclose(alone[0], together[row], rtol=1e-6, atol=1e-6)
