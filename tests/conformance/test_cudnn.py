"""Every cell that ships runs on cuDNN where there is a GPU: Keras's own conditions, asked without one."""

import importlib
from pathlib import Path

import keras
import pytest

from embeddings.config import load_config
from pipelines import plugins
from pipelines.config import CellConfig

rnn = importlib.import_module("keras.src.backend.tensorflow.rnn")  # a function of the package hides the name


def layer_of(path):
    config = load_config(CellConfig, path)
    return plugins.load("layers.recurrent", config.cell).layer(config.units, name="layer", seed=1)


LAYERS = {path.stem: layer_of(path) for path in sorted((Path(__file__).parents[2] / "configs/cells").glob("*.yaml"))}


GATED = (keras.layers.LSTM, keras.layers.GRU)


# In TensorFlow cuDNN has no kernel for a simple recurrent layer, and none at all for a simple recurrent unit.
@pytest.mark.parametrize(
    "layer",
    [
        pytest.param(layer, id=name)
        for name, layer in LAYERS.items()
        if isinstance(layer, keras.layers.LSTM | keras.layers.GRU)
    ],
)
def test_the_dispatch_predicate_holds(layer, monkeypatch):
    monkeypatch.setattr(rnn, "_is_gpu_available", lambda: True)
    assert layer.recurrent_dropout == 0
    gru = {"reset_after": layer.reset_after} if isinstance(layer, keras.layers.GRU) else {}
    assert rnn.cudnn_ok(layer.activation, layer.recurrent_activation, layer.unroll, layer.use_bias, **gru)


def test_the_predicate_can_fail(monkeypatch):
    monkeypatch.setattr(rnn, "_is_gpu_available", lambda: True)
    layer = keras.layers.LSTM(4, activation="relu")
    assert not rnn.cudnn_ok(layer.activation, layer.recurrent_activation, layer.unroll, layer.use_bias)
