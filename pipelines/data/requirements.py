"""What a learner, a model or a baseline, needs of the split that it is to learn from or be scored on."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from embeddings.foundation.errors import InputError
from pipelines.data.examples import Example
from pipelines.data.tag_schemes import TagError, check_iob2

ENTITIES = "entities"  # the metrics of a task whose tags are of entities


def check_field(examples: Sequence[Example], field: str, path: str | Path, learner: str) -> None:
    """Refuses an empty split, or an example without the field that a learner needs.

    Raises:
        InputError: the split is empty, or a field is missing.
    """
    if not examples:
        raise InputError(f"{path}: expected examples, got none; prepare the dataset again")
    for number, example in enumerate(examples, start=1):
        if getattr(example, field) is None:
            raise InputError(f"{path}:{number}: expected `{field}`, which {learner} learns, got none")


def check_entities(examples: Sequence[Example], path: str | Path, learner: str) -> None:
    """Refuses tags that are not of entities in valid IOB2, which `prepare` gives where a dataset says their scheme.

    Raises:
        InputError: there is one.
    """
    for number, example in enumerate(examples, start=1):
        try:
            check_iob2(example.tags or ())
        except TagError as error:
            needed = f"expected entity tags, which {learner} needs"
            advice = "give the scheme of the dataset's entity tags as its `scheme`, or choose another task"
            raise InputError(f"{path}:{number}: {needed}: {error}; {advice}") from None


def check_choice(train: Sequence[Example], field: str, path: str | Path, learner: str) -> None:
    """Refuses a train split with one label or tag alone, which leaves nothing to learn; other fields have no labels.

    Of several labels a text, one must be there that some texts have and others lack.

    Raises:
        InputError: it has.
    """
    if field == "labels":
        counts = Counter(label for each in train for label in set(each.labels or ()))
        if all(count == len(train) for count in counts.values()):
            got = f"the same for all: {', '.join(sorted(counts))[:60]}" if counts else "no labels"
            raise InputError(f"{path}: expected a label that some texts have and others lack, got {got}")
    elif field in ("label", "tags"):
        found = {name for each in train for name in ((each.label,) if field == "label" else each.tags or ())}
        if len(found) < 2:
            kind = "labels" if field == "label" else "tags"
            got = ", ".join(f"{name[:60]!r} alone" for name in found if name) or "none"
            raise InputError(f"{path}: expected two {kind} or more, which {learner} learns to tell apart, got {got}")
