"""The dataset whose dev and test a dataset of self-training has."""

from collections.abc import Mapping

from embeddings.foundation.errors import InputError


def held_out_of(dataset: str, of_teacher: Mapping[str, str]) -> str:
    """The dataset whose dev and test it has: itself, or where self-training makes it that of its teacher, and so on.

    Args:
        dataset: its name.
        of_teacher: of each dataset that self-training makes, the one that its teacher is trained on.

    Raises:
        InputError: a teacher is trained on what is made with it.
    """
    passed = [dataset]
    while (dataset := of_teacher.get(passed[-1], "")) and dataset not in passed:
        passed.append(dataset)
    if dataset:
        circle = " of ".join(passed)
        raise InputError(f"self_training: expected a dataset that is there before, got {circle} of {dataset}")
    return passed[-1]
