import time

import keras
import numpy as np
import pytest

from embeddings.foundation.errors import InputError
from pipelines.batches.batching import TrainingBatches
from pipelines.tasks.config import TrainingConfig
from pipelines.training.callbacks import Samples
from pipelines.training.fit import fit


def train(problem, metrics, tmp_path, words=("vectors",), frozen_epochs=0, **changes):
    model, batches = problem
    config = TrainingConfig(**{"optimizer": "sgd", "learning_rate": 0.5, "batch_size": 2, "epochs": 9, "patience": 2,
                               **changes})  # fmt: skip
    weights, values = [], iter(metrics)

    def evaluate():
        weights.append(np.ravel(model.get_weights()[0]).copy())
        return {"metric": next(values)}

    loss = keras.losses.MeanSquaredError(reduction="mean_with_sample_weight")
    layers = [model.get_layer(name) for name in words]
    cost = fit(model, loss, batches, evaluate, config, "metric", 1.0, tmp_path / "history.csv", word_tables=layers,
               frozen_epochs=frozen_epochs)  # fmt: skip
    return cost, weights, np.ravel(model.get_weights()[0])


def test_the_best_epochs_weights_are_kept_and_training_stops_after_patience(problem, tmp_path):
    cost, weights, final = train(problem, [1, 5, 3, 4, 9], tmp_path)
    assert (cost["epochs"], cost["best_epoch"]) == (4, 2)
    np.testing.assert_array_equal(final, weights[1])


def test_of_equally_good_epochs_the_first_is_kept(problem, tmp_path):
    cost, weights, final = train(problem, [5, 5, 5], tmp_path)
    assert (cost["epochs"], cost["best_epoch"]) == (3, 1)
    np.testing.assert_array_equal(final, weights[0])


def test_the_best_weights_are_kept_when_the_epochs_run_out(problem, tmp_path):
    cost, weights, final = train(problem, [1, 5, 4], tmp_path, epochs=3)
    assert (cost["epochs"], cost["best_epoch"]) == (3, 2)
    np.testing.assert_array_equal(final, weights[1])


def test_padding_is_counted_by_hand(problem, tmp_path):
    cost, _, _ = train(problem, [1, 2], tmp_path, epochs=2)
    # Lengths 1, 2, 4 sorted and cut into twos: [1, 2] padded to 4 positions and [4] to 4; 7 of 8 are real.
    assert cost["padding_share"] == 0.125


def test_words_that_do_not_occur_and_padding_are_not_moved(problem, tmp_path):
    _, weights, _ = train(problem, range(9), tmp_path)
    assert not weights[-1][:4].any()
    assert weights[-1][4:].all()


def test_samples_are_not_counted_as_training(problem, tmp_path):
    model, batches = problem
    config = TrainingConfig(optimizer="sgd", learning_rate=0.5, batch_size=2, epochs=3, patience=3)
    rising, written = iter(range(9)), []

    def write():
        time.sleep(0.5)
        written.append("a sample")
        return written[-1]

    def evaluate():
        time.sleep(0.5)
        return {"metric": float(next(rising))}

    loss = keras.losses.MeanSquaredError(reduction="mean_with_sample_weight")
    samples = Samples(write, 1, tmp_path / "samples.jsonl")
    begin = time.perf_counter()
    cost = fit(model, loss, batches, evaluate, config, "metric", 1.0, tmp_path / "history.csv", [samples])
    passed, slept = time.perf_counter() - begin, 0.5 * (len(written) + 3)
    assert len(written) == 3 * len(batches) == 6
    assert 0 < cost["training_seconds"] <= passed - slept + 0.01
    assert cost["tokens_per_second"] >= 3 * 7 / (passed - slept + 0.01) - 1


def test_learning_curves_hold_a_line_an_epoch(problem, tmp_path):
    train(problem, [1, 5, 3, 4, 9], tmp_path)
    lines = (tmp_path / "history.csv").read_text(encoding="utf-8").splitlines()
    assert lines[0] == "epoch,loss,val_metric"
    assert [line.split(",")[2] for line in lines[1:]] == ["1", "5", "3", "4"]


def test_the_loss_of_an_epoch_is_the_mean_over_its_real_targets(problem, tmp_path):
    train(problem, [1], tmp_path, epochs=1, learning_rate=0.0)  # every output stays 0, every target is 1
    assert (tmp_path / "history.csv").read_text(encoding="utf-8").splitlines()[1] == "0,1.0,1"


