"""Groups of keys that a model reads as a whole."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any, Literal

from embeddings.foundation import plugins
from embeddings.foundation.config import build_config, check_above_zero, check_share, field_names, nearest, read_yaml
from embeddings.foundation.errors import InputError
from embeddings.foundation.limits import LAYERS, UNITS, check_limit

CELLS = "pipelines.cells"


@dataclass(frozen=True)
class NoKeys:
    """The own keys of a cell that has none."""


@dataclass(frozen=True)
class EncoderConfig:
    """A recurrent encoder: its cell, and how cells are stacked."""

    cell: str  # folder of pipelines/cells
    units: int  # of one direction
    depth: int
    bidirectional: bool
    dropout: float  # on the inputs of every layer and on the last outputs
    clip_norm: float  # global norm above which gradients are scaled down
    own: Any = None  # the keys that the cell alone has, its `Config`; if not given, with their defaults

    def __post_init__(self) -> None:
        if self.units < 1 or self.depth < 1:
            raise ValueError(f"expected units and depth of at least 1, got {self.units} and {self.depth}")
        check_limit("units", "of a layer", UNITS, self.units)
        check_limit("depth", "layers", LAYERS, self.depth)
        check_share("dropout", self.dropout)
        check_above_zero("clip_norm", self.clip_norm)
        if self.own is None:
            object.__setattr__(self, "own", own_keys(self.cell)())

    def flat(self) -> dict[str, Any]:
        """All keys beside each other, as a file has them."""
        return {key: getattr(self, key) for key in common_keys()} | asdict(self.own)

    def own_dropouts(self) -> dict[str, float]:
        """The shares that the cell itself leaves out in training: its own keys that end in `dropout` or `zoneout`."""
        return {key: value for key, value in asdict(self.own).items() if key.endswith(("dropout", "zoneout"))}

    def without_dropout(self) -> "EncoderConfig":
        """The same encoder, which leaves nothing out in training."""
        return replace(self, dropout=0.0, own=replace(self.own, **dict.fromkeys(self.own_dropouts(), 0.0)))


def common_keys() -> list[str]:
    """The keys of every encoder."""
    return [each.name for each in fields(EncoderConfig) if each.name != "own"]


def own_keys(cell: str) -> type:
    """The dataclass of the keys that a cell has beside those of every encoder.

    Raises:
        InputError: there is no such cell.
    """
    return getattr(plugins.load(CELLS, cell), "Config", NoKeys)


def load_encoder(path: str | Path) -> EncoderConfig:
    """Reads an encoder's configuration."""
    return build_encoder(read_yaml(path), path)


def build_encoder(values: Mapping[str, Any], where: str | Path) -> EncoderConfig:
    """Builds an encoder's configuration, its cell's own keys by the cell's own dataclass.

    Args:
        values: all keys beside each other, as `EncoderConfig.flat` gives them.
        where: they stand, for errors.

    Raises:
        InputError: there is no such cell, or a key is unknown, missing, of another cell, or has a wrong value.
    """
    if not isinstance(values, Mapping) or not isinstance(cell := values.get("cell"), str):
        return build_config(EncoderConfig, values, where)  # which says what is wrong
    try:
        kind = own_keys(cell)
    except InputError as error:
        raise InputError(f"{where}: {error}") from None
    own = {key: value for key, value in values.items() if key not in common_keys()}
    for key in own:
        if key in field_names(kind):
            continue
        if owners := [name for name in plugins.names(CELLS) if key in field_names(own_keys(name))]:
            belongs = f"the key {key!r} belongs to cell {' and '.join(owners)}"
            raise InputError(f"{where}: {belongs}, got {cell!r}; remove it")
        raise InputError(f"{where}: unknown key {key!r}{nearest(str(key), [*common_keys(), *field_names(kind)])}")
    common = {key: value for key, value in values.items() if key not in own}
    return replace(build_config(EncoderConfig, common, where), own=build_config(kind, own, where))


@dataclass(frozen=True)
class CharacterConfig:
    """How words are read character by character."""

    encoder: Literal["cnn", "recurrent"]  # recurrent: the run's own cell, in both directions
    dimensions: int  # of a character's vector
    units: int  # width of a word's features
    dropout: float = 0.0  # share of the features of character vectors that training leaves out

    def __post_init__(self) -> None:
        if self.dimensions < 1 or self.units < 1:
            raise ValueError(f"expected dimensions and units of at least 1, got {self.dimensions} and {self.units}")
        check_limit("characters", "units and dimensions", UNITS, max(self.dimensions, self.units))
        if self.encoder == "recurrent" and self.units % 2:
            raise ValueError(f"expected an even number of units for two directions, got {self.units}")
        check_share("dropout", self.dropout)


@dataclass(frozen=True)
class DynamicEvaluationConfig:
    """How a language model learns from the text that it scores."""

    learning_rate: float  # of gradient descent
    segment_tokens: int  # that are scored before they are learned from

    def __post_init__(self) -> None:
        check_above_zero("learning_rate", self.learning_rate)
        if self.segment_tokens < 1:
            raise ValueError(f"expected segment_tokens of at least 1, got {self.segment_tokens}")
