from pathlib import Path

import pytest


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The data root, a folder that ELMAN_DATA names."""
    monkeypatch.setenv("ELMAN_DATA", str(tmp_path))
    return tmp_path


@pytest.fixture(scope="session")
def run_folders(tmp_path_factory, ten_examples, ten_entity_examples, small_vectors):
    """Run folders by the names of `exported_runs.KINDS`, each made when it is asked for."""
    from exported_runs import small_run  # which loads TensorFlow

    place = tmp_path_factory.mktemp("runs")

    class Folders(dict):
        def __missing__(self, kind):
            self[kind] = small_run(kind, place / kind, ten_examples, ten_entity_examples, small_vectors)
            return self[kind]

    return Folders()
