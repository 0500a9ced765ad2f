"""How long a run takes for a sentence alone, by ONNX Runtime."""

import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median

from pipelines.data.examples import Example
from pipelines.runs.engines.onnx_engine import ONNXEngine
from pipelines.tasks.task import Task

WARM_UP, MEASURED = 5, 50  # sentences
TOKENS = 1_000  # of the longest: a whole book is no sentence


def latency_milliseconds(folder: Path, task: Task, examples: Sequence[Example]) -> float | None:
    """The median time to predict a tokenized sentence, decoding included, one sentence at a time on one thread.

    Args:
        folder: with the graphs of the task's model.
        task: whose `decoding` is used.
        examples: sentences; of many some are taken, spread evenly.

    Returns:
        None of a language model, which scores whole texts, and where all examples are longer than `TOKENS`.
    """
    short = [example for example in examples if len(example.tokens) <= TOKENS]
    if task.predicts == "tokens" or not short:
        return None
    engine, seconds = ONNXEngine(folder), []
    engine.batches_at_once = 1
    for example in [*short[:WARM_UP], *short[:: -(-len(short) // MEASURED)]]:
        begin = time.perf_counter()
        list(task.predict(engine, [example]))
        seconds.append(time.perf_counter() - begin)
    return round(1000 * median(seconds[min(WARM_UP, len(short)) :]), 3)
