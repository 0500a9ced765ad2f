"""A command that refuses: one line, exit code 2, and no file is another."""

from pathlib import Path

import pytest


def contents(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def refused(capsys, main, *words: str) -> str:
    """The one line that a command ends with; the files stay as they are."""
    before = contents(Path())
    with pytest.raises(SystemExit) as error:
        main([*words])
    assert error.value.code == 2
    assert contents(Path()) == before
    told = capsys.readouterr().err
    assert told.count("\n") == 1
    return told.removeprefix("error: ")
