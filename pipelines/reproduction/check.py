"""Checks that dvc.lock was made with the code of HEAD, and that a cheap stage still gives what it says.

python -m pipelines.reproduction.check prepare@toy_ner

It works on a clone, without data and without training: it compares what no stage makes (code, configurations and
commands) with what dvc.lock says that the stages read, and runs the one stage.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import yaml

from embeddings.foundation.errors import InputError, exits_on_input_error


@exits_on_input_error
def main(arguments: list[str] | None = None) -> None:
    """Prints a line for each difference, and exits with code 1 where there is one."""
    parser = argparse.ArgumentParser(prog="python -m pipelines.reproduction.check", description=__doc__)
    parser.add_argument("stage", help="a cheap stage, which reads nothing that another one makes")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        clone = Path(folder)
        subprocess.run(["git", "clone", "-q", "--depth", "1", f"file://{Path.cwd()}", folder], check=True)
        differences = [f"{path} is not what {of} ran with" for path, of in changed_inputs(clone).items()]
        if not differences:
            differences = [f"{options.stage} gives another {path}" for path in changed_outs(clone, options.stage)]
    for difference in differences:
        print(f"dvc.lock: {difference}; run `make repro` and commit it", file=sys.stderr)
    if differences:
        sys.exit(1)


def changed_inputs(folder: Path) -> dict[str, str]:
    """What no stage makes and dvc.lock has otherwise: a path, or "the command" -> the stages that it belongs to."""
    from dvc.repo import Repo

    found: dict[str, list[str]] = {}
    with Repo(str(folder)) as repo:
        stages = repo.stage.load_all(str(folder / "dvc.yaml"))
        made = [out.fs_path for stage in stages for out in stage.outs]
        with repo.lock:
            for stage in stages:
                read = [dep for dep in stage.deps if not any(repo.fs.overlaps(dep.fs_path, path) for path in made)]
                changed = [str(dep.def_path) for dep in read if dep.status()]
                for path in [*changed, *(["the command"] if stage.changed_stage() else [])]:
                    found.setdefault(path, []).append(stage.name)
    return {path: f"{names[0]} and {len(names) - 1} more" if names[1:] else names[0] for path, names in found.items()}


def changed_outs(folder: Path, stage: str) -> list[str]:
    """The outs that a stage gives otherwise than dvc.lock says.

    Raises:
        InputError: there is no such stage, or it fails.
    """
    from dvc.exceptions import DvcException
    from dvc.repo import Repo

    before = hashes(folder, stage)
    os.environ["PYTHONPATH"] = str(folder)
    with Repo(str(folder)) as repo:
        try:
            repo.reproduce(f"{folder / 'dvc.yaml'}:{stage}", single_item=True, force=True, no_commit=True)
        except DvcException:
            raise InputError(f"{stage}: expected a stage that runs alone in a fresh clone; it failed") from None
    after = hashes(folder, stage)
    return [path for path in after if after[path] != before.get(path)]


def hashes(folder: Path, stage: str) -> dict[str, str]:
    """The outs of a stage, with their hashes."""
    lock = yaml.safe_load((folder / "dvc.lock").read_text(encoding="utf-8"))
    return {out["path"]: out["md5"] for out in lock["stages"].get(stage, {}).get("outs", ())}


if __name__ == "__main__":
    main()
