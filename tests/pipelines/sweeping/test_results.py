"""What a sweep gives: the table, the best configuration as a run, and the picture."""

import csv
import json
from xml.etree import ElementTree

import pytest
from clones import ROOT

from embeddings.config import TrainedConfig, VectorsConfig
from embeddings.foundation.config import load_config
from embeddings.foundation.errors import InputError
from pipelines.evaluation.metrics import Metric
from pipelines.runs.config import load_run
from pipelines.sweeping.picture import position
from pipelines.sweeping.records import Record, Records
from pipelines.sweeping.results import write_results
from pipelines.sweeping.search import best_configuration
from pipelines.sweeping.space import Dimension

ACCURACY = Metric("accuracy")


def complete(number, value, configuration=None, drawn=None, seed=1):
    configuration = number if configuration is None else configuration
    drawn = {"cell.units": configuration} if drawn is None else drawn
    scores = {"accuracy": [value, value - 2, value + 2], "macro_f1": [value, value, value]}
    return Record(
        number, configuration, seed, drawn, "complete", [1.0, value], scores, {"wall_seconds": 3.5}, number * 60
    )


def test_the_best_configuration_has_the_best_mean_over_all_seeds():
    records = [complete(0, 80, 0, seed=1), complete(1, 90, 0, seed=2),
               complete(2, 86, 1, seed=1), complete(3, 86, 1, seed=2),
               complete(4, 99, 2, seed=1)]  # the last one lacks a seed  # fmt: skip
    assert best_configuration(records, 2, "higher") == records[2:4]
    assert best_configuration(records, 2, "lower") == records[:2]
    assert best_configuration(records[4:], 2, "higher") is None


def test_trials_become_a_table_and_the_best_a_run(make_plan, tmp_path):
    stopped = Record(2, 2, 1, {"cell.units": 2}, "stopped", [60.0])
    failed = Record(3, 0, 2, {"cell.units": 0}, "failed", error="=cmd()|'!A1'")
    records = [complete(0, 80.0), complete(1, 90.0), stopped, failed]
    best = write_results(tmp_path, make_plan(), records, ACCURACY)
    assert [each.number for each in best] == [1]
    with open(tmp_path / "trials.csv", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert [row["cell.units"] for row in rows] == ["16", "32", "64", "16"]
    first = {"trial": "0", "seed": "1", "state": "complete", "epochs": "2", "accuracy": "80.0", "accuracy_low": "78.0",
             "accuracy_high": "82.0", "wall_seconds": "3.5", "error": ""}  # fmt: skip
    assert first.items() <= rows[0].items()
    assert (rows[2]["last_epoch"], rows[2]["accuracy"], rows[2]["state"]) == ("60.0", "", "stopped")
    assert rows[3]["error"].startswith("'=")  # no formula to a spreadsheet
    whole = json.loads((tmp_path / "trials.json").read_text(encoding="utf-8"))
    assert whole[1]["set"] == {"cell": {"units": 32}}
    run, _, cell = load_run(tmp_path / "best/runs.yaml", "sentiment-lstm-skip_gram-units", ROOT / "configs")
    assert (run.set, run.seed, cell.units) == ({"cell": {"units": 32}}, 1, 32)
    assert "accuracy 90.00 on dev, seed 1." in (tmp_path / "best/runs.yaml").read_text(encoding="utf-8")


def test_the_best_vectors_are_a_configuration_that_the_run_names(make_plan, tmp_path):
    plan = make_plan(space={"vectors": {"window": {"choices": [2, 8]}}})
    write_results(tmp_path, plan, [complete(0, 80.0, drawn={"vectors.window": 1})], ACCURACY)
    run, *_ = load_run(tmp_path / "best/runs.yaml", "sentiment-lstm-skip_gram-units", ROOT / "configs")
    assert (run.source_vectors, run.set) == ("english_skip_gram-units", {})
    config = load_config(VectorsConfig, tmp_path / "best/vectors/english_skip_gram-units.yaml")
    assert isinstance(config, TrainedConfig)
    base = load_config(VectorsConfig, ROOT / "configs/vectors/english_skip_gram.yaml")
    assert isinstance(base, TrainedConfig)
    assert (config.window, config.corpus, config.epochs) == (8, base.corpus, base.epochs)


def test_a_sweep_without_a_complete_configuration_says_why(make_plan, tmp_path):
    failed = Record(0, 0, 1, {"cell.units": 0}, "failed", error="out of memory: 3 GB")
    with pytest.raises(InputError, match="got none of 1 trials; trial 0: out of memory: 3 GB"):
        write_results(tmp_path, make_plan(), [failed], ACCURACY)


def test_the_picture_shows_each_trial_and_axis(make_plan, tmp_path):
    records = [complete(0, 80.0), complete(1, 90.0), Record(2, 2, 1, {"cell.units": 2}, "stopped", [60.0])]
    write_results(tmp_path, make_plan(), records, ACCURACY)
    root = ElementTree.parse(tmp_path / "trials.svg").getroot()
    texts = {"".join(node.itertext()) for node in root.iter("{http://www.w3.org/2000/svg}text")}
    assert {"cell.units", "accuracy", "16", "32", "64", "90.00", "60.00", "minutes"} <= texts


def test_a_value_stands_on_its_axis_by_its_scale():
    assert position(Dimension("cell", "units", "choices", (8, 16, 64)), 1) == 0.5
    assert position(Dimension("cell", "dropout", "range", (0.0, 0.5)), 0.1) == pytest.approx(0.2)
    assert position(Dimension("training", "learning_rate", "log_range", (0.001, 0.1)), 0.01) == pytest.approx(0.5)


def test_a_record_is_read_as_it_was_written(tmp_path):
    records = Records(tmp_path)
    written = [complete(number, 80.123456789, drawn={"a": 1, "b": 0.1}) for number in (1, 0)]
    for record in written:
        records.write(record)
    assert records.read() == [written[1], written[0]]


def test_a_damaged_record_is_told_by_name(tmp_path):
    (tmp_path / "00000.json").write_text('{"number": 0}', encoding="utf-8")
    with pytest.raises(InputError, match=r"00000\.json"):
        Records(tmp_path).read()
