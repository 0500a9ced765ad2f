"""Cells whose gates depend on no state: their loops give the same, by hand, by Keras's convolution and step by step."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from embeddings.foundation import plugins
from embeddings.foundation.errors import InputError
from pipelines.cells.min_gru.layer import MinGRU
from pipelines.cells.min_lstm.layer import MinLSTM
from pipelines.cells.qrnn.layer import QRNN
from pipelines.cells.sru.layer import SRU
from pipelines.layers.loops import dispatch
from pipelines.layers.loops.linear import LinearRNN
from pipelines.models.config import build_encoder

FEATURES, UNITS = 3, 4
LAYERS = [(MinGRU, {}), (MinLSTM, {}), (QRNN, {}), (QRNN, {"filter_width": 3})]
SETTINGS = [{}, {"go_backwards": True}, {"zero_output_for_mask": True}]


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


@pytest.fixture(params=LAYERS, ids=lambda kind: "-".join([kind[0].__name__, *map(str, kind[1].values())]))
def make(request, randomised):
    """Builds a layer with random weights, the same ones each time."""
    kind, own = request.param
    return lambda **settings: randomised(
        kind(UNITS, return_sequences=True, return_state=True, seed=1, **own, **settings), FEATURES
    )


def stepwise(layer):
    """Keras's own loop over the cell of a layer."""
    settings = ("return_sequences", "return_state", "go_backwards", "zero_output_for_mask")
    return keras.layers.RNN(layer.cell, **{name: getattr(layer, name) for name in settings})


@pytest.mark.parametrize("settings", SETTINGS, ids=lambda settings: "-".join(settings))
@pytest.mark.parametrize("mask", ["unmasked", "right-padded", "arbitrary"])
def test_compiled_loop_and_scan_are_the_loop_over_the_cell(
    make, settings, mask, masks, draw, outcome, assert_near, monkeypatch
):
    layer = make(**settings)
    sequences, states = (
        draw(5, 7, FEATURES, seed=1),
        [draw(5, UNITS, seed=20 + n) for n in range(len(layer.state_size))],
    )
    expected = outcome(stepwise(layer), sequences, states, masks[mask], training=True)
    compiled = outcome(layer, sequences, states, masks[mask], training=True)
    monkeypatch.setattr(dispatch, "on_cpu", lambda: False)
    scanned = outcome(layer, sequences, states, masks[mask], training=True)
    for got in (compiled, scanned):
        assert_near(got[0], expected[0])
        assert_near(got[1], expected[1], share=1e-4)


def test_a_graph_for_any_number_of_steps_gives_the_same_without_the_compiled_loop(make, masks, draw, monkeypatch):
    layer, sequences, mask = make(), draw(5, 7, FEATURES, seed=1), masks["right-padded"]
    expected, *last = layer(sequences, mask=mask)
    monkeypatch.setattr(dispatch, "on_cpu", lambda: False)
    monkeypatch.setattr(LinearRNN, "scan", None)
    call = tf.function(lambda x, real: layer(x, mask=real), input_signature=[
        tf.TensorSpec((None, None, FEATURES)), tf.TensorSpec((None, None), tf.bool)
    ])  # fmt: skip
    for got, one in zip(call(sequences, mask), [expected, *last], strict=True):
        np.testing.assert_allclose(got, one, atol=1e-5)


def test_a_scan_serves_any_number_of_rows(make, draw, monkeypatch):
    layer = make()
    expected = layer(draw(5, 7, FEATURES))[0]
    monkeypatch.setattr(dispatch, "on_cpu", lambda: False)
    call = tf.function(lambda x: layer(x)[0], input_signature=[tf.TensorSpec((None, 7, FEATURES))])
    np.testing.assert_allclose(call(draw(5, 7, FEATURES)), expected, atol=1e-5)


def one_unit(kind, kernel, **own):
    layer = kind(1, return_sequences=True, **own)
    layer.build((None, None, 1))
    layer.set_weights([np.array(kernel, "float32").reshape(layer.cell.kernel.shape), np.zeros_like(layer.cell.bias)])
    return lambda *steps: np.asarray(layer(np.array(steps, "float32")[None, :, None]))[0, :, 0]


