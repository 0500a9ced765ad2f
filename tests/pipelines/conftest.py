from pathlib import Path

import pytest


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The data root, a folder that ELMAN_DATA names."""
    monkeypatch.setenv("ELMAN_DATA", str(tmp_path))
    return tmp_path
