"""The handwritten digits shipped with scikit-learn, 1,797 images of 8 x 8 pixels; nothing is downloaded."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from embeddings.foundation.errors import InputError
from pipelines.data.examples import Example
from pipelines.datasets.config import DatasetConfig

SIZES = {"train": 1200, "dev": 197, "test": 400}
BRIGHTEST = 16  # pixels are whole numbers from 0 to 16


@dataclass(frozen=True, kw_only=True)
class Source(DatasetConfig):
    """The digits, their splits drawn from the seed, each with the same share of every digit.

    Reference: Alpaydin & Kaynak, "Optical Recognition of Handwritten Digits", UCI Machine Learning Repository, 1998.
    """

    source: str = "digits"
    label_names: tuple[str, ...] = tuple(map(str, range(10)))  # of 0 to 9

    def __post_init__(self) -> None:
        super().__post_init__()
        if len(self.label_names) != 10:
            raise InputError(f"digits: expected 10 label_names, got {len(self.label_names)}")

    def origins(self) -> Mapping[str, str]:
        return dict.fromkeys(SIZES, "scikit-learn's digits")

    def read(self, folder: Path) -> Mapping[str, Iterator[Example]]:
        """Reads every split, its images in the order of the package; nothing is written to `folder`.

        Pixels are scaled to 0 to 1. Where the dataset has a `target_tokenizer`, the label is the image's caption too.
        """
        from sklearn.datasets import load_digits
        from sklearn.model_selection import train_test_split

        images, digits = load_digits(return_X_y=True)
        rest, test = train_test_split(
            range(len(digits)), test_size=SIZES["test"], stratify=digits, random_state=self.seed
        )
        train, dev = train_test_split(rest, test_size=SIZES["dev"], stratify=digits[rest], random_state=self.seed)

        def examples(numbers: list[int]) -> Iterator[Example]:
            for number in sorted(numbers):
                name = self.label_names[digits[number]]
                image = (images[number] / BRIGHTEST).reshape(8, 8).astype("float32")
                caption = name if self.target_tokenizer else None
                yield Example(f"digits:{number}", "", (), label=name, target_text=caption, features=image)

        return {"train": examples(train), "dev": examples(dev), "test": examples(test)}