def test_a_min_gru_by_hand():
    # Candidate 2 x, update gate sigmoid(0) = 1/2: h = (h + 2 x) / 2.
    np.testing.assert_allclose(one_unit(MinGRU, [2, 0])(1, 3, -2), [1, 3.5, -0.25], atol=1e-6)
    # Update gate sigmoid(x log 3) of x = 1: three quarters; of x = -1: one quarter.
    np.testing.assert_allclose(one_unit(MinGRU, [4, np.log(3)])(1, -1), [3, 3 * 3 / 4 - 4 / 4], atol=1e-6)


def test_a_min_lstm_by_hand():
    # Gates f = 3/4 and i = 1/4 of x = 1: the state keeps 3/4.
    np.testing.assert_allclose(one_unit(MinLSTM, [8, np.log(3), -np.log(3)])(1, 1), [2, 3.5], atol=1e-6)
    # f = 3/4 and i = 1/2: it keeps 3/5.
    np.testing.assert_allclose(one_unit(MinLSTM, [5, np.log(3), 0])(1, 1), [2, 3.2], atol=1e-6)


def test_a_qrnn_by_hand():
    # Candidate tanh(x_(t-1)), forget gate and output gate 1/2.
    kernel = [[[1, 0, 0]], [[0, 0, 0]]]
    expected = [0, np.tanh(2) / 4, np.tanh(2) / 8 + np.tanh(-1) / 4]
    np.testing.assert_allclose(one_unit(QRNN, kernel)(2, -1, 5), expected, atol=1e-6)


@pytest.mark.parametrize("width", [2, 3, 5])
def test_the_gates_of_a_qrnn_come_from_the_causal_convolution_of_keras(width, randomised, draw):
    layer = randomised(QRNN(UNITS, filter_width=width, return_sequences=True), FEATURES)
    convolution = keras.layers.Conv1D(3 * UNITS, width, padding="causal")
    convolution.build((None, None, FEATURES))
    convolution.set_weights(layer.get_weights())
    sequences = draw(5, 7, FEATURES)
    sums, c, expected = np.asarray(convolution(sequences)), np.zeros((5, UNITS)), []
    for t in range(7):
        g, f, o = np.split(sums[:, t], 3, -1)
        c = sigmoid(f) * c + (1 - sigmoid(f)) * np.tanh(g)
        expected.append(sigmoid(o) * c)
    np.testing.assert_allclose(layer(sequences), np.stack(expected, 1), atol=1e-5)


@pytest.mark.parametrize("compiled", [True, False])
def test_two_gates_near_zero_keep_their_ratio(compiled, monkeypatch):
    # sigmoid(-60) / (sigmoid(-60) + sigmoid(-61)) = sigmoid(1), though both are below 1e-26.
    if not compiled:
        monkeypatch.setattr(dispatch, "on_cpu", lambda: False)
    layer = one_unit(MinLSTM, [1, -60, -61])
    np.testing.assert_allclose(layer(1), [1 - sigmoid(1)], rtol=1e-5)
    assert np.isfinite(one_unit(MinLSTM, [1, -1e4, -1e4])(1)).all()


@pytest.mark.parametrize("bias", [-1.0, 1.0, 2.0])
def test_a_state_fades_at_the_start_as_the_forget_bias_says(bias):
    start = np.ones((1, UNITS), "float32")
    zeros = np.zeros((1, 2, FEATURES), "float32")
    for kind in (MinGRU, MinLSTM, QRNN):
        layer = kind(UNITS, bias, return_state=True)
        layer.build((None, None, FEATURES))
        states = [start, *(np.zeros_like(start) for _ in layer.state_size[1:])]
        np.testing.assert_allclose(layer(zeros, initial_state=states)[1], sigmoid(bias) ** 2 * start, rtol=1e-5)


@pytest.fixture
def zoned(randomised):
    """A QRNN that leaves half of its numbers as they were, built anew with the same weights."""
    return lambda: randomised(
        QRNN(64, zoneout=0.5, seed=3, return_sequences=True, return_state=True, filter_width=3), FEATURES
    )


