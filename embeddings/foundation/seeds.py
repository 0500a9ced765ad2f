"""Seeds: those that every library takes."""

import argparse

SEEDS = range(2**32)


def check_seed(seed: int) -> None:
    """Raises a ValueError for a seed that some library does not take."""
    if seed not in SEEDS:
        raise ValueError(f"expected a seed from 0 to {SEEDS[-1]}, got {seed}")


def seed_option(text: str) -> int:
    """A seed, as an option of a command gives it."""
    if not text.isdecimal() or int(text) not in SEEDS:
        raise argparse.ArgumentTypeError(f"expected a seed from 0 to {SEEDS[-1]}, got {text!r}")
    return int(text)
