"""The reader of features with a caption or a label each, on files written here."""

import io
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from embeddings.foundation.errors import InputError
from pipelines.datasets.readers import feature_file

Write = Callable[[str | bytes], Path]


def npy(array: np.ndarray) -> bytes:
    file = io.BytesIO()
    np.save(file, array, allow_pickle=False)
    return file.getvalue()


@pytest.mark.parametrize("shape", [(2, 6), (2, 3, 2)])
def test_features_come_with_the_line_of_their_number(write: Write, shape: tuple[int, ...]) -> None:
    values = np.arange(12, dtype="uint8").reshape(shape)
    paths = [write(npy(values)), write("ноль \r\none two\n")]
    captioned, labelled = (list(feature_file.Reader(lines, scale=2.0).read(paths)) for lines in ("captions", "labels"))
    assert [(e.target_text, e.label, e.tokens) for e in captioned] == [("ноль", None, ()), ("one two", None, ())]
    assert [(e.target_text, e.label) for e in labelled] == [(None, "ноль"), (None, "one two")]
    np.testing.assert_array_equal([example.features for example in captioned], values / 2)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a\nb\n", r"1\.txt:2: expected as many lines as .*0\.txt has rows, 3, got 2"),
        ("a\nb\nc\nd\ne\n", r"1\.txt:5: expected as many lines as .*0\.txt has rows, 3, got 5"),
        ("", r"1\.txt:0: expected as many lines as .*0\.txt has rows, 3, got 0"),
        ("a\n \nc\n", r"1\.txt:2: expected one of the captions, got a blank line"),
    ],
)
def test_features_without_a_line_each_are_refused(write: Write, text: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        list(feature_file.Reader().read([write(npy(np.zeros((3, 2)))), write(text)]))


@pytest.mark.parametrize("scale", [0, -1.0, float("nan"), float("inf")])
def test_features_need_a_scale(scale: float) -> None:
    with pytest.raises(InputError, match=f"expected a finite scale above 0, got {scale}"):
        feature_file.Reader(scale=scale)
