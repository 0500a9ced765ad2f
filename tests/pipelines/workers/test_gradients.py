"""Gradients of parts, added up by hand."""

import numpy as np

from pipelines.workers.gradients import added


def rows(indices, values):
    return np.array(indices), np.array(values, "float32")[:, None]


def test_gradients_of_weights_are_added():
    np.testing.assert_array_equal(added([np.array([1.0, 2]), np.array([3.0, 4]), np.array([5.0, 6])], 2), [9, 12])


def test_what_the_loss_does_not_depend_on_has_none():
    assert added([None, None], 3) is None


def test_looked_up_rows_are_joined_since_keras_squares_each():
    indices, values = added([rows([2, 1], [1, 2]), rows([2], [3])], 3)
    assert indices.tolist() == [2, 1, 2]
    assert values.ravel().tolist() == [1, 2, 3]


def test_the_gradient_of_a_tied_output_layer_is_added_and_that_of_its_look_ups_joined():
    indices, values = added([rows([0, 1, 2, 1], [1, 2, 3, 4]), rows([0, 1, 2, 2], [10, 20, 30, 40])], 3)
    assert indices.tolist() == [0, 1, 2, 1, 2]
    assert values.ravel().tolist() == [11, 22, 33, 4, 40]


def test_what_every_part_looks_up_for_the_words_of_a_batch_is_added():
    indices, values = added([rows([3, 1], [1, 2]), rows([3, 1], [10, 20])], 4, of_words=True)
    assert indices.tolist() == [3, 1]
    assert values.ravel().tolist() == [11, 22]
