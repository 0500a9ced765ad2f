"""Metrics as objects: found by name, sorted by what is better, written with their decimals."""

import pytest

from embeddings.foundation.errors import InputError
from pipelines.evaluation.family import load_family
from pipelines.evaluation.metrics import Metric

LOWER_IS_BETTER = {
    *("log_loss", "brier", "calibration_error", "character_error_rate"),
    *("nats_per_character", "bits_per_character", "perplexity", "unknown_tokens", "hamming_loss"),
}


@pytest.mark.parametrize(
    "name", ["classification", "tagging", "entities", "translation", "captioning", "perplexity", "multilabel"]
)
def test_losses_and_error_rates_are_lower_is_better_and_nothing_else(name):
    family = load_family(name)
    for metric in (*family.MAIN, *family.OTHERS):
        assert (metric.better == "lower") == (metric.name in LOWER_IS_BETTER), metric


def test_a_metric_that_a_family_has_not_is_refused_with_the_nearest_name():
    with pytest.raises(InputError, match="expected a metric of classification, got 'acuracy'; did you mean 'accuracy'"):
        load_family("classification").metric("acuracy")


def test_the_headline_stands_before_the_main_metrics_and_once():
    family = load_family("classification")
    assert [metric.name for metric in family.shown("mcc")] == ["mcc", "accuracy", "macro_f1", "roc_auc"]
    assert [metric.name for metric in family.shown("log_loss")][:2] == ["log_loss", "accuracy"]


def test_values_are_sorted_the_best_first():
    assert sorted([1.0, 3.0, 2.0], key=Metric("accuracy").rank) == [3, 2, 1]
    assert sorted([1.0, 3.0, 2.0], key=Metric("perplexity", better="lower").rank) == [1, 2, 3]


def test_a_value_is_written_with_the_decimals_of_its_metric():
    nats = Metric("nats_per_character", better="lower", decimals=4, unit="nats")
    assert (nats.write(1.63), nats.write(1.63, signed=True), nats.write(-1.63, fewer=2)) == (
        "1.6300",
        "+1.6300",
        "-1.63",
    )
    assert (nats.title, Metric("bleu").title) == ("nats_per_character ↓", "bleu")
    assert (nats.caption, Metric("bleu", unit="").caption) == ("nats_per_character ↓ (nats)", "bleu")
