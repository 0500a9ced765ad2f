"""The texts of a probe: drawn from splits with two labels, and read by a language model's own tokenizer."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from embeddings.foundation.errors import InputError
from pipelines.data.examples import Example, read_dataset, read_examples
from pipelines.data.requirements import check_field
from pipelines.probing.regression import two_labels
from pipelines.tasks.capabilities import Generates
from pipelines.text.vocabulary import UNKNOWN

if TYPE_CHECKING:
    from pipelines.runs.trained_run import TrainedRun


def labelled_texts(data: Path, names: Sequence[str], limit: int | None, seed: int) -> dict[str, list[Example]]:
    """The examples of some splits of a prepared dataset, or as many of each as the limit says.

    Raises:
        InputError: it holds features, or an example has no label, or train has not two of them.
    """
    if "features" in read_dataset(data):
        raise InputError(f"{data}: expected texts, which a language model reads, got features")
    splits = {name: drawn(data / f"{name}.jsonl", limit, seed) for name in names}
    try:
        two_labels(labels(splits["train"]))
    except InputError as error:
        raise InputError(f"{data / 'train.jsonl'}: {error}") from None
    return splits


def drawn(path: Path, limit: int | None, seed: int) -> list[Example]:
    """The labelled examples of a split, or as many of them as the limit says, in their order.

    Raises:
        InputError: there are none, or one has no label.
    """
    examples = list(read_examples(path))
    check_field(examples, "label", path, "a probe")
    if limit is None or limit >= len(examples):
        return examples
    chosen = np.random.default_rng(seed).choice(len(examples), limit, replace=False)
    return [examples[number] for number in sorted(chosen.tolist())]


def labels(examples: Sequence[Example]) -> list[str]:
    """The label of each text."""
    return [str(example.label) for example in examples]


def language_model(folder: Path, engine: str | None = None) -> "TrainedRun":
    """Loads a run of a language model.

    Raises:
        InputError: it is a run of something else, an ensemble, or none.
    """
    from pipelines.runs.folder import load_run_folder

    run = load_run_folder(folder, engine)
    if not isinstance(run.task, Generates):
        task = run.task.config.task
        raise InputError(f"{folder}: expected a language model, a run of `text_generation`, got one of {task!r}")
    if run.is_ensemble:
        raise InputError(f"{folder}: expected a trained run, whose units are probed, got an ensemble; give a member")
    return run


def tokens_of(run: "TrainedRun", text: str) -> tuple[str, ...]:
    """The tokens of a raw text, by the run's own tokenizer; of an empty one, an unknown word."""
    return tuple(run.tokenize(text)) or (UNKNOWN,)


def token_ids(run: "TrainedRun", text: str) -> np.ndarray:
    """What the model reads of a raw text: `<bos>` and its tokens, int32 (1 + tokens,)."""
    return np.asarray(run.task.source(Example("", text, tokens_of(run, text))).source)
