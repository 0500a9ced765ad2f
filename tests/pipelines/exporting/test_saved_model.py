"""The format saved_model: TensorFlow alone loads it and answers as Elman does."""

import json

import pytest
from exported_runs import TEXTS, answers_without_elman

import pipelines
from pipelines import export
from pipelines.data.examples import write_examples
from pipelines.runs.folder import load_run_folder

EXPORTED = ("head_tail", "crf")


@pytest.fixture(scope="module")
def exported(run_folders, tmp_path_factory):
    """Folders of SavedModels by the kinds of their runs."""
    place = tmp_path_factory.mktemp("saved_models")
    for kind in EXPORTED:
        export.main([str(run_folders[kind]), "--output", str(place / kind), "--format", "saved_model"])
    return {kind: place / kind for kind in EXPORTED}


def test_tensorflow_alone_answers_as_elman_does(run_folders, exported):
    of_labels, of_tags = answers_without_elman([(exported[kind], TEXTS) for kind in EXPORTED])
    rows = {kind: list(pipelines.load(run_folders[kind]).predict(TEXTS)) for kind in EXPORTED}
    assert of_labels == [pytest.approx(row["probabilities"], abs=1e-5) for row in rows["head_tail"]]
    assert of_tags == [row["tags"] for row in rows["crf"]]


def test_it_is_no_run_folder(exported):
    with pytest.raises(
        ValueError, match="got a SavedModel, which TensorFlow alone loads; give the run folder, or export"
    ):
        load_run_folder(exported["crf"])


def refused(capsys, *arguments):
    with pytest.raises(SystemExit, match="2"):
        export.main([*map(str, arguments)])
    (line,) = capsys.readouterr().err.splitlines()
    return line


@pytest.mark.parametrize(
    ("kind", "reason"),
    [
        ("windows", "truncation: windows, which reads a text in several rows"),
        ("translation", "task 'translation', which writes word by word"),
        ("captions", "task 'captioning', which writes word by word"),
        ("characters", "task 'text_generation', which writes word by word"),
    ],
)
def test_what_it_cannot_hold_is_refused_and_nothing_is_written(run_folders, kind, reason, tmp_path, capsys):
    said = refused(capsys, run_folders[kind], "--output", tmp_path / "out", "--format", "saved_model")
    assert f"{run_folders[kind]}: a SavedModel cannot hold {reason}; choose --format onnx" in said
    assert not [*tmp_path.iterdir()]


def test_one_that_differs_from_the_run_is_refused(run_folders, ten_examples, tmp_path, capsys, monkeypatch):
    write_examples(tmp_path / "data/dev.jsonl", ten_examples)
    about = json.loads((run_folders["columns"] / "config.json").read_text(encoding="utf-8"))
    (tmp_path / "data/dataset.json").write_text(json.dumps(about["dataset"]), encoding="utf-8")
    monkeypatch.setattr("pipelines.runs.graphs.TOLERANCE", 1e-12)
    arguments = ["--output", tmp_path / "out", "--format", "saved_model", "--data", tmp_path / "data"]
    assert "the exported weights differ from Keras: by" in refused(capsys, run_folders["columns"], *arguments)
    assert not (tmp_path / "out").exists()
