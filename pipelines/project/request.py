"""What `elman add` was asked for: a name, a task, files, and options that overrule guesses."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import yaml

from embeddings.foundation import plain_yaml
from embeddings.foundation.config import nearest
from embeddings.foundation.errors import InputError
from pipelines.datasets.config import SPLITS
from pipelines.datasets.sources.dataset_folder import splits_of
from pipelines.project.kinds import KINDS, Kind

PARTS = ("dataset", "options", "vectors", "model", "training")  # what `--set` takes keys of
ACCEPTED = {  # what files may disagree in -> what it means
    "overlap": "examples of dev or test that also occur in train",
    "unseen": "labels or tags of dev or test that do not occur in train",
}


@dataclass(frozen=True)
class Request:
    """A dataset to be added to the project of the working directory."""

    name: str
    task: str
    files: Mapping[str, Sequence[Path]]  # by split
    reader: str = ""
    vectors: str = ""  # of the source, which are there already
    accept: Sequence[str] = ()
    settings: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)  # by part

    @property
    def kind(self) -> Kind:
        """The kind of the task."""
        return KINDS[self.task]

    def setting(self, part: str) -> Mapping[str, Any]:
        """The keys of a part that the user has given."""
        return self.settings.get(part, {})


def parse_settings(given: Sequence[str]) -> dict[str, dict[str, Any]]:
    """What `--set PART.KEY=VALUE` says, the value as YAML.

    Raises:
        InputError: a setting is of another form, or of no part.
    """
    settings: dict[str, dict[str, Any]] = {}
    for each in given:
        name, found, value = each.partition("=")
        part, dot, key = name.partition(".")
        if not found or not dot or not key:
            raise InputError(f"--set {each}: expected PART.KEY=VALUE, such as training.epochs=5; see --help")
        if part not in PARTS:
            raise InputError(f"--set {each}: unknown part {part!r}{nearest(part, list(PARTS))}")
        try:
            settings.setdefault(part, {})[key] = plain_yaml.read(value)
        except yaml.YAMLError as error:
            raise InputError(f"--set {each}: expected a value in YAML: {getattr(error, 'problem', error)}") from None
    return settings


def with_files_of_folder(request: Request) -> Request:
    """The request, with the files of a folder in the layout of Hugging Face's datasets in the place of its name.

    Its splits are those of the folder that `--train` names; a file that is given for one of them is taken instead.

    Raises:
        InputError: a split of the folder has files of several formats.
    """
    folder = request.files["train"][0]
    if len(request.files["train"]) > 1 or not folder.is_dir():
        return request
    found = splits_of(folder)
    others = {split: paths for split, paths in request.files.items() if split != "train"}
    return replace(request, files=found | others) if "train" in found else request


def check_files(files: Mapping[str, Sequence[Path]]) -> None:
    """Refuses a file that is not there, and one that is given twice.

    Raises:
        InputError: there is one.
    """
    seen: dict[Path, str] = {}
    for split in SPLITS:
        for path in files.get(split, ()):
            if not path.exists():
                raise InputError(f"{path}: no such file, for --{split}")
            if before := seen.get(path.resolve()):
                raise InputError(f"{path}: expected another file for --{split}, got that of --{before}; leave one out")
            seen[path.resolve()] = split
