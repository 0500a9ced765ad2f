"""A test that takes `case`, `examples` or `untrained` meets every task with every cell."""

import pytest
from conformance_cases import CASES, build, case_id, examples_of, of_case


@pytest.fixture(scope="module", params=CASES, ids=case_id)
def case(request):
    """(task, cell, bidirectional): every one there is; and what changes of the task's model."""
    return request.param


@pytest.fixture(scope="module")
def examples(case, ten_examples, ten_entity_examples):
    """The ten sentences as the task takes them."""
    return examples_of(case[0], ten_examples, ten_entity_examples)


@pytest.fixture(scope="module")
def untrained(case, examples, small_vectors):
    """A task and its untrained model."""
    return build(*of_case(case), small_vectors, examples)
