"""Signatures, and values with their intervals."""

from dataclasses import replace
from importlib.metadata import version

import pytest

from embeddings.foundation.errors import InputError
from pipelines.data.examples import Example
from pipelines.evaluation import labels
from pipelines.evaluation.family import load_family
from pipelines.evaluation.scores import Context, evaluate

CONTEXT = Context(dataset="toy_ner", data_version="1", split="test", gold_tokens=True, seed=1, resamples=200)
SENTENCES = [
    Example(f"test-{number}", "", ("Anna", "runs"), tags=("B-PER", "O" if number % 3 else "B-LOC"))
    for number in range(40)
]
PREDICTIONS = [{"id": example.id, "tags": ["B-PER", "O"]} for example in SENTENCES]


def scored(context=CONTEXT, family="entities"):
    return {
        (score.metric, score.label): score for score in evaluate(load_family(family), SENTENCES, PREDICTIONS, context)
    }


def test_a_signature_says_how_the_number_was_computed():
    assert scored()["span_f1", ""].signature == (
        f"metric:span_f1|lib:elman|version:{version('elman')}|average:micro|mode:strict|scheme:IOB2"
        "|zero_division:0|examples:40|tokens:gold|dataset:toy_ner|data_version:1|split:test"
        "|interval:bootstrap-percentile|level:95|resamples:200|unit:sentence|seed:1"
    )
    assert "|label:PER|" in scored()["span_f1", "PER"].signature


def test_a_single_unit_has_no_interval():
    text = Example("dev-1", "abcd", tuple("abcd"))
    prediction = {"id": "dev-1", "log_probabilities": [-1.0, -2.0, -1.0, -2.0], "unknown": []}
    alone = evaluate(load_family("perplexity"), [text], [prediction], CONTEXT)[0]
    assert (alone.value, alone.low, alone.high, alone.interval_method) == (1.5, 1.5, 1.5, "none")
    assert "|interval:none|" in alone.signature
    both = evaluate(load_family("perplexity"), [text] * 2, [prediction] * 2, CONTEXT)[0]
    assert both.interval_method == "bootstrap-percentile"


def test_no_two_numbers_share_a_signature():
    signatures = [score.signature for score in scored().values()]
    assert len(set(signatures)) == len(signatures)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"dataset": "uner"}, "dataset:uner"),
        ({"data_version": "2"}, "data_version:2"),
        ({"split": "dev"}, "split:dev"),
        ({"gold_tokens": False}, "tokens:raw"),
        ({"seed": 7}, "seed:7"),
        ({"resamples": 100}, "resamples:100"),
    ],
)
def test_a_changed_context_changes_the_signature_and_no_value(change, expected):
    before, after = scored()["span_f1", ""], scored(replace(CONTEXT, **change))["span_f1", ""]
    assert expected in after.signature.split("|")
    assert expected not in before.signature.split("|")
    assert before.value == after.value


def test_the_seed_and_the_number_of_resamples_in_the_signature_are_those_in_use():
    intervals = {
        (score.low, score.high)
        for change in ({}, {"seed": 2}, {"resamples": 37})
        for score in [scored(replace(CONTEXT, **change))["span_recall", ""]]
    }
    assert len(intervals) == 3


def test_a_changed_option_changes_signature_value_and_interval(monkeypatch):
    before = scored(family="tagging")["precision", "B-LOC"]
    monkeypatch.setitem(labels.OPTIONS, "zero_division", 1)
    after = scored(family="tagging")["precision", "B-LOC"]
    assert "zero_division:0" in before.signature
    assert "zero_division:1" in after.signature
    assert (before.value, before.high) == (0, 0)
    assert (after.value, after.high) == (100, 100)


def test_intervals_hold_their_value_and_are_as_wide_as_the_binomial():
    score = scored(replace(CONTEXT, resamples=2000), family="tagging")["accuracy", ""]
    # 66 of 80 tokens; a sentence has one or two right: 26 of 40 have two
    assert score.value == pytest.approx(100 * 66 / 80)
    half_width = 1.96 * 50 * (0.65 * 0.35 / 40) ** 0.5
    assert score.low == pytest.approx(82.5 - half_width, abs=1.3)
    assert score.high == pytest.approx(82.5 + half_width, abs=1.3)


def test_a_value_that_no_resample_changes_has_an_interval_without_width():
    per = scored()["span_recall", "PER"]
    assert (per.value, per.low, per.high) == (100, 100, 100)


def test_an_unknown_family_is_refused_with_the_nearest_name():
    with pytest.raises(InputError, match="no module 'taging' in pipelines/evaluation/families; did you mean 'tagging'"):
        load_family("taging")
