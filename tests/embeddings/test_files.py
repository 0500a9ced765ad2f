"""Files and folders that appear whole or not at all."""

from pathlib import Path

import pytest

from embeddings.errors import InputError
from embeddings.files import atomic_file, atomic_folder


def test_an_error_of_the_disk_names_what_was_to_be_written(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="full") as unnamed, atomic_folder(tmp_path / "folder"):
        raise OSError("full")
    assert unnamed.value.filename == str(tmp_path / "folder")
    with (
        pytest.raises(OSError, match="full") as inner,
        atomic_folder(tmp_path / "folder") as folder,
        atomic_file(folder / "a"),
    ):
        raise OSError(28, "full")
    assert inner.value.filename == str(tmp_path / "folder")
    with pytest.raises(FileNotFoundError) as other, atomic_folder(tmp_path / "folder"):
        (tmp_path / "nothing").read_text()
    assert other.value.filename == str(tmp_path / "nothing")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("output", [".", "..", "../here"])
def test_the_folder_that_a_command_runs_in_is_not_replaced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, output: str
) -> None:
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    with pytest.raises(InputError, match="expected a folder of its own"), atomic_folder(output):
        pass
    assert (tmp_path / "here").is_dir()


def test_what_stood_there_stays_if_the_block_fails(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("old")
    with pytest.raises(TypeError), atomic_file(tmp_path / "a") as file:
        file.writelines(["new", None])  # pyright: ignore[reportArgumentType]
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("a", "old")]
