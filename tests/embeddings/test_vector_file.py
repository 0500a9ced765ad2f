"""Files of vectors that other programs write: what is read, and what is refused."""

import bz2
import gzip
import lzma
import struct

import numpy as np
import pytest
from gensim.models import KeyedVectors

from embeddings.foundation.errors import InputError
from embeddings.vector_file import detect, rows

WORDS = ["the", "Тверь", "½", "a,b", "10"]
VECTORS = np.random.default_rng(1).normal(size=(5, 7)).astype(np.float32)


@pytest.fixture
def vectors():
    """Five words in seven dimensions."""
    vectors = KeyedVectors(7)
    vectors.add_vectors(WORDS, VECTORS)
    return vectors


def read(path):
    """The words and the matrix of a file."""
    found = list(rows(path, detect(path)))
    return [row.word.decode() for row in found], np.array([row.vector for row in found])


def write(path, content):
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


@pytest.mark.parametrize(
    ("form", "options"),
    [
        ("word2vec_text", {}),
        ("word2vec_binary", {"binary": True}),
        ("glove", {"write_header": False}),
    ],
)
def test_gensim_reads_the_same(vectors, tmp_path, form, options):
    path = tmp_path / "vectors"
    vectors.save_word2vec_format(str(path), **options)
    assert detect(path)[::2] == (form, 7)
    reading = {"binary": form == "word2vec_binary", "no_header": form == "glove"}
    expected = KeyedVectors.load_word2vec_format(str(path), **reading)
    words, matrix = read(path)
    assert words == expected.index_to_key == WORDS
    np.testing.assert_array_equal(matrix, expected.vectors)


def test_numbers_are_rounded_as_gensim_rounds_them(tmp_path):
    drawn = np.random.default_rng(2).normal(size=(200, 3)) * 10.0 ** np.random.default_rng(3).integers(
        -40, 20, (200, 3)
    )
    lines = "".join(f"w{number} {' '.join(map(repr, row.tolist()))}\n" for number, row in enumerate(drawn))
    path = write(tmp_path / "vectors.txt", f"200 3\n{lines}")
    np.testing.assert_array_equal(read(path)[1], KeyedVectors.load_word2vec_format(str(path)).vectors)


@pytest.mark.parametrize(("suffix", "module"), [(".gz", gzip), (".bz2", bz2), (".xz", lzma)])
@pytest.mark.parametrize("binary", [False, True])
def test_a_compressed_file_is_read_and_a_cut_one_is_refused(vectors, tmp_path, suffix, module, binary):
    vectors.save_word2vec_format(str(tmp_path / "plain"), binary=binary)
    packed = module.compress((tmp_path / "plain").read_bytes())
    path = write(tmp_path / f"vectors{suffix}", packed)
    assert read(path)[0] == WORDS
    write(path, packed[:-20])
    with pytest.raises(InputError, match=r"vectors\.\w+:.*: cannot be read further|got the end;"):
        read(path)
    write(path, b"no archive, but so long that every reader looks at it")
    with pytest.raises(InputError, match=":1: cannot be read further"):
        detect(path)


def test_the_first_word2vec_ended_each_vector_with_a_line_end(tmp_path):
    content = b"2 2\n" + b"".join(word + b" " + struct.pack("<2f", 1, -2) + b"\n" for word in (b"a", b"b"))
    words, matrix = read(write(tmp_path / "vectors.bin", content))
    assert words == ["a", "b"]
    assert matrix.tolist() == [[1, -2], [1, -2]]


@pytest.mark.parametrize("dimensions", [1, 2, 50, 300])
def test_text_and_binary_are_told_apart(tmp_path, dimensions):
    draw = np.random.default_rng(dimensions)
    for number in range(50):
        vectors = KeyedVectors(dimensions)
        vectors.add_vectors(["Ё" * 3, "b"], draw.normal(0, 0.3, size=(2, dimensions)).astype(np.float32))
        for binary in (False, True):
            vectors.save_word2vec_format(str(tmp_path / "vectors"), binary=binary)
            expected = "word2vec_binary" if binary else "word2vec_text"
            assert detect(tmp_path / "vectors").form == expected, (number, dimensions)


def test_words_with_spaces_are_split_from_the_right(tmp_path):
    spaced = [". . .", "to name@domain.com", "1\u00a01/2", "windows 10", "\u2028", "a\u0085b"]
    lines = "".join(f"{word} 0.5 -1\n" for word in spaced)
    for name, content in (("glove", f"x 0.5 -1\n{lines}"), ("word2vec", f"7 2\nx 0.5 -1\n{lines}")):
        words, matrix = read(write(tmp_path / name, content))
        assert words == ["x", *spaced]
        assert np.unique(matrix, axis=0).tolist() == [[0.5, -1]]


@pytest.mark.parametrize(
    "content",
    [
        "a\t1.0\t2.0\nb\t1.0\t2.0\n",
        "a 1.0 2.0 \r\nb 1.0 2.0 \r\n",
        "\ufeffa 1.0 2.0\nb  1.0   2.0",
        "2 2\na 1.0 2.0 \nb 1.0 2.0 \n",  # fastText
        "2 2 \na 1e0 +2.0\nb 1 2\n\n",
        "\ufeff2\t2\na 1.0 2.0\nb 1.0 2.0",
        "a 1.0 2.0\nb 1.0 2.0\n\n",
    ],
)
def test_tabs_line_ends_marks_and_blank_ends_do_not_matter(tmp_path, content):
    words, matrix = read(write(tmp_path / "vectors", content))
    assert words == ["a", "b"]
    assert matrix.tolist() == [[1, 2], [1, 2]]


