"""An environment of what prediction alone needs, made from the wheel: it predicts with a run of each task."""

import json
import os
import shutil
import subprocess
import sys
import tomllib
from importlib.metadata import distribution
from importlib.util import cache_from_source
from pathlib import Path
from urllib.request import Request, urlopen

import numpy as np
import pytest
from clones import ROOT
from conformance_cases import DATASET, RUN, TASKS, build, cell_config, examples_of, takes, task_config
from packaging.requirements import Requirement
from served import serving

from embeddings import store
from embeddings.neighbours import neighbours
from pipelines.data.examples import write_examples
from pipelines.datasets.counts import count_names
from pipelines.runs.engines.onnx_engine import ONNXEngine
from pipelines.runs.folder import save_run

MOST_MEGABYTES = 350
ABSENT = ("tensorflow", "keras", "dvc", "tensorflow_datasets", "sklearn", "scipy", "gensim", "numba", "onnx", "pandas")
ALONE = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}  # nothing else is found
ONE_RUN = pytest.mark.parametrize("run", ["pos_tagging"], indirect=True)


def requirements():
    lines = (ROOT / "requirements-predict.txt").read_text(encoding="utf-8").splitlines()
    return [line for line in lines if not line.startswith("#")]


def closure(names):
    """The distributions that these need, themselves among them, as they are installed here."""
    found, remaining = {}, list(names)
    while remaining:
        name = remaining.pop()
        if (key := name.lower().replace("_", "-")) not in found:
            found[key] = distribution(name)
            needs = [Requirement(each) for each in found[key].requires or []]
            remaining += [need.name for need in needs if need.marker is None or need.marker.evaluate({"extra": ""})]
    return found.values()


def copy_packages(distributions, folder):
    """Copies what is installed here into another folder of packages, with its bytecode, which is slow to compile."""
    for each in distributions:
        here = Path(each.locate_file(""))
        for file in (here / file for file in each.files or [] if ".." not in file.parts and file.suffix != ".pyc"):
            for path in filter(Path.exists, (file, Path(cache_from_source(str(file))))):
                copy = folder / path.relative_to(here)
                copy.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(path, copy)


@pytest.fixture(scope="module")
def environment(wheel, tmp_path_factory):
    """The folder of an environment with the requirements, copied from here, and the wheel without its own."""
    folder = tmp_path_factory.mktemp("light") / "env"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
    (site,) = folder.glob("lib/python*/site-packages")
    copy_packages(closure(Requirement(line).name for line in requirements()), site)
    pip = [sys.executable, "-m", "pip", "--python", folder / "bin/python", "install", "--quiet", "--no-deps", wheel]
    subprocess.run(pip, check=True, env=ALONE)
    return folder


def elman(environment, *arguments, text=""):
    """What the command prints and says, and its exit code."""
    command = [environment / "bin/elman", *arguments]
    return subprocess.run(command, input=text, capture_output=True, text=True, cwd=environment, env=ALONE)


@pytest.fixture(scope="module", params=TASKS)
def run(request, ten_examples, ten_entity_examples, small_vectors, tmp_path_factory):
    """A small run of each task: its folder, the task and the examples."""
    name = request.param
    examples = examples_of(name, ten_examples, ten_entity_examples)
    task, model = build(task_config(name), cell_config("gru", takes(name, "gru", True)), small_vectors, examples)
    folder = tmp_path_factory.mktemp("run")
    save_run(folder, "small", RUN, task, model, DATASET)
    (folder / "model.keras").unlink()  # which nothing here reads
    return folder, task, examples


def test_every_requirement_is_one_of_the_whole_package():
    with open(ROOT / "pyproject.toml", "rb") as file:
        assert set(requirements()) < set(tomllib.load(file)["project"]["dependencies"])


def test_the_environment_is_small_and_holds_nothing_that_trains(environment):
    megabytes = sum(path.stat().st_size for path in environment.rglob("*") if path.is_file()) / 1e6
    assert megabytes <= MOST_MEGABYTES
    found = {path.name for path in environment.glob("lib/python*/site-packages/*")}
    assert {"numpy", "onnxruntime", "pipelines", "embeddings"} <= found
    assert not found & {*ABSENT, "pip"}


def test_a_run_predicts_and_encodes_as_it_does_in_the_whole_installation(environment, run, tmp_path):
    folder, task, examples = run
    rows = list(task.predict(ONNXEngine(folder), examples))
    if task.reads == "features":
        np.save(tmp_path / "features.npy", np.stack([example.features for example in examples]), allow_pickle=False)
        given, text = ["--features", tmp_path / "features.npy"], ""
    else:
        given, text = ["--tokenised"], "".join(" ".join(example.tokens) + "\n" for example in examples)
    done = elman(environment, "predict", folder, *given, text=text)
    assert done.returncode == 0, done.stderr
    key = {"target_tokens": "tokens", "tokens": "log_probabilities"}.get(task.predicts, task.predicts)
    assert [json.loads(line)[key] for line in done.stdout.splitlines()] == [row[key] for row in rows]

    done = elman(environment, "encode", folder, *given, "--output", tmp_path / "vectors.npy", text=text)
    assert done.returncode == 0, done.stderr
    inputs = task.inputs([task.source(example) for example in examples])
    vectors = np.load(tmp_path / "vectors.npy", allow_pickle=False)
    np.testing.assert_allclose(vectors, ONNXEngine(folder).hidden_states(inputs), atol=1e-5)

    if task.predicts == "tokens":
        done = elman(environment, "generate", folder, "--prompt", "the dog", "--length", "5")
        assert done.returncode == 0, done.stderr
        assert done.stdout.startswith("the dog")


