import pytest
from exported_runs import KINDS, small_run


@pytest.fixture(scope="session")
def run_folders(tmp_path_factory, ten_examples, ten_entity_examples, small_vectors):
    """Run folders by the names of `KINDS`."""
    place = tmp_path_factory.mktemp("runs")
    return {kind: small_run(kind, place / kind, ten_examples, ten_entity_examples, small_vectors) for kind in KINDS}
