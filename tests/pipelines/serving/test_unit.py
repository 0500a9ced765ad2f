"""The unit and the container file of docs/serving, as their linters see them."""

import shutil
import subprocess

import pytest
from clones import ROOT


def test_systemd_takes_the_unit(tmp_path):
    if not (systemd := shutil.which("systemd-analyze")):
        pytest.skip("systemd is not installed")
    unit = (ROOT / "docs/serving/elman.service").read_text(encoding="utf-8")
    there = tmp_path / "elman.service"
    there.write_text(unit.replace("/srv/elman/venv/bin/elman", shutil.which("true") or ""), encoding="utf-8")
    found = subprocess.run([systemd, "verify", there], capture_output=True, text=True)
    assert "elman.service" not in found.stderr


def test_hadolint_finds_nothing_in_the_container_file():
    found = subprocess.run(["hadolint", ROOT / "docs/serving/Containerfile"], capture_output=True, text=True)
    assert (found.stdout, found.returncode) == ("", 0)
