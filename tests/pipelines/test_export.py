"""Exports: a run as graphs alone, and with weights of 8 bits."""

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import onnx
import pytest
from conformance_cases import DATASET, RUN, TASKS, build, cell_config, examples_of, takes, task_config

import pipelines
from embeddings.foundation import plugins
from pipelines import export
from pipelines.data.examples import write_examples
from pipelines.graphs import graph
from pipelines.runs.engines.keras_engine import KerasEngine
from pipelines.runs.engines.onnx_engine import ONNXEngine
from pipelines.runs.folder import load_run_folder, save_run
from pipelines.runs.graphs import check_graphs, difference, write_graphs


def saved(folder, name, examples, vectors, **model):
    """A small run of a task, in a folder; the task and its engine."""
    task, built = build(task_config(name, **model), cell_config("lstm", takes(name, "lstm", True)), vectors, examples)
    folder.mkdir()
    save_run(folder, "small", RUN, task, built, DATASET)
    return task, KerasEngine(built)


@pytest.fixture(scope="module")
def run(ten_examples, small_vectors, tmp_path_factory):
    """A tagger, its engine, and its run folder as it was before runs had graphs."""
    folder = tmp_path_factory.mktemp("runs") / "old"
    task, engine = saved(folder, "pos_tagging", ten_examples, small_vectors)
    (folder / "model.onnx").unlink()
    about = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    del about["graphs"], about["files"]
    (folder / "config.json").write_text(json.dumps(about), encoding="utf-8")
    return task, engine, folder


