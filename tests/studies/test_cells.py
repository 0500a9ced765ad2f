"""The figures of docs/cells.md: those in git, and what they are made of."""

import json
from pathlib import Path

import pytest

from embeddings.foundation import plugins
from studies import cells
from studies.charts import CELLS

ROOT = Path(__file__).parents[2]


@pytest.fixture
def measured(tmp_path, monkeypatch):
    """Points the page at figures made by hand: an LSTM and a minGRU twice and four times as fast, and 5 and 9 times."""

    def row(cell, name, lengths, speed, implementation="elman", measured="2026-02-01"):
        case = {"bidirectional": False, "batch": 2, "features": 3, "units": 4, "lengths": lengths}
        return {
            **case,
            "measured": measured,
            "cell": cell,
            "pass": name,
            "implementation": implementation,
            "tokens_per_second": speed,
        }

    speed = [row("lstm", name, lengths, 100) for name in cells.PASSES for lengths in ("full", "imdb")]
    speed += [row("min_gru", "train", "full", 200), row("min_gru", "train", "imdb", 800)]
    speed += [row("min_gru", "inference", "full", 500), row("min_gru", "inference", "imdb", 900)]
    speed.append(row("min_gru", "train", "full", 7, "torch"))
    # On a slower machine, where only the GRU stood beside the LSTM.
    speed += [row(cell, "train", "full", speed, measured="2026-01-01") for cell, speed in (("lstm", 10), ("gru", 15))]
    recall = [
        {"question": question, "cell": "lstm", "seed": seed, "gap": gap, "accuracy": accuracy}
        for question, accuracy in (("France", 0.75), ("clouds", 1.0))
        for seed in (1, 2)
        for gap in (2, cells.FAR)
    ]
    linear = [
        {"part": "recall", "cell": cell, "seed": seed, "gap": cells.FAR, "accuracy": accuracy}
        for cell, accuracy in (("lstm", 0.1), ("min_gru", 0.5))
        for seed in (1, 2)
    ]
    linear += [{**row, "forget_bias": 3.0, "accuracy": 1.0} for row in linear if row["cell"] == "min_gru"]
    linear += [
        {"part": "language model", "cell": cell, "seed": seed, "equal": equal, "nats": nats}
        for cell, equal, nats in (
            ("lstm", "parameters", 2.0),
            ("min_gru", "parameters", 2.25),
            ("min_gru", "time", 2.125),
        )
        for seed in (1, 2)
    ]
    results = [
        {
            "run": "tiny_shakespeare-lstm-random",
            "split": split,
            "metric": metric,
            "value": 1.5,
            "low": 1.25,
            "high": 1.75,
        }
        for split in ("dev", "test")
        for metric in ("perplexity", "nats_per_character")
    ]
    for name, rows in (("recall_over_a_gap", recall), ("linear_cells", linear)):
        (tmp_path / f"{name}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    for name, rows in (("SPEED", speed), ("RESULTS", results)):
        (tmp_path / f"{name}.json").write_text(json.dumps(rows), encoding="utf-8")
        monkeypatch.setattr(cells, name, tmp_path / f"{name}.json")
    monkeypatch.setattr(cells, "STUDIES", tmp_path)


def test_the_table_holds_ratios_to_the_lstm_and_the_figures_of_studies_and_runs(measured):
    lines = {line.split(" | ")[0]: line for line in "".join(cells.table()).split("\n")}
    assert lines["| LSTM"] == (
        "| LSTM | 1.0 (1.0 to 1.0) | 1.0 (1.0 to 1.0) | 75 (75 to 75) | 2.000 (2.000 to 2.000) "
        "| 2.000 (2.000 to 2.000) | 1.500 (1.250 to 1.750) |"
    )
    # The geometric mean of 2 and 8 is 4, that of 5 and 9 is 6.7.
    assert lines["| minGRU"] == (
        "| minGRU | 4.0 (2.0 to 8.0) | 6.7 (5.0 to 9.0) | 50 (50 to 50); 100 (100 to 100) | 2.250 (2.250 to 2.250) "
        "| 2.125 (2.125 to 2.125) |  |"
    )
    assert lines["| GRU"].startswith("| GRU | 1.5 (1.5 to 1.5) |  |")
    assert lines["| QRNN"] == "| QRNN |  |  |  |  |  |  |"


def test_every_cell_has_a_line():
    assert set(CELLS) == set(plugins.names("pipelines.cells"))
    page = (ROOT / cells.PAGE).read_text(encoding="utf-8")
    assert all(f"`{cell}`" in page for cell in CELLS)


def test_page_and_chart_are_those_of_the_figures_in_git(monkeypatch):
    monkeypatch.chdir(ROOT)
    page = cells.PAGE.read_text(encoding="utf-8")
    assert cells.with_figures(page) == page, "run `python -m studies.cells`"
    assert cells.CHART.read_text(encoding="utf-8") == cells.drawn(), "run `python -m studies.cells`"
