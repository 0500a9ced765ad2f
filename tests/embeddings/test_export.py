"""Which words the formats of other programs hold, and that what is written is read again."""

from typing import Any

import numpy as np
import pytest
from gensim.models import KeyedVectors
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory, text_format

from embeddings.export import FORMATS, export
from embeddings.foundation.errors import InputError
from embeddings.vector_file import detect, rows


def vectors_of(words):
    vectors = KeyedVectors(2)
    vectors.add_vectors(list(words), np.arange(2 * len(words), dtype=np.float32).reshape(-1, 2))
    return vectors


def read_by_gensim(path, form):
    return KeyedVectors.load_word2vec_format(str(path), binary=form == "word2vec_binary").index_to_key


def read_by_us(path, form):
    return [row.word.decode() for row in rows(path, detect(path))]


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ("word2vec_text", ["a", "10\u00a0000", "thin\u2009space", "next\x85line", "line\u2028end", "\u3000"]),
        ("word2vec_binary", ["a", "10\u00a0000", "tab\tstop", "line\u2028end", "return\rb", "feed\fb"]),
    ],
)
@pytest.mark.parametrize("read", [read_by_gensim, read_by_us])
def test_white_space_that_a_format_holds_is_exported(tmp_path, form, words, read):
    export(vectors_of(words), tmp_path / "vectors", form)
    assert read(tmp_path / "vectors", form) == words


def test_the_projector_holds_phrases(tmp_path):
    export(vectors_of(["New York", "10\u00a0000"]), tmp_path / "folder", "projector")
    assert (tmp_path / "folder/metadata.tsv").read_text(encoding="utf-8") == "New York\n10\u00a0000\n"


@pytest.mark.parametrize(
    ("form", "words", "told"),
    [
        ("word2vec_text", ["a", "New York"], "the word 'New York', whose white space ends it; choose projector"),
        ("word2vec_text", ["b\tc", "c\nd", "e f"], "the word 'b\\tc' and 2 more, .*; no format of these can"),
        ("word2vec_text", ["b\tc"], "the word 'b\\tc', whose white space ends it; choose word2vec_binary"),
        ("word2vec_binary", ["New York"], "the word 'New York', whose white space ends it; choose projector"),
        ("word2vec_binary", ["c\nd", "a"], "the word 'c\\nd', .*; no format of these can"),
        ("projector", ["b\tc"], "the word 'b\\tc', whose white space ends it; choose word2vec_binary"),
        ("projector", ["b\rc"], "the word 'b\\rc', whose white space ends it; choose word2vec_binary"),
        *((form, ["a", ""], "the word ''") for form in FORMATS),
    ],
)
def test_a_word_that_the_format_would_cut_is_refused_and_nothing_written(tmp_path, form, words, told):
    with pytest.raises(InputError, match=f"{form} cannot hold {told}".replace("\\", r"\\")):
        export(vectors_of(words), tmp_path / "out", form)
    assert not list(tmp_path.iterdir())


def test_tensorboards_projector_finds_a_line_of_numbers_and_a_name_for_each_word(tmp_path):
    """Read as TensorBoard does: a `ProjectorConfig` in text form, whose paths are relative to its own folder."""
    vectors = vectors_of(["cat", "New York"])
    vectors.expandos["count"] = np.array([3, 2])
    export(vectors, tmp_path / "folder", "projector")
    config = read_message(tmp_path / "folder/projector_config.pbtxt", "tensor_path", "metadata_path")
    (embedding,) = config.embeddings
    tensor = np.loadtxt(tmp_path / "folder" / embedding.tensor_path, delimiter="\t", ndmin=2)
    assert tensor.tolist() == vectors.vectors.tolist()
    names = (tmp_path / "folder" / embedding.metadata_path).read_text(encoding="utf-8").splitlines()
    assert names == ["word\tcount", "cat\t3", "New York\t2"]  # of two columns the first line names them


def read_message(path, *fields) -> Any:
    """A message in Protocol Buffers' text form that holds `embeddings`, each with these fields of text."""
    file = descriptor_pb2.FileDescriptorProto(name="projector.proto", package="test")
    embedding, config = file.message_type.add(name="Embedding"), file.message_type.add(name="Config")
    for number, name in enumerate(fields, start=1):
        embedding.field.add(name=name, number=number, type=9, label=1)  # an optional string
    config.field.add(name="embeddings", number=1, type=11, label=3, type_name=".test.Embedding")  # repeated messages
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    found = message_factory.GetMessageClass(pool.FindMessageTypeByName("test.Config"))()
    return text_format.Parse(path.read_text(encoding="utf-8"), found)
