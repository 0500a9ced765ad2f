"""What a sweep shows while it runs."""

import io

from rich.console import Console

from pipelines.evaluation.metrics import Metric
from pipelines.sweeping.progress import TrialTable
from pipelines.sweeping.records import Record


def record(number, state, curve=(), **known):
    return Record(number, number, 1, {"cell.units": number}, state, [*curve], **known)


def test_a_line_is_written_when_a_trial_begins_and_when_it_ends(make_plan, capsys):
    running, done = record(0, "unfinished"), record(0, "complete", [80.0], scores={"accuracy": [81.0, 80.0, 82.0]})
    with TrialTable(make_plan(), Metric("accuracy")) as table:
        for records in ([running], [record(0, "unfinished", [80.0])], [done], [done]):
            table.show(records)
        table.show([done, record(1, "failed", error="no\x1b[31mroom")])
    assert capsys.readouterr().err.splitlines() == [
        "sweep: trial 0 begins, seed 1, cell.units 16",
        "sweep: trial 0 complete, accuracy 81.00, seed 1, cell.units 16",
        r"sweep: trial 1 failed, seed 1, cell.units 32, no\x1b[31mroom",
    ]


def test_a_table_shows_running_trials_first_and_counts_the_others(make_plan):
    complete = record(0, "complete", [80.0], scores={"accuracy": [81.0, 80.0, 82.0]})
    records = [complete, record(1, "stopped", [60.0, 61.0])]
    table = TrialTable(make_plan(budget={"trials": 3}), Metric("accuracy")).table([*records, record(2, "unfinished")])
    shown = io.StringIO()
    Console(file=shown, width=100).print(table)
    lines = shown.getvalue().splitlines()
    assert lines[0].strip() == "units: 1 complete, 1 stopped, of 3 trials"
    assert [line.split()[:4] for line in lines[1:]] == [
        ["trial", "state", "epochs", "accuracy"],
        ["2", "running", "0", "1"],
        ["1", "stopped", "2", "61.00"],
        ["0", "complete", "1", "81.00"],
    ]
