"""Features through every stage: images become captions and labels, from files to the leaderboard and to new images."""

import csv
import json
import shutil
from pathlib import Path

import numpy as np
import pytest
import yaml
from conformance_cases import build, cell_config, task_class, task_config

import pipelines
from embeddings.foundation.errors import InputError
from embeddings.train import main as vectors
from pipelines import baseline, compare, encode, evaluate, predict, prepare, train
from pipelines.runs.engines.keras_engine import KerasEngine
from pipelines.runs.trained_run import TrainedRun
from pipelines.text.tokenization import words

CONFIGS = Path(__file__).parents[2] / "configs"
WORDS = ["left", "in the middle", "right"]  # where the bright column of an image stands
RUN = {"cell": "small", "layer": "gru", "source_vectors": "random", "target_vectors": "random", "seed": 1,
       "report_test": False}  # fmt: skip


def write_yaml(path, content):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(yaml.safe_dump(content), encoding="utf-8")


def dataset(lines, files, **written):
    about = {"source": "files", "version": "1", "language": "", "tokenizer": "", "licence": "none", "citation": "none"}
    return {**about, "reader": "feature_file", "options": {"lines": lines, "scale": 255.0}, "files": files, **written}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder in which every stage has run for two runs, `captions` and `columns`, on images of 4 x 3 pixels."""
    root = tmp_path_factory.mktemp("features")
    files = {}
    for split, size in (("train", 60), ("dev", 15)):
        places = np.arange(size) % 3
        images = np.random.default_rng(size).integers(0, 60, (size, 4, 3))
        images[np.arange(size), :, places] += 190
        np.save(root / f"{split}.npy", images.astype("uint8"), allow_pickle=False)
        (root / f"{split}.txt").write_text("".join(f"{WORDS[place]}\n" for place in places))
        files[split] = [{"path": f"{split}.npy"}, {"path": f"{split}.txt"}]
    written = {"target_language": "en", "target_tokenizer": "characters"}
    write_yaml(root / "configs/datasets/captions.yaml", dataset("captions", files, **written))
    write_yaml(root / "configs/datasets/columns.yaml", dataset("labels", files))
    cell = {"cell": "gru", "units": 16, "depth": 1, "bidirectional": False, "dropout": 0.0, "clip_norm": 1.0}
    write_yaml(root / "configs/cells/small.yaml", cell)
    for name in ("captioning", "column_classification"):
        task = yaml.safe_load((CONFIGS / f"tasks/{name}.yaml").read_text(encoding="utf-8"))
        task["training"] |= {"learning_rate": 0.02, "batch_size": 8, "epochs": 12, "start_from_epoch": 0}
        write_yaml(root / f"configs/tasks/{name}.yaml", task)
    runs = {name: {**RUN, "task": task, "dataset": name} for name, task in TASKS.items()}
    baselines = {name: {"task": task, "dataset": name, "seed": 1, "report_test": False} for name, task in TASKS.items()}
    write_yaml(root / "configs/runs.yaml", {"runs": runs, "baselines": baselines})
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ELMAN_DATA", str(root))
        patch.chdir(root)
        shutil.copy(CONFIGS / "vectors/random.yaml", root / "random.yaml")
        vectors(arguments(config="random.yaml", output="vectors/random", metrics="m.json", cost="c.json"))
        for name, task in TASKS.items():
            run_stages(name, f"configs/tasks/{task}.yaml")
        compare.main([])
    return root


TASKS = {"captions": "captioning", "columns": "column_classification"}


def arguments(**options):
    return [f"--{name.replace('_', '-')}={value}" for name, value in options.items()]


def run_stages(name, task):
    data, random = f"data/{name}", "vectors/random"
    prepare.main(arguments(dataset=f"configs/datasets/{name}.yaml", output=data))
    predicted = f"predictions/baselines/{name}"
    baseline.main(arguments(task=task, data=data, output=predicted, cost=f"costs/baselines/{name}.json"))
    metrics, output = f"metrics/baselines/{name}.json", f"evaluations/baselines/{name}"
    evaluate.main(arguments(task=task, data=data, predictions=predicted, output=output, metrics=metrics))
    train.main(
        arguments(runs="configs/runs.yaml", run=name, configs="configs", data=data, source_vectors=random,
                  target_vectors=random, output=f"runs/{name}", cost=f"costs/{name}.json")
    )  # fmt: skip
    predict.main([f"runs/{name}", *arguments(data=data, task=task, output=f"predictions/{name}")])
    evaluate.main(
        arguments(task=task, data=data, predictions=f"predictions/{name}", vectors=random,
                  output=f"evaluations/{name}", metrics=f"metrics/{name}.json")
    )  # fmt: skip


def test_images_are_learned_and_scored(folder):
    captions = json.loads((folder / "metrics/captions.json").read_text())
    assert captions == {"dev": {"exact_match": 100.0, "character_error_rate": 0.0}}
    assert json.loads((folder / "metrics/columns.json").read_text())["dev"]["accuracy"] == 100.0


def test_dev_is_captioned_to_the_end_while_the_model_is_trained(folder):
    with open(folder / "runs/captions/history.csv", encoding="utf-8") as file:
        curve = [float(row["val_exact_match"]) for row in csv.DictReader(file)]
    assert curve[-1] == max(curve) == 100  # a translation of one token has no room for `in the middle`


def test_the_leaderboard_has_no_vectors_where_no_words_are_read(folder):
    groups = json.loads((folder / "reports/leaderboard.json").read_text())["groups"]
    rows = {row["name"]: row for group in groups for row in group["rows"]}
    assert {"nearest_neighbour", "majority", "feature_logistic_regression", "captions", "columns"} <= rows.keys()
    assert (rows["captions"]["source_vectors"], rows["captions"]["target_vectors"]) == ("", "random")
    assert (rows["columns"]["source_vectors"], rows["columns"]["target_vectors"]) == ("", "")


def test_a_step_of_features_counts_as_a_token(folder):
    cost = json.loads((folder / "costs/columns.json").read_text())
    assert cost["padding_share"] == 0
    steps = 5 * 60 * 3 * cost["epochs"]  # each image as it is and moved to four sides, of three columns
    assert cost["tokens_per_second"] == pytest.approx(steps / cost["training_seconds"], rel=0.05)


@pytest.fixture
def scaled(folder, tmp_path):
    """A file of the images of dev as prepare has scaled them, with their words."""
    images = np.load(folder / "dev.npy", allow_pickle=False) / 255
    np.save(tmp_path / "new.npy", images, allow_pickle=False)
    return tmp_path / "new.npy", [WORDS[number % 3] for number in range(len(images))]


@pytest.mark.parametrize("name", TASKS)
def test_new_images_are_predicted_from_a_file(folder, scaled, name, capsys):
    path, words = scaled
    predict.main([str(folder / f"runs/{name}"), "--features", str(path), "--format", "text"])
    printed = capsys.readouterr()
    assert printed.out.splitlines() == words
    assert "15 examples, " in printed.err
    predict.main([str(folder / f"runs/{name}"), "--features", str(path)])
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [row["id"] for row in rows] == [str(number) for number in range(15)]
    assert "source_tokens" not in rows[0]


@pytest.mark.parametrize(("name", "width"), [("captions", 16), ("columns", 16)])
def test_images_have_vectors(folder, scaled, name, width, tmp_path):
    path, _ = scaled
    encode.main([str(folder / f"runs/{name}"), "--features", str(path), "--output", str(tmp_path / "vectors.npy")])
    found = np.load(tmp_path / "vectors.npy", allow_pickle=False)
    assert found.shape == (15, width)
    run = pipelines.load(folder / f"runs/{name}", "keras")
    images = [image.astype("float32") for image in np.load(path, allow_pickle=False)]
    if name == "captions":  # the state that the decoder starts from
        bridge = run.engine.keras_model("a test").bridges[0][0]
        flat = np.reshape(images, (15, -1))
        expected = np.tanh(flat @ np.asarray(bridge.kernel) + np.asarray(bridge.bias))
    else:
        columns = np.transpose(images, (0, 2, 1))
        expected = np.asarray(run.engine.keras_model("a test").get_layer("encoder_0")(columns)[0])[:, -1]
    np.testing.assert_allclose(found, expected, atol=1e-5)


def test_what_a_run_does_not_read_is_refused_in_one_line(folder, scaled, tmp_path, capsys):
    captions, text = str(folder / "runs/captions"), tmp_path / "text.txt"
    text.write_text("left\n")
    np.save(tmp_path / "wide.npy", np.zeros((2, 4, 5)), allow_pickle=False)
    data, out = ["--data", str(folder / "data/columns")], ["--output", str(tmp_path / "out")]
    for command, options, message in (
        (predict.main, ["--text", str(text)], "run 'captions' reads features, got text; give it a file of features"),
        (predict.main, ["--features", str(text)], "text.txt:1: expected a NumPy file (.npy)"),
        (predict.main, ["--features", str(tmp_path / "wide.npy")],
         "run 'captions': expected features of shape (4, 3), as its dataset has, got features of shape (4, 5)"),
        (predict.main, ["--features", str(scaled[0]), *data, *out], "cannot be used with --data"),
        (predict.main, ["--features", str(scaled[0]), "--text", str(text)], "cannot be used with --features"),
        (predict.main, ["--features", str(scaled[0]), "--tokenised"], "cannot be used with --features"),
        (predict.main, ["--features", str(scaled[0]), "--explain"], "task 'captioning' cannot explain predictions"),
        (encode.main, ["--text", str(text), "--output", str(tmp_path / "v.npy")], "reads features, got text"),
    ):  # fmt: skip
        with pytest.raises(SystemExit) as stopped:
            command([captions, *options])
        assert stopped.value.code == 2
        error = capsys.readouterr().err
        assert message in error
        assert "Traceback" not in error


def test_data_of_another_kind_are_refused_before_anything_is_written(
    folder, ten_examples, small_vectors, tmp_path, capsys
):
    task, model = build(task_config("sentiment"), cell_config("gru", True), small_vectors, ten_examples)
    with pytest.raises(InputError, match="run 'small' reads text, got features"):
        list(TrainedRun("small", task, KerasEngine(model), words).predict([np.zeros((4, 3), "float32")]))
    write_yaml(tmp_path / "runs.yaml", {"runs": {"wrong": {**RUN, "task": "sentiment", "dataset": "columns"}}})
    shutil.copytree(folder / "configs", tmp_path / "configs")
    shutil.copy(CONFIGS / "tasks/sentiment.yaml", tmp_path / "configs/tasks")
    random = folder / "vectors/random"
    wrong = arguments(runs=tmp_path / "runs.yaml", run="wrong", configs=tmp_path / "configs", source_vectors=random,
                      target_vectors=random, output=tmp_path / "out", cost=tmp_path / "c.json")  # fmt: skip
    with pytest.raises(SystemExit):
        train.main([*wrong, "--data", str(folder / "data/columns")])
    assert "data/columns: expected text, which task 'sentiment' reads, got features" in capsys.readouterr().err
    shutil.copytree(folder / "data/columns", tmp_path / "data")
    (tmp_path / "data/dataset.json").write_text(json.dumps({"name": "texts"}))
    with pytest.raises(SystemExit):
        predict.main([str(folder / "runs/columns"), *arguments(data=tmp_path / "data", output=tmp_path / "out")])
    assert "expected features of shape (4, 3), as its dataset has, got text" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("key", ["word_vectors", "minimum_count"])
def test_words_are_not_read_from_images(key):
    told = f"column_classification, small: model: unknown key '{key}'; known: pooling"
    with pytest.raises(InputError, match=told):
        task_config("column_classification", **{key: 2})


@pytest.mark.parametrize(
    ("stage", "path", "key"),
    [(train, "data/columns/dataset.json", "name"), (train, "data/columns/counts.json", "tokens"),
     (baseline, "data/columns/dataset.json", "target_language"), (evaluate, "data/columns/dataset.json", "name"),
     (compare, "runs/columns/config.json", "run")],
)  # fmt: skip
def test_a_description_that_was_emptied_is_refused_in_one_line(folder, tmp_path, monkeypatch, capsys, stage, path, key):
    shutil.copytree(folder, tmp_path / "all")
    monkeypatch.chdir(tmp_path / "all")
    Path(path).write_text("{}")
    random, of_data = "vectors/random", {"data": "data/columns", "output": "out"}
    of_task = {**of_data, "task": "configs/tasks/column_classification.yaml"}
    options = {
        train: {**of_data, "runs": "configs/runs.yaml", "run": "columns", "configs": "configs", "cost": "c.json",
                "source_vectors": random, "target_vectors": random},
        baseline: {**of_task, "cost": "c.json"},
        evaluate: {**of_task, "predictions": "predictions/columns", "metrics": "m.json"},
        compare: {"output": "out"},
    }  # fmt: skip
    with pytest.raises(SystemExit, match="2"):
        stage.main(arguments(**options[stage]))
    told = f"{path}: expected an object with the key {key!r}; run the stage that writes it again"
    error = capsys.readouterr().err
    assert told in error
    assert error.count("\n") == 1
    assert not Path("out").exists()


def test_a_training_that_would_change_words_is_refused_where_none_are_read():
    for name, changes in (
        ("column_classification", {"lowercase_augmentation": 0.5}),
        ("column_classification", {"frozen_epochs": 1}),
        ("captioning", {"lowercase_augmentation": 0.5}),  # its captions are not what is read
        ("captioning", {"sample_steps": 5}),  # which is of language models
    ):
        with pytest.raises(InputError, match=f"{name}, small: training: unknown key '{next(iter(changes))}'"):
            task_config(name, training=changes)


def test_a_vector_has_no_columns_and_a_caption_is_written_forwards(ten_examples, small_vectors):
    task, _ = build(task_config("column_classification"), cell_config("gru", True), small_vectors, ten_examples)
    columns = task.source(ten_examples[0]).source
    np.testing.assert_array_equal(columns[1], np.asarray(ten_examples[0].features)[:, 1])
    vector = type(ten_examples[0])("dev-7", "", (), features=np.zeros(8, "float32"))
    with pytest.raises(InputError, match=r"dev-7: expected an image, \(height, width\), got features of shape \(8,\)"):
        task.source(vector)
    with pytest.raises(InputError, match="captions are written forwards; expected `bidirectional: false`"):
        task_class("captioning").check(task_config("captioning"), cell_config("gru", True))
