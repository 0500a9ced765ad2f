"""Where a project has its files, and the names of what `elman add` makes for a dataset."""

from dataclasses import dataclass
from pathlib import Path

from embeddings.foundation.errors import InputError
from pipelines.project.kinds import KINDS

CONFIGS = Path("configs")
GRAPH, RUNS = Path("dvc.yaml"), CONFIGS / "runs.yaml"
VERSION = Path("elman_version.txt")  # what the stages of an installed package depend on
REQUIREMENTS = Path("requirements.txt")  # how another machine installs it


def config_path(kind: str, name: str) -> Path:
    """A configuration: of `datasets`, `tasks`, `cells` or `vectors`."""
    return CONFIGS / kind / f"{name}.yaml"


@dataclass(frozen=True)
class Names:
    """The names of what belongs to a dataset; its entry of baselines has its own name."""

    dataset: str

    @property
    def unlabelled(self) -> str:
        """Of its texts without labels, a dataset."""
        return f"{self.dataset}_unlabelled"

    @property
    def source_vectors(self) -> str:
        """Of the vectors of its texts."""
        return f"{self.dataset}_skip_gram"

    @property
    def target_vectors(self) -> str:
        """Of the vectors of its translations."""
        return f"{self.dataset}_target_skip_gram"

    def task(self, module: str) -> str:
        """Of the task's configuration."""
        return f"{module}_{self.dataset}"

    def run(self, cell: str, has_crf: bool = False) -> str:
        """Of a run."""
        return f"{self.dataset}-{cell}{'_crf' * has_crf}"

    def is_own_run(self, run: str) -> bool:
        """Whether a run has such a name."""
        return run.startswith(self.run(""))

    def configs(self) -> list[Path]:
        """The configurations that are there and have one of these names."""
        vectors = (self.source_vectors, self.target_vectors)
        paths = [config_path("datasets", name) for name in (self.dataset, self.unlabelled)]
        paths += [config_path("tasks", self.task(kind.module)) for kind in KINDS.values()]
        paths += [config_path("vectors", name) for name in vectors]
        return [path for path in paths if path.exists()]


def check_project() -> None:
    """Refuses a working directory that is no project.

    Raises:
        InputError: a file of a project is missing.
    """
    for path in (RUNS, GRAPH):
        if not path.is_file():
            advice = "run the command in a project's folder; `elman new FOLDER` makes one"
            raise InputError(f"{path}: expected an Elman project here, got no such file; {advice}")
