"""`elman compare SYSTEM SYSTEM`: which systems a name finds, what is refused, and what is printed."""

import json
import subprocess
from pathlib import Path

import pytest

from pipelines.compare import main
from pipelines.data.examples import Example, write_examples

CONFIGS = Path(__file__).parents[3] / "configs"
LABELS = ["pos", "neg"] * 100
RIGHT = {"plain": 120, "better-1": 150, "better-2": 160, "better-3": 155, "alike": 121}  # of 200 on test
TASK = {"task": "sentiment", "metrics": "classification", "monitor": "accuracy"}


def write_predictions(folder, right, splits=("dev", "test")):
    folder.mkdir(parents=True, exist_ok=True)
    for split in splits:
        rows = [
            {"id": f"{split}-{number}", "label": label if number < right else {"pos": "neg", "neg": "pos"}[label]}
            for number, label in enumerate(LABELS)
        ]
        (folder / f"{split}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")


def write_run(root, name, right, splits=("dev", "test"), **dataset):
    write_predictions(root / "predictions" / name, right, splits)
    run = {"dataset": "toy", "source_vectors": "cbow", "target_vectors": "random", "seed": 1}
    config = {"run": {**run, **dataset}, "task": TASK, "dataset": {"sha256": {"test": "aa"}}}
    (root / "runs" / name).mkdir(parents=True)
    (root / "runs" / name / "config.json").write_text(json.dumps(config), encoding="utf-8")


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    """Five runs, of which three differ in their seed alone, and a baseline."""
    root = tmp_path_factory.mktemp("world")
    (root / "configs").mkdir()
    (root / "configs/tasks").symlink_to(CONFIGS / "tasks")
    (root / "configs/runs.yaml").write_text("baselines:\n  toy: {task: sentiment, dataset: toy, seed: 1}\n")
    for split in ("dev", "test"):
        examples = [Example(f"{split}-{number}", "", ("a",), label=label) for number, label in enumerate(LABELS)]
        write_examples(root / f"data/toy/{split}.jsonl", examples)
    (root / "data/toy/dataset.json").write_text('{"name": "toy", "sha256": {"test": "aa"}}')
    for name, right in RIGHT.items():
        write_run(root, name, right)
    write_predictions(root / "predictions/baselines/toy/majority", 100)
    write_run(root, "dev_only", 120, splits=["dev"])
    write_run(root, "of_others", 120, dataset="other")
    write_run(root, "student", 150, dataset="toy_self")
    path = root / "runs/student/config.json"
    config = json.loads(path.read_text(encoding="utf-8"))
    config["dataset"]["held_out_of"] = "toy"
    path.write_text(json.dumps(config), encoding="utf-8")
    return root


@pytest.fixture(autouse=True)
def there(world, monkeypatch):
    monkeypatch.chdir(world)


def written(*arguments, path="tests.json"):
    """What the command writes."""
    main([*arguments, "--resamples", "1000", "--json", path])
    return json.loads(Path(path).read_text(encoding="utf-8"))


def test_each_system_is_tested_against_the_first(capsys):
    found = written("plain", "better-1", "alike", "toy/majority")
    assert [(each["base"], each["system"]) for each in found["tested"]] == [
        ("plain", "better-1"),
        ("plain", "alike"),
        ("plain", "toy/majority"),
    ]
    assert (found["split"], found["metric"], found["unit"]) == ("test", "accuracy", "document")
    assert found["scores"] == {"plain": [60], "better-1": [75], "alike": [60.5], "toy/majority": [50]}
    assert [each["difference"]["value"] for each in found["tested"]] == [15, 0.5, -10]
    assert [each["verdict"] for each in found["tested"]] == ["better", "no significant difference", "worse"]
    assert all(each["p_adjusted"] >= each["p"] for each in found["tested"])
    output = capsys.readouterr().out
    assert "accuracy (%) on test of toy, 200 units (document)" in output
    assert "no significant difference" in output
    assert "+15.00 [" in output


def test_a_run_of_self_training_is_tested_on_the_dataset_whose_test_it_has():
    found = written("plain", "student", "toy/majority")
    assert (found["dataset"], found["scores"]["student"]) == ("toy", [75])


