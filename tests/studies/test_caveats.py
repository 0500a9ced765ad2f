"""What the caveats of the studies say of figures, which are written by hand, holds for the figures in git."""

from pathlib import Path

import pytest

from embeddings.foundation.reading import read_json
from studies.claims import gates, linear_cells, padding, rare_labels, recall_over_a_gap, sru_against_lstm
from studies.intervals import chosen, difference, mean
from studies.page import read_rows

ROOT = Path(__file__).parents[2]


def rows(study):
    return read_rows(ROOT / f"studies/figures/{study}.jsonl")


def test_over_50_words_some_simple_rnns_are_on_their_way_and_gated_cells_with_default_gates_at_chance():
    found = chosen(rows("recall_over_a_gap") + rows("forget_bias"), question=recall_over_a_gap.ONE, gap=50)
    plain = [row["accuracy"] for row in chosen(found, cell="simple_rnn")]
    gated = [row["accuracy"] for cell, bias in recall_over_a_gap.USUAL.items()
             for row in chosen(found, cell=cell, bias=bias)]  # fmt: skip
    assert max(plain) > 0.5
    assert max(gated) < 0.2


def test_on_imdb_one_sru_and_two_are_less_accurate_than_an_lstm():
    compared = {each["system"]: each["difference"] for each in read_json(ROOT / "benchmarks/comparisons.json")}
    assert all(compared[system]["high"] < 0 for system, _ in sru_against_lstm.BENCHMARKS.values())


def test_on_characters_a_qrnn_is_ahead_of_an_lstm_and_the_minimal_cells_are_level():
    models = rows("linear_cells")
    lstm, gru, minimal, qrnn = (
        mean(models, "nats", cell=cell, equal="parameters").value
        for cell in (linear_cells.LSTM, "min_gru", "min_lstm", "qrnn")
    )
    assert qrnn < lstm - 0.1
    assert gru == pytest.approx(lstm, abs=0.03)
    assert minimal == pytest.approx(lstm, abs=0.03)


def test_the_gates_of_an_lstm_cost_about_as_much_on_average():
    costs = [gates.loss(rows("gates"), kind, gates.LSTM).value for kind in gates.ABLATED.values()]
    assert max(costs) < 1.5 * min(costs)


def test_for_entities_weights_raise_recall_by_about_as_much_as_they_lower_precision():
    found = rows("rare_labels")
    recall, precision = (
        difference(found, figure, {"loss": "weighted"}, rare_labels.PLAIN, task="entities").value
        for figure in ("recall", "precision")
    )
    assert recall > 10
    assert precision == pytest.approx(-recall, abs=6)


def test_padding_at_the_start_does_no_harm():
    assert all(padding.learned(rows("padding"), padding.START))


def test_on_the_order_of_two_cues_convolutions_are_at_guessing_one_of_them():
    order = mean(rows("recurrent_against_convolutional"), "accuracy", task="the first of two cues",
                 network="convolutional")  # fmt: skip
    assert order.value == pytest.approx(56, abs=1)


def test_the_unit_says_the_opposite_of_a_positive_text_almost_to_its_end():
    (positive,) = chosen(rows("units"), part="text", label="positive")
    assert sum(state > 0 for state in positive["states"]) < 0.1 * len(positive["states"])
