"""Configurations of several kinds, one key of which chooses, and keys that have another name now."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Literal

import pytest

from embeddings.foundation.config import build_config, load_part
from embeddings.foundation.errors import InputError


@dataclass(frozen=True)
class Wheel:
    RENAMED: ClassVar[Mapping[str, str]] = {"size": "inches"}

    inches: int = 20


@dataclass(frozen=True, kw_only=True)
class Vehicle:
    RENAMED: ClassVar[Mapping[str, str]] = {"title": "name"}

    kind: str
    name: str = ""
    wheel: Wheel = Wheel()

    @classmethod
    def variants(cls) -> tuple[str, Mapping[str, type["Vehicle"]]]:
        return "kind", {"bicycle": Bicycle, "tandem": Bicycle, "train": Train}


@dataclass(frozen=True, kw_only=True)
class Bicycle(Vehicle):
    kind: Literal["bicycle", "tandem"]
    gears: int = 3


@dataclass(frozen=True, kw_only=True)
class Train(Vehicle):
    carriages: int


def test_a_key_chooses_what_is_built():
    assert build_config(Vehicle, {"kind": "tandem", "gears": 5}, "a.yaml") == Bicycle(kind="tandem", gears=5)
    assert build_config(Vehicle, {"kind": "train", "carriages": 4, "name": "x"}, "").name == "x"
    assert build_config(Train, {"kind": "train", "carriages": 4}, "") == Train(kind="train", carriages=4)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({}, "a.yaml: the key 'kind' is missing"),
        ({"kind": "bicicle"}, "a.yaml: expected a known value under 'kind', got 'bicicle'; did you mean 'bicycle'?"),
        ({"kind": {"bicycle": 1}}, "a.yaml: expected a known value under 'kind', got {'bicycle': 1}; "),
        ({"kind": "train", "gears": 3}, "a.yaml: the key 'gears' belongs to kind bicycle and tandem, got 'train'"),
        ({"kind": "bicycle", "carriages": 3}, "a.yaml: the key 'carriages' belongs to kind train, got 'bicycle'"),
        ({"kind": "bicycle", "gear": 3}, "a.yaml: unknown key 'gear'; did you mean 'gears'?"),
        ({"kind": "train"}, "a.yaml: the key 'carriages' is missing"),
        ({"kind": "train", "title": "x"}, "a.yaml: the key 'title' is now 'name'; rename it"),
        ({"kind": "bicycle", "wheel": {"size": 1}}, "a.yaml: the key 'size' is now 'inches'; rename it"),
        (3, "a.yaml: expected a mapping of keys to values, got int"),
    ],
)  # fmt: skip
def test_keys_that_do_not_fit_are_refused(values, message):
    with pytest.raises(InputError) as refused:
        build_config(Vehicle, values, "a.yaml")
    assert str(refused.value).startswith(message)


@dataclass(frozen=True)
class Measures:
    height: float
    width: float
    depth: float
    unit: str = "m"


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"height": 1.0, "width": 1.0}, "a.yaml: the key 'depth' is missing"),
        ({"height": 1.0}, "a.yaml: the keys 'width' and 'depth' are missing"),
        ({}, "a.yaml: the keys 'height', 'width' and 'depth' are missing"),
    ],
)
def test_every_missing_key_is_named(values, message):
    with pytest.raises(InputError, match=f"^{message}$"):
        build_config(Measures, values, "a.yaml")


@dataclass(frozen=True)
class Part:
    monitor: str
    epochs: int = 1


def test_a_part_takes_its_own_keys_and_leaves_the_others_to_whoever_reads_them(tmp_path):
    path = tmp_path / "task.yaml"
    path.write_text("{monitor: accuracy, model: {anything: 1}}")
    assert load_part(Part, path) == Part("accuracy")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{model: 1}", "the key 'monitor' is missing"),
        ("{monitor: [1]}", "expected str under 'monitor'"),
        ("{monitor: a, epochs: true}", "expected int under 'epochs', got True"),
    ],
)
def test_a_part_is_refused_by_its_own_keys(tmp_path, text, message):
    path = tmp_path / "task.yaml"
    path.write_text(text)
    with pytest.raises(InputError, match=message):
        load_part(Part, path)
