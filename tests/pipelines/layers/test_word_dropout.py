import numpy as np

from pipelines.layers import WordDropout

TOKENS = np.where(np.arange(200) < 150, np.arange(200) + 5, 0)[None].repeat(50, 0).astype("int32")


def test_training_replaces_the_share_of_words_and_never_padding():
    dropped = np.asarray(WordDropout(0.2, 1, seed=1)(TOKENS, training=True))
    assert set(np.unique(dropped[dropped != TOKENS])) == {1}
    assert not dropped[TOKENS == 0].any()
    share = (dropped != TOKENS).sum() / (TOKENS != 0).sum()
    assert abs(share - 0.2) < 4 * np.sqrt(0.2 * 0.8 / 7500)


def test_prediction_replaces_none():
    np.testing.assert_array_equal(WordDropout(0.9, 1, seed=1)(TOKENS, training=False), TOKENS)