@pytest.mark.parametrize("compiled", [True, False])
def test_zoneout_leaves_a_share_of_the_state_as_it_was_in_training_alone(
    zoned, compiled, draw, outcome, assert_near, monkeypatch
):
    if not compiled:
        monkeypatch.setattr(dispatch, "on_cpu", lambda: False)
    layer, sequences = zoned(), draw(9, 1, FEATURES)
    before = [draw(9, 64, seed=n) for n in range(7)]
    (_, after, *_), gradients = outcome(layer, sequences, before, training=True)
    left = after == before[0]
    assert 0.4 < left.mean() < 0.6
    assert (gradients[1][left] != 0).all()
    whole = layer(sequences, initial_state=before)[1].numpy()
    np.testing.assert_allclose(after[~left], whole[~left], atol=1e-5)  # nothing is scaled
    assert (whole != before[0]).all()
    again = outcome(layer, sequences, before, training=True)[0][1]
    assert (again != after).any()
    assert_near([outcome(zoned(), sequences, before, training=True)[0][1]], [after])


def test_zoneout_is_left_out_where_nothing_is_to_be_dropped():
    config = build_encoder({"cell": "qrnn", "units": 4, "depth": 1, "bidirectional": False, "dropout": 0.1,
                            "clip_norm": 1.0, "zoneout": 0.2}, "a test")  # fmt: skip
    assert config.own_dropouts() == {"zoneout": 0.2}
    assert config.without_dropout().own.zoneout == 0


def test_dropout_drops_the_same_features_at_every_step(make, draw, outcome):
    layer = make(dropout=0.5)
    kept = outcome(layer, draw(5, 7, FEATURES), training=True)[1][0] != 0
    assert (kept == kept[:, :1]).all()
    assert 0 < kept.mean() < 1


def test_a_configuration_makes_the_same_layer_again():
    layer = QRNN(UNITS, -2.0, 3, 0.25, 9, dropout=0.5, go_backwards=True, name="a")
    again = QRNN.from_config(layer.get_config())
    assert again.get_config() == layer.get_config()
    assert (again.cell.forget_bias, again.cell.filter_width, again.zoneout, again.seed) == (-2.0, 3, 0.25, 9)
    assert (again.dropped.rate, again.go_backwards, again.name) == (0.5, True, "a")


@pytest.mark.parametrize("kind", [MinGRU, MinLSTM, QRNN, SRU])
def test_a_layer_without_recurrent_weights_refuses_to_leave_any_out(kind):
    with pytest.raises(
        ValueError, match=f"{kind.__name__}: expected no weight_dropout, for it has no recurrent weights"
    ):
        kind(UNITS, weight_dropout=0.5).build((None, None, FEATURES))


@pytest.mark.parametrize(
    ("cell", "keys", "message"),
    [
        ("qrnn", {"filter_width": 0}, "a test: expected a filter_width from 1 to 16, got 0"),
        ("qrnn", {"filter_width": 17}, "a test: expected a filter_width from 1 to 16, got 17"),
        ("qrnn", {"zoneout": 1.0}, r"a test: expected zoneout from 0 to below 1, got 1\.0"),
        ("min_gru", {"zoneout": 0.1}, "the key 'zoneout' belongs to cell qrnn, got 'min_gru'; remove it"),
        ("min_lstm", {"recurrent_dropout": 0.1}, "'recurrent_dropout' belongs to cell gru and lstm and simple_rnn"),
        ("qrnn", {"weight_dropout": 0.1}, "'weight_dropout' belongs to cell gru and lstm and simple_rnn, got 'qrnn'"),
        ("min_gru", {"forget_bais": 0.1}, "unknown key 'forget_bais'.*forget_bias"),
        ("min_gru", {"forget_bias": "high"}, "forget_bias.*'high'"),
    ],
)
def test_keys_that_make_no_sense_are_refused(cell, keys, message):
    values = {"cell": cell, "units": 4, "depth": 1, "bidirectional": False, "dropout": 0.0, "clip_norm": 1.0}
    with pytest.raises(InputError, match=message):
        build_encoder({**values, **keys}, "a test")


def test_every_linear_cell_is_among_those_tested():
    names = plugins.names("pipelines.cells")
    kinds = {type(plugins.load("pipelines.cells", name, "layer").layer(2, "a", 1)) for name in names}
    assert {kind for kind in kinds if issubclass(kind, LinearRNN)} == {kind for kind, _ in LAYERS}
