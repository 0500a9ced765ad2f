"""The results of the benchmarks: runs, baselines and probes become one list and one page."""

import json
import re
from pathlib import Path

import pytest

from benchmarks.results import main, text
from embeddings.foundation.config import read_yaml
from embeddings.foundation.files import write_json
from embeddings.foundation.reading import read_json
from pipelines.evaluation.records import write_scores
from pipelines.evaluation.scores import Score

ROOT = Path(__file__).parents[2]
CONFIGS = ROOT / "configs"
RUNS = """
runs:
  poems-lstm-1:
    {task: text_generation, dataset: poems, cell: lstm, layer: lstm, source_vectors: r, target_vectors: r, seed: 1,
     report_test: false, set: {}}
  poems-lstm-2:
    {task: text_generation, dataset: poems, cell: lstm, layer: lstm, source_vectors: r, target_vectors: r, seed: 2,
     report_test: false, set: {}}
  letters-lstm:
    {task: text_generation, dataset: letters, cell: lstm, layer: lstm, source_vectors: r, target_vectors: r, seed: 1,
     report_test: false, set: {}}
baselines: {}
"""
ANCHORS = """
poems: [{system: theirs, metric: nats_per_character, value: 1.2, note: n}]
reviews: [{system: a classifier, metric: accuracy, value: 90.0, note: n}]
"""
EARLIER = """
poems:
  - {runs: [poems-lstm, baseline words], commit: abc1234, since: unknown words are spelled}
  - {runs: [poems-gru], commit: abc1234, since: nothing that concerns a run of this page}
reviews: [{runs: [another], commit: abc1234, since: nothing that concerns a run of this page}]
"""
PROBE_SCORES = [("all_units", 80.0), ("one_unit", 70.0), ("majority", 50.0)]


def nats(value, method="bootstrap-percentile"):
    return Score("nats_per_character", "", value, value - 0.1, value + 0.1, method, 9, "signature")


@pytest.fixture
def world(tmp_path):
    (tmp_path / "page").mkdir()
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes/poems.md").write_text("They rhyme.\n")
    (tmp_path / "notes/reviews.md").write_text("They do not.\n")
    (tmp_path / "runs.yaml").write_text(RUNS)
    (tmp_path / "anchors.yaml").write_text(ANCHORS)
    (tmp_path / "earlier.yaml").write_text(EARLIER)
    for name, score in {
        "poems-lstm-1": nats(2.0),
        "poems-lstm-2": nats(3.0),
        "letters-lstm": nats(1.0, "none"),
    }.items():
        write_scores(tmp_path / "evaluations" / name / "scores.json", {name: {"dev": [score]}})
        write_json(tmp_path / "costs" / f"{name}.json", {"wall_seconds": 120, "tokens_per_second": 900})
    folder = tmp_path / "probes" / "poems-lstm-1"
    rows = [
        {"system": system, "split": "test", "metric": "accuracy", "value": value, "low": value - 1, "high": value + 1,
         "texts": 40} for system, value in PROBE_SCORES
    ]  # fmt: skip
    write_json(folder / "scores.json", rows)
    about = {"dataset": "reviews", "unit": 7, "units": 16, "units_used": 5, "texts": {"train": 80}, "seed": 1}
    write_json(folder / "probe.json", about)
    (folder / "histogram.svg").write_text("<svg/>")
    write_json(tmp_path / "costs" / "probes" / "poems-lstm-1.json", {"wall_seconds": 60, "tokens_per_second": 5})
    return tmp_path


def run_stage(world, *options):
    folders = [part for name in ("evaluations", "costs", "probes") for part in (f"--{name}", str(world / name))]
    main([*folders, "--runs", str(world / "runs.yaml"), "--configs", str(CONFIGS),
          "--anchors", str(world / "anchors.yaml"), "--earlier", str(world / "earlier.yaml"),
          "--notes", str(world / "notes"), "--json", str(world / "page" / "results.json"),
          "--page", str(world / "page" / "RESULTS.md"), *options])  # fmt: skip
    page = (world / "page" / "RESULTS.md").read_text()
    return json.loads((world / "page" / "results.json").read_text()), page


