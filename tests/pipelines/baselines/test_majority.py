"""Majority: shares by hand, ties."""

from pipelines.baselines.majority import fit
from pipelines.data.examples import Example


def labelled(*labels):
    return [Example(f"x-{number}", "", (), label=label) for number, label in enumerate(labels)]


def test_the_most_frequent_label_is_predicted_with_the_shares_of_train():
    rows = list(fit(labelled("a", "c", "b", "c"), seed=1)(labelled("a", "a")))
    shares = {"a": 0.25, "b": 0.25, "c": 0.5}
    assert rows == [{"id": f"x-{n}", "label": "c", "probabilities": shares} for n in range(2)]


def test_of_equally_frequent_labels_the_alphabetically_first_is_predicted():
    for labels in (("b", "a"), ("a", "b")):
        (row,) = fit(labelled(*labels), seed=1)(labelled("b"))
        assert row["label"] == "a"


def test_nothing_to_predict_gives_no_rows():
    assert list(fit(labelled("a"), seed=1)([])) == []
