"""A package starts without its optional one, which can be imported before and afterwards."""

import sys

import pytest

from embeddings.foundation import light_start


@pytest.fixture
def packages(tmp_path, monkeypatch):
    """A package that takes an optional one where it is installed; gives a function that imports it anew."""
    starting = "try:\n    import optional_one\nexcept ImportError:\n    optional_one = None\n"
    (tmp_path / "starting_one.py").write_text(starting, encoding="utf-8")
    (tmp_path / "failing_one.py").write_text("import optional_one\n", encoding="utf-8")
    (tmp_path / "optional_one.py").write_text("NUMBER = 7\n", encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(light_start, "WITHOUT", {"starting_one": "optional_one", "failing_one": "optional_one"})
    monkeypatch.setattr(sys, "meta_path", [light_start.LightStart(), *sys.meta_path])

    def start(name="starting_one"):
        return __import__(name)

    yield start
    for name in ("starting_one", "failing_one", "optional_one"):
        sys.modules.pop(name, None)


def test_the_optional_package_is_not_imported_at_the_start_and_can_be_afterwards(packages):
    assert packages().optional_one is None
    assert "optional_one" not in sys.modules
    assert packages("optional_one").NUMBER == 7


def test_where_it_was_imported_before_it_is_taken(packages):
    optional = packages("optional_one")
    assert packages().optional_one is optional
    assert sys.modules["optional_one"] is optional


def test_it_is_found_again_when_the_start_has_failed(packages):
    with pytest.raises(ImportError):
        packages("failing_one")
    assert packages("optional_one").NUMBER == 7
    assert isinstance(sys.meta_path[0], light_start.LightStart)


def test_other_modules_are_left_to_other_finders():
    assert light_start.LightStart().find_spec("json", None) is None
