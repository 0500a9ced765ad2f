"""Data augmentation: lower-cased copies of texts, and images shifted by a pixel."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from embeddings.foundation.errors import InputError
from pipelines.data.examples import Example


def lowercase_augmentation(examples: Sequence[Example], share: float, seed: int) -> list[Example]:
    """Adds lower-cased copies of a share of the examples, so that a model relies less on capitals.

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


def shift_augmentation(examples: Sequence[Example]) -> list[Example]:
    """Adds images shifted by one pixel up, down, left and right; what they leave is dark, 0.

    Args:
        examples: the training set, of images.

    Raises:
        InputError: an example is no image.

    Reference: Simard, Steinkraus & Platt, "Best Practices for Convolutional Neural Networks Applied to Visual Document
    Analysis", ICDAR 2003, section 2.
    """
    moved = []
    for example in examples:
        image = example.features
        if image is None or image.ndim != 2:
            raise InputError(f"training.shift_augmentation: expected images, got {example.id} without one; remove it")
        height, width = image.shape
        padded = np.pad(image, 1)
        for top, left in ((2, 1), (0, 1), (1, 2), (1, 0)):
            moved.append(replace(example, features=padded[top : top + height, left : left + width]))
    return [*examples, *moved]
