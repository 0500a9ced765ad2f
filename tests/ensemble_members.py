"""Runs that an ensemble can join: a run, and another one of the same kind."""

import json
import shutil

import numpy as np
import onnx
from onnx import numpy_helper

from pipelines.runs.description import checksums
from pipelines.runs.ensemble import load_members, save_ensemble


def other_member(folder, place):
    """A run like another one with other weights, as another seed has them."""
    shutil.copytree(folder, place)
    generator = np.random.default_rng(1)
    for path in place.glob("*.onnx"):
        model = onnx.load(path)
        for weights in model.graph.initializer:
            array = numpy_helper.to_array(weights)
            if array.dtype == "float32" and array.size > 8:
                changed = (array * generator.normal(1, 0.5, array.shape)).astype("float32")
                weights.CopyFrom(numpy_helper.from_array(changed, weights.name))
        onnx.save(model, path)
    describe(place, name="other")
    return place


def describe(folder, **changes):
    """Changes the description of a run folder; its checksums are those of its files."""
    path = folder / "config.json"
    about = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps({**about, **changes, "files": checksums(folder)}), encoding="utf-8")


def joined(folders, place, examples):
    """An ensemble."""
    place.mkdir()
    return save_ensemble(place, place.name, folders, load_members(folders), examples)
