"""A language model beside a tagger or classifier: its loss by hand, and who learns from it."""

import csv
from math import log

import keras
import numpy as np
import pytest
import tensorflow as tf
from conformance_cases import CELLS, RUN, build, cell_config, task_config

from pipelines.batches.batching import Encoded
from pipelines.evaluation.family import load_family
from pipelines.models.encoder import recurrent_stack
from pipelines.models.language_model_objective import LanguageModelObjective, frequent_words, with_language_model
from pipelines.models.probabilities import log_softmax
from pipelines.models.tagger import build_tagger
from pipelines.text.vocabulary import UNKNOWN_ID, Vocabulary
from pipelines.training.experiment import Experiment, learn

# Of words 4 and 5 the two directions are classes of their own: others, the end or the start, and these two.
FORWARD, BACKWARD = [0.1, 0.2, 0.3, 0.4], [0.4, 0.3, 0.2, 0.1]
SENTENCES = np.array([[4, 6, 5, 9], [5, 0, 0, 0]], "int32")  # 6 is no class; 9 is a composed word, beyond the table
#             next words of the first sentence: 6, 5, 9, the end; of the second: the end
NEXT = -(log(0.1) + log(0.4) + log(0.1) + log(0.2) + log(0.2)) / 5
#             previous words: the start, 4, 6, 5; the start
PREVIOUS = -(log(0.3) + log(0.2) + log(0.4) + log(0.1) + log(0.3)) / 5


def loss_of(objective, states, token_ids):
    objective(keras.ops.zeros((len(token_ids), 1)), keras.ops.convert_to_tensor(states), token_ids)
    return objective.losses[0]


def states_of(token_ids, width):
    return np.random.default_rng(1).normal(size=(*token_ids.shape, width)).astype("float32")


def with_distributions(objective):
    """The same distributions over words in every state."""
    for logits, distribution in zip(objective.logits, (FORWARD, BACKWARD), strict=False):
        logits.set_weights([np.zeros(logits.kernel.shape), np.log(distribution)])
    return objective


@pytest.mark.parametrize(("bidirectional", "expected"), [(True, NEXT + PREVIOUS), (False, NEXT)])
def test_the_loss_is_the_one_worked_out_by_hand_whatever_the_padding(bidirectional, expected):
    objective = LanguageModelObjective([4, 5], 0.5, bidirectional, seed=1)
    loss_of(objective, states_of(SENTENCES, 6), SENTENCES)
    with_distributions(objective)
    for padding in range(3):
        token_ids = np.pad(SENTENCES, ((0, 0), (0, padding)))
        assert float(loss_of(objective, states_of(token_ids, 6), token_ids)) == pytest.approx(0.5 * expected, rel=1e-6)


def test_each_state_predicts_its_own_neighbour():
    objective = LanguageModelObjective([4, 5], 1.0, True, seed=1)
    states = states_of(SENTENCES, 6)
    found = float(loss_of(objective, states, SENTENCES))
    total = 0.0
    for half, classes in ((0, [[0, 3, 0, 1], [1]]), (1, [[1, 2, 0, 3], [1]])):
        hidden, logits = objective.hidden[half], objective.logits[half]
        for row, of_sentence in enumerate(classes):
            for step, word in enumerate(of_sentence):
                state = states[row, step, 3 * half : 3 * half + 3]
                scores = np.tanh(state @ hidden.kernel + hidden.bias) @ logits.kernel + logits.bias
                total += np.log(np.exp(scores).sum()) - scores[word]
    assert found == pytest.approx(total / 5, rel=1e-5)


