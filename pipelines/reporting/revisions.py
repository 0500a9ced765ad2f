"""Predictions of another revision of the repository: a commit, a branch, a tag or a DVC experiment."""

from dataclasses import replace
from pathlib import Path

from embeddings.foundation.errors import InputError
from pipelines.reporting.systems import Folders


def fetch(name: str, revision: str, folders: Folders, target: Path) -> Folders:
    """Copies a system's predictions and configuration as a revision has them, from DVC's cache or its remote.

    Args:
        name: `RUN` or `GROUP/BASELINE`.
        revision: whatever git or DVC knows.
        folders: where they stand, in any revision.
        target: an empty folder to copy into.

    Returns:
        Where they are now.

    Raises:
        InputError: there is no such revision, it has no such system, or DVC's cache lacks its files.
    """
    from dvc.api import DVCFileSystem
    from dvc.exceptions import DvcException
    from dvc.scm import RevError

    baseline = "/" in name
    predictions = folders.predictions / "baselines" / name if baseline else folders.predictions / name
    wanted = {predictions: target / predictions.relative_to(folders.predictions)}
    if not baseline:
        path = folders.trained / name / "config.json"
        wanted[path] = target / "trained" / name / path.name
    try:
        files = DVCFileSystem(rev=revision)
        for path, copy in wanted.items():
            copy.parent.mkdir(parents=True, exist_ok=True)
            files.get(path.as_posix(), str(copy), recursive=path.suffix == "")
    except RevError:
        raise InputError(f"{name}@{revision}: git and DVC know no revision or experiment {revision!r}") from None
    except (DvcException, OSError) as error:
        told = f"{path} of that revision cannot be read: {error}"
        raise InputError(f"{name}@{revision}: {told}; run `dvc repro` there, or `dvc fetch`") from None
    return replace(folders, predictions=target, trained=target / "trained")
