"""Examples that training reads beside its own: some of them in lower case."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from pipelines.data.examples import Example


def with_lower_cased(examples: Sequence[Example], share: float, seed: int) -> list[Example]:
    """Adds a share of the examples again, their texts in lower case, so that a model relies on capitals less.

    Args:
        examples: the training set.
        share: of it, drawn without replacement.
        seed: of the draw.

    Reference: Mayhew, Tsygankova & Roth, "ner and pos when nothing is capitalized", EMNLP 2019, section 3.
    """
    drawn = np.random.default_rng(seed).permutation(len(examples))[: round(share * len(examples))]
    chosen = [examples[number] for number in sorted(drawn)]
    return [
        *examples,
        *(
            replace(example, text=example.text.lower(), tokens=tuple(token.lower() for token in example.tokens))
            for example in chosen
        ),
    ]
