"""A run folder whose files are whole, each by itself, but do not belong together is refused before it predicts."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from conformance_cases import DATASET, RUN, build, cell_config, task_config

from embeddings.foundation.errors import InputError
from pipelines.runs.description import checksums
from pipelines.runs.folder import load_run_folder, save_run


@pytest.fixture(scope="module")
def whole(tmp_path_factory, ten_entity_examples, small_vectors) -> Path:
    folder = tmp_path_factory.mktemp("run")
    task, model = build(task_config("ner"), cell_config("lstm", True, units=4), small_vectors, ten_entity_examples)
    save_run(folder, "small", RUN, task, model, DATASET)
    return folder


def changed(folder: Path, name: str, change: Callable[[Any], None]) -> None:
    """Changes a file's value, and says that it was so from the beginning."""
    value = json.loads((folder / name).read_text(encoding="utf-8"))
    change(value)
    (folder / name).write_text(json.dumps(value), encoding="utf-8")
    about = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    (folder / "config.json").write_text(json.dumps({**about, "files": checksums(folder)}), encoding="utf-8")


@pytest.mark.parametrize("engine", ["onnx", "keras"])
@pytest.mark.parametrize(
    ("name", "change", "message"),
    [
        ("vocabulary_tokens.json", lambda words: words["trained"].pop(), "as many words as a table of the model has"),
        ("vocabulary_tokens.json", lambda words: words["frozen"].append("zzz"), "as many words as a table"),
        ("labels.json", lambda labels: labels.append("B-X"), r"labels\.json: expected \d labels, as the model has"),
        ("labels.json", lambda labels: labels.__setitem__(0, labels[1]), r"labels\.json: expected each label once"),
        ("labels.json", lambda labels: labels.__setitem__(0, "what"), "expected files of one run, got TagError"),
        ("config.json", lambda about: about["task"]["model"].update(output="crf"), "expected files of one run"),
        ("config.json", lambda about: about["task"]["model"].update(word_shapes=True), "expected"),
        ("config.json", lambda about: about["cell"].update(depth=10**9), "expected at most 100 layers"),
    ],
)
def test_files_of_different_runs_are_refused(
    whole: Path, tmp_path: Path, engine: str, name: str, change: Callable[[Any], None], message: str
) -> None:
    shutil.copytree(whole, tmp_path / "run")
    assert load_run_folder(tmp_path / "run", engine).task.labels
    changed(tmp_path / "run", name, change)
    with pytest.raises(InputError, match=message):
        load_run_folder(tmp_path / "run", engine)


def test_a_graph_of_other_units_than_the_configuration_says_is_refused(whole: Path, tmp_path: Path) -> None:
    shutil.copytree(whole, tmp_path / "run")
    changed(tmp_path / "run", "config.json", lambda about: about["cell"].update(units=5))
    with pytest.raises(InputError, match="expected hidden states of 10 numbers, as `cell` says, got 8 in the model"):
        load_run_folder(tmp_path / "run")


def test_a_listed_file_that_is_missing_is_named(whole: Path, tmp_path: Path) -> None:
    shutil.copytree(whole, tmp_path / "run")
    (tmp_path / "run/model.onnx").unlink()
    with pytest.raises(InputError, match=r"model\.onnx: expected it, as config\.json lists it"):
        load_run_folder(tmp_path / "run")
    assert load_run_folder(tmp_path / "run", "keras").name == "small"  # which needs no graphs


def test_a_graph_that_takes_all_memory_is_refused(whole: Path, tmp_path: Path) -> None:
    import numpy as np
    import onnx

    shutil.copytree(whole, tmp_path / "run")
    model = onnx.load(tmp_path / "run/model.onnx")
    numbers = {"start": np.float32(0), "end": np.float32(1e10), "step": np.float32(1)}
    model.graph.initializer.extend(onnx.numpy_helper.from_array(np.array(each), key) for key, each in numbers.items())
    (last,) = [node for node in model.graph.node if "outputs" in node.output]
    last.output[0] = "before"
    for operator, inputs, output in (("Range", [*numbers], "all"), ("ReduceMax", ["all"], "most")):
        model.graph.node.append(onnx.helper.make_node(operator, inputs, [output]))
    model.graph.node.append(onnx.helper.make_node("Add", ["before", "most"], ["outputs"]))
    (tmp_path / "run/model.onnx").write_bytes(model.SerializeToString())
    changed(tmp_path / "run", "config.json", lambda about: None)
    with pytest.raises(InputError, match=r"bytes of memory for each batch, got more; .* ELMAN_LIMITS=2"):
        load_run_folder(tmp_path / "run")


def test_nan_among_numbers_that_are_not_raw_is_told(whole: Path, tmp_path: Path) -> None:
    import onnx

    shutil.copytree(whole, tmp_path / "run")
    model = onnx.load(tmp_path / "run/model.onnx")
    weights = next(each for each in model.graph.initializer if each.data_type == 1 and len(each.dims) == 1)
    weights.ClearField("raw_data")
    weights.float_data.extend([float("nan")] * weights.dims[0])
    (tmp_path / "run/model.onnx").write_bytes(model.SerializeToString())
    changed(tmp_path / "run", "config.json", lambda about: None)
    with pytest.raises(InputError, match="expected numbers, got NaN"):
        load_run_folder(tmp_path / "run")
