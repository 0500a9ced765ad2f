"""Baselines of features: a linear model of their numbers, and the caption of the nearest."""

import numpy as np
from sklearn.linear_model import LogisticRegression

from pipelines.baselines import feature_logistic_regression, nearest_neighbour
from pipelines.data.examples import Example


def examples(features, labels):
    return [
        Example(f"x-{n}", "", (), label=label, target_text=f"the {label}", features=np.array(row, "float32"))
        for n, (row, label) in enumerate(zip(features, labels, strict=True))
    ]


# Each image has one bright pixel; its row tells the label, so a model must see where it stands.
IMAGES = [[[[1, 0], [0, 0]], [[0, 1], [0, 0]]][n % 2] for n in range(6)] + [
    [[[0, 0], [1, 0]], [[0, 0], [0, 1]]][n % 2] for n in range(6)
]
TRAIN = examples(IMAGES, ["above"] * 6 + ["below"] * 6)
NEW = examples([[[0.6, 0.1], [0.1, 0.2]], [[0, 0.1], [0.2, 0.6]]], ["?", "?"])


def test_a_linear_model_sees_where_a_pixel_stands():
    rows = list(feature_logistic_regression.fit(TRAIN, seed=1)(NEW))
    assert [(row["id"], row["label"]) for row in rows] == [("x-0", "above"), ("x-1", "below")]
    flat = np.array(IMAGES, "float32").reshape(12, 4)
    model = LogisticRegression(C=1.0, max_iter=1000).fit(flat, [example.label for example in TRAIN])
    expected = model.predict_proba(np.array([example.features for example in NEW]).reshape(2, 4))
    np.testing.assert_allclose([[*row["probabilities"].values()] for row in rows], expected, atol=1e-6)


def test_the_caption_is_that_of_the_nearest():
    train = examples([[0, 0], [3, 4], [1, 1]], ["origin", "far", "near"])
    new = examples([[0.9, 0.9], [2, 3.5], [-9, -9]], ["?"] * 3)
    rows = list(nearest_neighbour.fit(train, seed=1)(new))
    assert [row["text"] for row in rows] == ["the near", "the far", "the origin"]
    assert [row["id"] for row in rows] == ["x-0", "x-1", "x-2"]


def test_no_examples_have_no_predictions():
    for baseline in (feature_logistic_regression, nearest_neighbour):
        assert list(baseline.fit(TRAIN, seed=1)([])) == []
