"""Files that change together."""

import pytest

from pipelines.project.changes import write_all


def test_all_files_change_and_the_last_ones_follow_from_the_others(tmp_path):
    new, old, gone, last = (tmp_path / name for name in ("folder/new", "old", "gone", "last"))
    for path in (old, gone, last):
        path.write_text("before")
    write_all({new: "a", old: "b", gone: None}, {last: lambda text: f"{text} and {old.read_text()}"})
    assert [path.read_text() for path in (new, old, last)] == ["a", "b", "before and b"]
    assert not gone.exists()


def test_where_one_fails_all_are_as_before(tmp_path):
    new, old, gone, last = (tmp_path / name for name in ("new", "old", "gone", "last"))
    for path in (old, gone, last):
        path.write_text("before")

    def fail(text):
        assert (new.read_text(), old.read_text(), gone.exists()) == ("a", "b", False)
        raise ValueError

    with pytest.raises(ValueError, match=r"^$"):
        write_all({new: "a", old: "b", gone: None}, {last: fail})
    texts = {path.name: path.read_text() for path in tmp_path.iterdir()}
    assert texts == dict.fromkeys(("old", "gone", "last"), "before")
