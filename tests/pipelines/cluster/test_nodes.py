"""What nodes must have in common, and what they have room for."""

import re

import pytest

from embeddings.foundation.errors import InputError
from pipelines.cluster.nodes import check_node, check_room, installed, room

HERE = {"python": "3.11.7", "elman": "1.0, code abc"}


def test_a_node_like_this_one_is_accepted():
    check_node("10.0.0.2", HERE, {**HERE, "missing": []})


@pytest.mark.parametrize(
    ("got", "message"),
    [
        ({"python": "3.12.1"}, "node 10.0.0.2: expected Python 3.11.7 as here, got 3.12.1; install the same on every"),
        ({"elman": "none"}, "node 10.0.0.2: expected Elman 1.0, code abc as here, got none; install the same on every"),
        ({"missing": ["/data/a"]}, "node 10.0.0.2: expected the path /data/a, which is not there; mount it there"),
    ],
)
def test_a_node_that_differs_is_refused_by_its_address(got, message):
    with pytest.raises(InputError) as refused:
        check_node("10.0.0.2", HERE, {**HERE, "missing": [], **got})
    assert str(refused.value).startswith(message)


def test_equal_code_has_an_equal_checksum_that_an_edit_changes(tmp_path, monkeypatch):
    before = installed()
    assert before == installed()
    assert re.fullmatch(r"\S+, code [0-9a-f]{10}", before.elman)
    (tmp_path / "one.py").write_text("1", encoding="utf-8")
    monkeypatch.setattr("embeddings.__path__", [str(tmp_path)])
    first = installed()
    (tmp_path / "one.py").write_text("2", encoding="utf-8")
    assert len({before, first, installed()}) == 3


def nodes(*resources):
    return [{"Resources": each} for each in resources]


def test_room_is_counted_node_by_node():
    found = nodes({"CPU": 3.0, "memory": 8e9}, {"CPU": 5.0, "memory": 3e9}, {"CPU": 1.0})
    assert room(found, {"CPU": 2}) == 1 + 2 + 0
    assert room(found, {"CPU": 1, "memory": 2e9}) == 3 + 1 + 0
    assert room(found, {"CPU": 1, "GPU": 1}) == 0


def test_what_no_node_has_is_refused_with_what_there_is():
    check_room(nodes({"CPU": 1.0}, {"CPU": 4.0}), {"CPU": 4})
    with pytest.raises(InputError) as refused:
        check_room(nodes({"CPU": 1.0}, {"CPU": 4.0}), {"CPU": 8})
    message = "resources: expected a node with CPU 8, got CPU 1 or CPU 4; ask for less, or say how many at once"
    assert str(refused.value) == message
