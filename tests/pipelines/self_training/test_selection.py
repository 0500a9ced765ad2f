"""Which predictions join train: their confidence, groups and quotas worked out by hand, and the draw."""

from collections import Counter

import pytest

from pipelines.data.examples import Example
from pipelines.self_training.selection import Draw, Groups, confidence, kinds
from pipelines.self_training.texts import key


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ({"label": "pos", "probabilities": {"neg": 0.2, "pos": 0.8}}, 0.8),
        ({"labels": ["a"], "probabilities": {"a": 0.9, "b": 0.3, "c": 0.05}}, 0.7),  # that b is not there
        ({"labels": ["a"], "probabilities": {"a": 0.4, "b": 0.1}}, 0.4),  # by a threshold below 0.4
        ({"labels": [], "probabilities": {"a": 0.25}}, 0.75),
        ({"tags": ["O", "B-PER"], "probabilities": [0.99, 0.6]}, 0.6),
    ],
)
def test_a_prediction_is_as_confident_as_its_least_sure_decision(row, expected):
    assert confidence(row) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("fields", "of_entities", "expected"),
    [
        ({"label": "pos"}, False, {"pos"}),
        ({"labels": ("a", "b")}, False, {"a", "b"}),
        ({"labels": ()}, False, set()),
        ({"tags": ("NOUN", "VERB")}, False, set()),
        ({"tags": ("B-PER", "I-PER")}, True, {"PER"}),
        ({"tags": ("O", "O")}, True, set()),
    ],
)
def test_an_example_has_the_kinds_of_its_labels_or_entities(fields, of_entities, expected):
    (field,) = fields
    assert kinds(Example("1", "", ("x", "y"), **fields), field, of_entities) == expected


def test_an_example_belongs_to_the_rarest_of_its_kinds_and_groups_keep_their_shares():
    groups = Groups([{"PER"}] * 4 + [{"PER", "LOC"}] + [set()] * 3)
    assert groups.sizes == {"PER": 4, "LOC": 1, "": 3}
    assert (groups.of({"PER", "LOC"}), groups.of(()), groups.of({"PER", "ORG"})) == ("LOC", "", "ORG")
    assert groups.quotas(16) == {"": 6, "LOC": 2, "PER": 8}
    assert groups.quotas(3) == {"": 1, "LOC": 0, "PER": 2}  # shares of 1.125, 0.375 and 1.5


def drawn(words, quotas, seed=1):
    draw = Draw(quotas, seed)
    for word in words:
        draw.add("small" if word.islower() else "big", key([word]), Example(word, word, (word,)))
    return [example.text for example in draw.drawn()]


def test_a_draw_depends_on_the_seed_alone_and_takes_equal_texts_once():
    words = [f"w{number}" for number in range(50)]
    first = drawn(words, {"small": 10})
    assert len({*first}) == 10
    assert drawn(words[::-1] + words, {"small": 10}) == first
    assert drawn(words, {"small": 10}, seed=2) != first
    assert {*drawn(words, {"small": 4})} < {*first}  # a smaller draw is part of a larger one


def test_a_draw_takes_of_each_group_what_there_is_up_to_its_quota():
    found = drawn(["a", "b", "c", "X1", "Y1"], {"small": 2, "big": 3})
    assert Counter(word.islower() for word in found) == {True: 2, False: 2}
    assert drawn(["a", "B"], {"small": 0}) == []


def test_every_text_is_drawn_with_the_same_probability():
    counts = Counter(word for seed in range(400) for word in drawn("abcd", {"small": 1}, seed))
    assert all(65 < counts[word] < 135 for word in "abcd")  # 100 expected, deviation 8.7
