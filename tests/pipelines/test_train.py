"""The stage `train` on a language model: the samples of its text, also after the training was killed."""

import json
from importlib.metadata import version
from pathlib import Path

import pytest
import yaml

from embeddings.train import main as vectors
from pipelines import prepare, train
from pipelines.training.experiment import Experiment

CONFIGS = Path(__file__).parents[2] / "configs"
RUN = {"task": "text_generation", "dataset": "crime_and_punishment", "cell": "lstm", "layer": "lstm", "seed": 1,
       "source_vectors": "random", "target_vectors": "random", "report_test": False}  # fmt: skip
EPOCHS, EVERY = 3, 4


class KilledError(Exception):
    pass


def arguments(**options):
    return [f"--{name.replace('_', '-')}={value}" for name, value in options.items()]


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    """A folder with a prepared text, vectors, and runs that write samples and that write none."""
    root = tmp_path_factory.mktemp("train")
    prepare.main(arguments(dataset=CONFIGS / "datasets/crime_and_punishment.yaml", output=root / "data"))
    random = {"config": CONFIGS / "vectors/random.yaml", "output": root / "random"}
    vectors(arguments(**random, metrics=root / "m.json", cost=root / "c.json"))
    runs = {
        name: {**RUN, "set": {"training": {"epochs": EPOCHS, "sample_steps": steps}, "cell": {"units": 16}}}
        for name, steps in (("with", EVERY), ("without", None))
    }
    (root / "runs.yaml").write_text(yaml.safe_dump({"runs": runs}), encoding="utf-8")
    return root


@pytest.fixture(scope="module")
def stage(root):
    """Trains one of the runs; gives its folder."""

    def run(name, output):
        random = root / "random"
        train.main(
            arguments(runs=root / "runs.yaml", run=name, configs=CONFIGS, data=root / "data", source_vectors=random,
                      target_vectors=random, output=root / output, cost=root / f"{output}.json")
        )  # fmt: skip
        return root / output

    return run


@pytest.fixture(scope="module")
def samples(stage):
    """The bytes of the samples of an unbroken training."""
    return (stage("with", "unbroken") / "samples.jsonl").read_bytes()


def test_a_run_folder_holds_a_sample_of_every_so_many_steps(samples, root):
    rows = [json.loads(line) for line in samples.decode().splitlines()]
    assert [row["step"] for row in rows] == list(range(EVERY, EPOCHS * 6 + 1, EVERY))
    known = set(json.loads((root / "data/counts.json").read_text(encoding="utf-8"))["tokens"])
    for row in rows:
        assert row["loss"] > 0
        assert row["text"]
        assert set(row["text"]) <= known
    assert len({row["text"] for row in rows}) > 1  # the model has changed between them


def test_a_run_without_sample_steps_holds_none(stage):
    folder = stage("without", "plain")
    assert (folder / "history.csv").exists()
    assert not (folder / "samples.jsonl").exists()


def test_a_training_that_was_killed_writes_the_samples_of_an_unbroken_one(samples, stage, root, monkeypatch, capsys):
    for epochs in (1, 1):  # done before the process ends; the samples of the epoch that is cut off are lost with it
        with monkeypatch.context() as patch:
            left, dev_metrics = iter([True] * epochs), Experiment.dev_metrics

            def dev_metrics_or_end(experiment, left=left, dev_metrics=dev_metrics):
                if not next(left, False):
                    raise KilledError
                return dev_metrics(experiment)

            patch.setattr(Experiment, "dev_metrics", dev_metrics_or_end)
            with pytest.raises(KilledError):
                stage("with", "broken")
        assert not (root / "broken").exists()
    assert (stage("with", "broken") / "samples.jsonl").read_bytes() == samples
    assert f"resumes after epoch 2 of {EPOCHS}\n" in capsys.readouterr().err


def test_the_run_folder_holds_graphs_that_were_compared_with_keras(stage, samples, root):
    folder = root / "unbroken"
    assert (folder / "model.onnx").exists()
    assert json.loads((root / "unbroken.json").read_text(encoding="utf-8"))["latency_milliseconds"] is None  # of a book
    about = json.loads((folder / "config.json").read_text(encoding="utf-8"))["graphs"]
    assert about == {"opset": 21, "onnx": version("onnx"), "onnxruntime": version("onnxruntime")}


def test_graphs_that_differ_from_keras_fail_the_stage_and_the_weights_stay(stage, root, monkeypatch, capsys):
    monkeypatch.setattr("pipelines.runs.graphs.TOLERANCE", 1e-12)
    with pytest.raises(SystemExit) as stopped:
        stage("without", "differing")
    assert stopped.value.code == 2
    (line,) = [line for line in capsys.readouterr().err.splitlines() if line.startswith("error")]
    assert "the ONNX graphs differ from Keras: by" in line
    kept = root / ".differing.training.npz"
    assert str(kept) in line
    assert not (root / "differing").exists()
    monkeypatch.undo()
    before = kept.read_bytes()
    steps = []
    monkeypatch.setattr("pipelines.training.fit.training_step", lambda model: lambda *batch: steps.append(1))
    stage("without", "differing")
    assert before
    assert not steps  # nothing is trained again
    assert (root / "differing/model.onnx").exists()