def test_runs_that_differ_by_their_seed_are_one_with_mean_and_deviation(world):
    results, page = run_stage(world)
    poems = next(result for result in results if result["run"] == "poems-lstm")
    assert (poems["value"], poems["low"], poems["high"], poems["sd"]) == (2.5, 2.4, 2.6, 0.7071)
    assert "| poems-lstm | dev | nats_per_character | 2.5 | 2.4 to 2.6 | 0.7071 | 1, 2 | 2.0 | 900 |" in page
    assert "| theirs | nats_per_character | 1.2 | n |" in page


def test_figures_of_earlier_code_stand_with_their_commit_below_the_table_of_their_dataset(world):
    page = run_stage(world)[1]
    (told,) = (part for part in page.split("## ") if "Figures that `dvc.lock` does not know:" in part)
    assert told.startswith("text_generation on poems")
    assert "| poems-lstm | abc1234 | unknown words are spelled |" in told.splitlines()
    assert "nothing that concerns" not in page


def test_notes_stand_between_the_tables_and_the_commands_of_their_dataset(world):
    page = run_stage(world)[1]
    assert "| theirs | nats_per_character | 1.2 | n |\n\nThey rhyme.\n\nCommands:\n\n- `dvc" in page
    assert page.count("They rhyme.") == 1
    assert "They do not." not in page  # of reviews there is a probe alone


def test_the_page_in_git_is_that_of_the_results_in_git():
    inputs = [ROOT / "benchmarks" / name for name in ("anchors.yaml", "earlier.yaml", "notes")]
    page = text(read_json(ROOT / "benchmarks/results.json"), *inputs)
    assert page == (ROOT / "benchmarks/RESULTS.md").read_text(encoding="utf-8")


def test_every_note_is_of_a_dataset_with_results():
    datasets = {result["dataset"] for result in read_json(ROOT / "benchmarks/results.json")}
    assert {path.stem for path in (ROOT / "benchmarks/notes").iterdir()} <= datasets


def test_what_is_said_of_earlier_code_is_of_runs_and_commits_that_there_are():
    systems = {(result["dataset"], result["run"]) for result in read_json(ROOT / "benchmarks/results.json")}
    for dataset, entries in read_yaml(ROOT / "benchmarks/earlier.yaml").items():
        for entry in entries:
            assert {(dataset, run) for run in entry["runs"]} <= systems
            assert re.fullmatch(r"[0-9a-f]{7}", entry["commit"])


def test_a_number_without_an_interval_shows_none(world):
    assert "| letters-lstm | dev | nats_per_character | 1.0 |  |  | 1 | 2.0 | 900 |" in run_stage(world)[1]


def test_a_probe_stands_beside_its_baselines_with_the_histogram_of_its_unit(world):
    page = run_stage(world)[1]
    rows = [line for line in page.splitlines() if line.startswith("| poems-lstm-1: ")]
    assert [row.split(" | ")[0] for row in rows] == [
        "| poems-lstm-1: 5 of 16 units", "| poems-lstm-1: unit 7 alone", "| poems-lstm-1: majority"
    ]  # fmt: skip
    assert "## probe on reviews" in page
    assert "a classifier" not in page  # which learns from the whole of train
    assert "(poems-lstm-1.svg)" in page
    assert (world / "page" / "poems-lstm-1.svg").read_text() == "<svg/>"


def test_what_is_not_evaluated_again_may_be_kept(world, capsys):
    before, page = run_stage(world)
    for path in (
        world / "evaluations" / "letters-lstm" / "scores.json",
        *(world / "probes" / "poems-lstm-1").iterdir(),
    ):
        path.unlink()
    (world / "evaluations" / "letters-lstm").rmdir()
    (world / "probes" / "poems-lstm-1").rmdir()
    assert run_stage(world, "--keep") == (before, page)
    assert "not evaluated yet" not in capsys.readouterr().err
