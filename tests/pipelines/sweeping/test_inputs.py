"""What trials read: train and dev, never test, and the corpus of word vectors that they train themselves."""

import shutil
from pathlib import Path

import numpy as np
import pytest
import yaml
from clones import ROOT
from prepared import prepare

from embeddings import store
from embeddings.foundation.errors import InputError
from embeddings.train import train
from pipelines.cluster.files import place
from pipelines.sweeping.config import load_plan
from pipelines.sweeping.inputs import corpus_names, input_files, origin
from pipelines.sweeping.trial import place_vectors

VECTORS = {"algorithm": "cbow", "dimensions": 8, "seed": 1, "corpus": ["data/train.jsonl"], "minimum_count": 1}


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    """A folder with a dataset that has a test split, configurations and no vectors but empty ones."""
    root = tmp_path_factory.mktemp("inputs")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ELMAN_DATA", str(root))
        texts = "pos\tgood films\nneg\tbad films\n"
        files = {"train": texts * 20, "dev": texts, "test": texts}
        prepare(root, files, reader="labelled_text", tokenizer="words")
    for kind, name in (("tasks", "sentiment"), ("cells", "lstm")):
        path = root / "configs" / kind / f"{name}.yaml"
        path.parent.mkdir(parents=True)
        path.write_bytes((ROOT / "configs" / kind / f"{name}.yaml").read_bytes())
    (root / "configs/vectors").mkdir()
    run = {"task": "sentiment", "dataset": "data", "cell": "lstm", "layer": "lstm", "source_vectors": "own",
           "target_vectors": "own", "seed": 1, "report_test": True}  # fmt: skip
    (root / "runs.yaml").write_text(yaml.safe_dump({"runs": {"small": run}}), encoding="utf-8")
    (root / "vectors/own").mkdir(parents=True)
    (root / "vectors/own/vectors.npy").touch()
    return root


@pytest.fixture
def make(root, monkeypatch):
    """Reads a sweep, in that folder."""
    monkeypatch.chdir(root)

    def make(space, vectors=VECTORS):
        Path("configs/vectors/own.yaml").write_text(yaml.safe_dump(vectors), encoding="utf-8")
        Path("small.yaml").write_text(yaml.safe_dump({"run": "small", "search": "grid", "space": space}), "utf-8")
        return load_plan(Path("small.yaml"), Path("runs.yaml"), Path("configs"))

    return make


UNITS = {"cell": {"units": {"choices": [8, 16]}}}
WINDOW = {"vectors": {"window": {"choices": [2, 4]}}}


def test_test_is_not_among_the_inputs(make):
    names = {file.name for file in input_files(make(UNITS), Path(), Path("vectors"))}
    assert Path("data/test.jsonl").exists()
    assert names == {"data/train.jsonl", "data/dev.jsonl", "data/counts.json", "data/dataset.json",
                     "source_vectors/vectors.npy", "target_vectors/vectors.npy"}  # fmt: skip


def test_a_sweep_over_vectors_reads_their_corpus_in_their_place(make):
    plan = make(WINDOW)
    names = {file.name for file in input_files(plan, Path(), Path("vectors"))}
    (corpus,) = corpus_names(plan.vectors({}))
    assert {corpus, f"{Path(corpus).parent}/dataset.json", "target_vectors/vectors.npy"} <= names
    assert "source_vectors/vectors.npy" not in names


def test_a_corpus_of_dev_is_refused(make):
    plan = make(WINDOW, {**VECTORS, "corpus": ["data/dev.jsonl"]})
    with pytest.raises(InputError, match="no vectors are trained on dev or test"):
        input_files(plan, Path(), Path("vectors"))


def test_each_corpus_of_a_sweep_over_corpora_is_read_and_checked(make, root):
    other = root / "other/train.jsonl"
    other.parent.mkdir()
    shutil.copy(root / "data/dataset.json", other.parent)
    other.write_text('{"tokens": ["another"]}\n', encoding="utf-8")
    plan = make({"vectors": {"corpus": {"choices": [["data/train.jsonl"], ["other/train.jsonl"]]}}})
    paths = {file.name: file.path for file in input_files(plan, Path(), Path("vectors"))}
    (name,) = corpus_names(plan.vectors({"corpus": ["other/train.jsonl"]}))
    assert paths[name] == str(other.resolve())
    with pytest.raises(InputError, match="no vectors are trained on dev or test"):
        input_files(make({"vectors": {"corpus": {"choices": [["data/dev.jsonl"]]}}}), Path(), Path("vectors"))


def test_what_is_not_there_is_told(make, tmp_path):
    with pytest.raises(InputError, match=r"vectors/own: expected word vectors, got no such folder; run their stage"):
        input_files(make(UNITS), Path(), tmp_path / "vectors")
    with pytest.raises(InputError, match=r"expected a prepared dataset with a dataset\.json"):
        input_files(make(UNITS), tmp_path, Path("vectors"))


def test_a_sweep_is_another_one_with_other_inputs_or_configurations(make, root):
    pytest.importorskip("optuna", reason="the extra `cluster` is not installed")
    pytest.importorskip("ray", reason="the extra `cluster` is not installed")

    def now():
        plan = make(UNITS)
        return origin(plan, input_files(plan, Path(), Path("vectors")))

    first = now()
    assert now() == first
    path = root / "configs/cells/lstm.yaml"
    before = path.read_bytes()
    path.write_bytes(before + b"# a comment\n")
    assert now() == first
    path.write_bytes(before.replace(b"dropout: 0.2", b"dropout: 0.3"))
    changed = now()
    path.write_bytes(before)
    assert [key for key in first if changed[key] != first[key]] == ["configurations"]
    path = root / "vectors/own/vectors.npy"
    path.write_bytes(b"1")
    changed = now()
    path.write_bytes(b"")
    assert [key for key in first if changed[key] != first[key]] == ["inputs"]


def test_a_trial_has_the_vectors_that_their_stage_would_train(make, tmp_path):
    plan = make(WINDOW)
    place(input_files(plan, Path(), Path("vectors")), "sweep", tmp_path)
    place_vectors(plan.vectors({"window": 4}), tmp_path, tmp_path / "kept")
    vectors, provenance, _ = train(plan.vectors({"window": 4}))
    store.save(tmp_path / "alone", vectors, provenance)
    for path in (tmp_path / "alone").iterdir():
        assert (tmp_path / "source_vectors" / path.name).read_bytes() == path.read_bytes(), path.name
    assert np.any(store.load(tmp_path / "alone").vectors)


def test_a_node_trains_the_vectors_of_a_configuration_once(make, tmp_path):
    """Two trials with other seeds, of which the second has no corpus, and one with another window."""
    plan, made = make(WINDOW), []
    for trial, window in (("first", 4), ("second", 4), ("third", 2)):
        folder = tmp_path / trial
        folder.mkdir()
        if trial != "second":
            place(input_files(plan, Path(), Path("vectors")), "sweep", folder)
        settings = plan.settings({"vectors": {"window": window}}, len(made))
        place_vectors(settings.vectors, folder, tmp_path / "kept")
        made.append((folder / "source_vectors").resolve())
    assert made[0] == made[1] != made[2]
    assert [store.provenance(path)["config"]["window"] for path in made] == [4, 4, 2]
