"""Metrics of entities in both readings, with numbers by hand."""

import pytest

from embeddings.foundation.errors import InputError
from pipelines.data.examples import Example
from pipelines.evaluation.families import entities


def sentence(tags, number=0):
    tags = tuple(tags.split())
    return Example(f"dev-{number}", "", ("word",) * len(tags), tags=tags)


def score(actual, predicted):
    return entities.FAMILY.score([sentence(actual)], [{"tags": predicted.split()}])


def ratios(scores, reading):
    return tuple(round(scores[f"{reading}_{name}"], 4) for name in ("precision", "recall", "f1"))


def test_an_entity_that_starts_with_i_is_one_for_conlleval_and_none_for_strict():
    scores = score("B-PER I-PER O B-LOC", "I-PER I-PER O B-LOC")
    assert ratios(scores, "conlleval") == (100, 100, 100)
    assert ratios(scores, "span") == (100, 50, 66.6667)
    assert scores["token_accuracy"] == 75


def test_a_change_of_type_inside_ends_the_entity_for_strict_and_starts_another_for_conlleval():
    scores = score("B-PER I-PER O B-LOC", "B-PER I-LOC O B-LOC")
    # strict predicts PER(0-0) and LOC(3-3); conlleval PER(0-0), LOC(1-1) and LOC(3-3); one is right
    assert ratios(scores, "span") == (50, 50, 50)
    assert ratios(scores, "conlleval") == (33.3333, 50, 40)


def test_half_an_entity_is_wrong_and_so_is_the_wrong_type():
    assert ratios(score("B-ORG I-ORG O", "B-ORG O O"), "span") == (0, 0, 0)
    assert ratios(score("B-ORG I-ORG O", "B-LOC I-LOC O"), "span") == (0, 0, 0)


def test_two_entities_side_by_side_are_two():
    assert ratios(score("B-PER B-PER", "B-PER I-PER"), "span") == (0, 0, 0)
    assert ratios(score("B-PER B-PER", "B-PER B-PER"), "span") == (100, 100, 100)


def test_entities_end_with_their_sentence():
    references = [sentence("B-PER", 0), sentence("B-PER", 1)]
    scores = entities.FAMILY.score(references, [{"tags": ["B-PER"]}, {"tags": ["I-PER"]}])
    # conlleval: the second I- starts an entity of its own and is not glued to the sentence before
    assert ratios(scores, "conlleval") == (100, 100, 100)
    assert ratios(scores, "span") == (100, 50, 66.6667)


def test_each_type_has_its_own_numbers():
    references = [sentence("B-PER I-PER O B-LOC O B-ORG")]
    whole = entities.FAMILY.statistic(references, [{"tags": ["B-PER", "I-PER", "O", "B-PER", "O", "O"]}]).whole()
    by_type = {
        label: tuple(value for (metric, kind), value in whole.items() if kind == label and metric.startswith("span"))
        for label in ("PER", "LOC", "ORG")
    }
    assert by_type["PER"] == pytest.approx((50, 100, 100 * 2 / 3))
    assert by_type["LOC"] == by_type["ORG"] == (0, 0, 0)


def test_a_type_that_only_test_has_counts_against_recall():
    assert score("B-PER O B-GPE", "B-PER O O")["span_recall"] == 50


def test_no_entity_predicted_is_zero_not_undefined():
    assert ratios(score("B-PER O", "O O"), "span") == (0, 0, 0)


def test_changing_the_mode_changes_value_and_signature_options(monkeypatch):
    references, rows = [sentence("B-PER O B-LOC")], [{"tags": ["I-PER", "O", "B-LOC"]}]

    def span_f1():
        statistic = entities.FAMILY.statistic(references, rows)
        return round(statistic.whole()["span_f1", ""], 4), statistic.options["span_f1", ""]["mode"]

    assert span_f1() == (66.6667, "strict")
    monkeypatch.setitem(entities.READINGS["span"], "mode", "conlleval")
    assert span_f1() == (100, "conlleval")


@pytest.mark.parametrize("tag", ["PER", "E-PER", "B-", "o", "i-PER"])
def test_a_tag_of_another_scheme_is_refused_on_either_side(tag):
    with pytest.raises(InputError, match=f"got '{tag}'"):
        entities.FAMILY.check(sentence("O"), {"tags": [tag]})
    with pytest.raises(InputError, match=f"got '{tag}'"):
        entities.FAMILY.check(sentence(tag), {"tags": ["O"]})