def test_runs_that_differ_in_their_seed_are_one_system_with_a_deviation(capsys):
    found = written("plain", "better")
    assert found["scores"]["better"] == [75, 80, 77.5]
    (tested,) = found["tested"]
    assert tested["difference"]["value"] == pytest.approx(17.5)
    assert tested["difference"]["p_randomisation"] is None
    assert tested["p"] == tested["difference"]["p_bootstrap"] < 0.01
    assert "77.50  ± 2.50 over 3 seeds" in capsys.readouterr().out


def test_every_two_systems_are_tested_where_asked():
    found = written("plain", "alike", "better-1", "--all-pairs", "--split", "dev", "--metric", "macro_f1")
    assert [(each["base"], each["system"]) for each in found["tested"]] == [
        ("plain", "alike"),
        ("plain", "better-1"),
        ("alike", "better-1"),
    ]
    assert (found["split"], found["metric"]) == ("dev", "macro_f1")


def test_dev_is_scored_where_one_system_has_no_test():
    assert written("plain", "dev_only")["split"] == "dev"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["plain"], "expected two systems to compare, got only 'plain'"),
        (["plain", "plain"], "expected different systems, got plain, plain"),
        (["plain", "plian"], "no predictions of 'plian'; did you mean 'plain'?"),
        (["plain", "toy/majorty"], "no predictions of 'toy/majorty'; did you mean 'toy/majority'?"),
        (["plain", "of_others"], "of_others: expected the dataset of plain, toy, got other"),
        (["plain", "dev_only", "--split", "test"], "dev_only: no predictions of test"),
        (["plain", "alike", "--metric", "acuracy"], "got 'acuracy'; did you mean 'accuracy'?"),
        (["plain", "alike", "--metric", "roc_auc"], "plain: its predictions give no roc_auc; choose another metric"),
        (["plain", "alike", "--resamples", "0"], "expected at least 1 resample, got 0"),
        (["plain", "../predictions/alike"], "got '..'; rename it"),
    ],
)
def test_what_cannot_be_compared_is_refused_in_one_line(arguments, message, capsys):
    with pytest.raises(SystemExit) as stopped:
        main(arguments)
    assert stopped.value.code == 2
    errors = capsys.readouterr().err
    assert message in errors
    assert errors.count("\n") == 1


def test_predictions_of_other_data_are_refused(world, tmp_path, monkeypatch, capsys):
    path = world / "data/toy/dataset.json"
    before = path.read_text()
    path.write_text('{"name": "toy", "sha256": {"test": "bb"}}')
    try:
        with pytest.raises(SystemExit):
            main(["plain", "alike"])
    finally:
        path.write_text(before)
    assert "plain: its test is not that of data/toy" in capsys.readouterr().err


def test_a_run_of_another_revision_comes_from_dvcs_cache(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "configs").mkdir()
    (tmp_path / "configs/runs.yaml").write_text("baselines: {}\n")
    examples = [Example(f"test-{number}", "", ("a",), label=label) for number, label in enumerate(LABELS)]
    write_examples(tmp_path / "data/toy/test.jsonl", examples)
    (tmp_path / "data/toy/dataset.json").write_text("{}")
    write_run(tmp_path, "plain", 120, splits=["test"])
    setup = "git init -q && git config user.name T && git config user.email t@example.org && dvc init -q"
    save = "dvc add -q predictions/plain runs/plain && git add -A && git commit -qm Before"
    subprocess.run(f"{setup} && {save}", shell=True, check=True)
    write_predictions(tmp_path / "predictions/plain", 180, splits=["test"])
    found = written("plain@HEAD", "plain")
    assert found["scores"] == {"plain@HEAD": [60], "plain": [90]}
    for name, message in (
        ("plain@nowhere", "plain@nowhere: git and DVC know no revision or experiment 'nowhere'"),
        ("other@HEAD", "other@HEAD: predictions/other of that revision cannot be read"),
    ):
        with pytest.raises(SystemExit):
            main(["plain", name])
        assert message in capsys.readouterr().err


def test_where_systems_differ_is_written_and_printed_where_it_is_asked_for(capsys):
    """plain has the first 120 of 200 right, alike one more."""
    assert written("plain", "alike")["contrasts"] == []
    capsys.readouterr()
    (found,) = written("plain", "alike", "--where")["contrasts"]
    assert (found["base"], found["system"]) == ("plain", "alike")
    assert (found["base_alone"], found["system_alone"]) == ([], ["test-120"])
    assert "right by alike alone: 1 examples (test-120)" in capsys.readouterr().out
