"""The datasets of self-training in a runs file, and the stages that make them."""

import re
from pathlib import Path

import pytest
import yaml

from embeddings.foundation.errors import InputError
from pipelines.project.stages import graph_text, read_needs, with_self_training
from pipelines.reporting.systems import read_entries

ROOT = Path(__file__).parents[3]
TEACHER = "cell: bilstm, layer: lstm, source_vectors: random, target_vectors: random, seed: 1, report_test: true"
RUNS = f"""\
runs:
  a: {{task: pos_tagging, dataset: toy_pos, {TEACHER}}}
  b: {{task: pos_tagging, dataset: more_pos, {TEACHER}}}
  c: {{task: pos_tagging, dataset: most_pos, {TEACHER}}}
  t: {{task: translation, dataset: toy_translation, {TEACHER.replace("bilstm", "lstm")}}}
ensembles:
  both: {{runs: [b], seed: 3, report_test: false}}
baselines:
  more: {{task: pos_tagging, dataset: more_pos, seed: 1, report_test: true}}
self_training:
  more_pos: {{run: a, unlabelled: toy_pos, minimum_confidence: 0.9, maximum_examples: 50, seed: 1}}
  most_pos:
    {{run: both, unlabelled: lee_news, minimum_confidence: 0.8, maximum_examples: 70, seed: 2, sentences: true}}
"""


@pytest.fixture
def runs(tmp_path):
    """A runs file with other lines in the place of some."""

    def write(old="", new=""):
        path = tmp_path / "runs.yaml"
        path.write_text(RUNS.replace(old, new), encoding="utf-8")
        return path

    return write


@pytest.fixture(autouse=True)
def there(monkeypatch):
    monkeypatch.chdir(ROOT)


def test_a_stage_makes_each_dataset_of_its_teacher_and_gold_data(runs):
    before = Path("dvc.yaml").read_text(encoding="utf-8")
    graph = with_self_training(before, runs())
    stages = yaml.safe_load(graph)["stages"]
    first, second = stages["self_train-more_pos"], stages["self_train-most_pos"]
    assert first["cmd"] == (
        "python -m pipelines.self_train runs/a --data data/toy_pos --unlabelled data/toy_pos"
        " --minimum-confidence 0.9 --maximum-examples 50 --seed 1 --output data/more_pos"
    )
    assert second["cmd"] == (  # a second round: predictions of the first are not part of it
        "python -m pipelines.self_train runs/both --data data/toy_pos --unlabelled data/lee_news"
        " --minimum-confidence 0.8 --maximum-examples 70 --sentences --seed 2 --output data/most_pos"
    )
    of_data = [[dep for dep in stage["deps"] if re.match("runs|data", dep)] for stage in (first, second)]
    assert of_data == [["runs/a", "data/toy_pos"], ["runs/both", "data/toy_pos", "data/lee_news"]]
    assert [stage["outs"] for stage in (first, second)] == [["data/more_pos"], ["data/most_pos"]]
    assert with_self_training(graph, runs()) == graph
    assert with_self_training(graph, runs(RUNS[RUNS.index("self_training") :], "")) == before


def test_what_self_training_makes_is_not_prepared_and_what_it_reads_is(runs):
    assert read_needs(runs(), "data").datasets == ["toy_pos", "toy_translation", "lee_news"]
    stages = yaml.safe_load(graph_text(Path("dvc.yaml").read_text(encoding="utf-8"), runs()))["stages"]
    assert stages["prepare"]["foreach"] == ["toy_pos", "toy_translation", "lee_news"]


def test_reports_read_the_dataset_that_a_run_is_scored_on(runs):
    found = {name: entry.dataset for name, entry in read_entries(runs(), "runs").items()}
    assert found == {**dict.fromkeys(("a", "b", "c", "both"), "toy_pos"), "t": "toy_translation"}
    assert read_entries(runs(), "baselines")["more"].dataset == "toy_pos"
    with pytest.raises(InputError, match="self_training: no run 'x'"):
        read_entries(runs("run: a", "run: x"), "runs")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("run: a", "run: x", "runs.yaml:11: dataset 'more_pos': no run 'x'; known: a, b, c, t, both"),
        ("run: a", "run: c", "expected a dataset that is there before, got more_pos of most_pos of more_pos"),
        ("run: a", "run: t", "more_pos' of self_training: expected a run that gives a text a label, labels or tags"),
        ("  more_pos:", "  toy_ner:", "expected a name of its own, got that of configs/datasets/toy_ner.yaml"),
        ("unlabelled: lee_news", "unlabelled: more_pos", "expected unlabelled texts, got 'more_pos', which has none"),
        ("confidence: 0.9", "confidence: 1.5", "expected a minimum_confidence from 0 to 1, got 1.5"),
        ("examples: 50", "examples: 0", "expected maximum_examples of at least 1, got 0"),
    ],
)
def test_self_training_that_cannot_be_is_refused_in_one_line(runs, old, new, message):
    with pytest.raises(InputError) as refused:
        with_self_training(Path("dvc.yaml").read_text(encoding="utf-8"), runs(old, new))
    assert message in str(refused.value)
