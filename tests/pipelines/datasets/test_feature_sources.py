"""Sources of features: images of a TFDS builder made here, and scikit-learn's digits."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tensorflow_datasets as tfds

from embeddings.foundation.config import load_config
from embeddings.foundation.errors import InputError
from pipelines.datasets.config import DatasetConfig
from pipelines.datasets.sources import digits
from pipelines.datasets.sources import tfds as tfds_source

CONFIGS = Path(__file__).parents[3] / "configs" / "datasets"
ABOUT: dict[str, Any] = {"version": "1", "language": "en", "tokenizer": "words", "licence": "none", "citation": "none"}


class TinyImages(tfds.core.GeneratorBasedBuilder):
    """Two grey images with a label, and a coloured one of each."""

    VERSION = tfds.core.Version("1.0.0")

    def _info(self) -> tfds.core.DatasetInfo:
        features = {
            "image": tfds.features.Image(shape=(2, 3, 1)),
            "coloured": tfds.features.Image(shape=(2, 3, 3)),
            "label": tfds.features.ClassLabel(names=["0", "1"]),
        }
        return tfds.core.DatasetInfo(
            builder=self, features=tfds.features.FeaturesDict(features), disable_shuffling=True
        )

    def _split_generators(self, dl_manager: tfds.download.DownloadManager) -> dict:
        return {"train": self._generate_examples()}

    def _generate_examples(self) -> Iterator[tuple[int, dict]]:
        for number in range(2):
            image = np.array([[0, 51, 255], [number, 0, 102]], dtype="uint8")[:, :, None]
            yield number, {"image": image, "coloured": np.repeat(image, 3, axis=2), "label": number}


def test_tfds_images_are_scaled_features(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    TinyImages(data_dir=str(tmp_path)).download_and_prepare()
    monkeypatch.setenv("TFDS_DATA_DIR", str(tmp_path))
    features = {"features": "image", "label": "label"}
    config = tfds_source.Source(
        **{**ABOUT, "tokenizer": ""},
        builder="tiny_images:1.0.0",
        splits={"train": "train"},
        features=features,
    )
    first, second = config.read(Path())["train"]
    assert (first.label, second.label, first.text, first.tokens) == ("0", "1", "", ())
    assert first.features is not None
    assert first.features.dtype == np.float32
    np.testing.assert_allclose(first.features, [[0, 0.2, 1], [0, 0, 0.4]], rtol=1e-6)
    with pytest.raises(InputError, match="expected single-channel images of bytes in feature 'coloured', got Image"):
        replace(config, features={**features, "features": "coloured"}).read(Path())


DIGITS = digits.Source(**{**ABOUT, "tokenizer": ""}, seed=1)


def test_the_digits_are_drawn_once_each_and_evenly() -> None:
    from sklearn.datasets import load_digits

    splits = {split: list(examples) for split, examples in DIGITS.read(Path("unused")).items()}
    assert {split: len(examples) for split, examples in splits.items()} == {"train": 1200, "dev": 197, "test": 400}
    images, labels = load_digits(return_X_y=True)
    numbers = [int(example.id.removeprefix("digits:")) for examples in splits.values() for example in examples]
    assert sorted(numbers) == list(range(1797))
    for split, examples in splits.items():
        counts = Counter(example.label for example in examples)
        assert max(counts.values()) - min(counts.values()) <= 6, split
    for example in splits["test"][::50]:
        number = int(example.id.removeprefix("digits:"))
        assert example.label == str(labels[number])
        assert example.features is not None
        np.testing.assert_array_equal(example.features.ravel() * 16, images[number])


def test_the_draw_of_the_digits_depends_on_the_seed_alone() -> None:
    def test_split(config: DatasetConfig) -> list[str]:
        return [example.id for example in config.read(Path())["test"]]

    named = load_config(DatasetConfig, CONFIGS / "digits_captions_ru.yaml")
    assert test_split(DIGITS) == test_split(named) != test_split(replace(DIGITS, seed=2))


@pytest.mark.parametrize(("name", "words"), [("en", ("zero", "nine")), ("ru", ("ноль", "девять"))])
def test_a_digits_caption_is_its_number_word(name: str, words: tuple[str, str]) -> None:
    examples = list(load_config(DatasetConfig, CONFIGS / f"digits_captions_{name}.yaml").read(Path())["train"])
    plain = {example.id: example.label for example in DIGITS.read(Path())["train"]}
    told = {(plain[example.id], example.target_text) for example in examples}
    assert len(told) == 10
    assert {("0", words[0]), ("9", words[1])} <= told
