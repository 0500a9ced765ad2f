"""Baselines, one file each; a task names the files under `baselines:`.

A module offers `LEARNS`, the field of an example that it learns to predict (`label`, `labels`, `tags`,
`tokens`, `target_tokens` or `target_text`), `READS` if it learns from another one than `tokens`, and
`fit(train: Sequence[Example], seed: int) -> Predict`. Predicted rows have the form of a model's, but for a
translation's `text`, which the stage adds, for it knows the language, and entity tags, of which the stage makes whole
entities. Of a dataset in subwords a module gets the words,
unless it learns the `tokens`.
"""

from collections.abc import Callable, Iterator, Sequence

from pipelines.data.examples import Example

SHARED = ("config", "entities", "ngram_classifier", "threads", "word_alignment", "words")  # no plug-ins

Predict = Callable[[Sequence[Example]], Iterator[dict]]
