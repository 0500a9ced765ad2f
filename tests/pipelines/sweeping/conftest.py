"""Sweep files over the runs and configurations of this repository."""

from pathlib import Path

import pytest
import yaml
from clones import ROOT

from pipelines.sweeping.config import load_plan

SWEEP = {
    "run": "sentiment-lstm-skip_gram",
    "space": {"cell": {"units": {"choices": [16, 32, 64]}}},
    "search": "grid",
}


@pytest.fixture
def make_plan(tmp_path):
    """Reads a sweep file with some keys changed."""

    def make(**changes):
        path: Path = tmp_path / "units.yaml"
        path.write_text(yaml.safe_dump({**SWEEP, **changes}), encoding="utf-8")
        return load_plan(path, ROOT / "configs/runs.yaml", ROOT / "configs")

    return make