def test_a_prepared_split_is_predicted(environment, run, tmp_path):
    folder, task, examples = run
    if task.reads == "tokens":
        examples = [example.__class__(example.id, example.text, example.tokens) for example in examples]
    write_examples(tmp_path / "data/dev.jsonl", examples)
    (tmp_path / "data/dataset.json").write_text(json.dumps(DATASET), encoding="utf-8")
    done = elman(environment, "predict", folder, "--data", tmp_path / "data", "--output", tmp_path / "predictions")
    assert done.returncode == 0, done.stderr
    assert len((tmp_path / "predictions/dev.jsonl").read_text(encoding="utf-8").splitlines()) == len(examples)


@ONE_RUN
def test_it_exports_a_run_and_serves_it_with_the_packages_of_serve(environment, run, tmp_path):
    folder, _, examples = run
    done = elman(environment, "serve", folder)
    assert done.stderr.startswith("error: serve: uvicorn is not installed; install it: pip install elman[serve]")
    assert elman(environment, "export", folder, "--output", tmp_path / "exported").returncode == 0

    light = {each.name for each in closure(Requirement(line).name for line in requirements())}
    with open(ROOT / "pyproject.toml", "rb") as file:
        needs = tomllib.load(file)["project"]["optional-dependencies"]["serve"]
    needed = closure(Requirement(line).name for line in needs)
    copy_packages([each for each in needed if each.name not in light], tmp_path / "packages")
    variables = {**ALONE, "PYTHONPATH": str(tmp_path / "packages")}
    with serving(tmp_path / "exported", elman=[environment / "bin/elman"], variables=variables) as (_, port):
        body = json.dumps({"texts": examples[0].text}).encode()
        request = Request(f"http://127.0.0.1:{port}/runs/small/predict", body, {"Content-Type": "application/json"})
        with urlopen(request, timeout=60) as answer:
            (row,) = json.load(answer)["predictions"]
    predicted = elman(environment, "predict", folder, text=f"{examples[0].text}\n")
    assert row == json.loads(predicted.stdout)


def test_vectors_are_looked_up(environment, small_vectors, tmp_path):
    store.save(tmp_path / "vectors", small_vectors, {})
    done = elman(environment, "vectors", "neighbours", tmp_path / "vectors", "cat", "--count", "3")
    assert done.returncode == 0, done.stderr
    expected = neighbours(store.read(tmp_path / "vectors"), "cat", 3)
    assert done.stdout == "".join(f"{value:.4f}  {word}\n" for word, value in expected)


NEEDY = {
    "train": ["train", "--runs", "configs/runs.yaml", "--run", "ner-bilstm-random", "--configs", "configs",
              "--data", "DATA", "--source-vectors", "VECTORS", "--target-vectors", "VECTORS", "--output", "OUT",
              "--cost", "OUT/cost.json"],
    "vectors": ["vectors", "evaluate", "VECTORS"],
    "repro": ["repro"],
}  # fmt: skip


@pytest.mark.parametrize("name", NEEDY)
def test_a_command_that_needs_more_says_what_to_install(
    environment, name, small_vectors, ten_entity_examples, tmp_path
):
    store.save(tmp_path / "VECTORS", small_vectors, {"tokenizer": DATASET["tokenizers"]["tokens"]})
    places = {each: str(tmp_path / each) for each in ("DATA", "VECTORS", "OUT")}
    shutil.copytree(ROOT / "configs", environment / "configs", dirs_exist_ok=True)
    dataset = {key: value for key, value in DATASET.items() if key != "features"} | {"name": "small"}
    (tmp_path / "DATA").mkdir()
    (tmp_path / "DATA/dataset.json").write_text(json.dumps(dataset), encoding="utf-8")
    for split in ("train", "dev"):
        write_examples(tmp_path / f"DATA/{split}.jsonl", ten_entity_examples)
    (tmp_path / "DATA/counts.json").write_text(json.dumps(count_names(tmp_path / "DATA/train.jsonl")))
    done = elman(environment, *(places.get(argument, argument) for argument in NEEDY[name]))
    assert done.returncode == 2
    (line,) = done.stderr.splitlines()
    assert "is not installed" in line
    assert "pip install elman" in line


@ONE_RUN
def test_keras_is_asked_for_in_one_line(environment, run):
    folder, *_ = run
    done = elman(environment, "predict", folder, "--engine", "keras", text="films\n")
    assert done.returncode == 2
    (line,) = done.stderr.splitlines()
    assert line == "error: --engine keras: Keras is not installed; install Elman whole: pip install elman"


@ONE_RUN
def test_a_run_without_graphs_says_how_to_make_them(environment, run, tmp_path):
    folder, *_ = run
    shutil.copytree(folder, tmp_path / "old", ignore=shutil.ignore_patterns("*.onnx"))
    done = elman(environment, "predict", tmp_path / "old", text="films\n")
    assert done.returncode == 2
    (line,) = done.stderr.splitlines()
    assert "expected ONNX graphs, got none" in line
    assert f"elman export {tmp_path / 'old'} --output FOLDER" in line


def test_every_command_shows_its_help(environment):
    from pipelines.cli import COMMANDS

    for name in COMMANDS:
        done = elman(environment, name, "--help")
        assert done.returncode == 0, done.stderr
        assert Path(done.args[0]).exists()
