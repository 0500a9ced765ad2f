"""The stage compare, from evaluated predictions to the leaderboard."""

import json
from pathlib import Path

import pytest

from embeddings.foundation.config import read_yaml
from pipelines.compare import main
from pipelines.data.examples import Example, write_examples
from pipelines.evaluate import main as evaluate
from pipelines.reporting.systems import read_samples

CONFIGS = Path(__file__).parents[2] / "configs"
LABELS = ["pos", "neg"] * 30
# Of 60, the first ones: on dev, and on test where a run is another there.
WRONG = {"good": 3, "lucky": 4, "close": 14, "bad": 40, "linear": 15, "majority": 30}
WRONG_ON_TEST = {**WRONG, "lucky": 16}

RUNS = """
runs:
  good: {task: sentiment, dataset: toy, cell: bilstm, layer: lstm, source_vectors: cbow, target_vectors: random,
         seed: 1, report_test: true, set: {}}
  lucky: {task: sentiment, dataset: toy, cell: lstm, layer: lstm, source_vectors: cbow, target_vectors: random,
          seed: 1, report_test: true, set: {}}
  close: {task: sentiment, dataset: toy, cell: gru, layer: gru, source_vectors: random, target_vectors: random,
          seed: 2, report_test: false, set: {model: {word_vectors: frozen}}}
  bad: {task: sentiment, dataset: toy, cell: lstm, layer: lstm, source_vectors: cbow, target_vectors: random,
        seed: 1, report_test: false, set: {}}
  never: {task: sentiment, dataset: toy, cell: lstm, layer: lstm, source_vectors: cbow, target_vectors: random,
          seed: 1, report_test: false, set: {}}
baselines:
  toy: {task: sentiment, dataset: toy, seed: 1, report_test: true}
"""


TRAINED = {
    "good": ("lstm", True, "cbow", "fine_tuned", 1),
    "lucky": ("lstm", False, "cbow", "fine_tuned", 1),
    "close": ("gru", False, "random", "frozen", 2),
    "bad": ("lstm", False, "cbow", "fine_tuned", 1),
}


def predict(folder, name, splits):
    folder.mkdir(parents=True)
    for split in splits:
        wrong = WRONG_ON_TEST if split == "test" else WRONG
        with open(folder / f"{split}.jsonl", "w") as file:
            for number, label in enumerate(LABELS):
                other = {"pos": "neg", "neg": "pos"}[label]
                row = {"id": f"{split}-{number}", "label": other if number < wrong[name] else label}
                file.write(json.dumps(row) + "\n")


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    """A runs file with three evaluated runs, one that is not, and two baselines."""
    root = tmp_path_factory.mktemp("world")
    (root / "runs.yaml").write_text(RUNS)
    for split in ("dev", "test"):
        examples = [Example(f"{split}-{number}", "", ("a",), label=label) for number, label in enumerate(LABELS)]
        write_examples(root / "data" / "toy" / f"{split}.jsonl", examples)
    dataset = '{"name": "toy", "version": "1", "target_language": "", "gold_tokens": true}'
    (root / "data" / "toy" / "dataset.json").write_text(dataset)
    for name, splits in {"good": ["dev", "test"], "lucky": ["dev", "test"], "close": ["dev"], "bad": ["dev"]}.items():
        predict(root / "predictions" / name, name, splits)
    for name in ("linear", "majority"):
        predict(root / "predictions" / "baselines" / "toy" / name, name, ["dev", "test"])
    for system in ("good", "lucky", "close", "bad", "baselines/toy"):
        evaluate(
            [
                *("--task", str(CONFIGS / "tasks" / "sentiment.yaml"), "--data", str(root / "data" / "toy")),
                *("--predictions", str(root / "predictions" / system), "--seed", "9"),
                *("--output", str(root / "evaluations" / system), "--metrics", str(root / f"metrics/{system}.json")),
            ]
        )
    for name, (cell, bidirectional, vectors, word_vectors, seed) in TRAINED.items():
        task = read_yaml(CONFIGS / "tasks" / "sentiment.yaml")
        config = {
            "run": {"dataset": "toy", "source_vectors": vectors, "target_vectors": "random", "seed": seed},
            "task": {**task, "model": {"word_vectors": word_vectors}},
            "cell": {"cell": cell, "units": 64, "depth": 1, "bidirectional": bidirectional},
            "dataset": {"target_language": ""},
        }
        (root / "trained" / name).mkdir(parents=True)
        (root / "trained" / name / "config.json").write_text(json.dumps(config))
    (root / "costs").mkdir()
    (root / "costs" / "good.json").write_text('{"wall_seconds": 30, "tokens_per_second": 1000, "parameters": 7}')
    return root