@pytest.mark.parametrize("half", [0, 1])
def test_a_direction_learns_from_its_own_predictions_alone(half):
    objective = LanguageModelObjective([4, 5], 1.0, True, seed=1)
    states = tf.constant(states_of(SENTENCES, 6))
    loss_of(objective, states, SENTENCES)
    objective.logits[1 - half].set_weights([np.zeros((50, 4)), np.zeros(4)])  # so that no state matters to the other
    with tf.GradientTape() as tape:
        tape.watch(states)
        loss = loss_of(objective, states, SENTENCES)
    gradients = np.split(np.array(tape.gradient(loss, states)), 2, axis=-1)
    assert np.abs(gradients[half][SENTENCES > 0]).min() > 0
    assert not gradients[half][SENTENCES == 0].any()
    assert not gradients[1 - half].any()


@pytest.mark.parametrize("cell", CELLS)
def test_no_state_has_seen_the_word_that_it_predicts(cell):
    (layer,) = recurrent_stack(cell_config(cell, True, units=4), seed=1)
    vectors = states_of(np.ones((2, 5)), 3)
    states = np.array(layer(vectors)[0])
    vectors[:, 2] += 1
    changed = np.abs(np.array(layer(vectors)[0]) - states).max(axis=0) > 0
    forward, backward = changed[:, :4].any(axis=-1).tolist(), changed[:, 4:].any(axis=-1).tolist()
    assert forward[:3] == [False, False, True]
    assert backward[2:] == [True, False, False]


def test_the_most_frequent_known_words_are_predicted():
    train = [Encoded([UNKNOWN_ID] * 9 + [7, 5, 5, "composed", "composed"]), Encoded(np.array([6, 6, 6, 4], "int32"))]
    assert frequent_words(train, 3) == [6, 5, 4]
    assert frequent_words(train, 9) == [6, 5, 4, 7]


def test_it_learns_through_the_first_layer_and_predicts_words_that_are_dropped():
    vocabulary = Vocabulary("abcdef")
    tagger = build_tagger({"tokens": vocabulary}, 3, [[True] * 3] * 3, cell_config("gru", True, units=4, depth=2), 1,
                          word_dropout=0.9)  # fmt: skip
    train = [Encoded([4, 4, 5])]
    model = with_language_model(tagger, train, 0.5, 7500, bidirectional=True, seed=1)
    with tf.GradientTape() as tape:
        model(SENTENCES, training=True)
        (loss,) = model.losses
    gradients = zip(model.trainable_weights, tape.gradient(loss, model.trainable_weights), strict=True)
    learns = {weight.path.split("/")[0] for weight, gradient in gradients if gradient is not None}
    assert learns == {"source_vectors", "encoder_0", "language_model"}
    with_distributions(model.get_layer("language_model"))
    model(SENTENCES, training=True)
    assert float(model.losses[0]) == pytest.approx(0.5 * (NEXT + PREVIOUS), rel=1e-6)


def test_the_trained_model_has_no_language_model_and_its_curves_have_that_ones_loss(
    ten_examples, small_vectors, tmp_path
):
    training = {"epochs": 1, "patience": 1, "learning_rate": 0.0, "batch_size": 10, "language_model_weight": 0.25}
    config = task_config("sentiment", training=training)
    task, model = build(config, cell_config("gru", False), small_vectors, ten_examples)
    before, splits = [*model.layers], {"train": ten_examples, "dev": ten_examples}
    ready = Experiment(RUN, task, model, {}, splits, {}, "cpu", load_family(config.metrics))
    learn(ready, tmp_path / "history.csv")
    assert model.layers == before
    assert "language_model" not in {layer.name for layer in model.layers}
    with open(tmp_path / "history.csv", encoding="utf-8") as file:
        (curves,) = csv.DictReader(file)
    language_model_loss = float(curves["language_model_loss"])
    assert language_model_loss == pytest.approx(log(task.vocabularies["tokens"].trained_size - 2), rel=0.05)
    logits = log_softmax(task.logits(ready.engine, [task.source(example) for example in ten_examples]))
    own = -np.mean([scores[task.target(each)[0]] for scores, each in zip(logits, ten_examples, strict=True)])
    assert float(curves["loss"]) == pytest.approx(own + 0.25 * language_model_loss, rel=1e-5)
