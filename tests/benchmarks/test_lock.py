"""Where the published figures are from: `benchmarks/dvc.lock` knows their stages, or the page names their commit."""

import hashlib
from pathlib import Path

import pytest
import yaml

from embeddings.foundation.config import read_yaml
from embeddings.foundation.reading import read_json

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"


@pytest.fixture(scope="module")
def lock():
    text = (BENCHMARKS / "dvc.lock").read_text(encoding="utf-8")
    return yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))["stages"]


def hashes(stage, kind, folder):
    """Path -> hash of what a stage reads or writes in a folder."""
    return {each["path"]: each["md5"] for each in stage.get(kind, ()) if each["path"].startswith(folder)}


def evaluations(result):
    """The stages that a published figure is from."""
    return [word for word in result["command"].split() if "@" in word]


def test_a_published_figure_is_of_stages_of_the_lock_file_or_of_a_commit_that_is_named(lock):
    earlier = read_yaml(BENCHMARKS / "earlier.yaml")
    named = {(dataset, run) for dataset, entries in earlier.items() for entry in entries for run in entry["runs"]}
    results = read_json(BENCHMARKS / "results.json")
    published = {(each["dataset"], each["run"]): evaluations(each) for each in results if each["task"] != "probe"}
    unknown = [key for key, stages in published.items() if not lock.keys() >= {*stages}]
    assert [key for key in unknown if key not in named] == []
    assert [key for key in named if key not in published] == []
    assert any(key not in named for key in published)


def test_metrics_in_git_are_those_that_the_lock_file_knows(lock):
    known = {path: md5 for stage in lock.values() for path, md5 in hashes(stage, "outs", "metrics/").items()}
    assert len(known) > 40
    assert {path: hashlib.md5((BENCHMARKS / path).read_bytes()).hexdigest() for path in known} == known


def test_what_a_stage_read_of_a_run_is_what_the_stage_before_wrote(lock):
    """From evaluations to predictions, run folders, and the members of an ensemble, whenever each was made."""
    written = {path: md5 for stage in lock.values() for path, md5 in hashes(stage, "outs", "out/").items()}
    folders = ("out/predictions", "out/runs")
    read = [pair for stage in lock.values() for folder in folders for pair in hashes(stage, "deps", folder).items()]
    assert len(read) > 70
    assert [path for path, md5 in read if written.get(path) != md5] == []
