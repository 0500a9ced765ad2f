import errno
import subprocess
import sys

import pytest

from embeddings.foundation.errors import InputError, exits_on_input_error


def test_wrong_input_is_one_line_on_standard_error_and_exit_code_two(capsys: pytest.CaptureFixture[str]) -> None:
    @exits_on_input_error
    def main() -> None:
        raise InputError("file.tsv:3: expected two columns,\ngot \x1b[2J")

    with pytest.raises(SystemExit) as stopped:
        main()
    assert stopped.value.code == 2
    assert capsys.readouterr().err == "error: file.tsv:3: expected two columns, got \\x1b[2J\n"


def test_any_other_error_keeps_its_traceback() -> None:
    @exits_on_input_error
    def main() -> None:
        raise KeyError("a bug")

    with pytest.raises(KeyError):
        main()


@pytest.mark.parametrize(
    ("error", "line"),
    [
        (
            OSError(errno.ENOSPC, "No space left on device", "a/b"),
            "a/b: No space left on device; nothing is left half-written;",
        ),
        (PermissionError(errno.EACCES, "Permission denied", "a/b"), "a/b: Permission denied\n"),
        (OSError("8000 requested and 96 written"), "8000 requested and 96 written\n"),
    ],
)
def test_what_the_machine_refuses_is_one_line(capsys: pytest.CaptureFixture[str], error: OSError, line: str) -> None:
    @exits_on_input_error
    def main() -> None:
        raise error

    with pytest.raises(SystemExit, match="2"):
        main()
    assert capsys.readouterr().err.startswith(f"error: {line}")


def test_an_interruption_that_a_library_makes_an_error_of_is_told_as_such(capsys: pytest.CaptureFixture[str]) -> None:
    @exits_on_input_error
    def import_it() -> None:
        try:
            raise KeyboardInterrupt
        except KeyboardInterrupt:
            raise ImportError("initialization failed") from None

    with pytest.raises(SystemExit) as stopped:
        import_it()
    assert stopped.value.code == 130
    assert capsys.readouterr().err == "interrupted; nothing is left half-written\n"


def test_an_interrupted_command_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    @exits_on_input_error
    def main() -> None:
        raise KeyboardInterrupt

    with pytest.raises(SystemExit, match="130"):
        main()
    assert capsys.readouterr().err == "interrupted; nothing is left half-written\n"


def test_a_letter_that_the_output_lacks_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    @exits_on_input_error
    def main() -> None:
        "Эл".encode("ascii")

    with pytest.raises(SystemExit, match="2"):
        main()
    assert capsys.readouterr().err == "error: 'Э' cannot be written in ascii; set PYTHONIOENCODING=utf-8\n"


def test_who_has_read_enough_is_told_nothing() -> None:
    code = """
from embeddings.foundation.errors import exits_on_input_error

@exits_on_input_error
def main():
    while True:
        print("text", flush=True)

main()
"""
    writer = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert writer.stdout
    assert writer.stderr
    assert writer.stdout.readline() == b"text\n"
    writer.stdout.close()
    with writer.stderr:
        assert writer.stderr.read() == b""
    assert writer.wait() == 1


def test_a_command_tells_its_time(capsys: pytest.CaptureFixture[str]) -> None:
    @exits_on_input_error
    def main() -> None:
        print("done")

    main()
    assert capsys.readouterr().err == "test_errors: 0.0 s\n"
