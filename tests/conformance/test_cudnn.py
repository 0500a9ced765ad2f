"""Every cell that ships runs on cuDNN where there is a GPU: Keras's own conditions, asked without one."""

import importlib
from pathlib import Path

import keras
import pytest

from pipelines.models.config import build_encoder, load_encoder
from pipelines.models.encoder import recurrent_stack
from pipelines.runs.config import load_runs, load_settings

rnn = importlib.import_module("keras.src.backend.tensorflow.rnn")  # a function of the package hides the name
ROOT = Path(__file__).parents[2]
RUNS = [ROOT / "configs/runs.yaml", ROOT / "benchmarks/runs.yaml"]


def shipped():
    """What every cell is built by, by its name or by that of the first run that overrides it so."""
    named = [(path.stem, load_encoder(path)) for path in sorted((ROOT / "configs/cells").glob("*.yaml"))]
    runs = [of_run for path in RUNS for of_run in load_runs(path).items()]
    named += [(name, load_settings(run, ROOT / "configs", name)[1]) for name, run in runs]
    return {config: name for name, config in reversed(named)}


def layers_of(config):
    """The recurrent layers of an encoder, those of both directions each."""
    for layer in recurrent_stack(config, 1):
        yield from [layer.forward_layer, layer.backward_layer] if config.bidirectional else [layer]


CONFIGS = shipped()
# In TensorFlow cuDNN has no kernel for a simple recurrent layer, and none at all for cells without recurrent weights.
OTHERS = {"simple_rnn", "sru", "min_gru", "min_lstm", "qrnn"}
GATED = [config for config in CONFIGS if isinstance(next(layers_of(config)), keras.layers.LSTM | keras.layers.GRU)]
of_gated = pytest.mark.parametrize("config", GATED, ids=CONFIGS.get)


def assert_cudnn_runs(layer):
    """As `keras.layers.LSTM` and `keras.layers.GRU` decide it."""
    assert layer.recurrent_dropout == 0
    assert layer.use_cudnn == "auto"
    gru = {"reset_after": layer.reset_after} if isinstance(layer, keras.layers.GRU) else {}
    assert rnn.cudnn_ok(layer.activation, layer.recurrent_activation, layer.unroll, layer.use_bias, **gru)


@of_gated
def test_the_dispatch_predicate_holds(config, monkeypatch):
    monkeypatch.setattr(rnn, "_is_gpu_available", lambda: True)
    for layer in layers_of(config):
        assert_cudnn_runs(layer)


@of_gated
def test_recurrent_dropout_would_rule_cudnn_out(config, monkeypatch):
    monkeypatch.setattr(rnn, "_is_gpu_available", lambda: True)
    for layer in layers_of(build_encoder({**config.flat(), "recurrent_dropout": 0.2}, "a test")):
        with pytest.raises(AssertionError, match=r"0\.2 == 0"):
            assert_cudnn_runs(layer)


def test_cells_as_runs_override_them_are_among_those_asked():
    asked = {CONFIGS[config]: config for config in GATED}
    names = {"lstm_2x512", "translation-lstm-skip_gram", "imdb_characters-lstm-random"}
    assert {*names, "tiny_shakespeare_parts-weight_dropout"} <= asked.keys()
    assert asked["tiny_shakespeare_parts-weight_dropout"].own.weight_dropout > 0
    assert {config.cell for config in CONFIGS} - {config.cell for config in GATED} == OTHERS


def test_the_predicate_can_fail(monkeypatch):
    monkeypatch.setattr(rnn, "_is_gpu_available", lambda: True)
    layer = keras.layers.LSTM(4, activation="relu")
    assert not rnn.cudnn_ok(layer.activation, layer.recurrent_activation, layer.unroll, layer.use_bias)
