"""The ledger: which trials there are, which stop, and what a killed process leaves of them."""

import json

import pytest

from pipelines.sweeping.ledger import CRASHES, Ledger, open_folder

pytest.importorskip("optuna", reason="the extra `cluster` is not installed")

RATE = {"training": {"learning_rate": {"log_range": [0.0001, 0.1]}}}


@pytest.fixture
def ledger(make_plan, tmp_path):
    """Makes a ledger, anew as after a kill, of the same folder."""

    def make(**changes):
        open_folder(tmp_path / "records", {})
        return Ledger(make_plan(**changes), tmp_path / "records", "higher")

    return make


def finish(ledger, record, value):
    ledger.finish(record.number, record.attempts, {"accuracy": [value, value - 1, value + 1]}, {"epochs": 2}, {})


def draw_all(ledger):
    """Takes every trial, each finished at once."""
    found = []
    while record := ledger.next([]):
        found.append(record)
        finish(ledger, record, len(found))
    return found


def test_a_grid_gives_each_combination_with_each_seed_once(ledger):
    found = draw_all(ledger(seeds=[1, 2]))
    assert [(each.drawn["cell.units"], each.seed) for each in found] == [(0, 1), (0, 2), (1, 1), (1, 2), (2, 1), (2, 2)]
    assert [each.configuration for each in found] == [0, 0, 1, 1, 2, 2]


def test_the_budget_of_trials_ends_a_sweep_and_more_continue_it(ledger):
    assert len(draw_all(ledger(budget={"trials": 2}))) == 2
    assert [each.number for each in draw_all(ledger(budget={"trials": 3}))] == [2]


def test_hours_end_a_sweep_and_pause_what_runs(ledger, monkeypatch):
    first = ledger(budget={"hours": 1})
    record = first.next([])
    assert first.report(record.number, record.attempts, [1.0], b"state", False) == "go on"
    now = first._began
    monkeypatch.setattr("pipelines.sweeping.ledger.time.monotonic", lambda: now + 3700)
    assert first.next([record.number]) is None
    assert first.report(record.number, record.attempts, [1.0, 2.0], b"state", False) == "pause"
    monkeypatch.undo()
    later = ledger(budget={"hours": 1})
    assert later.seconds() > 3600  # those of the process before count
    assert later.next([]) is None
    more = ledger(budget={"hours": 2})
    assert more.next([]).number == record.number
    assert more.checkpoint(record.number) == b"state"


@pytest.mark.parametrize("search", ["random", "tpe"])
def test_an_interrupted_sweep_draws_what_an_unbroken_one_does(ledger, search, make_plan, tmp_path):
    settings = {"search": search, "space": RATE, "budget": {"trials": 14}}
    whole = Ledger(make_plan(**settings), tmp_path / "whole", "higher")
    expected = [each.drawn for each in draw_all(whole)]
    assert len({each["training.learning_rate"] for each in expected}) == 14
    for number in range(14):  # a new process for every trial
        one = ledger(**settings)
        record = one.next([])
        assert (record.number, record.drawn) == (number, expected[number])
        finish(one, record, number + 1)
    assert ledger(**settings).next([]) is None


def test_tpe_prefers_what_scored_well(make_plan, tmp_path):
    plan = make_plan(search="tpe", space=RATE, budget={"trials": 40})
    ledger = Ledger(plan, tmp_path, "higher")
    rates = []
    while record := ledger.next([]):
        rates.append(record.drawn["training.learning_rate"])
        finish(ledger, record, -abs(rates[-1] - 0.05))
    near = [0.02 < rate < 0.1 for rate in rates]
    assert sum(near[20:]) > 2 * sum(near[:10])  # the first ten are drawn at random


def test_an_unfinished_trial_is_given_out_again_with_its_state(ledger):
    first = ledger()
    record = first.next([])
    first.report(record.number, record.attempts, [1.0, 2.0], b"of epoch 2", False)
    again = ledger()
    continued = again.next([])
    assert (continued.number, continued.attempts, continued.curve) == (0, 2, [1.0, 2.0])
    assert again.checkpoint(0) == b"of epoch 2"
    assert again.next([0]).number == 1
    finish(again, continued, 5.0)
    assert again.checkpoint(0) is None  # a finished trial needs none
    assert ledger().next([1]).number == 2


