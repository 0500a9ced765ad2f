"""Explanations of some examples of dev, which the report shows: attention, or what each token does for a label."""

from collections.abc import Iterable
from typing import Any

from pipelines.data.examples import Example
from pipelines.runs.trained_run import TrainedRun
from pipelines.tasks.capabilities import Explains

EXAMPLES = 12
TOKENS = 40  # of the longest


def explanations(run: TrainedRun, dev: Iterable[Example], decoding: Any = None) -> list[dict[str, Any]]:
    """Predicts and explains examples that are the same for all runs of a dataset, without gradients.

    They are spread evenly over those of dev with one to `TOKENS` tokens.

    Args:
        run: by any engine.
        dev: examples of the split.
        decoding: instead of the run's own.

    Returns:
        Rows as `TrainedRun.predict` yields them, with `explanation`; none of a run that explains nothing.
    """
    task = run.task
    if not isinstance(task, Explains) or not task.can_explain:
        return []
    short = [example for example in dev if 1 <= len(example.tokens) <= TOKENS]
    chosen = short[:: -(-len(short) // EXAMPLES) or 1]
    rows = list(task.predict(run.engine, chosen, decoding))
    explained = task.explain(run.engine, chosen, rows, gradients=False)
    return [
        {"id": example.id, "source_tokens": example.tokens, **row, "explanation": explanation}
        for example, row, explanation in zip(chosen, rows, explained, strict=True)
    ]