def arguments(root, output, *, runs="runs.yaml", costs="costs"):
    names = ("data", "predictions", "evaluations", "trained")
    paths = {**{name: name for name in names}, "costs": costs, "runs": runs}
    options = [part for name, path in paths.items() for part in (f"--{name}", str(root / path))]
    return [*options, "--configs", str(CONFIGS), "--output", str(output)]


@pytest.fixture
def board(world, tmp_path):
    main(arguments(world, tmp_path / "reports"))
    return json.loads((tmp_path / "reports" / "leaderboard.json").read_text())


def rows(board):
    return {row["name"]: row for row in board["groups"][0]["rows"]}


def test_systems_stand_in_the_order_of_the_headline_on_dev(board):
    (group,) = board["groups"]
    assert (group["task"], group["dataset"], group["headline"]["name"]) == ("sentiment", "toy", "accuracy")
    assert [row["name"] for row in group["rows"]] == ["good", "lucky", "close", "linear", "majority", "bad"]
    assert rows(board)["good"]["scores"]["dev"]["accuracy"]["value"] == 95
    assert "test" in rows(board)["good"]["scores"]
    assert "test" not in rows(board)["bad"]["scores"]


def test_runs_are_compared_with_the_baseline_that_is_best_on_dev(board):
    assert {row["baseline"] for row in rows(board).values()} == {"", "linear"}
    assert rows(board)["linear"]["difference"] == {}
    difference = rows(board)["good"]["difference"]
    assert difference["dev"]["value"] == difference["test"]["value"] == 20
    assert set(rows(board)["close"]["difference"]) == {"dev"}


def test_the_verdict_is_that_of_test_where_test_is_scored(board):
    assert rows(board)["lucky"]["difference"]["dev"]["low"] > 0  # on dev it wins
    assert rows(board)["lucky"]["difference"]["test"]["value"] == pytest.approx(-100 / 60, abs=1e-3)
    assert {name: row["verdict"] for name, row in rows(board).items()} == {
        "good": "wins",
        "lucky": "loses",
        "close": "unclear",
        "bad": "loses",
        "linear": "",
        "majority": "",
    }


def test_the_interval_of_a_difference_is_that_of_the_examples_on_which_the_systems_differ(board):
    # good and linear differ on 12 of 60 examples: 20 percent points, and the binomial's half width of about 10
    difference = rows(board)["good"]["difference"]["dev"]
    half_width = 100 * 1.96 * (0.2 * 0.8 / 60) ** 0.5
    assert difference["low"] == pytest.approx(20 - half_width, abs=2)
    assert difference["high"] == pytest.approx(20 + half_width, abs=2)
    # close and linear differ on a single one, so the interval starts at 0
    assert rows(board)["close"]["difference"]["dev"]["low"] == 0


def test_a_row_says_what_the_run_was(board):
    good, close = rows(board)["good"], rows(board)["close"]
    assert (good["cell"], good["direction"], good["source_vectors"]) == ("lstm", "both", "cbow")
    assert (close["direction"], close["word_vectors"], close["seed"]) == ("forward", "frozen", 2)
    assert good["target_vectors"] == ""
    assert good["signatures"]["dev"].endswith("|unit:document|seed:9")
    assert good["cost"] == {"wall_seconds": 30, "tokens_per_second": 1000, "parameters": 7}
    assert close["cost"] == {}


def test_a_run_that_was_not_evaluated_is_told(board):
    assert board["missing"] == ["never"]


def test_the_same_input_gives_the_same_bytes(world, tmp_path):
    for name in ("first", "second"):
        main(arguments(world, tmp_path / name))
    for file in ("leaderboard.json", "leaderboard.md", "leaderboard.svg"):
        assert (tmp_path / "first" / file).read_bytes() == (tmp_path / "second" / file).read_bytes()


def test_systems_that_cannot_be_told_apart_share_a_letter(board):
    """On dev, which all have predicted, good and lucky differ on 1 of 60 texts, close and linear on another one."""
    pairs = board["groups"][0]["pairs"]
    assert (pairs["split"], pairs["unit"], pairs["units"]) == ("dev", "document", 60)
    names = ["good", "lucky", "close", "toy/linear", "toy/majority", "bad"]
    assert [(each["name"], each["letters"]) for each in pairs["standings"]] == [
        *((name, "a") for name in names[:2]),
        *((name, "b") for name in names[2:4]),
        *((name, letter) for name, letter in zip(names[4:], "cd", strict=True)),
    ]
    assert len(pairs["gaps"]) == 6 * 5 / 2
    gap = next(each for each in pairs["gaps"] if {each["system"], each["base"]} == {"good", "toy/linear"})
    assert (gap["base"], gap["system"], gap["difference"]["value"]) == ("good", "toy/linear", -20)
    assert gap["p"] < 0.01