def test_a_process_that_was_given_up_changes_nothing(ledger):
    one = ledger()
    old = one.next([]).attempts
    new = one.next([]).attempts
    assert (old, new) == (1, 2)
    assert one.report(0, old, [9.0], b"old", False) == "pause"
    assert one.checkpoint(0) is None
    one.finish(0, old, {"accuracy": [9.0, 9.0, 9.0]}, {}, {})
    assert not one.all()[0].finished


def test_a_trial_that_keeps_crashing_fails_and_one_that_gets_on_does_not(ledger):
    one = ledger()
    for _ in range(CRASHES - 1):
        record = one.next([])
        one.crash(0, "killed")
    assert record.attempts == CRASHES - 1
    record = one.next([])
    one.report(0, record.attempts, [1.0], b"state", False)
    one.crash(0, "killed")  # the first one after an epoch
    assert one.next([]).number == 0
    for _ in range(CRASHES - 1):
        one.crash(0, "killed")
    failed = ledger().all()[0]
    assert (failed.state, failed.error) == ("failed", "its process died 3 times without an epoch between: killed")
    assert ledger().next([]).number == 1


# Worked out by hand with `keep: 2` and `first_epochs: 1`: rungs at epochs 1, 2, 4; at a rung the better half goes on,
# the best of all where there are too few.
def test_asha_stops_the_worse_half(ledger):
    settings = {"scheduler": "asha", "keep": 2, "space": {"cell": {"units": {"choices": [8, 16, 32, 64]}}}}
    one = ledger(**settings)
    records = [one.next(range(number)) for number in range(4)]

    def report(number, *curve, last=False):
        return one.report(number, records[number].attempts, [*curve], b"state", last)

    assert report(0, 50.0) == "go on"  # alone at its rung
    assert report(1, 40.0) == "stop"
    assert report(2, 60.0) == "go on"
    assert report(0, 50.0, 55.0) == "go on"
    assert report(2, 60.0, 54.0) == "stop"
    assert report(3, 10.0, last=True) == "go on"  # it ends by itself
    states = {record.number: record.state for record in ledger(**settings).all()}
    assert states == {0: "unfinished", 1: "stopped", 2: "stopped", 3: "unfinished"}
    assert not (one.folder / "00001.npz").exists()


def test_asha_compares_with_trials_of_an_earlier_process(ledger):
    settings = {"scheduler": "asha", "keep": 2}
    first = ledger(**settings)
    for number, value in enumerate((50.0, 70.0)):
        record = first.next(range(number))
        first.report(number, record.attempts, [value], b"state", False)
    again = ledger(**settings)
    record = again.next([0, 1])
    assert again.report(2, record.attempts, [60.0], b"state", False) == "stop"  # the best of three goes on
    assert [each.curve for each in again.all()] == [[50.0], [70.0], [60.0]]


def test_records_of_another_sweep_are_removed_and_it_is_said_why(tmp_path):
    folder = tmp_path / "records"
    assert open_folder(folder, {"sweep": 1, "inputs": {"a": "b"}}) == []
    (folder / "00000.json").touch()
    assert open_folder(folder, {"sweep": 1, "inputs": {"a": "b"}}) == []
    assert (folder / "00000.json").exists()
    assert open_folder(folder, {"sweep": 1, "inputs": {"a": "c"}}) == ["inputs"]
    assert not (folder / "00000.json").exists()


def test_records_of_other_code_are_removed(ledger, tmp_path):
    one = ledger()
    one.finish(0, one.next([]).attempts, {"accuracy": [1.0, 1.0, 1.0]}, {}, {"pipelines/cli.py": "another checksum"})
    assert json.loads((one.folder / "code.json").read_text()) == {"pipelines/cli.py": "another checksum"}
    assert open_folder(one.folder, {}) == ["pipelines/cli.py"]
    assert ledger().all() == []
