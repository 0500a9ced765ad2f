"""Entities of IOB2 tags in both readings, by hand, beside seqeval and beside the rules of conlleval.pl."""

import random

import pytest
from seqeval.metrics import classification_report
from seqeval.metrics.sequence_labeling import get_entities
from seqeval.scheme import IOB2, Entities

from pipelines.data.examples import Example
from pipelines.data.tag_schemes import entities, repaired
from pipelines.evaluation.families.entities import FAMILY
from pipelines.evaluation.spans import spans

TAGS = ["O", "O", "B-PER", "I-PER", "B-LOC", "I-LOC", "B-WORK-OF-ART", "I-WORK-OF-ART"]


def random_tags(generator, tags=TAGS):
    return generator.choices(tags, k=generator.randint(0, 9))


@pytest.mark.parametrize(
    ("tags", "strict", "conlleval"),
    [
        ("", "", ""),
        ("O", "", ""),
        ("B-PER I-PER O B-LOC", "PER 0 2, LOC 3 4", "PER 0 2, LOC 3 4"),
        ("B-PER B-PER I-PER", "PER 0 1, PER 1 3", "PER 0 1, PER 1 3"),
        ("I-PER I-PER", "", "PER 0 2"),
        ("O I-PER I-LOC I-LOC", "", "PER 1 2, LOC 2 4"),
        ("B-PER I-LOC I-LOC O", "PER 0 1", "PER 0 1, LOC 1 3"),
        ("B-PER I-LOC I-PER", "PER 0 1", "PER 0 1, LOC 1 2, PER 2 3"),
        ("I-PER B-PER", "PER 1 2", "PER 0 1, PER 1 2"),
        ("B-X I-X- I-X-", "X 0 1", "X 0 1, X- 1 3"),
        ("B--X I-X", "-X 0 1", "-X 0 1, X 1 2"),
    ],
)
def test_entities_by_hand(tags, strict, conlleval):
    def written(found):
        return ", ".join(f"{kind} {start} {end}" for kind, start, end in sorted(found, key=lambda span: span[1]))

    assert written(spans(tags.split(), "strict")) == strict
    assert written(spans(tags.split(), "conlleval")) == conlleval


def test_entities_are_those_of_seqeval_whether_tags_are_well_formed_or_not():
    generator = random.Random(1)
    sentences = [random_tags(generator) for _ in range(5000)]
    strict = Entities(sentences, IOB2).entities
    for tags, expected in zip(sentences, strict, strict=True):
        assert spans(tags, "strict") == {(entity.tag, entity.start, entity.end) for entity in expected}
        assert spans(tags, "conlleval") == {(kind, start, end + 1) for kind, start, end in get_entities(tags)}


def test_the_readings_agree_on_well_formed_tags_and_conllevals_is_that_of_repaired_ones():
    generator = random.Random(2)
    for _ in range(2000):
        tags = random_tags(generator)
        assert spans(tags, "conlleval") == set(entities(repaired(tags)))
        assert spans(repaired(tags), "strict") == spans(repaired(tags), "conlleval") == spans(tags, "conlleval")


def conlleval_perl(tags):
    """startOfChunk and endOfChunk of conlleval.pl, rule by rule, for the prefixes B, I and O."""
    found, start = set(), 0
    before = ("O", "")
    for position, tag in enumerate((*tags, "O")):
        prefix, _, kind = tag.partition("-")
        changed = prefix != "O" and kind != before[1]
        ends = before[0] in "BI" and (prefix in "BO" or changed)
        starts = prefix == "B" or (prefix == "I" and (before[0] == "O" or changed))
        if ends:
            found.add((before[1], start, position))
        start = position if starts else start
        before = (prefix, kind)
    return found


def test_the_conlleval_reading_is_that_of_its_rules_also_for_types_with_hyphens_at_their_ends():
    generator = random.Random(3)
    tags = ["O", "B-X", "I-X", "B-X-", "I-X-", "B--X", "I--X", "B--", "I--"]
    for _ in range(5000):
        sentence = random_tags(generator, tags)
        assert spans(sentence, "conlleval") == conlleval_perl(sentence)


@pytest.mark.parametrize("reading", ["span", "conlleval"])
def test_scores_of_all_entities_and_of_each_type_are_those_of_seqeval(reading):
    generator = random.Random(4)
    mode = {"mode": "strict", "scheme": IOB2} if reading == "span" else {}
    for _ in range(300):
        actual = [random_tags(generator) for _ in range(5)] + [["B-PER"]]
        predicted = [[generator.choice([tag, tag, *TAGS]) for tag in tags] for tags in actual]
        references = [Example(str(n), "", ("w",) * len(tags), tags=tuple(tags)) for n, tags in enumerate(actual)]
        found = FAMILY.statistic(references, [{"tags": tags} for tags in predicted]).whole()
        report = classification_report(actual, predicted, output_dict=True, zero_division=0, **mode)
        report = {label: row for label, row in report.items() if label not in ("macro avg", "weighted avg")}
        expected = {
            (f"{reading}_{name}", "" if label == "micro avg" else label): 100 * row[column]
            for label, row in report.items()
            for name, column in (("precision", "precision"), ("recall", "recall"), ("f1", "f1-score"))
        }
        own = {key: value for key, value in found.items() if key[0].startswith(f"{reading}_")}
        assert own == pytest.approx(expected)


def test_types_are_whole_names_where_seqevals_strict_mode_strips_hyphens():
    actual, predicted = ["B-X-", "O", "B-X", "O", "B-Y"], ["B-X", "O", "B-X-", "O", "B-Y"]
    reference = Example("0", "", ("w",) * 5, tags=tuple(actual))
    scores = FAMILY.score([reference], [{"tags": predicted}])
    assert scores["span_f1"] == scores["conlleval_f1"] == pytest.approx(100 / 3)
    assert [entity.tag for entity in Entities([actual], IOB2).entities[0]] == ["X", "X", "Y"]
