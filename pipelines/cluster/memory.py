"""Errors of a process that had not enough memory."""

from embeddings.foundation.errors import one_line


def out_of_memory(error: Exception) -> str | None:
    """Says in one line that an error was want of memory, of Python or TensorFlow; None: it was not."""
    names = {kind.__name__ for kind in type(error).__mro__}
    if not names & {"MemoryError", "ResourceExhaustedError"}:
        return None
    said = str(error)
    return f"out of memory: {one_line(said[max(0, said.find('OOM')) :])[:120]}"
