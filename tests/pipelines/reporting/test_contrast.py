"""Where two systems differ, by hand."""

import io
import json

import pytest
from rich.console import Console

from pipelines.data.examples import Example, write_examples
from pipelines.evaluation.family import load_family
from pipelines.evaluation.slices import Train
from pipelines.reporting.contrast import Side, contrast, read_train
from pipelines.reporting.contrast_table import print_contrast

CLASSIFICATION, ENTITIES = load_family("classification"), load_family("entities")


def labelled(answers):
    return [{"label": label} for label in answers]


REFERENCES = [Example(f"t-{number}", "", ("w",), label=label) for number, label in enumerate("aaabbc")]


def test_examples_are_of_one_system_alone_where_all_its_seeds_are_right_and_all_the_others_wrong():
    base = [labelled("aabbbc"), labelled("abbbbc")]  # the third is wrong in both, the second in one
    found = contrast(CLASSIFICATION, REFERENCES, Side("one", base), Side("two", [labelled("aaabab")]), Train(), 1)
    assert (found.base, found.system) == ("one", "two")
    assert found.system_alone == ("t-2",)
    assert found.base_alone == ("t-4", "t-5")


def test_confusions_are_those_whose_numbers_differ_most_in_the_mean_of_seeds():
    base = [labelled("abbbbc"), labelled("bbbbbc")]  # a as b: 2 and 3
    found = contrast(CLASSIFICATION, REFERENCES, Side("one", base), Side("two", [labelled("aaabac")]), Train(), 1)
    assert [(each.actual, each.predicted, each.base, each.other) for each in found.confusions] == [
        ("a", "b", 2.5, 0),
        ("b", "a", 0, 1),
    ]
    assert found.entity_errors == {}


def test_entities_are_told_by_what_is_wrong_with_them():
    references = [Example("1", "", ("a", "b", "c"), tags=("B-X", "O", "B-Y"))]
    base, other = [{"tags": ["B-Y", "O", "O"]}], [{"tags": ["B-X", "O", "B-Y"]}]
    found = contrast(ENTITIES, references, Side("one", [base]), Side("two", [other]), Train(entities=frozenset()), 1)
    assert {kind: numbers for kind, numbers in found.entity_errors.items() if any(numbers)} == {
        "correct": (0, 2),
        "wrong type": (1, 0),
        "missed": (1, 0),
    }


def test_what_train_has_shown_is_read_from_the_dataset(tmp_path):
    write_examples(tmp_path / "train.jsonl", [Example("1", "", ("New", "York", "!"), tags=("B-X", "I-X", "O"))])
    assert read_train(tmp_path, of_entities=True) == Train({}, {}, frozenset({("New", "York")}))
    counts = {"tokens": {"New": 2}, "labels": {}, "tags": {}, "target_tokens": {"neu": 1}}
    (tmp_path / "counts.json").write_text(json.dumps(counts))
    for language, tokenizer in {"de": "13a", "": "13a", "zh-TW": "zh"}.items():
        (tmp_path / "dataset.json").write_text(json.dumps({"target_language": language}))
        assert read_train(tmp_path, of_entities=False) == Train({"New": 2}, {"neu": 1}, None, tokenizer)


@pytest.mark.parametrize("width", [100, 120])
def test_they_are_printed_whole(width):
    file = io.StringIO()
    found = contrast(
        CLASSIFICATION, REFERENCES, Side("one", [labelled("aabbbc")]), Side("two", [labelled("aaabab")]), Train(), 1
    )
    print_contrast(found, Console(file=file, width=width, color_system=None))
    lines = [line.split() for line in file.getvalue().splitlines()]
    assert ["where", "two", "differs", "from", "the", "base,", "one"] in lines
    # of b two are there: the base predicts three, two of them right; the other one two, one of them right
    assert next(line for line in lines if line[:2] == ["label:", "b"])[2:6] == ["2", "80.00", "50.00", "-30.00"]
    assert ["right", "by", "two", "alone:", "1", "examples", "(t-2)"] in lines
    assert ["right", "by", "one", "alone:", "2", "examples", "(t-4,", "t-5)"] in lines
    assert ["b", "a", "0", "1"] in lines
