"""Training that resumes from a checkpoint ends as if it had not been interrupted, with every cell and every task."""

import shutil
import time
from dataclasses import replace
from itertools import cycle

import numpy as np
import pytest
from conformance_cases import CELLS, TASKS, build, case_id, examples_of, of_case, task_config

from pipelines.models.config import CharacterConfig, build_encoder
from pipelines.models.word_vectors import word_tables
from pipelines.runs.engines.keras_engine import KerasEngine
from pipelines.training.fit import fit
from pipelines.training.resumption import Checkpoint
from pipelines.training.seeding import seed_everything

PAIRED = zip(TASKS, cycle(CELLS)) if len(TASKS) > len(CELLS) else zip(cycle(TASKS), CELLS)
WITH_DRAWS = [("ner", "lstm", True, 1), ("text_classification", "gru", True, 1)]  # in word features and word dropout
EPOCHS = 3


@pytest.mark.filterwarnings("ignore:SimpleRNN. the compiled loop does not cover this setting of `recurrent_dropout`")
@pytest.mark.parametrize("of", [*((task, cell, False) for task, cell in PAIRED), *WITH_DRAWS], ids=case_id)
def test_a_training_goes_on_as_if_it_had_not_broken_off(of, ten_examples, ten_entity_examples, small_vectors, tmp_path):
    goes_on(of, {}, ten_examples, ten_entity_examples, small_vectors, tmp_path)


@pytest.mark.parametrize(
    "changes",
    [{"averaging": 0.7}, {"frozen_epochs": 1}, {"frozen_epochs": 2}, {"language_model_weight": 0.5, "averaging": 0.7}],
    ids=str,
)
def test_so_does_one_with_other_weights_or_at_first_frozen_ones(changes, ten_examples, small_vectors, tmp_path):
    goes_on(("sentiment", "gru", True), changes, ten_examples, None, small_vectors, tmp_path)


@pytest.mark.parametrize(
    "changes", [{"shift_augmentation": True}, {"start_from_epoch": 1}, {"start_from_epoch": 2}], ids=str
)
def test_so_does_one_on_shifted_images_or_whose_best_epoch_comes_late(changes, ten_examples, small_vectors, tmp_path):
    goes_on(("column_classification", "gru", True), changes, ten_examples, None, small_vectors, tmp_path)


def goes_on(of, changes, ten_examples, ten_entity_examples, small_vectors, tmp_path):
    examples = examples_of(of[0], ten_examples, ten_entity_examples)
    settings = {"epochs": EPOCHS, "patience": EPOCHS, "schedule": "cosine", **changes}
    config, cell = task_config(of[0], small=of[3] if of[3:] else 0, training=settings), of_case(of)[1]
    if getattr(config.model, "characters", None):
        characters = CharacterConfig("cnn", dimensions=5, units=6, dropout=0.3)
        config = replace(config, model=replace(config.model, characters=characters))
    own = {"recurrent_dropout": 0.2} if cell.cell == "simple_rnn" else {}
    cell = build_encoder({**cell.flat(), "dropout": 0.3, **own}, "a test")
    training = config.training
    left = tmp_path / "left_after_the_first_epoch.npz"

    def train():
        seed_everything(1)
        task, model = build(config, cell, small_vectors, examples)
        engine = KerasEngine(model)
        encoded = [task.encode(example) for example in training.augment(examples, 1)]
        batches = task.batches(encoded, 4, 1)
        learner = task.training_model(model, encoded, 1)
        checkpoint = Checkpoint(tmp_path / "run", {}, [], time.perf_counter())
        history = tmp_path / "history.csv"
        history.unlink(missing_ok=True)
        epochs = 0

        def evaluate():
            nonlocal epochs
            epochs += 1
            if epochs == 2 and not left.exists():
                shutil.copy(checkpoint.path, left)
            return {"distinct": float(len({str(row) for row in task.predict(engine, examples)}))}

        words = list(word_tables(model, task.text_fields()).values())
        fit(learner, task.loss(), batches, evaluate, training, "distinct", 1.0, history, (), words, checkpoint,
            frozen_epochs=changes.get("frozen_epochs", 0))  # fmt: skip
        shutil.copy(left, checkpoint.path)
        return learner.get_weights(), history.read_bytes(), epochs

    weights, curves, epochs = train()
    weights_again, curves_again, epochs_again = train()
    assert (epochs, epochs_again) == (EPOCHS, EPOCHS - 1)
    assert curves_again == curves
    for one, other in zip(weights, weights_again, strict=True):
        np.testing.assert_array_equal(one, other)
