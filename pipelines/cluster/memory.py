"""Errors of a process that had not enough memory."""

from embeddings.foundation.errors import one_line


def out_of_memory(error: Exception) -> str | None:
    """Says in one line that an error was want of memory, of Python or TensorFlow; None: it was not.

    Ray gives one that a process had while it read its task as an error of its own, with the traceback as its text.
    """
    names, said = {kind.__name__ for kind in type(error).__mro__}, str(error)
    if "RaySystemError" in names and "MemoryError" in said:
        return "out of memory: too little to begin"
    if not names & {"MemoryError", "ResourceExhaustedError"}:
        return None
    told = one_line(said[max(0, said.find("OOM")) :].partition(" on /job")[0])[:120]
    return f"out of memory: {told or 'no more is said'}"