def content(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_a_run_without_graphs_is_run_by_keras(run, ten_examples):
    task, engine, folder = run
    loaded = load_run_folder(folder)
    assert isinstance(loaded.engine, KerasEngine)
    assert list(loaded.task.predict(loaded.engine, ten_examples)) == list(task.predict(engine, ten_examples))


def test_its_export_holds_graphs_and_nothing_of_keras(run, ten_examples, tmp_path, capsys):
    task, engine, folder = run
    before = content(folder)
    write_examples(tmp_path / "data/dev.jsonl", ten_examples)
    export.main([str(folder), "--output", str(tmp_path / "out"), "--data", str(tmp_path / "data")])
    assert content(folder) == before
    written = {"model.onnx", "README.md", "words.py"}
    assert set(content(tmp_path / "out")) == (set(before) - {"model.keras"}) | written
    loaded = pipelines.load(tmp_path / "out")
    assert isinstance(loaded.engine, ONNXEngine)
    for one, other in zip(*(list(task.predict(each, ten_examples)) for each in (loaded.engine, engine)), strict=True):
        assert one["tags"] == other["tags"]
    about = json.loads((tmp_path / "out/config.json").read_text(encoding="utf-8"))["graphs"]
    assert about["opset"] == graph.OPSET
    assert about["quantized"] is False


def test_an_export_that_differs_from_keras_is_refused_and_nothing_is_written(run, ten_examples, tmp_path, monkeypatch):
    folder = run[2]
    write_examples(tmp_path / "data/dev.jsonl", ten_examples)
    monkeypatch.setattr("pipelines.runs.graphs.TOLERANCE", 1e-12)
    with pytest.raises(SystemExit, match="2"):
        export.main([str(folder), "--output", str(tmp_path / "out"), "--data", str(tmp_path / "data")])
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("name", TASKS)
def test_weights_of_8_bits_are_smaller_and_near(name, ten_examples, ten_entity_examples, small_vectors, tmp_path):
    examples = examples_of(name, ten_examples, ten_entity_examples)
    task, engine = saved(tmp_path / "run", name, examples, small_vectors)
    export.main([str(tmp_path / "run"), "--output", str(tmp_path / "out"), "--quantize"])
    quantized = load_run_folder(tmp_path / "out").engine
    exact, found = (np.concatenate(task.scores(each, examples)) for each in (engine, quantized))
    assert 0 < np.abs(found - exact).max() < 0.1
    assert json.loads((tmp_path / "out/config.json").read_text(encoding="utf-8"))["graphs"]["quantized"] is True
    inside = {node.op_type for path in (tmp_path / "out").glob("*.onnx") for node in onnx_nodes(path)}
    assert inside & {"DynamicQuantizeLSTM", "MatMulInteger"}


def onnx_nodes(path):
    return onnx.load(path).graph.node


def test_an_export_into_the_run_folder_is_refused(run, capsys):
    folder = run[2]
    for inside in (folder, folder / "graphs"):
        with pytest.raises(SystemExit, match="2"):
            export.main([str(folder), "--output", str(inside)])
        assert "expected a folder outside the run folder" in capsys.readouterr().err


FORMATS = pytest.mark.parametrize("form", export.NAMES)


@FORMATS
def test_a_place_that_holds_something_is_refused_and_left_alone(form, run, tmp_path, capsys):
    (tmp_path / "full").mkdir()
    (tmp_path / "full/mine.txt").write_text("mine", encoding="utf-8")
    (tmp_path / "file").write_text("mine", encoding="utf-8")
    for name, reason in (("full", "got files"), ("file", "got a file")):
        with pytest.raises(SystemExit, match="2"):
            export.main([str(run[2]), "--output", str(tmp_path / name), "--format", form])
        assert reason in capsys.readouterr().err
    assert {path.name for path in tmp_path.rglob("*")} == {"full", "mine.txt", "file"}


@FORMATS
def test_a_damaged_run_is_refused_and_nothing_is_written(form, run, ten_examples, small_vectors, tmp_path, capsys):
    saved(tmp_path / "run", "pos_tagging", ten_examples, small_vectors)
    labels = tmp_path / "run/labels.json"
    labels.write_text(labels.read_text(encoding="utf-8").replace("ADJ", "ADX"), encoding="utf-8")
    with pytest.raises(SystemExit, match="2"):
        export.main([str(tmp_path / "run"), "--output", str(tmp_path / "out"), "--format", form])
    (line,) = capsys.readouterr().err.splitlines()
    assert f"{labels}: expected sha256" in line
    assert [path.name for path in tmp_path.iterdir()] == ["run"]


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        (["--format", "hub", "--quantize"], "--quantize: expected the format onnx, got hub"),
        (["--format", "saved_model", "--licence", "mit"], "--licence, --evaluation, --vectors: they are for the card"),
        (["--vectors", "v"], "they are for the card of --format hub"),
        (
            ["--format", "hub", "--licence", "CC BY"],
            "--licence: expected an identifier such as apache-2.0, got 'CC BY'",
        ),
        (["--format", "hub", "--licence", "other"], "another one goes into README.md, with license_name"),
        (["--quantize", "--data", "d"], "--data: quantized graphs differ from Keras"),
    ],
)
def test_options_that_do_not_go_together_are_refused(options, reason, run, tmp_path, capsys):
    with pytest.raises(SystemExit, match="2"):
        export.main([str(run[2]), "--output", str(tmp_path / "out"), *options])
    assert reason in capsys.readouterr().err


def test_help_tells_what_a_saved_model_covers(capsys):
    with pytest.raises(SystemExit, match="0"):
        export.main(["--help"])
    told = " ".join(capsys.readouterr().out.split())
    for cell in plugins.names("pipelines.cells"):
        assert cell in told


def test_large_weights_stand_beside_the_graph_and_travel_with_it(ten_examples, small_vectors, tmp_path, monkeypatch):
    monkeypatch.setattr(graph, "EXTERNAL_BYTES", 500)
    task, engine = saved(tmp_path / "run", "pos_tagging", ten_examples, small_vectors)
    assert (tmp_path / "run/model.weights").stat().st_size > 500
    (tmp_path / "run").rename(tmp_path / "moved")
    (tmp_path / "moved/model.keras").unlink()
    for options, exact in (([], True), (["--quantize"], False)):
        export.main([str(tmp_path / "moved"), "--output", str(out := tmp_path / f"out_{exact}"), *options])
        loaded = load_run_folder(out).engine
        pairs = list(zip(task.scores(loaded, ten_examples), task.scores(engine, ten_examples), strict=True))
        assert all(difference(*pair) is None for pair in pairs) == exact


