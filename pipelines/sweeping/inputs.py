"""The files that the trials of a sweep read, by the names that they know them by, and what a sweep is made of."""

import hashlib
import platform
from importlib.metadata import version
from pathlib import Path
from typing import Any

from embeddings.config import TrainedConfig
from embeddings.corpus import describe
from embeddings.foundation.config import read_yaml
from embeddings.foundation.errors import InputError
from pipelines.cluster.files import NodeFile, described
from pipelines.data.examples import read_dataset
from pipelines.sweeping.config import Plan
from pipelines.training.inputs import DATASET

DATA, SOURCE, TARGET = "data", "source_vectors", "target_vectors"  # folders of a trial
PACKAGES = ("gensim", "keras", "numba", "numpy", "optuna", "tensorflow")


def corpus_names(config: TrainedConfig) -> list[str]:
    """The names of the files of a corpus; beside each is its dataset's description."""
    digests = (hashlib.sha256(source.encode()).hexdigest()[:16] for source in config.corpus)
    return [f"corpus/{digest}/{Path(source).name}" for digest, source in zip(digests, config.corpus, strict=True)]


def input_files(plan: Plan, data: Path, vectors: Path) -> list[NodeFile]:
    """What the trials of a sweep read: train and dev, never test; word vectors, or the corpus of their own.

    Args:
        plan: the sweep.
        data: folder of prepared datasets.
        vectors: folder of word vectors.

    Raises:
        InputError: something is not there.
    """
    base, dataset = plan.base, data / plan.base.dataset
    read_dataset(dataset)
    paths = {f"{DATA}/{name}": dataset / name for name in DATASET}
    for folder, name in ((SOURCE, base.source_vectors), (TARGET, base.target_vectors)):
        if folder == SOURCE and plan.trains_vectors:
            for config in (plan.vectors(values.get("vectors", {})) for values in plan.space.single_values()):
                for file, source in zip(corpus_names(config), config.corpus, strict=True):
                    describe(source, config.field)  # refuses dev and test
                    about = Path(source).parent / "dataset.json"
                    paths |= {file: Path(source), f"{Path(file).parent}/dataset.json": about}
            continue
        if not (vectors / name).is_dir():
            raise InputError(f"{vectors / name}: expected word vectors, got no such folder; run their stage first")
        paths |= {f"{folder}/{path.name}": path for path in (vectors / name).iterdir()}
    return described(paths)


def origin(plan: Plan, files: list[NodeFile]) -> dict[str, Any]:
    """What decides the trials of a sweep and their results, but for the code; as JSON."""
    base, vectors = plan.base, f"vectors/{plan.base.source_vectors}"
    names = [f"tasks/{base.task}", f"cells/{base.cell}", *([vectors] if plan.trains_vectors else [])]
    return {
        "sweep": plan.sweep.described(),
        "run": base.trained(),
        "configurations": {name: read_yaml(plan.configs / f"{name}.yaml") for name in names},
        "inputs": {file.name: file.sha256 for file in files},
        "packages": {name: version(name) for name in PACKAGES} | {"python": platform.python_version()},
    }
