"""Files on their way to a node. tests/test_cluster.py sends them through Ray's object store."""

from pathlib import Path

import pytest

from pipelines.cluster import files
from pipelines.cluster.files import described, forget, place


@pytest.fixture(autouse=True)
def node(tmp_path, monkeypatch):
    monkeypatch.setattr(files.tempfile, "gettempdir", lambda: str(tmp_path / "node"))


def test_what_is_not_there_is_left_out(tmp_path):
    (tmp_path / "a").write_text("1", encoding="utf-8")
    (found,) = described({"data/a": tmp_path / "a", "data/b": tmp_path / "b"})
    one = "6b86b273ff34fce19d6b804eff5a3f5747ada4eaa22f1d49c01e52ddb7875b4b"
    assert (found.name, found.sha256) == ("data/a", one)
    assert Path(found.path).is_absolute()


def test_a_shared_path_is_linked(tmp_path):
    (tmp_path / "a").write_text("1", encoding="utf-8")
    place(described({"data/x": tmp_path / "a"}), "sweep", tmp_path / "trial")
    assert (tmp_path / "trial/data/x").readlink() == (tmp_path / "a").resolve()
    forget("sweep")
    assert not files.node_folder("sweep").exists()
    assert (tmp_path / "a").exists()
