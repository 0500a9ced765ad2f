"""The classifier of n-grams: how it scales them."""

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from pipelines.baselines.nb_svm import log_count_ratio
from pipelines.baselines.ngram_classifier import LogCountScaler, fit, ngrams_of


def test_ngrams_are_words_and_pairs():
    assert ngrams_of([4, 5, 4]) == [(4,), (5,), (4,), (4, 5), (5, 4)]
    assert ngrams_of([]) == []


def test_of_two_labels_an_ngram_is_scaled_by_its_log_count_ratio():
    # Terms in three texts, the first two of the second label: (2, 1, 0) and (0, 1, 1), each count plus one.
    presence = csr_matrix([[1, 1, 0], [1, 0, 0], [0, 1, 1]])
    scaler = LogCountScaler().fit(presence, ["p", "p", "n"])
    np.testing.assert_allclose(scaler.scales, np.log([(3 / 6) / (1 / 5), (2 / 6) / (2 / 5), (1 / 6) / (2 / 5)]))
    np.testing.assert_allclose(scaler.transform(presence)[0].toarray()[0], [*scaler.scales[:2], 0])


def test_of_three_labels_an_ngram_has_the_ratio_farthest_from_zero():
    presence = csr_matrix([[1, 0, 1], [1, 0, 1], [0, 1, 1], [0, 0, 1]])
    labels = np.array(["a", "a", "b", "c"])
    ratios = np.array([log_count_ratio(presence, labels == each) for each in "abc"])
    scales = LogCountScaler().fit(presence, labels.tolist()).scales
    for place, own in enumerate(ratios.T):
        assert scales[place] == max(own, key=abs)


@pytest.mark.parametrize("labels", ["ab", "abc"])
def test_a_pair_decides_where_words_do_not(labels):
    texts = [[4, 5, 6], [6, 5, 4], *([[7, 7, 8]] if len(labels) == 3 else [])] * 9
    classifier = fit(texts, list(labels) * 9, seed=1)
    for text, label in zip(texts, range(len(labels)), strict=False):
        places = [classifier.ngrams.index(each) for each in set(ngrams_of(text))]
        x = classifier.scales[places]
        logits = x @ classifier.weights[places] / np.linalg.norm(x) + classifier.biases
        assert logits.argmax() == label
