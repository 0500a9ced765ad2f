"""Files and folders that appear whole or not at all."""

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest

from embeddings.foundation.errors import InputError
from embeddings.foundation.files import atomic_file, atomic_folder

ROOT = Path(__file__).parents[3]


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
    with pytest.raises(InputError, match="expected an output folder"), atomic_folder(output):
        pass
    assert (tmp_path / "here").is_dir()


def test_a_folder_with_what_is_read_is_not_replaced(tmp_path: Path) -> None:
    run = tmp_path / "runs" / "one"
    run.mkdir(parents=True)
    for output in (tmp_path / "runs", run):
        with pytest.raises(InputError, match=f"contains {run}; choose another"), atomic_folder(output, None, run):
            pass
    with atomic_folder(run / "inside", run), atomic_folder(tmp_path / "run", run):
        pass
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["inside", "one", "run", "runs"]


def test_what_stood_there_stays_if_the_block_fails(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("old")
    with pytest.raises(TypeError), atomic_file(tmp_path / "a") as file:
        file.writelines(["new", None])  # pyright: ignore[reportArgumentType]
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("a", "old")]


WRITE = """
import os, signal, sys
from embeddings.foundation.files import atomic_file, atomic_folder
path, number = sys.argv[1], sys.argv[2]
with atomic_folder(path + "/folder") as folder, atomic_file(path + "/file") as file:
    for name in "abc":
        (folder / name).write_text(number)
        file.write(number)
        if name == sys.argv[3]:
            os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_killed_process_leaves_what_stood_there_and_the_next_one_removes_its_rest(tmp_path: Path) -> None:
    (tmp_path / ".file.settings").write_text("not ours")
    for number, killed_at in (("1", "-"), ("2", "a"), ("3", "c"), ("4", "-")):
        subprocess.run([sys.executable, "-c", WRITE, str(tmp_path), number, killed_at], cwd=ROOT)
        whole = number if killed_at == "-" else "1"
        assert (tmp_path / "file").read_text() == whole * 3
        assert {path.name: path.read_text() for path in (tmp_path / "folder").iterdir()} == dict.fromkeys("abc", whole)
        left = [path.name for path in tmp_path.iterdir() if path.name.endswith(".partial")]
        assert len(left) == (0 if killed_at == "-" else 2), left
    assert (tmp_path / ".file.settings").read_text() == "not ours"


def test_a_folder_is_replaced_whole_at_whatever_step_the_process_is_killed(tmp_path: Path) -> None:
    """A process that stops at the n-th change of the file system, for every n."""
    stop = """
import os, signal, sys
left = int(sys.argv.pop())
def note(event, arguments):
    global left
    if event in ("os.rename", "os.remove", "os.rmdir", "os.mkdir", "os.chmod"):
        left -= 1
        if not left:
            os.kill(os.getpid(), signal.SIGKILL)
sys.addaudithook(note)
"""
    whole = dict.fromkeys("abc", "1")
    for step in range(1, 100):
        command = [sys.executable, "-c", stop + WRITE, str(tmp_path), str(step), "-", str(step)]
        killed = subprocess.run(command, cwd=ROOT).returncode
        folder = tmp_path / "folder"
        found = {path.name: path.read_text() for path in folder.iterdir()} if folder.exists() else {}
        assert found in ({}, whole, dict.fromkeys("abc", str(step))), step
        whole = found or whole
        if not killed:
            break
    assert 8 < step < 99
    assert {path.name for path in tmp_path.iterdir()} == {"folder", "file"}


def test_what_stood_there_is_put_back_if_the_new_folder_cannot_take_its_place(tmp_path: Path, monkeypatch) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "old").touch()
    replace = os.replace

    def fail(source, target):
        if Path(source, "new").exists():
            raise OSError(errno.EIO, "broken", str(target))
        replace(source, target)

    monkeypatch.setattr(os, "replace", fail)
    with pytest.raises(OSError, match="broken"), atomic_folder(tmp_path / "out") as folder:
        (folder / "new").touch()
    assert [path.name for path in tmp_path.rglob("*")] == ["out", "old"]


def test_a_file_or_a_link_is_not_replaced_by_a_folder(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("old")
    (tmp_path / "linked").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "linked")
    for name in ("file", "link"):
        with pytest.raises(NotADirectoryError) as error, atomic_folder(tmp_path / name):
            pass
        assert error.value.filename == str(tmp_path / name)
    assert (tmp_path / "file").read_text() == "old"
    assert {path.name for path in tmp_path.iterdir()} == {"file", "linked", "link"}
