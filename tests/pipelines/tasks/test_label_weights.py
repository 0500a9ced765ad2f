"""Weights of labels: balanced ones against scikit-learn, given ones, and what is refused."""

from dataclasses import replace

import numpy as np
import pytest
from conformance_cases import build, cell_config, task_class, task_config
from sklearn.utils.class_weight import compute_class_weight

from embeddings.foundation.errors import InputError
from pipelines.tasks.label_weights import balanced_classes, balanced_decisions


def loss_of(task, examples, vectors, training=None, **model):
    config = task_config(task, training=training, **model)
    built, _ = build(config, cell_config("gru", True), vectors, examples)
    encoded = [built.encode(example) for example in examples]
    return built, built.loss(encoded)


def test_balanced_classes_are_those_of_scikit_learn():
    labels = np.repeat(np.arange(3), [70, 25, 5])
    expected = compute_class_weight("balanced", classes=np.arange(3), y=labels)
    np.testing.assert_allclose(balanced_classes(np.bincount(labels)), expected)
    np.testing.assert_allclose(balanced_classes(np.array([2, 0, 2])), 1)


def test_balanced_decisions_weigh_both_sides_alike():
    counts = np.array([1, 40, 80, 100, 0])
    weights = balanced_decisions(counts, 100)
    np.testing.assert_allclose((weights * counts)[:3], (100 - counts)[:3])
    assert weights[3] == 0.01
    assert weights[4] == 1


@pytest.mark.parametrize("task", ["sentiment", "pos_tagging", "ner", "column_classification"])
def test_balanced_weights_follow_from_what_is_learned(task, ten_examples, ten_entity_examples, small_vectors):
    examples = ten_entity_examples if task == "ner" else ten_examples
    scheme = {"tag_scheme": "iobes"} if task == "ner" else {}
    built, loss = loss_of(task, examples, small_vectors, {"class_weights": "balanced"}, **scheme)
    targets = [label for example in examples for label in built.target(example)]
    expected = compute_class_weight("balanced", classes=np.unique(targets), y=targets)
    np.testing.assert_allclose(np.array(loss.weights)[np.unique(targets)], expected, atol=1e-6)


def test_decisions_are_balanced_label_by_label(ten_examples, small_vectors):
    built, loss = loss_of("multilabel_classification", ten_examples, small_vectors, {"class_weights": "balanced"})
    for label, weight in zip(built.labels, loss.weights, strict=True):
        has = sum(label in example.labels for example in ten_examples)
        assert weight == pytest.approx((10 - has) / has, abs=1e-6)


@pytest.mark.parametrize("task", ["sentiment", "multilabel_classification"])
def test_given_weights_are_of_their_labels_and_1_of_others(task, ten_examples, small_vectors):
    built, loss = loss_of(task, ten_examples, small_vectors, {"class_weights": {"negative": 3}, "focal_gamma": 1})
    assert dict(zip(built.labels, loss.weights, strict=True)) == {
        label: 3.0 if label == "negative" else 1.0 for label in built.labels
    }
    assert loss.focal_gamma == 1


@pytest.mark.parametrize("task", ["sentiment", "multilabel_classification", "pos_tagging"])
def test_a_weight_for_a_label_that_train_lacks_is_refused(task, ten_examples, small_vectors):
    wrong = "NOUM" if task == "pos_tagging" else "negativ"
    right = "NOUN" if task == "pos_tagging" else "negative"
    with pytest.raises(
        InputError, match=rf"^training.class_weights: train has no label '{wrong}'; did you mean '{right}'"
    ):
        loss_of(task, ten_examples, small_vectors, {"class_weights": {wrong: 2.0}})


@pytest.mark.parametrize(
    ("training", "told"),
    [
        ({"class_weights": {"a": 0.0}}, "expected class_weights of 'a' above 0, got 0.0"),
        ({"class_weights": {"a": "much"}}, "under 'class_weights"),
        ({"class_weights": "balance"}, "under 'class_weights', got 'balance'"),
        ({"focal_gamma": -1}, "expected a focal_gamma of at least 0, got -1.0"),
    ],
)
def test_senseless_weights_are_refused(training, told):
    with pytest.raises(InputError, match=told):
        task_config("sentiment", training=training)


@pytest.mark.parametrize("training", [{"class_weights": "balanced"}, {"focal_gamma": 2.0}])
def test_a_crf_takes_no_weights(training):
    config = task_config("ner", training=training, output="crf")
    with pytest.raises(InputError, match=rf"^training.{next(iter(training))}: a CRF scores whole sequences"):
        task_class("ner").check(config, cell_config("gru", True))
    plain = replace(config, model=replace(config.model, output="softmax"))
    task_class("ner").check(plain, cell_config("gru", True))
