"""A training on several workers without the extra that it needs."""

import pytest
import yaml
from clones import ROOT

from pipelines import train
from pipelines.cluster import connection


def test_it_says_what_to_install_before_anything_is_read(tmp_path, monkeypatch, capsys):
    runs = yaml.safe_load((ROOT / "configs/runs.yaml").read_text(encoding="utf-8"))
    run = {**runs["runs"]["sentiment-lstm-skip_gram"], "set": {"training": {"workers": 2}}}
    (tmp_path / "runs.yaml").write_text(yaml.safe_dump({"runs": {"small": run}}), encoding="utf-8")
    monkeypatch.setattr(connection, "find_spec", lambda name: None)
    paths = ("data", "source-vectors", "target-vectors", "output", "cost")
    with pytest.raises(SystemExit) as ended:
        train.main([f"--runs={tmp_path / 'runs.yaml'}", "--run=small", f"--configs={ROOT / 'configs'}",
                    *(f"--{name}={tmp_path / name}" for name in paths)])  # fmt: skip
    assert ended.value.code == 2
    needs = "error: the package ray is not installed, which training.workers needs; pip install 'elman[cluster]'\n"
    assert capsys.readouterr().err == needs
