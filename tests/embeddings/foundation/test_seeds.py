import argparse

import pytest

from embeddings.foundation.seeds import check_seed, seed_option


@pytest.mark.parametrize("seed", [0, 1, 2**32 - 1])
def test_a_seed_that_every_library_takes_is_taken(seed: int) -> None:
    check_seed(seed)
    assert seed_option(str(seed)) == seed


@pytest.mark.parametrize("seed", ["-1", "4294967296", "1.5", "", "one"])
def test_another_is_refused(seed: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError, match="expected a seed from 0 to 4294967295, got"):
        seed_option(seed)
