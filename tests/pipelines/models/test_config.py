"""An encoder's configuration: keys of every encoder and the cell's own, in one flat file."""

import dataclasses
import subprocess
import sys

import pytest

from embeddings.foundation import plugins
from embeddings.foundation.errors import InputError
from pipelines.cells import lstm, sru
from pipelines.models.config import EncoderConfig, build_encoder, load_encoder, own_keys

CELLS = plugins.names("pipelines.cells")
COMMON = {"units": 8, "depth": 2, "bidirectional": True, "dropout": 0.3, "clip_norm": 1.0}


def test_a_file_holds_the_cells_own_keys_beside_the_others(tmp_path):
    (tmp_path / "bisru.yaml").write_text(
        "cell: sru\nunits: 8\ndepth: 2\nbidirectional: true\ndropout: 0.3\nclip_norm: 1\nhighway_bias: -2\n"
    )
    config = load_encoder(tmp_path / "bisru.yaml")
    assert config == EncoderConfig("sru", 8, 2, True, 0.3, 1.0, sru.Config(-2.0))
    assert config.flat() == {"cell": "sru", **COMMON, "highway_bias": -2.0, "input_dropout": 0.0}


@pytest.mark.parametrize("cell", CELLS)
def test_own_keys_that_are_not_given_have_their_defaults(cell):
    config = build_encoder({"cell": cell, **COMMON}, "a file")
    assert config == EncoderConfig(cell, **COMMON)
    assert config.own == own_keys(cell)()
    assert build_encoder(config.flat(), "a file") == config


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"highway_bias": -1.0}, "c.yaml: the key 'highway_bias' belongs to cell sru, got 'lstm'; remove it"),
        ({"cell": "sru", "weight_dropout": 0.1},
         "c.yaml: the key 'weight_dropout' belongs to cell gru and lstm and simple_rnn, got 'sru'; remove it"),
        ({"weight_droput": 0.1}, "c.yaml: unknown key 'weight_droput'; did you mean 'weight_dropout'?"),
        ({"unit": 8}, "c.yaml: unknown key 'unit'; did you mean 'units'?"),
        ({"own": 3}, "c.yaml: unknown key 'own'; known: cell, units, depth, bidirectional, dropout, clip_norm, "),
        ({"cell": "lstn"}, "c.yaml: no module 'lstn' in pipelines/cells; did you mean 'lstm'?"),
        ({"cell": 3}, "c.yaml: expected str under 'cell', got 3"),
        ({"weight_dropout": 1.0}, "c.yaml: expected weight_dropout from 0 to below 1, got 1.0"),
        ({"weight_dropout": "much"}, "c.yaml: expected a finite number under 'weight_dropout', got 'much'"),
        ({"dropout": -0.1}, "c.yaml: expected dropout from 0 to below 1, got -0.1"),
        ({"clip_norm": 0}, "c.yaml: expected clip_norm above 0, got 0.0"),
        ({"depth": 0}, "c.yaml: expected units and depth of at least 1, got 8 and 0"),
    ],
    ids=str,
)  # fmt: skip
def test_a_wrong_key_or_value_is_refused_with_what_would_be_right(changes, message):
    with pytest.raises(InputError) as refused:
        build_encoder({"cell": "lstm", **COMMON, **changes}, "c.yaml")
    assert str(refused.value).startswith(message)


@pytest.mark.parametrize("key", ["cell", *COMMON])
def test_a_missing_key_is_named(key):
    values = {name: value for name, value in {"cell": "lstm", **COMMON}.items() if name != key}
    with pytest.raises(InputError, match=rf"^c\.yaml: the key '{key}' is missing$"):
        build_encoder(values, "c.yaml")


def test_without_dropout_nothing_is_left_out_and_the_rest_stays():
    config = EncoderConfig("lstm", **COMMON, own=lstm.Config(0.1, 0.2))
    assert config.own_dropouts() == {"recurrent_dropout": 0.1, "weight_dropout": 0.2}
    assert config.without_dropout() == EncoderConfig("lstm", **{**COMMON, "dropout": 0.0})
    biased = EncoderConfig("sru", **COMMON, own=sru.Config(-1.0))
    assert biased.without_dropout() == dataclasses.replace(biased, dropout=0.0)


def test_cells_tell_their_keys_without_keras():
    code = """
import sys
from embeddings.foundation import plugins
from pipelines.models.config import own_keys
print([own_keys(name).__module__ for name in plugins.names("pipelines.cells")], "keras" in sys.modules)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == f"{[f'pipelines.cells.{name}' for name in CELLS]} False\n"
