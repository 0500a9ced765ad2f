"""A project of one's own, made as `elman new` makes it, and small files of each task."""

import shutil
from pathlib import Path

import pytest
from own_files import write_files

from pipelines.project.creation import create


@pytest.fixture(scope="session")
def files(tmp_path_factory) -> Path:
    """A folder with files of each task."""
    write_files(folder := tmp_path_factory.mktemp("files"))
    return folder


@pytest.fixture(scope="session")
def empty_project(tmp_path_factory) -> Path:
    """A new project, to be copied."""
    create(folder := tmp_path_factory.mktemp("new") / "project")
    return folder


@pytest.fixture
def project(empty_project, tmp_path, monkeypatch) -> Path:
    """A new project, the current folder."""
    shutil.copytree(empty_project, tmp_path / "project", ignore=shutil.ignore_patterns(".git", "tmp"))
    monkeypatch.chdir(tmp_path / "project")
    monkeypatch.delenv("ELMAN_DATA", raising=False)
    return tmp_path / "project"
