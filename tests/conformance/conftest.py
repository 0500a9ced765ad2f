"""A test that takes `case`, `examples` or `untrained` meets every task with every cell, and `engine` both engines."""

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
def untrained(case, examples, small_vectors):
    """A task and its untrained model."""
    return build(*of_case(case), small_vectors, examples)


@pytest.fixture(scope="module")
def engines(untrained, tmp_path_factory):
    """What runs the untrained model, by name."""
    task, model = untrained
    folder = tmp_path_factory.mktemp("graphs")
    write_graphs(folder, task, model)
    return {"keras": KerasEngine(model), "onnx": ONNXEngine(folder)}


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
