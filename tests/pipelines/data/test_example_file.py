"""Examples that are read from a file one by one, as they are asked for."""

import numpy as np
import pytest

from embeddings.foundation.errors import InputError
from pipelines.data.examples import Example, ExampleFile, read_examples, write_examples

TEXTS = ["Zwölf Boxkämpfer", "a\u2028b", "", "日本語"]
EXAMPLES = [Example(f"train-{number}", text, tuple(text.split()), label="a") for number, text in enumerate(TEXTS)]


@pytest.fixture
def path(tmp_path):
    write_examples(tmp_path / "train.jsonl", EXAMPLES)
    return tmp_path / "train.jsonl"


def test_any_example_is_found_and_a_slice_is_a_list(path):
    found = ExampleFile(path)
    assert list(found) == [found[place] for place in range(len(found))] == EXAMPLES
    assert found[-1] == EXAMPLES[-1]
    assert found[1:3] == EXAMPLES[1:3]
    with pytest.raises(IndexError):
        found[len(EXAMPLES)]


@pytest.mark.parametrize("block", [1, 7, 1 << 20])
@pytest.mark.parametrize(
    ("before", "between", "end"),
    [(b"", b"\n", b""), (b"\xef\xbb\xbf", b"\r\n", b"\r\n"), (b"\n \n", b"\n\t\n", "\n\u3000\n\n".encode())],
)
def test_line_ends_blank_lines_and_a_byte_order_mark_change_nothing(path, monkeypatch, block, before, between, end):
    monkeypatch.setattr("pipelines.data.lines.MAPPED_BLOCK", block)
    path.write_bytes(before + between.join(path.read_bytes().splitlines()) + end)
    found = ExampleFile(path)
    assert [found[place] for place in range(len(found))] == list(read_examples(path)) == EXAMPLES


def test_features_go_with_the_examples(tmp_path):
    images = np.arange(12, dtype="float32").reshape(3, 2, 2)
    path = tmp_path / "train.jsonl"
    write_examples(path, [Example(f"train-{number}", "", (), features=image) for number, image in enumerate(images)])
    found = ExampleFile(path)
    np.testing.assert_array_equal([example.features for example in found[::-1]], images[::-1])


def test_an_empty_file_has_no_examples(tmp_path):
    (tmp_path / "train.jsonl").write_bytes(b"")
    assert list(ExampleFile(tmp_path / "train.jsonl")) == []


def test_a_missing_file_and_a_damaged_line_are_told(path):
    with pytest.raises(InputError, match=r"other\.jsonl: no such file"):
        ExampleFile(path.with_name("other.jsonl"))
    path.write_text(path.read_text(encoding="utf-8").replace('"train-1"', "1"), encoding="utf-8")
    found = ExampleFile(path)
    assert found[0] == EXAMPLES[0]
    with pytest.raises(InputError, match=r"train\.jsonl:2: .*str"):
        found[1]
    with pytest.raises(InputError, match=r"train\.jsonl:2: .*str"):
        list(found)


@pytest.mark.parametrize("tags", ["0", '["O"]'])  # of another kind than tags, and too few or too many
def test_blank_lines_count_in_the_number_that_an_error_names(path, tags):
    first, second, *_ = path.read_text(encoding="utf-8").split("\n")
    path.write_text(f'\n{first}\n \n{second[:-1]}, "tags": {tags}}}\n', encoding="utf-8")
    found = ExampleFile(path)
    for read in (lambda: found[1], lambda: list(found), lambda: list(read_examples(path))):
        with pytest.raises(InputError, match=r"train\.jsonl:4: "):
            read()