def test_the_loss_weighs_batches_by_their_real_targets(problem, tmp_path):
    model, _ = problem
    model.get_layer("vectors").set_weights([np.array([[0], [0], [0], [0], [1], [1], [1], [0]], "float32")])
    train(problem, [1], tmp_path, epochs=1, learning_rate=0.0)
    # Of 7 real targets one is missed, in the batch of the longest example, which holds 4 of them.
    loss = float((tmp_path / "history.csv").read_text(encoding="utf-8").splitlines()[1].split(",")[1])
    assert abs(loss - 1 / 7) < 1e-6


def test_a_training_that_diverges_ends_in_one_line(problem, tmp_path):
    model, _ = problem
    model.get_layer("vectors").set_weights([np.full((8, 1), np.nan, "float32")])
    with pytest.raises(InputError, match=r"diverged: the loss of epoch 1, step 1 is nan; lower training"):
        train(problem, [1], tmp_path)


def test_an_optimizer_that_keras_lacks_is_refused_with_the_nearest_one(problem, tmp_path):
    with pytest.raises(InputError, match=r"training\.optimizer: Keras has no 'adm'; did you mean 'adam'\?"):
        train(problem, [1], tmp_path, optimizer="adm")


def test_progress_tells_epochs_metric_and_time_left(problem, tmp_path, capsys):
    train(problem, [1, 5, 3, 4, 9], tmp_path)
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 4
    assert "epoch 1/9 done" in lines[0]
    assert "val_metric 1" in lines[0]
    assert "s left" in lines[0]


@pytest.fixture
def scaled(problem):
    """The same model with a scale behind the vectors, all of which are a half."""
    model, batches = problem
    model.get_layer("vectors").set_weights([np.full((8, 1), 0.5, "float32")])
    scale = keras.layers.Dense(1, use_bias=False, kernel_initializer="ones", name="scale")
    return keras.Model(model.inputs, scale(model.output)), batches


@pytest.mark.parametrize("optimizer", ["sgd", "adam"])
def test_word_vectors_stay_as_they_are_in_their_frozen_epochs(scaled, tmp_path, optimizer):
    changes = {"optimizer": optimizer, "learning_rate": 0.1, "epochs": 4, "frozen_epochs": 2, "patience": 4}
    _, weights, _ = train(scaled, range(4), tmp_path, **changes)
    assert (weights[0] == 0.5).all()
    assert (weights[1] == 0.5).all()
    assert (weights[2][4:] != 0.5).all()
    assert np.ravel(scaled[0].get_layer("scale").get_weights()[0])[0] != 1  # the rest was trained all the time


def test_a_model_without_word_vectors_has_nothing_to_freeze(new_problem, tmp_path):
    _, _, free = train(new_problem(), range(3), tmp_path, words=(), epochs=3)
    _, _, final = train(new_problem(), range(3), tmp_path, words=(), epochs=3, frozen_epochs=1)
    np.testing.assert_array_equal(final, free)
    assert final[4:].all()


def test_the_schedule_goes_on_when_word_vectors_are_thawed(scaled, tmp_path):
    changes = {"schedule": "cosine", "learning_rate": 1.0, "epochs": 4, "patience": 4}
    _, weights, _ = train(scaled, range(4), tmp_path, frozen_epochs=3, **changes)
    # Of eight steps the last two thaw: their rates are (1 + cos(6/8 pi)) / 2 and (1 + cos(7/8 pi)) / 2, 0.185 in all,
    # and a gradient's norm is at most 1. A schedule begun anew would give 1.96.
    assert 0 < np.abs(weights[3] - weights[2]).max() < 0.185


def test_the_moving_average_of_the_weights_is_evaluated_and_kept(problem, tmp_path):
    """With plain SGD the steps are those of a run without averages; the average follows m a + (1 - m) w."""
    model, batches = problem
    examples = batches.examples
    one = TrainingBatches(examples, batches.collate, len(examples), seed=1)  # a step an epoch
    steps = train((model, one), range(4), tmp_path, epochs=4, patience=4)[1]
    model.get_layer("vectors").set_weights([np.zeros((8, 1), "float32")])
    again = TrainingBatches(examples, batches.collate, len(examples), seed=1)
    _, averages, final = train((model, again), range(4), tmp_path, epochs=4, patience=4, averaging=0.75)
    expected = steps[0]
    for average, step in zip(averages, steps, strict=True):
        expected = 0.75 * expected + 0.25 * step
        np.testing.assert_allclose(average, expected, rtol=1e-5)
    np.testing.assert_array_equal(final, averages[-1])
