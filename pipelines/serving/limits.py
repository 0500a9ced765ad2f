"""What a server takes; more is refused."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """Of a request, and of what waits.

    Args:
        body_bytes: of a request.
        texts: in a request.
        tokens: in a text.
        waiting: texts of a run that are not answered yet.
        batch: texts that are read at once; of simultaneous requests as many as fit, and of each all.
        length: tokens that a language model writes.
        writing: texts that all language models write at once.
    """

    body_bytes: int = 1 << 20
    texts: int = 256
    tokens: int = 5000
    waiting: int = 1024
    batch: int = 256
    length: int = 2000
    writing: int = 4
