"""Entries of a runs file: added and removed as lines."""

from pathlib import Path

import pytest

from embeddings.foundation.errors import InputError
from pipelines.project.runs_file import with_entries, without_entries

PATH = Path("runs.yaml")
RUN = {"task": "ner", "dataset": "cities", "set": None}
TEXT = """\
# mine
shared: &shared {seed: 1}  # for all
runs:
  a: {<<: *shared, task: pos}   # a comment
  b:
    <<: *shared
    set: {model: {output: crf}}

  # below b
# Baselines
baselines: {}
"""


def test_an_entry_stands_behind_the_last_one_and_all_else_stays():
    new = with_entries(TEXT, "runs", {"cities-gru": RUN}, PATH)
    assert new == TEXT.replace(
        "output: crf}}\n", "output: crf}}\n  cities-gru: {task: ner, dataset: cities, set: null}\n"
    )


def test_the_first_entry_takes_the_place_of_an_empty_mapping_and_the_last_one_gives_it_back():
    new = with_entries(TEXT, "baselines", {"cities": RUN}, PATH)
    assert new == TEXT.replace("baselines: {}", "baselines:\n  cities: {task: ner, dataset: cities, set: null}")
    assert without_entries(new, "baselines", ["cities"], PATH) == TEXT


def test_a_long_entry_is_wrapped_between_its_keys():
    keys = {f"a_key_of_some_length_{number}": f"value_{number}" for number in range(6)}
    added = with_entries("runs: {}\n", "runs", {"long": keys}, PATH).splitlines()[1:]
    assert added[0] == "  long:"
    assert max(map(len, added)) <= 118
    assert all(line.endswith((",", "}")) for line in added[1:])


def test_what_was_added_leaves_without_a_trace():
    entries = {"one": RUN, "two": {**RUN, "set": {"model": {"output": "crf", "tag_scheme": "iobes"}}}}
    assert without_entries(with_entries(TEXT, "runs", entries, PATH), "runs", [*entries], PATH) == TEXT


def test_an_entry_of_several_lines_is_removed_as_a_whole():
    assert "output: crf" not in without_entries(TEXT, "runs", ["b"], PATH)


def test_a_value_that_yaml_reads_as_something_else_is_quoted():
    assert 'set: "no"' in with_entries(TEXT, "runs", {"c": {"set": "no"}}, PATH)


@pytest.mark.parametrize("text", ["runs: {a: {task: ner}}\n", "others: 1\n"])
def test_a_file_of_another_form_is_refused(text):
    with pytest.raises(InputError, match=r"^runs\.yaml: expected a line `runs:`"):
        with_entries(text, "runs", {"b": RUN}, PATH)


def test_an_entry_that_is_there_is_not_written_over():
    with pytest.raises(InputError, match=r"^runs\.yaml:5: expected no entry 'b' of `runs:`, got one; rename or"):
        with_entries(TEXT, "runs", {"c": RUN, "b": RUN}, PATH)