def test_runs_that_differ_in_their_seed_alone_are_one_system(tmp_path, world):
    """Seeds of 3 and 9 wrong texts of 60, with a run that has their name and another cell left out."""
    root = tmp_path
    for name in ("data", "evaluations", "predictions", "trained", "costs"):
        (root / name).mkdir()
    (root / "data" / "toy").symlink_to(world / "data" / "toy")
    for seed, name in {1: "good", 2: "close"}.items():
        for kind in ("evaluations", "predictions"):
            (root / kind / f"x-{seed}").symlink_to(world / kind / name)
        config = json.loads((world / "trained" / "good" / "config.json").read_text())
        config["run"]["seed"] = seed
        (root / "trained" / f"x-{seed}").mkdir()
        (root / "trained" / f"x-{seed}" / "config.json").write_text(json.dumps(config))
    for kind in ("evaluations", "predictions", "trained"):
        (root / kind / "bad").symlink_to(world / kind / "bad")
    runs = RUNS.split("baselines:")[0].replace("good", "x-1").replace("close", "x-2")
    (root / "runs.yaml").write_text(runs)
    main(arguments(root, root / "reports"))
    pairs = json.loads((root / "reports" / "leaderboard.json").read_text())["groups"][0]["pairs"]
    together, alone = pairs["standings"]
    assert (together["name"], together["rows"], alone["name"]) == ("x", ["x-1", "x-2"], "bad")
    right = [100 * (60 - wrong) / 60 for wrong in (WRONG["good"], WRONG["close"])]
    assert together["score"]["value"] == pytest.approx(sum(right) / 2, abs=1e-3)
    assert together["deviation"] == pytest.approx((right[0] - right[1]) / 2**0.5, abs=1e-3)
    assert "| x | 2 | 85.83 [" in (root / "reports" / "leaderboard.md").read_text()


def test_headlines_are_written_without_costs_and_other_metrics(world, tmp_path):
    main([*arguments(world, tmp_path / "reports"), "--headlines", str(tmp_path / "headlines.json")])
    board = json.loads((tmp_path / "reports" / "leaderboard.json").read_text())
    kept = json.loads((tmp_path / "headlines.json").read_text())
    assert rows(board)["good"]["cost"]
    assert all(row["cost"] == {} and row["signatures"] == {} for row in rows(kept).values())
    for name, row in rows(kept).items():
        assert row["verdict"] == rows(board)[name]["verdict"]
        assert row["scores"] == {
            split: {"accuracy": scores["accuracy"]} for split, scores in rows(board)[name]["scores"].items()
        }


def test_costs_and_baselines_may_be_missing(world, tmp_path):
    (world / "alone.yaml").write_text(RUNS.split("baselines:")[0])
    main(arguments(world, tmp_path / "reports", runs="alone.yaml", costs="nowhere"))
    board = json.loads((tmp_path / "reports" / "leaderboard.json").read_text())
    assert [(row["name"], row["verdict"], row["cost"]) for row in board["groups"][0]["rows"]] == [
        ("good", "", {}),
        ("lucky", "", {}),
        ("close", "", {}),
        ("bad", "", {}),
    ]


def test_print_shows_the_leaderboard_that_stands_and_writes_nothing(world, tmp_path, capsys):
    reports = tmp_path / "reports"
    main(arguments(world, reports))
    before = {path: path.stat().st_mtime_ns for path in reports.iterdir()}
    capsys.readouterr()
    main(["--print", "--output", str(reports)])
    printed = capsys.readouterr().out
    assert "sentiment on toy: accuracy" in printed
    assert "loses" in next(line for line in printed.splitlines() if line.startswith("bad"))
    assert {path: path.stat().st_mtime_ns for path in reports.iterdir()} == before


def test_nothing_evaluated_is_told_in_one_line(world, tmp_path, capsys):
    with pytest.raises(SystemExit):
        main([*arguments(world, tmp_path / "reports"), "--evaluations", str(tmp_path / "nowhere")])
    assert "has been evaluated; run `dvc repro`" in capsys.readouterr().err


@pytest.mark.parametrize(("count", "shown"), [(3, [1, 2, 3]), (32, [1, 2, 4, 8, 16, 32]), (18, [1, 2, 3, 6, 10, 18])])
def test_of_samples_the_first_the_last_and_more_early_than_late_ones_are_shown(count, shown, tmp_path):
    path = tmp_path / "samples.jsonl"
    rows = [{"step": step, "loss": 1.0, "text": "x"} for step in range(1, count + 1)]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    assert [sample.step for sample in read_samples(path)] == shown


def test_one_sample_is_shown_and_of_no_file_none(tmp_path):
    path = tmp_path / "samples.jsonl"
    path.write_text('{"step": 7, "loss": 1.0, "text": "x"}\n')
    assert [sample.step for sample in read_samples(path)] == [7]
    assert read_samples(tmp_path / "none.jsonl") == ()
