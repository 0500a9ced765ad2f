"""A test that takes `case`, `examples` or `untrained` meets every task with every cell."""

import pytest
from conformance_cases import CASES, build, cell_config, examples_of, task_config


@pytest.fixture(scope="module", params=CASES, ids=lambda case: f"{case[0]}-{'bi' if case[2] else ''}{case[1]}")
def case(request):
    """(task, cell, bidirectional): every one there is."""
    return request.param


@pytest.fixture(scope="module")
def examples(case, ten_examples, ten_entity_examples):
    """The ten sentences as the task takes them."""
    return examples_of(case[0], ten_examples, ten_entity_examples)


@pytest.fixture(scope="module")
def untrained(case, examples, small_vectors):
    """A task and its untrained model."""
    name, cell, bidirectional = case
    return build(task_config(name), cell_config(cell, bidirectional), small_vectors, examples)