def test_a_graph_of_any_large_table_is_checked_and_runs(tmp_path, monkeypatch):
    """The limit of the format is 2 GiB for a file; weights beside it have none."""
    monkeypatch.setattr(graph, "EXTERNAL_BYTES", 1000)
    rows = np.arange(3000, dtype="float32").reshape(1000, 3)
    built = graph.Graph("lookup")
    found = built.add("Gather", built.constant(rows), built.input("ids", "int32", ["batch", "time"]))
    built.output("outputs", found, "float32", ["batch", "time", 3])
    built.save(tmp_path / "model.onnx")
    assert (tmp_path / "model.onnx").stat().st_size < 1000
    np.testing.assert_array_equal(ONNXEngine(tmp_path).outputs(np.array([[999, 0]], "int32")), rows[[[999, 0]]])


@pytest.mark.parametrize("name", ["pos_tagging", "text_classification", "translation"])
def test_what_train_has_not_shown_is_compared_as_well(name, ten_examples, small_vectors, tmp_path):
    task, engine = saved(tmp_path / "run", name, ten_examples, small_vectors)
    other = [
        replace(example, label="unknown", tags=("X",) * len(example.tokens), target_tokens=("новое",))
        for example in ten_examples
    ]
    check_graphs(tmp_path / "run", task, engine, other * 7)


def test_weights_outside_the_folder_of_a_graph_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(graph, "EXTERNAL_BYTES", 100)
    built = graph.Graph("lookup")
    found = built.add("Gather", built.constant(np.zeros((50, 2))), built.input("ids", "int32", ["batch"]))
    built.output("outputs", found, "float32", ["batch", 2])
    (tmp_path / "run").mkdir()
    path = tmp_path / "run/model.onnx"
    built.save(path)
    model = onnx.load(path, load_external_data=False)
    (weights,) = [each for each in model.graph.initializer if each.external_data]
    weights.external_data[0].value = "../model.weights"
    path.write_bytes(model.SerializeToString())
    (tmp_path / "run/model.weights").rename(tmp_path / "model.weights")
    with pytest.raises(
        ValueError, match=r"model\.onnx: expected an ONNX graph, got .*in another file than model.weights"
    ):
        ONNXEngine(tmp_path / "run")


def test_a_damaged_graph_is_refused_in_one_line(run, ten_examples, tmp_path, capsys):
    task, engine, _ = run
    write_graphs(tmp_path, task, engine.model)
    path = tmp_path / "model.onnx"
    path.write_bytes(path.read_bytes()[:100])
    with pytest.raises(ValueError, match=r"model\.onnx: expected an ONNX graph, got .*; copy the run folder again"):
        ONNXEngine(tmp_path)


def test_a_scalar_too_different_or_not_a_number_is_told():
    same = np.array([[0.5, 1.0]])
    assert difference(same, same + 5e-5) is None
    assert "by 2.0e-04" in str(difference(same + 2e-4, same))
    assert "by nan" in str(difference(same * np.nan, same))
    assert difference(20 * same + 1e-3, 20 * same) is None  # relative to the largest
    potentials = np.full((1, 2, 2), 1e4)
    assert difference(potentials + 0.5, potentials) is None  # relative to their size
    assert "by" in str(difference(potentials + 5, potentials))


def test_no_process_ends_on_an_empty_batch(run, tmp_path):
    task, engine, _ = run
    write_graphs(tmp_path, task, engine.model)
    code = (
        "import sys, numpy\nfrom pathlib import Path\nfrom pipelines.runs.engines.onnx_engine import ONNXEngine\n"
        "print(ONNXEngine(Path(sys.argv[1])).outputs(numpy.zeros((0, 4), 'int32')).shape)"
    )
    done = subprocess.run([sys.executable, "-c", code, tmp_path], capture_output=True, text=True, cwd=Path.cwd())
    assert (done.returncode, done.stdout.strip()) == (0, f"(0, 0, {len(task.labels)})")
