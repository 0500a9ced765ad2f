"""Folders of predictions, and predictions put beside examples."""

import json

import pytest

from embeddings.foundation.errors import InputError
from pipelines.data.examples import Example
from pipelines.evaluation.predictions import join

EXAMPLES = [Example(f"dev-{number}", "", ("a",), label="x") for number in range(3)]


def accept(reference, prediction):
    """A check that passes everything."""


def write(path, *rows):
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def test_rows_come_in_the_order_of_the_examples(tmp_path):
    path = write(tmp_path / "dev.jsonl", {"id": "dev-2"}, {"id": "dev-0"}, {"id": "dev-1"})
    assert [row["id"] for row in join(EXAMPLES, path, accept)] == ["dev-0", "dev-1", "dev-2"]


def test_a_line_separator_inside_a_prediction_ends_no_row(tmp_path):
    path = tmp_path / "dev.jsonl"
    path.write_text("".join(f'{{"id": "dev-{number}", "text": "a\u2028b\x85c"}}\n' for number in range(3)), "utf-8")
    assert join(EXAMPLES, path, accept)[1]["text"] == "a\u2028b\x85c"


@pytest.mark.parametrize(
    ("ids", "message"),
    [
        (["dev-0", "dev-2"], "dev.jsonl: expected 3 predictions, got none for 'dev-1'"),
        (["dev-0", "dev-1", "dev-2", "dev-3"], "dev.jsonl:4: expected the id of an example, got 'dev-3'"),
        (["dev-0", "dev-1", "dev-0"], "dev.jsonl:3: expected one prediction for 'dev-0', got another"),
        ([None], "dev.jsonl:1: expected the id of an example, got None"),
    ],
)
def test_missing_surplus_and_double_predictions_are_told_in_one_line(tmp_path, ids, message):
    path = write(tmp_path / "dev.jsonl", *({"id": name} for name in ids))
    with pytest.raises(InputError, match=message) as error:
        join(EXAMPLES, path, accept)
    assert "\n" not in str(error.value)


def test_a_prediction_that_cannot_be_one_is_told_with_its_line_and_id(tmp_path):
    def refuse(reference, prediction):
        if reference.id == "dev-1":
            raise InputError("expected more")

    path = write(tmp_path / "dev.jsonl", *({"id": example.id} for example in EXAMPLES))
    with pytest.raises(InputError, match=r"dev\.jsonl:2: prediction for 'dev-1': expected more"):
        join(EXAMPLES, path, refuse)
    path.write_text("\n\n" + path.read_text("utf-8"), "utf-8")  # blank lines count
    with pytest.raises(InputError, match=r"dev\.jsonl:4: prediction for 'dev-1': expected more"):
        join(EXAMPLES, path, refuse)


def test_a_split_without_examples_is_refused(tmp_path):
    with pytest.raises(InputError, match="no examples"):
        join([], write(tmp_path / "dev.jsonl"), accept)
