"""Lines of an open text; those of files are read in test_text_readers.py."""

from pathlib import Path

import pytest

from embeddings.foundation.errors import InputError
from pipelines.data.lines import text_lines, text_option


def test_lines_of_a_text_end_at_line_feeds_alone(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes("\ufeffeins\r\n\n\u2028drei\n\nvier".encode())
    assert list(text_lines(tmp_path / "a")) == ["eins", "", "\u2028drei", "", "vier"]


def test_a_carriage_return_within_a_line_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"eins\nzwei\rdrei\n")
    with pytest.raises(InputError, match=r"a:2: expected lines that end in `\\n`"):
        list(text_lines(tmp_path / "a"))


def test_a_line_of_a_text_that_is_not_utf_8_is_told_by_its_number(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"eins\nzwei\n\xff\n")
    with pytest.raises(InputError, match=r"a:3: expected UTF-8, got byte 0xff"):
        list(text_lines(tmp_path / "a"))


def test_without_a_file_standard_input_is_read(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"zwei\ndrei")
    with open(tmp_path / "a") as file:
        monkeypatch.setattr("sys.stdin", file)
        assert text_option("-") is None
        assert list(text_lines(text_option("-"))) == ["zwei", "drei"]
    assert text_option("a") == Path("a")
