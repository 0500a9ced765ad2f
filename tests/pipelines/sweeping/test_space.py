"""The space of a sweep: values, grids and what is refused."""

import pytest

from embeddings.foundation.errors import InputError
from pipelines.sweeping.space import build_space

SPACE = {
    "cell": {"units": {"choices": [32, 64]}, "depth": {"integers": [1, 3]}},
    "training": {"learning_rate": {"log_range": [0.001, 0.1]}},
}


def test_what_was_drawn_becomes_a_set_block():
    space = build_space(SPACE, "file")
    values = space.values({"cell.units": 1, "cell.depth": 3, "training.learning_rate": 0.02})
    assert values == {"cell": {"units": 64, "depth": 3}, "training": {"learning_rate": 0.02}}


def test_a_choice_may_be_a_mapping_or_nothing():
    characters = {"encoder": "cnn", "dimensions": 8, "units": 8}
    space = build_space({"model": {"characters": {"choices": [None, characters]}}}, "file")
    assert [space.values(drawn) for drawn in space.grid()] == [
        {"model": {"characters": None}},
        {"model": {"characters": characters}},
    ]


def test_a_grid_is_every_combination_the_last_key_changing_fastest():
    space = build_space({"cell": SPACE["cell"]}, "file")
    found = [tuple(space.values(drawn)["cell"].values()) for drawn in space.grid()]
    assert found == [(32, 1), (32, 2), (32, 3), (64, 1), (64, 2), (64, 3)]


def test_each_value_is_checked_by_itself():
    assert list(build_space(SPACE, "file").single_values()) == [
        {"cell": {"units": 32}},
        {"cell": {"units": 64}},
        {"cell": {"depth": 1}},
        {"cell": {"depth": 3}},
        {"training": {"learning_rate": 0.001}},
        {"training": {"learning_rate": 0.1}},
    ]


@pytest.mark.parametrize(
    ("entries", "message"),
    [
        ({}, "file: expected keys to vary under `space`, got none"),
        ({"cell": {}}, "file: expected keys to vary under `space`, got none"),
        ({"cel": {}}, "file: `space` takes model, training, cell, vectors, got 'cel'; did you mean 'cell'?"),
        ({"cell": {"units": [1, 2]}}, "file: cell.units: expected one of choices, range,"),
        ({"cell": {"units": {"choice": [1]}}}, "file: cell.units: unknown kind 'choice'; did you mean 'choices'?"),
        ({"cell": {"units": {"choices": []}}}, "cell.units: expected choices, got an empty list"),
        ({"cell": {"units": {"choices": [4, 2, 4]}}}, "cell.units: expected each choice once, got [4, 2, 4]"),
        ({"cell": {"units": {"choices": 4}}}, "cell.units: expected a list under 'choices', got 4"),
        ({"cell": {"units": {"integers": [4, 2]}}}, "expected two whole numbers under 'integers', the lower first"),
        ({"cell": {"units": {"integers": [1, 2.5]}}}, "expected two whole numbers under 'integers'"),
        ({"cell": {"dropout": {"range": [0.1]}}}, "cell.dropout: expected two numbers under 'range'"),
        ({"cell": {"dropout": {"range": [0, float("inf")]}}}, "cell.dropout: expected two numbers under 'range'"),
        ({"training": {"learning_rate": {"log_range": [0, 1]}}}, "expected numbers above 0 under 'log_range', got 0"),
    ],
)
def test_a_wrong_space_is_refused_in_one_line(entries, message):
    with pytest.raises(InputError) as refused:
        build_space(entries, "file")
    assert message in str(refused.value)


def test_a_grid_of_infinitely_many_is_refused():
    with pytest.raises(InputError, match=r"training.learning_rate: a grid takes choices or integers, got log_range"):
        list(build_space(SPACE, "file").grid())


def test_a_grid_of_far_too_many_is_refused():
    space = build_space({"cell": {"units": {"integers": [1, 1000]}, "depth": {"integers": [1, 101]}}}, "file")
    with pytest.raises(InputError, match=r"a grid of at most 100,000 configurations, got 101,000; vary less"):
        next(space.grid())


def test_optuna_draws_what_the_space_allows():
    distributions = pytest.importorskip("optuna").distributions
    entries = {
        "model": {"a": {"range": [0.0, 0.5]}, "b": {"log_integers": [1, 64]}, "c": {"choices": ["x", "y"]}},
        **SPACE,
    }
    assert build_space(entries, "file").distributions() == {
        "model.a": distributions.FloatDistribution(0.0, 0.5),
        "model.b": distributions.IntDistribution(1, 64, log=True),
        "model.c": distributions.CategoricalDistribution((0, 1)),
        "cell.units": distributions.CategoricalDistribution((0, 1)),
        "cell.depth": distributions.IntDistribution(1, 3),
        "training.learning_rate": distributions.FloatDistribution(0.001, 0.1, log=True),
    }
