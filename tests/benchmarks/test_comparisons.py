"""The comparisons of the benchmarks, from evaluated predictions to the page."""

import json
from pathlib import Path

import pytest

from benchmarks.comparisons import main
from pipelines.data.examples import Example, write_examples
from pipelines.evaluate import main as evaluate

CONFIGS = Path(__file__).parents[2] / "configs"
LABELS = ["pos", "neg"] * 30
WRONG = {
    "whole": range(6),
    "less": range(9),
    "other": range(54, 60),
    "more": range(12),
    "seeds-1": range(6),
    "seeds-2": range(12),
    "baselines/toy/linear": range(30),
}
RUN = (
    "{task: sentiment, dataset: toy, cell: lstm, layer: lstm, source_vectors: cbow, target_vectors: random, "
    "seed: SEED, report_test: true, set: {}}"
)
COMPARISON = """
Ablation:
  base: whole
  base_is: the whole model
  others: {without a part: less, with another: other, a linear model: baselines/toy/linear}
"""


def run_stage(root, comparison=COMPARISON, *options):
    (root / "comparisons.yaml").write_text(comparison)
    paths = {name: root / name for name in ("data", "predictions", "evaluations")}
    paths |= {"comparisons": root / "comparisons.yaml", "runs": root / "runs.yaml", "configs": CONFIGS}
    main([part for name, path in paths.items() for part in (f"--{name}", str(path))]
         + ["--json", str(root / "c.json"), "--page", str(root / "c.md"), *options])  # fmt: skip
    return json.loads((root / "c.json").read_text()), (root / "c.md").read_text()


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    root = tmp_path_factory.mktemp("world")
    runs = {name: RUN.replace("SEED", name[-1] if "-" in name else "1") for name in WRONG if "/" not in name}
    (root / "runs.yaml").write_text("runs:\n" + "".join(f"  {name}: {run}\n" for name, run in runs.items()))
    for split in ("dev", "test"):
        examples = [Example(f"{split}-{number}", "", ("a",), label=label) for number, label in enumerate(LABELS)]
        write_examples(root / "data" / "toy" / f"{split}.jsonl", examples)
        for name, wrong in WRONG.items():
            folder = root / "predictions" / name
            folder.mkdir(parents=True, exist_ok=True)
            rows = [
                {"id": f"{split}-{number}", "label": {"pos": "neg", "neg": "pos"}[label] if number in wrong else label}
                for number, label in enumerate(LABELS)
            ]
            (folder / f"{split}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    dataset = '{"name": "toy", "version": "1", "target_language": "", "gold_tokens": true}'
    (root / "data" / "toy" / "dataset.json").write_text(dataset)
    for system in (*runs, "baselines/toy"):
        evaluate(
            [
                *("--task", str(CONFIGS / "tasks" / "sentiment.yaml"), "--data", str(root / "data" / "toy")),
                *("--predictions", str(root / "predictions" / system), "--seed", "9"),
                *("--output", str(root / "evaluations" / system), "--metrics", str(root / f"metrics/{system}.json")),
            ]
        )
    return root


def test_a_difference_is_that_of_the_scores_with_a_paired_interval(world):
    rows = {row["what"]: row for row in run_stage(world)[0]}
    assert rows["the whole model"]["test"]["value"] == pytest.approx(90)
    assert not rows["the whole model"]["difference"]
    less = rows["without a part"]["difference"]
    assert less["value"] == pytest.approx(-5)  # three more mistakes of 60, and those of the whole model
    assert less["low"] < -5 < less["high"] <= 0  # paired: no resample favours it
    other = rows["with another"]["difference"]
    assert other["value"] == pytest.approx(0)
    assert other["low"] < 0 < other["high"]
    assert rows["a linear model"]["difference"]["value"] == pytest.approx(-40)


def test_of_several_seeds_the_means_are_compared(world):
    comparison = COMPARISON.replace("without a part: less", "two seeds: seeds, a worse one: more")
    rows = {row["what"]: row for row in run_stage(world, comparison)[0]}
    seeds, more = rows["two seeds"], rows["a worse one"]
    assert seeds["test"]["value"] == pytest.approx(85)  # 90 and 80
    # One seed makes the mistakes of the base, the other those of the worse one; their deviation counts as well.
    assert seeds["difference"]["value"] == pytest.approx(more["difference"]["value"] / 2)
    width = seeds["difference"]["high"] - seeds["difference"]["low"]
    assert width == pytest.approx(2 * 1.96 * 50**0.5 / 2**0.5, rel=0.2)  # of 0 and -10, the deviation of a mean of two
    assert seeds["p"] > 0.05 > more["p"]
    assert more["p_holm"] >= more["p"]


def test_the_page_holds_a_table_with_what_differs(world):
    page = run_stage(world)[1]
    assert "## Ablation\n" in page
    assert "| the whole model | `whole` | 90.00 | 90.00 |" in page
    assert "| without a part | `less` | 85.00 | 85.00 |" in page
    assert "-5.00 |" in page


def test_a_run_that_was_not_evaluated_is_named(world, capsys):
    with pytest.raises(SystemExit) as stopped:
        run_stage(world, COMPARISON.replace("less", "lost"))
    assert stopped.value.code == 2
    assert "run the stage evaluate of 'lost' first" in capsys.readouterr().err


def test_tables_of_which_something_is_not_evaluated_here_may_be_kept(world, tmp_path_factory, capsys):
    there = tmp_path_factory.mktemp("there")
    for name in ("runs.yaml", "data", "predictions"):
        (there / name).symlink_to(world / name)
    (there / "evaluations").mkdir()
    before, page = run_stage(world)
    for name in ("json", "md"):
        (there / f"c.{name}").write_text((world / f"c.{name}").read_text())
    assert run_stage(there, COMPARISON, "--keep") == (before, page)
    assert "not evaluated yet" not in capsys.readouterr().err
    for folder in (world / "evaluations").iterdir():
        (there / "evaluations" / folder.name).symlink_to(folder)
    (there / "c.json").write_text("[]")
    assert run_stage(there, COMPARISON, "--keep") == (before, page)  # measured again where all of it is there
    (there / "c.json").write_text("[]")
    assert run_stage(there, COMPARISON.replace("less", "lost"), "--keep")[0] == []
    assert "no table 'Ablation'; not evaluated yet: lost" in capsys.readouterr().err
