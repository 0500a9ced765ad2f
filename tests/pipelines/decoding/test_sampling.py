"""Sampling: exact probabilities, and draws that follow them."""

import subprocess
import sys

import numpy as np
import pytest

from embeddings.foundation.errors import InputError
from pipelines.decoding.sampling import Sampler, probabilities

CHANCES = np.array([0.1, 0.5, 0.15, 0.25])
LOGITS = np.log(CHANCES).astype("float32")


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"temperature": 1.0}, CHANCES),
        ({"temperature": 0.5}, CHANCES**2 / (CHANCES**2).sum()),
        ({"temperature": 2.0}, CHANCES**0.5 / (CHANCES**0.5).sum()),
        ({"temperature": 0.0}, [0, 1, 0, 0]),
        ({"temperature": 1e-310}, [0, 1, 0, 0]),
        ({"temperature": 1.0, "top_k": 2}, [0, 2 / 3, 0, 1 / 3]),
        ({"temperature": 1.0, "top_k": 9}, CHANCES),
        ({"temperature": 1.0, "top_p": 0.5}, [0, 1, 0, 0]),
        ({"temperature": 1.0, "top_p": 0.51}, [0, 2 / 3, 0, 1 / 3]),
        ({"temperature": 1.0, "top_p": 0.76}, [0, 5 / 9, 1.5 / 9, 2.5 / 9]),
        ({"temperature": 1.0, "top_p": 1e-9}, [0, 1, 0, 0]),
        ({"temperature": 1.0, "top_k": 3, "top_p": 0.8}, [0, 2 / 3, 0, 1 / 3]),  # 5/9 + 2.5/9 = 0.83 of the three
        ({"temperature": 0.0, "top_k": 3, "top_p": 0.9}, [0, 1, 0, 0]),
    ],
)
def test_probabilities_are_those_worked_out_by_hand(options, expected):
    np.testing.assert_allclose(probabilities(LOGITS, **options), expected, atol=1e-6)


def test_of_equals_the_lower_id_comes_first():
    np.testing.assert_allclose(probabilities(np.zeros(4), 1.0, top_k=2), [0.5, 0.5, 0, 0])
    np.testing.assert_allclose(probabilities(np.zeros(4), 0.0), [1, 0, 0, 0])


def test_a_word_of_minus_infinity_is_never_drawn_at_any_temperature():
    logits = np.array([-np.inf, 0.0, -np.inf, 1.0])
    for temperature in (0.0, 0.1, 1.0, 100.0):
        chances = probabilities(logits, temperature, top_k=4)
        assert chances[[0, 2]].tolist() == [0, 0]
        assert chances.sum() == pytest.approx(1)


def test_draws_follow_the_probabilities():
    sampler, draws = Sampler(seed=3, temperature=0.7, top_k=3), 20_000
    expected = probabilities(LOGITS, 0.7, top_k=3)
    counts = np.bincount([sampler(LOGITS) for _ in range(draws)], minlength=4)
    assert counts[0] == 0
    drawn = expected > 0
    chi_square = ((counts[drawn] - draws * expected[drawn]) ** 2 / (draws * expected[drawn])).sum()
    assert chi_square < 13.8  # of 2 degrees of freedom, exceeded once in a thousand


def test_a_seed_gives_its_draws_again():
    one, same, other = ([sampler(LOGITS) for _ in range(50)] for sampler in map(Sampler, (1, 1, 2)))
    assert one == same != other


@pytest.mark.parametrize(
    "options",
    [{"seed": -1}, {"temperature": -0.1}, {"temperature": float("nan")}, {"top_k": -1}, {"top_p": 0.0}, {"top_p": 1.1}],
)
def test_a_value_out_of_range_is_refused(options):
    with pytest.raises(InputError, match=next(iter(options))):
        Sampler(**{"seed": 1, **options})


@pytest.mark.parametrize("logits", [[0.0, np.nan], [-np.inf, -np.inf], [0.0, np.inf]])
def test_a_model_that_has_diverged_chooses_nothing(logits):
    with pytest.raises(InputError, match="no next token has a finite score"):
        Sampler(1)(np.array(logits))


def test_sampling_loads_no_model_library():
    code = "import sys, pipelines.decoding.sampling; sys.exit('keras' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0
