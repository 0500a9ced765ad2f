"""The map of word vectors, by hand."""

import numpy as np
import pytest

from embeddings.foundation.errors import InputError
from embeddings.foundation.files import write_json
from pipelines.reporting.page.vector_map import vector_map, vector_maps


def write(folder, vectors):
    folder.mkdir()
    np.save(folder / "vectors.npy", np.array([*vectors.values()], dtype=np.float32).reshape(len(vectors), -1))
    np.save(folder / "counts.npy", np.arange(len(vectors), 0, -1))
    write_json(folder / "vocabulary.json", [*vectors])
    return folder


def test_places_are_on_the_two_axes_of_the_largest_variance(tmp_path):
    """Directions on a circle in a plane of three dimensions: it is seen as a circle, and all variance is on it."""
    around = {str(angle): (np.cos(angle), 0, np.sin(angle)) for angle in np.linspace(0, 2 * np.pi, 8, endpoint=False)}
    found = vector_map("round", write(tmp_path / "round", around))
    assert found is not None
    assert np.linalg.norm(found.places, axis=1) == pytest.approx(np.ones(8), abs=2e-3)
    assert found.explained == pytest.approx(1)
    assert (found.name, found.total, found.words) == ("round", 8, [*around])


def test_neighbours_are_by_cosine_whatever_the_length_and_none_has_a_zero_vector(tmp_path):
    words = {"a": (1, 0), "b": (10, 1), "c": (0, 2), "zero": (0, 0)}
    found = vector_map("v", write(tmp_path / "v", words))
    assert found is not None
    assert found.words == ["a", "b", "c"]
    assert found.total == 4
    assert found.neighbours[0] == [("b", 1.0), ("c", 0.0)]
    assert found.neighbours[2] == [("b", 0.1), ("a", 0.0)]


def test_of_equally_near_neighbours_the_more_frequent_ones_are_shown(tmp_path):
    """Nine words beside `a`: two of its direction, the more frequent one first, then six of seven at a right angle."""
    words = {"a": (1, 0, 0), "far": (-1, 0, 0), "near": (2, 0, 0), **{str(n): (0, 1, 0) for n in range(7)}}
    found = vector_map("v", write(tmp_path / "v", {**words, "same": (3, 0, 0)}))
    assert found is not None
    assert found.neighbours[0] == [("near", 1.0), ("same", 1.0), *((str(n), 0.0) for n in range(6))]


def test_too_few_words_make_no_map_and_what_is_no_artefact_is_refused(tmp_path):
    assert vector_map("v", write(tmp_path / "v", {"a": (1, 0), "b": (0, 1)})) is None
    (tmp_path / "other").mkdir()
    with pytest.raises(InputError, match="other"):
        vector_map("other", tmp_path / "other")


def test_maps_are_of_the_vectors_that_runs_read(world):
    leaderboard, places = world
    assert [each.name for each in vector_maps(leaderboard, places.vectors)] == ["english_skip_gram"]
    assert vector_maps(leaderboard, places.vectors / "nowhere") == []
