"""On JAX models learn, score and write what they do on TensorFlow with the same weights.

Run as a program, it writes the figures of the backend that it runs on.
"""

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import keras
import numpy as np
import pytest

from embeddings.foundation import plugins
from pipelines.batches.batching import Encoded
from pipelines.decoding.beam import Decoding
from pipelines.decoding.config import DecodingConfig
from pipelines.models.captioner import build_captioner
from pipelines.models.config import DynamicEvaluationConfig, EncoderConfig
from pipelines.models.dynamic_evaluation import dynamic_log_probabilities
from pipelines.models.language_model import build_language_model
from pipelines.models.language_model_objective import with_language_model
from pipelines.models.reading import log_probabilities
from pipelines.models.seq2seq import build_seq2seq
from pipelines.models.tagger import build_tagger, sequence_loss
from pipelines.runs.engines.keras_engine import KerasEngine
from pipelines.text.vocabulary import BEGIN_ID, Vocabulary

ROOT = Path(__file__).parents[3]
CELLS = plugins.names("pipelines.cells")
VOCABULARY = Vocabulary("abcdefgh")
BATCHES = [[[2, 4, 5, 6], [2, 9, 9, 4]], [[7, 8, 4, 4], [5, 11, 10, 6]], [[5, 6, 7, 0], [2, 4, 0, 0]]]
CONTINUES = [[[0], [0]], [[1], [1]], [[1], [0]]]
# No word stands twice in a segment: in the norm that TensorFlow clips at, its two gradients count apart.
TEXTS = [np.array([BEGIN_ID, *ids], "int32") for ids in ([4, 5, 6, 7, 8, 9, 4, 10, 11, 10, 5], [9, 4, 10, 11])]
TRANSITIONS = [[True, True, True, True], [True, False, True, True], [True] * 4, [False, True, True, True]]
SOURCES = np.array([[4, 5, 6, 7], [8, 9, 0, 0], [11, 0, 0, 0]], "int32")
DECODINGS = [
    DecodingConfig(maximum_ratio=1.5, maximum_extra=3),
    Decoding(maximum_ratio=1.5, maximum_extra=3, beam_size=3, length_penalty=0.6, no_repeat_ngram=2),
]


def drawn(model):
    """The model with weights that do not depend on the backend."""
    draws = np.random.default_rng(0)
    for weight in model.trainable_weights:
        weight.assign(draws.normal(0, 0.7, weight.shape))
    return model


def language_model(cell):
    """Losses of three batches of which states are carried on, the weights after, and scores of texts by these."""
    config = EncoderConfig(cell, units=5, depth=2, bidirectional=False, dropout=0.0, clip_norm=1.0)
    model = drawn(build_language_model(VOCABULARY, 3, False, config, rows=2, seed=1))
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True, reduction="mean_with_sample_weight")
    model.compile(keras.optimizers.SGD(0.5), loss, jit_compile=keras.backend.backend() == "jax")
    made = {}
    for number, (before, continues) in enumerate(zip(BATCHES, CONTINUES, strict=True)):
        before, after = np.array(before, "int32"), np.roll(before, -1, axis=1)
        inputs = before, np.array(continues, "int32")
        made[f"loss_{number}"] = model.train_on_batch(inputs, after, (before > 0).astype("float32"))
    made |= {f"weight_{number}": np.array(weight) for number, weight in enumerate(model.weights)}
    made |= {f"static_{n}": one for n, one in enumerate(log_probabilities(KerasEngine(model), TEXTS, 4))}
    dynamic = dynamic_log_probabilities(model, TEXTS, DynamicEvaluationConfig(0.5, 3))
    return made | {f"dynamic_{n}": one for n, one in enumerate(dynamic)}


def tagger(cell):
    """Losses of two steps of a tagger with a conditional random field, and the weights after; with one of the cells it
    is trained as a language model too."""
    config = EncoderConfig(cell, units=5, depth=1, bidirectional=True, dropout=0.0, clip_norm=1.0)
    model = drawn(build_tagger({"tokens": VOCABULARY}, 3, TRANSITIONS, config, seed=1, output="crf"))
    if cell == "gru":
        train = [Encoded([*range(4, 11)])]
        model = drawn(with_language_model(model, train, 0.5, vocab_size=5, bidirectional=True, seed=1))
    model.compile(keras.optimizers.SGD(0.5), sequence_loss(), jit_compile=keras.backend.backend() == "jax")
    tags, weights = SOURCES % 3, (SOURCES > 0).astype("float32")
    losses = [model.train_on_batch(SOURCES, tags, weights) for _ in range(2)]
    made = {f"losses_{step}": np.array(each) for step, each in enumerate(losses)}
    return made | {f"weight_{number}": np.array(weight) for number, weight in enumerate(model.weights)}


def generators(cell):
    """What an encoder-decoder and a captioner write, greedily and by beam search."""
    config = EncoderConfig(cell, units=5, depth=1, bidirectional=False, dropout=0.0, clip_norm=1.0)
    translator = build_seq2seq(VOCABULARY, VOCABULARY, 3, 3, config, seed=1, tied_embeddings=True)
    captioner = build_captioner(6, VOCABULARY, 3, config, seed=1)
    features = np.random.default_rng(1).normal(size=(3, 1, 6)).astype("float32")
    made = {}
    for name, model, sources in (("translation", translator, SOURCES), ("caption", captioner, features)):
        for decoding in DECODINGS:
            method = plugins.load("pipelines.decoding", decoding.method, "decoder")
            ids, scores = method.decode(KerasEngine(drawn(model)), sources, decoding)
            made |= {f"{name}_{decoding.method}": ids, f"{name}_{decoding.method}_scores": scores}
    return made


MAKERS = [language_model, tagger, generators]


def figures():
    return {
        f"{make.__name__}-{cell}": {name: np.asarray(figure) for name, figure in make(cell).items()}
        for make in MAKERS
        for cell in CELLS
    }


@pytest.fixture(scope="module")
def on_jax(tmp_path_factory):
    if importlib.util.find_spec("jax") is None:
        pytest.skip("JAX is not installed")
    path = tmp_path_factory.mktemp("jax") / "figures.npz"
    environment = {**os.environ, "KERAS_BACKEND": "jax", "JAX_PLATFORMS": "cpu", "PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, __file__, path], env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-3000:]
    with np.load(path) as file:
        return dict(file)


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("make", MAKERS)
def test_figures_are_those_of_tensorflow(on_jax, make, cell):
    made = make(cell)
    assert made
    for name, figure in made.items():
        np.testing.assert_allclose(on_jax[f"{make.__name__}-{cell}-{name}"], figure, atol=1e-4, err_msg=name)


if __name__ == "__main__":
    assert keras.backend.backend() == "jax"
    found = {f"{case}-{name}": one for case, made in figures().items() for name, one in made.items()}
    np.savez(sys.argv[1], allow_pickle=False, **found)
