"""Several workers train as one does, with every task and every cell: losses, weights and predictions."""

import csv
import time
from dataclasses import replace

import numpy as np
import pytest
from conformance_cases import CASES, build, case_id, examples_of, of_case

from pipelines.models.word_vectors import word_tables
from pipelines.runs.engines.keras_engine import KerasEngine
from pipelines.training.fit import fit
from pipelines.training.seeding import seed_everything
from pipelines.workers.shard import Shard
from pipelines.workers.step import Step

STEPS = 50


class Here:
    """Workers without processes of their own: one computes a part after the other."""

    def __init__(self, count):
        self.count = count

    def begin(self, description):
        self.shard = Shard(description)

    def gradients(self, trained, values, parts):
        return [self.shard.gradients(trained, values, part) for part in parts]


def with_draws(task, cell):
    """Configurations with all dropout that a task and a cell have, and with weights of labels."""
    own = {key: 0.2 for key in cell.own_dropouts() if key != "recurrent_dropout"}
    cell = replace(cell, dropout=0.3, own=replace(cell.own, **own))
    if hasattr(task.model, "word_dropout"):
        task = replace(task, model=replace(task.model, word_dropout=0.2))
    if hasattr(task.training, "class_weights") and getattr(task.model, "output", "") != "crf":
        task = replace(task, training=replace(task.training, class_weights="balanced", focal_gamma=1.0))
    return task, cell


def trained(config, cell, examples, vectors, tmp_path, count):
    """Learning curve, weights and predictions of a training by so many workers; None: by Keras's own step."""
    seed_everything(1)
    task, model = build(config, cell, vectors, examples)
    encoded = [task.encode(example) for example in examples]
    batches = task.batches(encoded, 4, 1)
    epochs = -(-STEPS // len(batches))
    training = replace(config.training, epochs=epochs, patience=epochs)
    losses = []

    class Loop:
        """All steps alike."""

    def make_step(model, loss, changing):
        if count is None:
            from pipelines.training.fit import one_step
            step = one_step(model)
        else:
            step = Step(model, loss, changing, Here(count), [f"pipelines.cells.{cell.cell}.layer"])

        def recorded(*batch):
            losses.append(step(*batch))
            return losses[-1]

        return recorded

    rising = iter(range(epochs))
    began = time.process_time()
    fit(model, task.loss(encoded), batches, lambda: {"m": next(rising)}, training, "m", 1.0, tmp_path / "history.csv",
        word_tables=list(word_tables(model, task.text_fields()).values()), make_step=make_step)  # fmt: skip
    print(count, "seconds", round(time.process_time() - began, 2), len(losses))
    return losses, model.get_weights(), list(task.predict(KerasEngine(model), examples))


@pytest.mark.parametrize("case", CASES, ids=case_id)
def test_workers_learn_what_one_learns(case, ten_examples, ten_entity_examples, small_vectors, tmp_path):
    config, cell = with_draws(*of_case(case))
    examples = examples_of(case[0], ten_examples, ten_entity_examples)
    one = trained(config, cell, examples, small_vectors, tmp_path, None)
    three = trained(config, cell, examples, small_vectors, tmp_path, 3)
    print("largest", np.abs(np.array(one[0]) - three[0]).max(), one[0][:3], three[0][:3])
    np.testing.assert_allclose(three[0], one[0], atol=1e-5)
