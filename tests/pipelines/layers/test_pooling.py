import numpy as np
import pytest

from pipelines.layers import MaskedPooling

INPUTS = np.array([[[1.0, -4.0], [3.0, -2.0], [9.0, 9.0]]], dtype="float32")
MASK = np.array([[True, True, False]])


def test_the_mean_is_over_real_tokens():
    assert MaskedPooling("mean")(INPUTS, mask=MASK).numpy().tolist() == [[2.0, -3.0]]


def test_the_largest_value_is_of_real_tokens_even_where_all_are_negative():
    assert MaskedPooling("max")(INPUTS - 5, mask=MASK).numpy().tolist() == [[-2.0, -7.0]]


def test_without_a_mask_every_token_counts():
    assert MaskedPooling("max")(INPUTS).numpy().tolist() == [[9.0, 9.0]]
    np.testing.assert_allclose(MaskedPooling("mean")(INPUTS), [[13 / 3, 1.0]], rtol=1e-6)


def test_an_unknown_method_is_refused():
    with pytest.raises(ValueError, match="Received: method='sum'"):
        MaskedPooling("sum")
