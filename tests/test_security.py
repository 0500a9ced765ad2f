"""What is read can run no code and writes nowhere else: no pickle, models in safe mode, no unpacked archive."""

import ast
import os
import pickle
import subprocess
from pathlib import Path

import pytest

import embeddings
from embeddings import store
from embeddings.config import VectorsConfig
from embeddings.foundation.config import load_config
from pipelines.data.examples import read_examples
from pipelines.datasets.config import DatasetConfig
from pipelines.models.config import load_encoder
from pipelines.prepare import main as prepare
from pipelines.runs.config import load_runs, load_settings
from pipelines.tasks.config import load_task

ROOT = Path(__file__).parents[1]
SOURCES = sorted(path for folder in ("embeddings", "pipelines") for path in (ROOT / folder).rglob("*.py"))
MODULES = {"_pickle", "cloudpickle", "dill", "joblib", "marshal", "pickle", "shelve", "tarfile"}
FUNCTIONS = {
    *("eval", "exec", "compile", "torch.load", "keras.config.enable_unsafe_deserialization"),
    *("yaml.load", "yaml.load_all", "yaml.full_load", "yaml.unsafe_load", "yaml.Loader", "yaml.UnsafeLoader"),
    *("KeyedVectors.load", "Word2Vec.load"),  # gensim's own files are pickles
    *("pooch.Unzip", "pooch.Untar", "pooch.Decompress", "shutil.unpack_archive"),
}
METHODS = {"extract", "extractall"}
SAFE = {"np.load": "allow_pickle=False", "np.save": "allow_pickle=False", "keras.saving.load_model": "safe_mode=True"}


def unsafe(code: str) -> list[str]:
    """What in a module may run what it reads, or write where an archive says."""
    found = []
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Import | ast.ImportFrom):
            of = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            found += [name for name in [*of, *(alias.name for alias in node.names)] if name.split(".")[0] in MODULES]
        elif isinstance(node, ast.Call):
            name = ast.unparse(node.func)
            if name in FUNCTIONS or (isinstance(node.func, ast.Attribute) and node.func.attr in METHODS):
                found.append(name)
            if name in SAFE and SAFE[name] not in map(ast.unparse, node.keywords):
                found.append(f"{name} without {SAFE[name]}")
    return found


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_nothing_that_is_read_can_run_code_or_leave_its_folder(path: Path) -> None:
    assert unsafe(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("import pickle", ["pickle"]),
        ("from joblib import load", ["joblib"]),
        ("np.load(path)", ["np.load without allow_pickle=False"]),
        ("np.load(path, allow_pickle=True)", ["np.load without allow_pickle=False"]),
        ("keras.saving.load_model(path)", ["keras.saving.load_model without safe_mode=True"]),
        ("yaml.load(file, yaml.Loader)", ["yaml.load"]),
        ("zipfile.ZipFile(path).extractall()", ["zipfile.ZipFile(path).extractall"]),
        ("pooch.retrieve(url, processor=pooch.Untar())", ["pooch.Untar"]),
    ],
)
def test_what_is_unsafe_is_found(code: str, found: list[str]) -> None:
    assert unsafe(code) == found


@pytest.fixture
def without_pickle(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every way into pickle raises."""

    def trap(*args: object, **kwargs: object) -> None:
        raise AssertionError("pickle was used")

    for name in ("dump", "dumps", "load", "loads", "Pickler", "Unpickler"):
        monkeypatch.setattr(pickle, name, trap)
    with pytest.raises(AssertionError, match="pickle was used"):
        pickle.loads(b"")  # the trap works


@pytest.mark.usefixtures("without_pickle")
def test_vectors_are_written_and_read_without_pickle(tmp_path: Path, small_vectors) -> None:
    store.save(tmp_path / "vectors", small_vectors, {"tokenizer": "words"})
    assert embeddings.load(tmp_path / "vectors").index_to_key == small_vectors.index_to_key
    assert store.provenance(tmp_path / "vectors") == {"tokenizer": "words"}


@pytest.mark.usefixtures("without_pickle")
def test_configurations_are_read_without_pickle() -> None:
    kinds = {"datasets": DatasetConfig, "vectors": VectorsConfig}
    for path in (ROOT / "configs/cells").glob("*.yaml"):
        load_encoder(path)
    for path in (ROOT / "configs/tasks").glob("*.yaml"):
        load_task(path)
    for folder, kind in kinds.items():
        for path in (ROOT / "configs" / folder).glob("*.yaml"):
            load_config(kind, path)
    for runs in (ROOT / "configs/runs.yaml", ROOT / "benchmarks/runs.yaml"):
        for name, run in load_runs(runs).items():
            load_settings(run, ROOT / "configs", name)


@pytest.mark.usefixtures("without_pickle")
def test_a_dataset_is_prepared_and_read_without_pickle(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ELMAN_DATA", str(tmp_path))
    (tmp_path / "a.tsv").write_text("good\tfine\nbad\tdull\n")
    (tmp_path / "a.yaml").write_text(
        "{source: files, version: '1', language: en, tokenizer: words, reader: labelled_text,"
        " files: {train: [{path: a.tsv}]}, licence: none, citation: none}"
    )
    prepare(["--dataset", str(tmp_path / "a.yaml"), "--output", str(tmp_path / "data")])
    assert [example.label for example in read_examples(tmp_path / "data/train.jsonl")] == ["good", "bad"]


def test_a_configuration_that_names_python_objects_is_refused(tmp_path: Path) -> None:
    (tmp_path / "runs.yaml").write_text("runs: !!python/object/apply:os.system ['true']")
    with pytest.raises(ValueError, match=r"runs\.yaml:1: not valid YAML: could not determine a constructor"):
        load_runs(tmp_path / "runs.yaml")


def test_lint_says_that_the_audit_was_skipped_where_its_service_is_not_reachable() -> None:
    # `-n` runs nothing but make itself and what calls it; the environment is taken to be there.
    done = subprocess.run(
        ["make", "-n", "--no-print-directory", "-o", ".venv/installed", "lint"],
        cwd=ROOT,
        env={**os.environ, "HTTPS_PROXY": "http://127.0.0.1:9", "https_proxy": "http://127.0.0.1:9"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1].startswith("audit skipped: the vulnerability service")
