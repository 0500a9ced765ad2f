"""Limits on what is read from files that others may have written: `ELMAN_LIMITS=4` makes each four times as high."""

import os

from embeddings.foundation.errors import InputError

VARIABLE = "ELMAN_LIMITS"
PARSED_BYTES = 1 << 26  # of a JSON file, or of a line of text: in memory it takes up to 15 times as many
DESCRIPTION_BYTES = 1 << 22  # of a JSON file that describes something else
YAML_BYTES = 1 << 18
YAML_NODES = 20_000  # of a YAML file, those behind aliases counted as often as they are named
MODEL_BYTES = 1 << 33  # of a Keras model, or an ONNX graph with its weights
YAML_DEPTH = 50
SENTENCES = 1_000_000  # that the grammar writes for a split
UNITS = 1 << 16  # of a layer, or numbers in a vector
NGRAMS = 10_000_000  # rows of their table
LAYERS = 100
WRITTEN_WORDS = 10_000  # by a decoder, for each word that it reads or besides
HYPOTHESES = 1_000  # of a beam
GRAPH_MEMORY_BYTES = 1 << 30  # that ONNX Runtime takes, for each batch that is computed at the same time


def lifted(limit: int) -> int:
    """A limit as the environment lifts it.

    Raises:
        InputError: the environment says something else than a whole number of at least 1.
    """
    factor = os.environ.get(VARIABLE, "1")
    if not (factor.isascii() and factor.isdigit() and len(factor) < 10 and int(factor)):
        raise InputError(f"{VARIABLE}: expected a whole number of at least 1, got {factor[:60]!r}")
    return limit * int(factor)


def check_text(where: object, text: str, limit: int, unit: str = "bytes of text") -> None:
    """Refuses a text of more bytes in UTF-8, in which a character has no more than four.

    Raises:
        InputError: it has more.
    """
    if 4 * len(text) > limit:
        check_limit(where, unit, limit, len(text.encode("utf-8")))


def check_limit(where: object, unit: str, limit: int, got: float | None = None) -> None:
    """Refuses more than a limit.

    Args:
        where: the file, and the place in it.
        unit: of what is counted.
        limit: as it stands above.
        got: how many there are; None where it is only known that they are too many.

    Raises:
        InputError: there are more.
    """
    most = lifted(limit)
    if got is not None and got <= most:
        return
    more = f"{got:,}" if got is not None else "more"
    factor = int(-(-got // limit)) if got is not None else 2 * most // limit
    raise InputError(
        f"{where}: expected at most {most:,} {unit}, got {more}; if you trust the file, set {VARIABLE}={factor}"
    )
