"""How a trained model may read and decode otherwise than it was trained to."""

import argparse
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import msgspec

from embeddings.foundation.config import nearest
from embeddings.foundation.errors import InputError
from pipelines.tasks.config import TaskConfig, build_task

READ_BY_PREDICTION = {"model": {"maximum_tokens", "truncation"}, "decoding": None}  # None: every key, all of them given

Changes = Mapping[str, Mapping[str, Any]]  # part of a task's configuration -> key -> value


def changes_option(text: str) -> Changes:
    """Changes that are written as JSON."""
    try:
        return msgspec.json.decode(text, type=dict[str, dict[str, Any]])
    except msgspec.DecodeError as error:
        example = '{"model": {"maximum_tokens": 500}}'
        raise argparse.ArgumentTypeError(f"expected JSON such as {example}, got {text[:60]!r}: {error}") from None


def varied(config: TaskConfig, changes: Changes, where: str) -> TaskConfig:
    """A task's configuration with other values of keys with which trained weights can be read or decoded.

    Args:
        config: of the task.
        changes: `decoding` is replaced as a whole.
        where: the changes are written, for errors.

    Raises:
        InputError: training reads such a key, or a value is wrong.
    """
    values = asdict(config)
    for part, keys in changes.items():
        if part not in READ_BY_PREDICTION:
            known = nearest(part, list(READ_BY_PREDICTION))
            raise InputError(f"{where}: `{part}` is read by training; write a run for it{known}")
        allowed = READ_BY_PREDICTION[part]
        if unknown := sorted(set(keys) - allowed) if allowed else []:
            known = nearest(unknown[0], sorted(allowed))
            raise InputError(f"{where}: `{part}.{unknown[0]}` is read by training; write a run for it{known}")
        values[part] = keys if allowed is None else values[part] | keys
    return build_task(values, where)
