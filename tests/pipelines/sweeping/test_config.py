"""Sweep files: what a trial is trained with, and what is refused before any work."""

import pytest
from clones import ROOT

from embeddings.foundation.errors import InputError
from pipelines.sweeping.config import load_plan

LEARNING_RATE = {"training": {"learning_rate": {"log_range": [0.001, 0.01]}}}


def test_a_trial_is_the_base_run_with_other_settings(make_plan):
    plan = make_plan()
    settings = plan.settings({"cell": {"units": 32}, "training": {"epochs": 3}}, 7)
    assert (settings.run.seed, settings.run.set) == (7, {"cell": {"units": 32}, "training": {"epochs": 3}})
    assert (settings.cell.units, settings.cell.dropout, settings.task.training.epochs) == (32, 0.2, 3)
    assert settings.run.dataset == plan.base.dataset == "toy_sentiment"
    assert settings.vectors is None


def test_what_the_base_run_sets_stays_unless_it_is_varied(make_plan):
    plan = make_plan(run="translation-gru-skip_gram")
    assert plan.run({"cell": {"units": 16}}, 1).set == {"cell": {"dropout": 0.0, "units": 16}}
    assert plan.run({"cell": {"dropout": 0.5}}, 1).set == {"cell": {"dropout": 0.5}}


def test_the_layer_follows_the_cell(make_plan):
    plan = make_plan(space={"cell": {"cell": {"choices": ["lstm", "gru"]}}})
    run = plan.run({"cell": {"cell": "gru"}}, 1)
    assert run.layer == "gru"
    assert plan.settings({"cell": {"cell": "gru"}}, 1).cell.cell == "gru"


def test_keys_of_vectors_are_those_of_the_runs_own(make_plan, monkeypatch):
    plan = make_plan(space={"vectors": {"window": {"integers": [2, 8]}}}, search="random", budget={"trials": 3})
    assert plan.trains_vectors
    vectors = plan.settings({"vectors": {"window": 4}}, 1).vectors
    assert (vectors.window, vectors.dimensions, vectors.algorithm) == (4, 64, "skip_gram")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"run": "sentiment-lstm-skipgram"}, "has no run 'sentiment-lstm-skipgram'; did you mean 'sentiment-lstm-skip"),
        ({"serch": "grid"}, "unknown key 'serch'; did you mean 'search'?"),
        ({"search": "bayes"}, "expected a known value under 'search', got 'bayes'"),
        ({"budget": {"trails": 3}}, "unknown key 'trails'; did you mean 'trials'?"),
        ({"budget": {"trials": 0}}, "expected trials of at least 1, got 0"),
        ({"resources": {"cpus": 0}}, "expected at least 1 of `cpus`"),
        ({"search": "tpe"}, "search 'tpe' never ends by itself; write `budget: {trials: ...}`"),
        ({"seeds": [1, 2, 1]}, "expected each of seeds once, got [1, 2, 1]"),
        ({"seeds": [-1]}, "expected a seed from 0"),
        ({"space": {"cell": {"unitz": {"choices": [1]}}}}, "unknown key 'unitz'; did you mean 'units'?"),
        ({"space": {"cell": {"units": {"choices": [16, 0]}}}}, "expected units and depth of at least 1, got 0 and 1"),
        ({"space": {"training": {"epochs": {"integers": [0, 9]}}}}, "expected epochs of at least 1, got 0"),
        ({"space": {"training": {"workers": {"choices": [1, 2]}}}}, "expected 1, since a trial is one process"),
        ({"space": {"vectors": {"windou": {"choices": [1]}}}}, "unknown key 'windou'; did you mean 'window'?"),
        ({"space": LEARNING_RATE}, "training.learning_rate: a grid takes choices or integers"),
    ],
)
def test_a_wrong_sweep_file_is_refused_in_one_line(make_plan, changes, message):
    with pytest.raises(InputError) as refused:
        make_plan(**changes)
    assert "units.yaml" in str(refused.value)
    assert message in str(refused.value)
    assert "\n" not in str(refused.value)


def test_vectors_without_a_corpus_cannot_be_varied(make_plan):
    with pytest.raises(InputError, match="expected vectors that are trained on a corpus, got algorithm 'random'"):
        make_plan(run="ner-bilstm-random", space={"vectors": {"dimensions": {"choices": [16]}}})


def test_budget_and_resources_are_not_what_a_sweep_is(make_plan):
    changed = make_plan(budget={"trials": 2}, resources={"cpus": 2}, inputs="shared_path")
    assert changed.sweep.described() == make_plan().sweep.described()
    assert make_plan(search_seed=2).sweep.described() != make_plan().sweep.described()


def test_the_example_of_the_page_and_the_sweep_that_ships_are_valid(tmp_path):
    page = (ROOT / "docs/cluster.md").read_text(encoding="utf-8")
    (tmp_path / "page.yaml").write_text(page.partition("```yaml\n")[2].partition("```")[0], encoding="utf-8")
    paths = [tmp_path / "page.yaml", *(path for path in (ROOT / "sweeps").glob("*.yaml") if path.name != "dvc.yaml")]
    plans = [load_plan(path, ROOT / "configs/runs.yaml", ROOT / "configs") for path in paths]
    assert plans[0].seeds == (1, 2)
    assert {plan.name for plan in plans[1:]} == {"ner_bilstm"}
