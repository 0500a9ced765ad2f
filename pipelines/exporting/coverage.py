"""What a SavedModel can hold, without TensorFlow, which takes seconds to start."""

from pipelines.tasks.classification import Classification
from pipelines.tasks.sequence_labelling import SequenceLabelling
from pipelines.tasks.task import Task

CELLS = (
    "simple_rnn",
    "lstm",
    "gru",
    "sru",
    "min_gru",
    "min_lstm",
    "qrnn",
)  # of which `stock_cells.py` has a direction each


def refusal(task: Task) -> str | None:
    """Why a run cannot be a SavedModel; None where it can."""
    if not isinstance(task, Classification | SequenceLabelling):
        return f"task {task.config.task!r}, which writes word by word"
    if task.cell.cell not in CELLS:
        return f"cell {task.cell.cell!r}, which is none of {', '.join(CELLS)}"
    if getattr(task.config.model, "truncation", None) == "windows":
        return "truncation: windows, which reads a text in several rows"
    if task.subwords is not None:
        return "words composed of the vectors of their n-grams, which are an input"
    return None
