"""The ensembles of a runs file, and the stages that follow from them."""

import re
import shlex
from pathlib import Path

import pytest
import yaml

from embeddings.foundation.errors import InputError
from pipelines.project.stages import ENSEMBLES, with_ensembles
from pipelines.reporting.systems import read_entries
from pipelines.runs.config import load_ensembles, load_runs

ROOT = Path(__file__).parents[3]
RUN = "task: pos_tagging, dataset: toy_pos, cell: bilstm, layer: lstm, source_vectors: v, target_vectors: random"
RUNS = f"""\
runs:
  a-1: {{{RUN}, seed: 1, report_test: true}}
  a-2: {{{RUN}, seed: 2, report_test: true}}
  ner: {{{RUN.replace("pos", "ner")}, seed: 1, report_test: true}}
ensembles:
  both: {{runs: [a-1, a-2], seed: 3, report_test: false}}
"""


@pytest.fixture
def runs(tmp_path):
    """A runs file with other lines in the place of some."""

    def write(old="", new=""):
        path = tmp_path / "runs.yaml"
        path.write_text(RUNS.replace(old, new), encoding="utf-8")
        return path

    return write


def stages(graph):
    return yaml.safe_load(graph)["stages"]


def test_an_ensemble_depends_on_its_members_and_their_costs(runs):
    before = (ROOT / "dvc.yaml").read_text(encoding="utf-8")
    graph = with_ensembles(before, runs())
    stage = stages(graph)["ensemble-both"]
    members = {"runs/a-1", "runs/a-2", "costs/a-1.json", "costs/a-2.json"}
    assert {dep for dep in stage["deps"] if re.match("runs|costs", dep)} == members
    assert stage["cmd"] == (
        "python -m pipelines.ensemble runs/a-1 runs/a-2 --data data/toy_pos --costs costs/a-1.json costs/a-2.json"
        " --output runs/both --cost costs/both.json"
    )
    assert with_ensembles(graph, runs()) == graph
    assert with_ensembles(graph, runs(RUNS[RUNS.index("ensembles") :], "")) == before


def test_a_classifier_of_ngrams_is_a_flag_and_a_dep(runs):
    graph = with_ensembles((ROOT / "dvc.yaml").read_text(encoding="utf-8"), runs("seed: 3,", "seed: 3, ngrams: true,"))
    stage = stages(graph)["ensemble-both"]
    assert stage["cmd"].endswith(" --cost costs/both.json --ngrams 3")
    assert {"pipelines/baselines", "pipelines/evaluation"} <= {*stage["deps"]}


def test_how_an_ensemble_reads_is_an_option_of_its_command(runs):
    graph = (ROOT / "dvc.yaml").read_text(encoding="utf-8")
    path = runs("seed: 3,", "seed: 3, set: {model: {maximum_tokens: 300, truncation: windows}},")
    with pytest.raises(InputError, match="ensemble 'both': set: model: unknown key 'maximum_tokens'"):
        with_ensembles(graph, path)
    path.write_text(path.read_text(encoding="utf-8").replace("pos_tagging", "sentiment"), encoding="utf-8")
    stage = stages(with_ensembles(graph, path))["ensemble-both"]
    assert shlex.split(stage["cmd"])[-2:] == ["--set", '{"model":{"maximum_tokens":300,"truncation":"windows"}}']


def test_an_ensemble_is_predicted_and_evaluated_by_the_stages_of_a_run(runs):
    found = stages(with_ensembles((ROOT / "dvc.yaml").read_text(encoding="utf-8"), runs()))
    for name in ("predict", "evaluate"):
        values = found[f"{name}-ensemble"]["foreach"]["both"]
        body = yaml.safe_dump(found[name]["do"])
        assert found[f"{name}-ensemble"]["do"] == yaml.safe_load(body.replace("/${item.layer}", ""))
        assert set(re.findall(r"\$\{item\.(\w+)\}", body)) - {"layer"} <= set(values)
        assert (values["seed"], values["report_test"], values["source_vectors"]) == (3, False, "v")


def test_a_graph_of_an_earlier_version_without_ensembles_stays_as_it_is(runs):
    graph = re.sub(f"{re.escape(ENSEMBLES.before)}.*\n", "", (ROOT / "dvc.yaml").read_text(encoding="utf-8"))
    assert with_ensembles(graph, runs(RUNS[RUNS.index("ensembles") :], "")) == graph
    with pytest.raises(InputError, match="expected the line '# Down to `compare`', and below it 'compare:'; put them"):
        with_ensembles(graph, runs())


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("[a-1, a-2]", "[a-1, a-3]", "runs.yaml:6: ensemble 'both': no run 'a-3'; did you mean 'a-2'?"),
        ("[a-1, a-2]", "[a-1, both]", "runs.yaml:6: ensemble 'both': no run 'both'"),
        ("[a-1, a-2]", "[a-1, a-1]", "runs.yaml:6: ensemble 'both': expected runs, each once, got a-1, a-1"),
        ("[a-1, a-2]", "[]", "runs.yaml:6: ensemble 'both': expected runs, each once, got none"),
        ("[a-1, a-2]", "[a-1, ner]", "expected runs of pos_tagging on toy_pos, as 'a-1' is, got 'ner'"),
        ("both: {", "ner: {", "runs.yaml:6: ensemble 'ner': expected a name of its own, got that of a run; rename it"),
        ("both: {", "both: {epochs: 3, ", "runs.yaml:6: ensemble 'both': unknown key 'epochs'"),
    ],
)
def test_an_ensemble_that_cannot_be_is_refused_with_its_line(runs, old, new, message):
    path = runs(old, new)
    with pytest.raises(InputError) as refused:
        load_ensembles(path, load_runs(path))
    assert message in str(refused.value)


def test_reports_read_an_ensemble_behind_the_runs_with_the_task_and_the_dataset_of_its_members(runs):
    entries = read_entries(runs(), "runs")
    assert list(entries) == ["a-1", "a-2", "ner", "both"]
    assert (entries["both"].task, entries["both"].dataset, entries["both"].seed) == ("pos_tagging", "toy_pos", 3)
    assert [entries[name].evaluation for name in ("a-1", "both")] == ["evaluate", "evaluate-ensemble"]
    with pytest.raises(InputError, match="ensemble 'both': expected names of runs, got a-3"):
        read_entries(runs("[a-1, a-2]", "[a-3]"), "runs")
