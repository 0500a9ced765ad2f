"""A test that takes `case`, `examples` or `untrained` meets every task with every cell, and `engine` both engines."""

from functools import lru_cache

import pytest
from conformance_cases import CASES, build, case_id, examples_of, of_case

from pipelines.runs.engines import ENGINES
from pipelines.runs.engines.keras_engine import KerasEngine
from pipelines.runs.engines.onnx_engine import ONNXEngine
from pipelines.runs.graphs import write_graphs


@pytest.fixture(scope="module", params=CASES, ids=case_id)
def case(request):
    """(task, cell, bidirectional): every one there is; and what changes of the task's model."""
    return request.param


@pytest.fixture(scope="module")
def examples(case, ten_examples, ten_entity_examples):
    """The ten sentences as the task takes them."""
    return examples_of(case[0], ten_examples, ten_entity_examples)


@pytest.fixture(scope="module")
def make(ten_examples, ten_entity_examples, small_vectors, tmp_path_factory):
    """Gives the task of a case, its untrained model and what runs it, by name; the last ones again."""

    @lru_cache(maxsize=1)  # all the models with their graphs would take gigabytes
    def of(case):
        task, model = build(*of_case(case), small_vectors, examples_of(case[0], ten_examples, ten_entity_examples))
        folder = tmp_path_factory.mktemp("graphs")
        write_graphs(folder, task, model)
        return task, model, {"keras": KerasEngine(model), "onnx": ONNXEngine(folder)}

    return of


@pytest.fixture(scope="module")
def untrained(case, make):
    """A task and its model, untrained as long as no test of a trained one has run."""
    return make(case)[:2]


@pytest.fixture(scope="module")
def engines(case, make):
    """What runs the untrained model, by name."""
    return make(case)[2]


@pytest.fixture(params=ENGINES)
def engine(request, engines):
    """Each of them."""
    return engines[request.param]


@pytest.fixture
def eagerly():
    """Lets TensorFlow run what it would trace, where a trace costs more than the few steps of a test."""
    import tensorflow

    tensorflow.config.run_functions_eagerly(True)
    yield
    tensorflow.config.run_functions_eagerly(False)
