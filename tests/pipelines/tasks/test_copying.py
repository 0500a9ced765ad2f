"""Unknown words of a translation, copied from the source word that is attended to most."""

import numpy as np
import pytest
from conformance_cases import build, cell_config, task_class, task_config

from embeddings.foundation.config import build_config
from embeddings.foundation.errors import InputError
from pipelines.decoding.alignment import alignment
from pipelines.decoding.config import DecodingConfig
from pipelines.runs.engines.keras_engine import KerasEngine
from pipelines.text.vocabulary import BEGIN_ID, UNKNOWN_ID


def unknowing(examples, vectors, **model):
    """A model to which every word that it writes is unknown."""
    task, built = build(task_config("translation", **model), cell_config("gru", True), vectors, examples)
    bias = np.zeros(built.logits.bias.shape, "float32")
    bias[UNKNOWN_ID] = 1e6
    built.logits.bias.assign(bias)
    return task, built


@pytest.mark.parametrize("method", ["greedy", "beam"])
def test_an_unknown_word_is_the_source_word_attended_to_most(method, ten_examples, small_vectors):
    task, model = unknowing(ten_examples, small_vectors)
    sizes = {"beam_size": 2, "length_penalty": 0.0} if method == "beam" else {}
    limits = {"method": method, "maximum_ratio": 0.0, "maximum_extra": 4}
    decoding = build_config(DecodingConfig, {**limits, "copy_unknown": True, **sizes}, "")
    rows = list(task.predict(KerasEngine(model), ten_examples, decoding))
    engine = KerasEngine(model)
    for example, row in zip(ten_examples, rows, strict=True):
        before = np.array([[BEGIN_ID, UNKNOWN_ID, UNKNOWN_ID, UNKNOWN_ID]], "int32")
        weights = alignment(engine, np.array([task.source(example).source], "int32"), before)[0]
        assert row["tokens"] == [example.tokens[place] for place in weights.argmax(axis=-1)]


def test_without_copying_no_unknown_word_is_written(ten_examples, small_vectors):
    task, model = unknowing(ten_examples, small_vectors)
    rows = list(task.predict(KerasEngine(model), ten_examples, DecodingConfig(maximum_ratio=0.0, maximum_extra=4)))
    assert not any("<unk>" in row["tokens"] for row in rows)


@pytest.mark.parametrize(
    ("name", "keys", "told"),
    [("translation", {"attention": "none"}, "copying needs attention"),
     ("captioning", {}, "there are no source words to copy")],
)  # fmt: skip
def test_copying_needs_source_words_and_attention(name, keys, told):
    config = task_config(name, decoding={"copy_unknown": True}, **keys)
    with pytest.raises(InputError, match=rf"decoding\.copy_unknown: {told}"):
        task_class(name).check(config, cell_config("gru", False))
