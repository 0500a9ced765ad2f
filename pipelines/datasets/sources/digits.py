"""The handwritten digits that scikit-learn's package carries, 1,797 images of 8 x 8 pixels; nothing is downloaded."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from embeddings.foundation.errors import InputError
from pipelines.data.examples import Example
from pipelines.datasets.config import DatasetConfig

SIZES = {"train": 1200, "dev": 197, "test": 400}
BRIGHTEST = 16  # pixels are whole numbers from 0 to 16


def read(config: DatasetConfig, folder: Path) -> Mapping[str, Iterator[Example]]:
    """Draws the splits, the same share of every digit, from the seed; nothing is written to `folder`.

    Pixels are scaled to 0 to 1. A label is the digit or its name among `label_names`; where the dataset has a
    `target_tokenizer`, the label is the image's caption as well. Images of a split keep the order of the package.

    Raises:
        InputError: there are not ten names.

    Reference: Alpaydin & Kaynak, "Optical Recognition of Handwritten Digits", UCI Machine Learning Repository, 1998.
    """
    from sklearn.datasets import load_digits
    from sklearn.model_selection import train_test_split

    names = config.label_names or tuple(map(str, range(10)))
    if len(names) != 10:
        raise InputError(f"digits: expected 10 label_names, got {len(names)}")
    images, digits = load_digits(return_X_y=True)
    rest, test = train_test_split(
        range(len(digits)), test_size=SIZES["test"], stratify=digits, random_state=config.seed
    )
    train, dev = train_test_split(rest, test_size=SIZES["dev"], stratify=digits[rest], random_state=config.seed)

    def examples(numbers: list[int]) -> Iterator[Example]:
        for number in sorted(numbers):
            name = names[digits[number]]
            image = (images[number] / BRIGHTEST).reshape(8, 8).astype("float32")
            caption = name if config.target_tokenizer else None
            yield Example(f"digits:{number}", "", (), label=name, target_text=caption, features=image)

    return {"train": examples(train), "dev": examples(dev), "test": examples(test)}
