"""Which metrics can score which task: others are refused before any work."""

from dataclasses import replace

import pytest
from conformance_cases import TASKS, cell_config, takes, task_class, task_config

from embeddings.foundation import plugins
from embeddings.foundation.errors import InputError

FAMILIES = plugins.names("pipelines.evaluation.families")


@pytest.mark.parametrize("task", TASKS)
def test_a_task_is_scored_by_its_own_metrics_alone(task):
    cell, can_score = cell_config("gru", takes(task, "gru", True)), task_class(task).METRICS
    assert task_config(task).metrics in can_score
    for family in FAMILIES:
        config = replace(task_config(task), metrics=family)
        if family in can_score:
            task_class(task).check(config, cell)
        else:
            with pytest.raises(InputError, match=rf"^metrics: expected {' or '.join(can_score)}, got '{family}'$"):
                task_class(task).check(config, cell)
