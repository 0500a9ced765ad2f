"""Several files that change together: all of them, or none."""

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from pathlib import Path

from embeddings.foundation.files import atomic_file


def write_all(texts: Mapping[Path, str | None], last: Mapping[Path, Callable[[str], str]]) -> None:
    """Gives files their texts, or removes those that have none; where anything fails, all are as before.

    Each file changes at once.

    Args:
        texts: of each file, in the order of writing; None removes it.
        last: files whose text follows from the others: what gives it from the text that they have.

    Raises:
        OSError: a file cannot be written.
    """
    with ExitStack() as undo:
        for path in (*texts, *last):
            before = path.read_text(encoding="utf-8") if path.exists() else None
            undo.callback(_write, path, before)
            _write(path, texts[path] if path in texts else last[path](before or ""))
        undo.pop_all()


def _write(path: Path, text: str | None) -> None:
    if text is None:
        path.unlink(missing_ok=True)
        return
    with atomic_file(path) as file:
        file.write(text)
