import keras
import numpy as np
from keras import ops

from pipelines.layers import WordEmbedding

VECTORS = np.arange(14, dtype="float32").reshape(7, 2)


def test_ids_are_looked_up_in_the_trained_and_then_in_the_frozen_table():
    layer = WordEmbedding(4, 3, 2)
    layer.build((None, None))
    layer.set_vectors(VECTORS)
    np.testing.assert_array_equal(layer(np.array([[1, 3, 4, 6, 0]])), VECTORS[[[1, 3, 4, 6, 0]]])


def test_padding_is_masked():
    assert WordEmbedding(4, 3, 2).compute_mask(np.array([[1, 6, 0]])).numpy().tolist() == [[True, True, False]]


def test_training_moves_the_trained_table_alone_and_there_only_the_words_used():
    inputs = keras.Input((None,), dtype="int32")
    layer = WordEmbedding(4, 3, 2)
    model = keras.Model(inputs, ops.sum(layer(inputs), axis=(1, 2)))
    layer.set_vectors(VECTORS)
    model.compile(optimizer=keras.optimizers.SGD(1.0), loss="mse")
    model.train_on_batch(np.array([[2, 5, 6]]), np.array([0.0]))
    changed = (ops.convert_to_numpy(layer.trained_vectors) != VECTORS[:4]).any(axis=1)
    assert changed.tolist() == [False, False, True, False]
    np.testing.assert_array_equal(layer.frozen_vectors, VECTORS[4:])


def test_an_empty_frozen_table_is_left_out():
    layer = WordEmbedding(7, 0, 2)
    layer.build((None, None))
    layer.set_vectors(VECTORS)
    assert len(layer.weights) == 1
    np.testing.assert_array_equal(layer(np.array([[6, 1]])), VECTORS[[[6, 1]]])
