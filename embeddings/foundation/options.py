"""What options of commands give."""

import argparse


def count_option(text: str) -> int:
    """A number of at least 1."""
    if not (text.isascii() and text.isdigit() and len(text) < 19 and int(text)):  # libraries count in 64 bits
        raise argparse.ArgumentTypeError(f"expected a whole number of at least 1, got {text[:60]!r}")
    return int(text)
