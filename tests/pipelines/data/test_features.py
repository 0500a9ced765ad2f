"""Features in NumPy files: what is read, what is refused, and how they go with the examples."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from embeddings.foundation.errors import InputError
from pipelines.data.examples import Example, read_examples, read_rows, write_examples
from pipelines.data.features import feature_rows, open_features

IMAGES = np.arange(12, dtype="float32").reshape(3, 2, 2)


def examples(features) -> list[Example]:
    return [Example(f"train-{number}", "", (), label="a", features=row) for number, row in enumerate(features)]


def test_examples_are_read_as_they_were_written_and_join_their_features_by_row(tmp_path: Path) -> None:
    path = tmp_path / "train.jsonl"
    assert write_examples(path, iter(examples(IMAGES))) == 3
    np.testing.assert_array_equal(np.load(tmp_path / "train.npy", allow_pickle=False), IMAGES)
    lines = path.read_text().splitlines(keepends=True)
    path.write_text("".join(lines[::-1]))  # their order does not matter
    for example in read_examples(path):
        assert example.features is not None
        np.testing.assert_array_equal(example.features, IMAGES[int(example.id.removeprefix("train-"))])


def test_features_are_mapped_and_not_read_into_memory(tmp_path: Path) -> None:
    write_examples(tmp_path / "train.jsonl", examples(IMAGES))
    (first, *_) = read_examples(tmp_path / "train.jsonl")
    assert first.features is not None
    base: object = first.features
    while isinstance(base, np.ndarray) and not isinstance(base, np.memmap):
        base = base.base
    assert isinstance(base, np.memmap)
    with pytest.raises(ValueError, match="read-only"):
        first.features[0, 0] = 5


def test_texts_have_no_file_beside_them(tmp_path: Path) -> None:
    write_examples(tmp_path / "train.jsonl", [Example("train-0", "a", ("a",))])
    write_examples(tmp_path / "dev.jsonl", [])
    assert [path.name for path in sorted(tmp_path.iterdir())] == ["dev.jsonl", "train.jsonl"]
    assert "features" not in next(read_rows(tmp_path / "train.jsonl"))


def test_a_split_is_replaced_by_a_part_of_itself(tmp_path: Path) -> None:
    path = tmp_path / "train.jsonl"
    write_examples(path, examples(IMAGES))
    write_examples(path, (example for example in read_examples(path) if example.id != "train-1"))
    kept = [example.features for example in read_examples(path)]
    np.testing.assert_array_equal(kept, IMAGES[[0, 2]])


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"features": None}, "train-1: expected features of every example or of none"),
        ({"features": np.zeros(4, "float32")}, r"expected features of one shape, got \(2, 2\) and \(4,\)"),
    ],
)
def test_examples_unlike_the_first_are_refused_and_nothing_is_written(tmp_path: Path, change, message) -> None:
    first, second, _ = examples(IMAGES)
    with pytest.raises(InputError, match=message):
        write_examples(tmp_path / "train.jsonl", [first, replace(second, **change)])
    with pytest.raises(InputError, match="expected features of every example or of none"):
        write_examples(tmp_path / "train.jsonl", [Example("train-0", "a", ("a",)), replace(first, id="x")])
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("row", "message"),
    [
        (3, "expected `features` to be a row of 3, got 3"),
        (-1, "expected `features` to be a row of 3, got -1"),
        ("0", r"expected int \| null, got str at features"),
    ],
)
def test_a_row_that_is_not_there_is_refused(tmp_path: Path, row, message) -> None:
    write_examples(tmp_path / "train.jsonl", examples(IMAGES))
    line = (tmp_path / "train.jsonl").read_text().splitlines()[0]
    (tmp_path / "train.jsonl").write_text(line.replace('"features": 0', f'"features": {row!r}'.replace("'", '"')))
    with pytest.raises(InputError, match=rf"train\.jsonl:1: {message}"):
        list(read_examples(tmp_path / "train.jsonl"))


def test_features_that_went_missing_are_told(tmp_path: Path) -> None:
    write_examples(tmp_path / "train.jsonl", examples(IMAGES))
    (tmp_path / "train.npy").unlink()
    with pytest.raises(InputError, match=r"train\.npy: no such file"):
        list(read_examples(tmp_path / "train.jsonl"))


def saved(path: Path, array, **options) -> Path:
    with open(path, "wb") as file:
        np.save(file, array, **options)
    return path


def test_whole_numbers_are_scaled_to_float32(tmp_path: Path) -> None:
    path = saved(tmp_path / "a.npy", np.array([[0, 51], [255, 102]], dtype="uint8"))
    first, second = feature_rows(path, scale=255)
    assert first.dtype == np.float32
    np.testing.assert_allclose([first, second], [[0, 0.2], [1, 0.4]], rtol=1e-6)


def test_an_array_in_columns_is_read_by_its_rows(tmp_path: Path) -> None:
    path = saved(tmp_path / "a.npy", np.asfortranarray(np.arange(6.0).reshape(2, 3)))
    np.testing.assert_array_equal(list(feature_rows(path)), [[0, 1, 2], [3, 4, 5]])


def test_a_file_of_no_examples_gives_none(tmp_path: Path) -> None:
    assert list(feature_rows(saved(tmp_path / "a.npy", np.zeros((0, 3))))) == []


@pytest.mark.parametrize(
    ("array", "message"),
    [
        (np.zeros(3), r"a\.npy:1: expected numbers as \(examples, dimensions\) or .*, got float64 of shape \(3,\)"),
        (np.zeros((2, 2, 2, 3)), r"got float64 of shape \(2, 2, 2, 3\)"),
        (np.zeros((3, 0)), r"a\.npy:1: expected "),
        (np.array([["a", "b"]]), r"got <U1 of shape \(1, 2\)"),
        (np.array([[1.0, 2.0], [np.nan, 1.0]]), r"a\.npy:2: expected finite numbers, got nan"),
        (np.array([[1.0, np.inf]]), r"a\.npy:1: expected finite numbers, got inf"),
        (np.array([[1e300]]), r"a\.npy:1: expected finite numbers, got inf"),  # too large for float32
    ],
)
def test_what_is_no_table_of_numbers_is_refused_in_one_line(tmp_path: Path, array, message) -> None:
    with pytest.raises(InputError, match=message) as error:
        list(feature_rows(saved(tmp_path / "a.npy", array)))
    assert "\n" not in str(error.value)


def test_a_pickled_array_is_refused_and_not_unpickled(tmp_path: Path) -> None:
    class Trap:
        def __reduce__(self):
            return (Path.touch, (tmp_path / "was_run",))

    path = saved(tmp_path / "a.npy", np.array([[Trap()]], dtype=object), allow_pickle=True)
    with pytest.raises(InputError, match="expected a whole NumPy file of numbers, got objects, which would be unpick"):
        open_features(path)
    assert not (tmp_path / "was_run").exists()


def test_another_file_and_a_damaged_one_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"b\.npy: no such file"):
        open_features(tmp_path / "b.npy")
    (tmp_path / "a.npy").write_text("zero,one\n")
    with pytest.raises(InputError, match=r"a\.npy:1: expected a NumPy file \(\.npy\), got something else"):
        open_features(tmp_path / "a.npy")
    whole = saved(tmp_path / "a.npy", np.zeros((4, 3))).read_bytes()
    for content in (whole[:-1], whole[:60], whole + b"\0"):
        (tmp_path / "a.npy").write_bytes(content)
        with pytest.raises(InputError, match=r"a\.npy:1: expected a whole NumPy file"):
            open_features(tmp_path / "a.npy")
