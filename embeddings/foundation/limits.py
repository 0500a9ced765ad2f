"""Limits on what is read from files that others may have written: `ELMAN_LIMITS=4` makes each four times as high."""

import os

from embeddings.foundation.errors import InputError

VARIABLE = "ELMAN_LIMITS"
PARSED_BYTES = 1 << 26  # of a JSON file, or of a line of text: in memory it takes up to 15 times as many
DESCRIPTION_BYTES = 1 << 22  # of a JSON file that describes something else
YAML_BYTES = 1 << 20
YAML_NODES = 100_000  # of a YAML file, those behind aliases counted as often as they are named
MODEL_BYTES = 1 << 33  # of a Keras model, or an ONNX graph with its weights


def lifted(limit: int) -> int:
    """A limit as the environment lifts it.

    Raises:
        InputError: the environment says something else than a whole number of at least 1.
    """
    factor = os.environ.get(VARIABLE, "1")
    if not (factor.isascii() and factor.isdigit() and len(factor) < 10 and int(factor)):
        raise InputError(f"{VARIABLE}: expected a whole number of at least 1, got {factor[:60]!r}")
    return limit * int(factor)


def check_limit(where: object, unit: str, limit: int, got: int | None = None) -> None:
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
    factor = -(-got // limit) if got is not None else 2 * most // limit
    raise InputError(
        f"{where}: expected at most {most:,} {unit}, got {more}; if you trust the file, set {VARIABLE}={factor}"
    )
