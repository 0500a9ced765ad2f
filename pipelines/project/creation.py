"""`elman new`: the folder of a project."""

import json
import logging
import os
import subprocess
from importlib.metadata import distribution, version
from importlib.resources import files
from pathlib import Path

from embeddings.foundation.errors import InputError
from embeddings.foundation.files import atomic_folder
from pipelines.project.layout import GRAPH, REQUIREMENTS, RUNS, VERSION

TEMPLATE = {  # where a file goes -> file of the package
    GRAPH: "graph.yaml",
    RUNS: "runs.yaml",
    Path("README.md"): "readme.md",
    Path(".gitignore"): "gitignore.txt",
    Path(".dvcignore"): "dvcignore.txt",
    Path(".dvc/config"): "dvc_config.txt",
    **{Path(folder, ".gitignore"): "outputs.txt" for folder in ("data", "vectors", "runs")},
}

WHEEL = """\
# No package index has Elman yet. With its wheel in FOLDER (made in a clone by `pip wheel --no-deps .`):
#   pip install --find-links FOLDER -r requirements.txt
"""


def create(folder: Path) -> None:
    """Makes a project, whole or not at all.

    Raises:
        InputError: the folder is there and not empty, or git fails.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise InputError(f"{folder}: expected a new or an empty folder, got one that is not empty; choose another name")
    template = files("pipelines.project") / "template"
    with atomic_folder(folder) as made:
        _git(folder, "init", "--quiet", str(made))
        _dvc_init(made)
        for path, name in TEMPLATE.items():
            (made / path).parent.mkdir(parents=True, exist_ok=True)
            text = (template / name).read_text(encoding="utf-8")
            (made / path).write_text(text.replace("NAME_OF_THE_PROJECT", folder.resolve().name), encoding="utf-8")
        (made / VERSION).write_text(f"{version('elman')}\n", encoding="utf-8")
        (made / REQUIREMENTS).write_text(requirements(), encoding="utf-8")
        _git(folder, "-C", str(made), "add", "--all")


def requirements() -> str:
    """What pip needs to install the same Elman on another machine: its commit, if git has an address, or its version.

    Reference: PEP 610, which says where installers note what they have installed.
    """
    installed = distribution("elman")
    origin = json.loads(installed.read_text("direct_url.json") or "{}")
    source = origin.get("vcs_info")
    if source and not origin["url"].startswith("file:"):
        return f"elman @ {source['vcs']}+{origin['url']}@{source['commit_id']}\n"
    return f"{WHEEL}elman=={installed.version}\n"


def _git(folder: Path, *arguments: str) -> None:
    """Runs git, whatever repository the surroundings name."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    try:
        done = subprocess.run(["git", *arguments], capture_output=True, text=True, env=environment)
    except FileNotFoundError:
        raise InputError("git: no such program; install git, which keeps a project's history") from None
    if done.returncode:
        raise InputError(f"{folder}: git failed: {done.stderr}")


def _dvc_init(made: Path) -> None:
    """Makes a DVC project of a git repository."""
    from dvc.repo import Repo

    logging.getLogger("dvc").setLevel(logging.WARNING)  # else it says what it did, and so does this command
    Repo.init(str(made)).close()
