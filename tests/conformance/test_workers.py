"""Several workers train as one process does, with every task and every cell; here without processes of their own."""

from dataclasses import replace
from functools import cache
from itertools import cycle

import numpy as np
import pytest
from conformance_cases import CASES, CELLS, TASKS, build, case_id, examples_of, of_case, takes, task_config

from pipelines.evaluation.family import load_family
from pipelines.models.word_vectors import word_tables
from pipelines.runs.engines.keras_engine import KerasEngine
from pipelines.training.fit import fit
from pipelines.training.resumption import Checkpoint
from pipelines.training.seeding import seed_everything
from pipelines.workers.shard import Shard
from pipelines.workers.step import Step

STEPS, ROWS = 50, 4  # of a batch; the ten sentences make two whole ones and one of two rows, fewer than workers
PAIRED = [(task, cell, takes(task, cell, True)) for task, cell in zip(TASKS, cycle(CELLS), strict=False)]
SHAPES = [("ner", "qrnn", True, 1), ("text_classification", "min_lstm", True, 3), ("text_generation", "qrnn", False, 1)]
OFTEN = [*PAIRED, *SHAPES]  # characters with a CRF; windows; the output layer that is the table of words
SWITCHES = [{"tied_embeddings": True, "scheduled_sampling": 0.5}, {"input_feeding": True, "attention": "additive"}]


class Here:
    """Workers that compute one after the other."""

    def __init__(self, count):
        self.count = count

    def begin(self, description):
        self.shard = Shard(description)

    def gradients(self, trained, values, parts):
        self.asked = trained, values, parts
        return [self.shard.gradients(trained, values, part) for part in parts]


def with_draws(task, cell):
    """Configurations with all dropout that the compiled loops take, and with weights of labels."""
    own = {key: 0.2 for key in cell.own_dropouts() if key != "recurrent_dropout"}
    cell = replace(cell, dropout=0.3, own=replace(cell.own, **own))
    if hasattr(task.model, "word_dropout"):
        task = replace(task, model=replace(task.model, word_dropout=0.2))
    if hasattr(task.training, "class_weights") and getattr(task.model, "output", "") != "crf":
        task = replace(task, training=replace(task.training, class_weights="balanced", focal_gamma=1.0))
    return task, cell


@pytest.fixture
def train(ten_examples, ten_entity_examples, small_vectors, tmp_path):
    """Trains on the ten sentences with some workers, or without; gives the losses of all steps, and beside each that of
    a second objective, the dev metrics of all epochs, and the weights."""

    @cache
    def built(config, cell):
        """A model, what runs it, whose traces serve all trainings, and the values that it begins with."""
        examples = examples_of(config.task, ten_examples, ten_entity_examples)
        task, model = build(config, cell, small_vectors, examples)
        return task, model, KerasEngine(model), examples, [np.array(variable) for variable in model.variables]

    def train(config, cell, workers=None, epochs=17, checkpoint=None, fail_after=None):
        seed_everything(1)
        task, model, engine, examples, values = built(config, cell)
        for variable, value in zip(model.variables, values, strict=True):
            variable.assign(value)
        encoded = [task.encode(example) for example in examples]
        learner, batches = task.training_model(model, encoded, 1), task.batches(encoded, ROWS, 1)
        family, losses, metrics = load_family(config.metrics), [], []

        def make_step(*of):
            step = Step(*of, workers=workers, cell=cell.cell) if workers else None

            def recorded(*batch):
                inputs, targets, weights = batch
                loss = step(*batch) if step else np.ravel(learner.train_on_batch(inputs, targets, weights))[0]
                losses.append([loss, *(float(metric.result()) for metric in learner.metrics[1:])])
                return loss

            return recorded

        def evaluate():
            if len(metrics) == fail_after:
                raise KeyboardInterrupt
            rows = list(task.predict(engine, examples, task.dev_decoding))
            metrics.append({**family.score(examples, rows), **task.dev_losses(engine, examples)})
            return {"rising": float(learner.optimizer.iterations)}

        training = replace(config.training, epochs=epochs, patience=epochs)
        fit(learner, task.loss(encoded), batches, evaluate, training, "rising", 0.5, tmp_path / "history.csv",
            word_tables=list(word_tables(model, task.text_fields()).values()), make_step=make_step,
            frozen_epochs=getattr(training, "frozen_epochs", 0), checkpoint=checkpoint)  # fmt: skip
        return losses, metrics, learner.get_weights()

    return train


def assert_equal(found, expected):
    """Losses and dev metrics agree to 1e-5, relative to their size."""
    losses, metrics, _ = expected
    np.testing.assert_allclose(found[0], losses, rtol=1e-5, atol=1e-5)
    for one, other in zip(found[1], metrics, strict=True):
        assert one == pytest.approx(other, rel=1e-5, abs=1e-5)


@pytest.mark.parametrize("case", [each if each in OFTEN else pytest.param(each, marks=pytest.mark.slow)
                                  for each in dict.fromkeys([*OFTEN, *CASES])], ids=case_id)  # fmt: skip
def test_three_workers_learn_what_one_process_learns(case, train):
    config, cell = with_draws(*of_case(case))
    if case in SHAPES and hasattr(config.training, "language_model_weight"):
        config = replace(config, training=replace(config.training, language_model_weight=0.5))
    workers = Here(3)
    expected = train(config, cell)
    assert len(expected[0]) >= STEPS
    assert_equal(train(config, cell, workers), expected)
    # A worker that takes the place of another computes the same.
    trained, values, (*_, last) = workers.asked
    one, other = (workers.shard.gradients(trained, values, last) for _ in range(2))
    assert one.loss == other.loss
    np.testing.assert_equal(one.gradients, other.gradients)


@pytest.mark.parametrize("keys", SWITCHES, ids=str)
def test_so_do_they_with_a_translators_switches(keys, train):
    config, cell = with_draws(task_config("translation", **keys), of_case(("translation", "gru", True))[1])
    assert_equal(train(config, cell, Here(2)), train(config, cell))


@pytest.mark.filterwarnings("ignore:GRU. the compiled loop does not cover this setting of `recurrent_dropout`")
def test_so_do_they_where_states_are_dropped(train):
    config, cell = with_draws(*of_case(("text_generation", "gru", False)))
    cell = replace(cell, own=replace(cell.own, recurrent_dropout=0.3))
    assert_equal(train(config, cell, Here(3)), train(config, cell))


@pytest.mark.parametrize("changes", [{"averaging": 0.7, "language_model_weight": 0.5}, {"frozen_epochs": 1}], ids=str)
def test_they_average_freeze_and_resume(changes, train, tmp_path):
    config, cell = with_draws(task_config("sentiment", training=changes), of_case(("sentiment", "gru", False))[1])
    expected = train(config, cell, epochs=4)
    assert_equal(whole := train(config, cell, Here(2), epochs=4), expected)
    checkpoint = Checkpoint(tmp_path / "run", {}, [], 0.0)
    with pytest.raises(KeyboardInterrupt):
        train(config, cell, Here(2), epochs=4, checkpoint=checkpoint, fail_after=2)
    resumed = train(config, cell, Here(2), epochs=4, checkpoint=checkpoint)
    assert resumed[0] == whole[0][-len(resumed[0]) :]
    for one, other in zip(resumed[2], whole[2], strict=True):
        np.testing.assert_array_equal(one, other)
