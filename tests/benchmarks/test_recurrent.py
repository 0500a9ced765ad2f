"""The speed of recurrent layers: what is asked of the workers, and the rows that their seconds become."""

import importlib.util
import json
from itertools import product
from typing import ClassVar

import pytest

from benchmarks.speed import memory, recurrent
from benchmarks.speed.cases import CELLS, Case

KEYS = ["measured", "cpu", "cell", "bidirectional", "batch", "time", "features", "units", "lengths", "pass",
        "implementation", "tokens_per_second", "ratio_to_torch", "ratio_to_keras", "peak_memory_mb",
        "process_memory_mb"]  # fmt: skip
# Milliseconds of a step in each round of training; inference takes a tenth. Neither the means nor the best of the
# rounds would give the ratios that the medians give.
MILLISECONDS = {
    "elman": [10, 11, 90],
    "keras": [40, 10, 44],
    "keras-jit": [50, 70, 20],
    "keras-jax": [22, 22, 22],
    "torch-padded": [60, 50, 5],
    "torch-packed": [5, 33, 35],
}
MEDIANS = {"elman": 11, "keras": 40, "keras-jit": 50, "keras-jax": 22, "torch-padded": 50, "torch-packed": 33}
SHARE = {"train": 1, "inference": 0.1}


class Worker:
    """Stands in for a process: answers with the seconds above, and writes down what it was asked."""

    asked: ClassVar[list] = []
    ended: ClassVar[list] = []
    environments: ClassVar[list] = []

    def __init__(self, implementation, environment):
        self.implementation = implementation
        self.environments.append(environment)

    def ask(self, **command):
        self.asked.append((self.implementation, command))
        if "case" in command:
            self.rounds = {name: iter(MILLISECONDS[self.implementation]) for name in SHARE}
            return {name: MILLISECONDS[self.implementation][0] / 1000 * share for name, share in SHARE.items()}
        return {"seconds": next(self.rounds[command["pass"]]) / 1000 * SHARE[command["pass"]]}

    def end(self):
        self.ended.append(self.implementation)


@pytest.fixture
def rows_of(monkeypatch, tmp_path):
    """Measures with some packages installed, all workers faked; gives the rows of the JSON file."""

    def measure(*options, installed=("jax", "torch"), rounds=3):
        find_spec = importlib.util.find_spec

        def found(name, *more):
            return name in installed if name in ("jax", "torch") else find_spec(name, *more)

        with monkeypatch.context() as patch:
            patch.setattr(recurrent.importlib.util, "find_spec", found)
            patch.setattr(recurrent, "Worker", Worker)
            patch.setattr(Worker, "asked", [])
            patch.setattr(Worker, "ended", [])
            recurrent.main([*options, "--rounds", str(rounds), "--json", str(tmp_path / "rows.json")])
            assert Worker.ended == list(dict.fromkeys(name for name, _ in Worker.asked))
            return json.loads((tmp_path / "rows.json").read_text(encoding="utf-8")), Worker.asked

    return measure


def test_quick_measures_the_lstm_on_the_first_shape_by_every_implementation(rows_of):
    rows, _ = rows_of("--quick")
    assert [list(row) for row in rows] == [KEYS] * len(rows)
    case = {"cell": "lstm", "bidirectional": False, "batch": 32, "time": 100, "features": 100, "units": 128,
            "lengths": "full", "peak_memory_mb": None, "process_memory_mb": None}  # fmt: skip
    assert all(case.items() <= row.items() for row in rows)
    assert [(row["pass"], row["implementation"]) for row in rows] == list(product(SHARE, MEDIANS))


def test_speeds_are_medians_and_ratios_are_to_the_better_torch_and_the_best_stock_keras(rows_of):
    for row in rows_of("--quick")[0]:
        took = MEDIANS[row["implementation"]]
        assert row["tokens_per_second"] == round(32 * 100 / (took / 1000 * SHARE[row["pass"]]))
        assert row["ratio_to_torch"] == round(33 / took, 3)
        assert row["ratio_to_keras"] == round(22 / took, 3)  # that on JAX is best


def test_what_is_not_installed_is_neither_measured_nor_compared_with(rows_of):
    rows, _ = rows_of("--quick", installed=())
    assert [row["implementation"] for row in rows] == ["elman", "keras", "keras-jit"] * 2
    assert [row["ratio_to_keras"] for row in rows] == [round(40 / took, 3) for took in (11, 40, 50)] * 2
    assert {row["ratio_to_torch"] for row in rows} == {None}


def test_in_each_round_every_implementation_has_its_turn_of_a_quarter_of_a_second(rows_of):
    _, asked = rows_of("--quick")
    assert [name for name, _ in asked] == list(MEDIANS) * (1 + 2 * 3)  # warm, then two passes of three rounds
    steps = {name: round(250 / MILLISECONDS[name][0]) for name in MEDIANS}
    assert [command for _, command in asked[6:24]] == [{"pass": "train", "steps": steps[name]} for name in MEDIANS] * 3


def test_all_cells_are_measured_on_all_lengths_and_only_real_tokens_count(rows_of):
    rows, _ = rows_of(rounds=1)
    shapes = {(32, 100, 128), (64, 300, 256)}
    assert {(row["cell"], row["bidirectional"], row["lengths"]) for row in rows} == set(
        product(CELLS, [False, True], ["full", "imdb", "multi30k"])
    )
    assert {(row["batch"], row["features"], row["units"]) for row in rows if row["lengths"] == "full"} == shapes
    for row in rows:
        case = Case(**{key: row[key] for key in KEYS[2:9]})
        assert row["time"] == case.row_lengths().max()
        seconds = MILLISECONDS[row["implementation"]][0] / 1000 * SHARE[row["pass"]]
        assert row["tokens_per_second"] == round(case.row_lengths().sum() / seconds)
        assert row["lengths"] == "full" or case.row_lengths().sum() < 0.9 * row["batch"] * row["time"]


def test_only_the_cells_that_are_named_are_measured(rows_of):
    assert {row["cell"] for row in rows_of("--cells", "gru,sru", rounds=1)[0]} == {"gru", "sru"}


def test_memory_stands_in_the_rows_of_training_on_full_batches(rows_of, monkeypatch):
    monkeypatch.setattr(memory, "peak_memory", lambda name, case: {"peak_memory_mb": 1.5, "process_memory_mb": 2.5})
    rows, _ = rows_of("--quick", "--memory")
    assert [row["peak_memory_mb"] for row in rows] == [1.5] * 6 + [None] * 6


def test_older_instructions_are_asked_of_every_library_and_stand_in_the_rows(rows_of, monkeypatch):
    monkeypatch.setattr(Worker, "environments", [])
    rows, _ = rows_of("--quick", "--cpu", "avx2", rounds=1)
    assert {row["cpu"] for row in rows} == {"avx2"}
    assert Worker.environments == [recurrent.INSTRUCTIONS["avx2"]] * len(MEDIANS)
    assert recurrent.INSTRUCTIONS["avx2"].keys() >= {
        "NUMBA_CPU_NAME",
        "OPENBLAS_CORETYPE",
        "ONEDNN_MAX_CPU_ISA",
        "ATEN_CPU_CAPABILITY",
    }


def test_the_rows_are_printed(rows_of, capsys):
    rows_of("--quick")
    printed = capsys.readouterr().out
    for name in MEDIANS:
        assert name in printed
