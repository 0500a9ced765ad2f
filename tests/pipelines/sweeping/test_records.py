"""The record of a trial."""

import pytest

from pipelines.sweeping.records import Record


@pytest.mark.parametrize(
    ("state", "curve", "scores", "score"),
    [
        ("complete", [50.0, 61.0, 60.0], {"accuracy": [61.0, 58.0, 64.0], "macro_f1": [55.0, 50.0, 60.0]}, 61.0),
        ("stopped", [50.0, 48.0], {}, 48.0),
        ("failed", [], {}, None),
    ],
)
def test_the_score_of_a_trial_is_its_first_metric_or_what_it_reached_last(state, curve, scores, score):
    assert Record(0, 0, 1, {}, state, curve, scores).score == score
