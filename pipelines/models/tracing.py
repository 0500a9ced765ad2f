"""TensorFlow traces of a model's steps that serve batches of every shape."""

from collections.abc import Callable
from itertools import chain
from typing import Any

import keras

from pipelines.layers.loops.dispatch import on_cpu

CONTROL_FLOW = {"While", "StatelessWhile", "If", "StatelessIf", "Case", "StatelessCase"}  # operations of TensorFlow


def trace_once(model: Any) -> None:
    """Lets TensorFlow trace a model's training and prediction steps once each; other backends are left alone.

    Keras traces a step anew for each of the first shapes that it meets, before it takes the batch and the time
    to vary. For recurrent layers a trace costs seconds, which is more than a small epoch. Nothing is traced where
    TensorFlow is told not to (`tensorflow.config.run_functions_eagerly`).

    Args:
        model: a Keras model; where it trains, compiled.
    """
    if keras.backend.backend() != "tensorflow":
        return
    model.predict_function = _next_of_any_shape(lambda data: model.predict_step(data))
    if model.compiled:
        model.train_function = _next_of_any_shape(lambda data: model.train_step(data))


def compile_model(model: Any, **settings: Any) -> None:
    """Compiles a model as `keras.Model.compile` does, and then traces once; prediction that is traced stays so.

    Its trace has nothing of optimiser or loss, nor of which weights learn.
    """
    traced = model.predict_function
    model.compile(**settings)
    trace_once(model)
    if traced:
        model.predict_function = traced


def training_step(model: Any) -> Callable[[Any, Any, Any], float]:
    """A training step of a compiled model: inputs, targets and their weights in, the loss out.

    It gives what `train_on_batch` gives. On TensorFlow the whole step is one trace: Keras resets its metrics by
    operations of their own before each step, and traces the model once more to see whether all of it is built.
    """
    if keras.backend.backend() != "tensorflow":
        return lambda *batch: float(model.train_on_batch(*batch[:2], sample_weight=batch[2], return_dict=True)["loss"])

    def step(batch: Any) -> Any:
        for metric in model.metrics:
            metric.reset_state()
        return model.train_step(batch)["loss"]

    run = _of_any_shape(step, _as_operation if on_cpu() else None)
    return lambda *batch: float(run(batch))


def signature(arrays: Any) -> Any:
    """The TensorFlow signature of arrays, in the same structure: batch and time of any size; the dimension after them,
    the width of features, does not vary."""
    import tensorflow

    def spec(array: Any) -> Any:
        return tensorflow.TensorSpec([*[None, None][: array.ndim], *array.shape[2:]], array.dtype)

    return keras.tree.map_structure(spec, arrays)


def _next_of_any_shape(step: Any) -> Any:
    """A Keras `train_function` or `predict_function` that runs a step on the next batch of an iterator."""
    run = _of_any_shape(step)
    return lambda batches: run(next(iter(batches)))


def _of_any_shape(step: Any, called: Callable[[Any], Any] | None = None) -> Callable[[Any], Any]:
    """A step that is traced for its first batch, and runs on any other; `called` makes of a trace what calls it."""
    import tensorflow

    traces: list[Any] = []

    def run(batch: Any) -> Any:
        if not traces:
            function = tensorflow.function(step, input_signature=[signature(batch)], autograph=False)
            # A function would look for its one trace in each call, which takes as long as a small step.
            if tensorflow.config.functions_run_eagerly():
                traces.append(step)
            else:
                trace = function.get_concrete_function()
                traces.append(called(trace) if called else trace)
        return traces[0](batch)

    return run


def _as_operation(trace: Any) -> Callable[[Any], Any]:
    """Calls a trace with one result as an operation, which costs less than a call of the function.

    Its operations run one after the other: TensorFlow would hand them to several threads, which for operations of
    microseconds costs more than it gains. A product is shared between threads all the same. TensorFlow's executor for
    one thread has no loops and branches; where there are any, the usual one runs.
    """
    import tensorflow

    captured, (result,) = trace.captured_inputs, trace.outputs
    graph = trace.graph.as_graph_def()
    nodes = chain(graph.node, *(function.node_def for function in graph.library.function))
    executor = "" if any(node.op in CONTROL_FLOW for node in nodes) else "SINGLE_THREADED_EXECUTOR"

    def call(batch: Any) -> Any:
        (found,) = tensorflow.raw_ops.StatefulPartitionedCall(
            args=[*map(tensorflow.convert_to_tensor, keras.tree.flatten(batch)), *captured],
            Tout=[result.dtype],
            f=trace,
            executor_type=executor,
        )
        return found

    return call
