"""A project of one's own, made as `elman new` makes it, and small files of each task."""

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
