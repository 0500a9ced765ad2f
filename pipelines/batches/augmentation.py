"""Data augmentation: lower-cased copies of texts, and images shifted by a pixel."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from embeddings.foundation.errors import InputError
from pipelines.data.computed import Computed
from pipelines.data.examples import Example

SHIFTS = ((2, 1), (0, 1), (1, 2), (1, 0))  # up, down, left, right: where in a padded image the shifted one begins


def lowercase_augmentation(examples: Sequence[Example], share: float, seed: int) -> Sequence[Example]:
    """Adds lower-cased copies of a share of the examples, so that a model relies less on capitals.

    Args:
        examples: the training set.
        share: of it, drawn without replacement.
        seed: of the draw.

    Reference: Mayhew, Tsygankova & Roth, "ner and pos when nothing is capitalized", EMNLP 2019, section 3.
    """
    drawn = np.random.default_rng(seed).permutation(len(examples))[: round(share * len(examples))]
    drawn.sort()

    def lowercased(number: int) -> Example:
        example = examples[drawn[number]]
        return replace(example, text=example.text.lower(), tokens=tuple(token.lower() for token in example.tokens))

    return followed_by(examples, len(drawn), lowercased) if len(drawn) else examples


def shift_augmentation(examples: Sequence[Example]) -> Sequence[Example]:
    """Adds images shifted by one pixel up, down, left and right; what they leave is dark, 0.

    Args:
        examples: the training set, of images.

    Raises:
        InputError: an example is no image.

    Reference: Simard, Steinkraus & Platt, "Best Practices for Convolutional Neural Networks Applied to Visual Document
    Analysis", ICDAR 2003, section 2.
    """
    for example in examples:
        if example.features is None or example.features.ndim != 2:
            raise InputError(f"training.shift_augmentation: expected images, got {example.id} without one; remove it")

    def shifted(number: int) -> Example:
        example = examples[number // len(SHIFTS)]
        top, left = SHIFTS[number % len(SHIFTS)]
        image = np.asarray(example.features)
        height, width = image.shape
        return replace(example, features=np.pad(image, 1)[top : top + height, left : left + width])

    return followed_by(examples, len(SHIFTS) * len(examples), shifted)


def followed_by(examples: Sequence[Example], count: int, copy: Callable[[int], Example]) -> Sequence[Example]:
    """Examples, then altered copies of some, each made when it is asked for."""
    return Computed(
        len(examples) + count,
        lambda place: examples[place] if place < len(examples) else copy(place - len(examples)),
    )