BINARY = b"2 2\n" + b"".join(word + b" " + struct.pack("<2f", 0.1, 0.2) for word in (b"a", b"b"))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", ":1: expected word vectors, got an empty file"),
        ("\n", ":1: expected word vectors, got an empty line"),
        ("a 0.1 0.2\nb 0.1\n", ":2: expected a word and 2 numbers, got 2 fields; the file is damaged"),
        ("a 0.1 0.2\nb 0.1 0.2 0.3\n", ":2: expected a word and 2 numbers, got more numbers"),
        ("2 2\na 0.1 0.2 0.3\nb 0.1 0.2\n", ":2: expected a word and 2 numbers, got more numbers"),
        ("a 0.1 0.2\nb 0.1 0,2\n", ":2: expected a word and 2 numbers, got '0,2' among them"),
        ("a 0.1 0.2\nb 0.1 0.2\rc 0.1 0.2\n", r":2: expected lines that end in `\n`, got `\r` within one"),
        ("3 2\na 0.1 0.2\rb 0.1 0.2\rc 0.1 0.2\r", r":2: expected lines that end in `\n`, got `\r` within one"),
        ("a 0.1 0.2\n\nb 0.1 0.2\n", ":2: expected a word and 2 numbers, got 0 fields"),
        ("a 0.1 0.2\nb 0.1 nan\n", ":2: expected finite numbers of 32 bits, got nan for the word 'b'"),
        ("a 0.1 0.2\nb 0.1 1_0\n", ":2: expected a word and 2 numbers, got '1_0' among them"),
        ("2 2\na 0.1 1_0\nb 0.1 0.2\n", ":2: expected a word and 2 numbers, got '1_0' among them"),
        ("a 0.1 0.2\nb 0.1 \u0661\n", ":2: expected a word and 2 numbers, got '\u0661' among them"),
        ("a 0.1 0.2\nb infinity 0.2\n", ":2: expected finite numbers of 32 bits, got inf for the word 'b'"),
        ("2 2\na 0.1 nan\nb 0.1 0.2\n", ":2: expected finite numbers of 32 bits, got nan for the word 'a'"),
        ("a 0.1 0.2\nb 0.1 -1e39\n", ":2: expected finite numbers of 32 bits, got -inf for the word 'b'"),
        ("3 2\na 0.1 0.2\nb 0.1 0.2\n", ":3: expected 3 words, as line 1 says, got 2"),
        ("3 2\na 0.1 0.2\nb 0.1 0.2\n\n", ":4: expected a word and 2 numbers, got 0 fields"),
        ("1 2\na 0.1 0.2\nb 0.1 0.2\n", ":3: expected 1 words, as line 1 says, got more"),
        ("1 2\na 0.1 0.2\n\nb 0.1 0.2\n", ":3: expected 1 words, as line 1 says, got more"),
        ("a 0.1 0.2\n" + "b" * (1 << 21), ":2: expected a word and 2 numbers, got 1 fields"),
        ("<!DOCTYPE html>\n<html>", ":1: expected a header `words dimensions` or a line"),
        (b"\xba\x16\x4f\x2f\0\0\0", ": expected a whole model of fastText, got 7 bytes"),
        (BINARY[:-1], "word 2: expected 2 words in word2vec's binary format, got the end;"),
        (BINARY[:8], "word 1: expected 2 words in word2vec's binary format, got the end;"),
        (BINARY + b"c", "expected 2 words, as its header says, got more"),
        (
            BINARY[:-4] + struct.pack("<f", np.inf),
            "word 2: expected finite numbers of 32 bits, got inf for the word 'b'",
        ),
        (b"1 1\n " + struct.pack("<f", 1), "word 1: expected a word, got none"),
        (b"1 1\na \0\0\0\0".replace(b"1 1", b"2 1") + b"b" * (1 << 21), "word 2: expected a word and a space"),
    ],
)
def test_a_broken_file_is_refused_in_one_line(tmp_path, content, message):
    path = write(tmp_path / "vectors", content)
    with pytest.raises(InputError) as error:
        read(path)
    assert str(error.value).startswith(str(path))
    assert message in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("word", ["garlic nan", "to infinity", "info inf", "v 1_000", "sura \u0661\u0662"])
@pytest.mark.parametrize("header", ["", "3 2\n"])
def test_a_phrase_may_end_with_what_python_takes_for_a_number(tmp_path, word, header):
    rows_of_it = f"{word} 0.1 0.2\nb 1e-1 +2\n{word} {word} .1 2.\n"
    words, matrix = read(write(tmp_path / "vectors", header + rows_of_it))
    assert words == [word, "b", f"{word} {word}"]
    np.testing.assert_allclose(matrix, [[0.1, 0.2], [0.1, 2], [0.1, 2]], rtol=1e-6)


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(InputError, match="vectors: No such file"):
        detect(tmp_path / "vectors")
