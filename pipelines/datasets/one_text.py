"""Continuous datasets: each split is one text, and the end of train may become dev."""

from collections.abc import Iterable, Mapping

from embeddings.foundation.errors import InputError
from pipelines.data.examples import Example
from pipelines.datasets.config import DatasetConfig


def as_one_text(splits: Mapping[str, Iterable[Example]], config: DatasetConfig) -> dict[str, Iterable[Example]]:
    """Joins the examples of each split to one text; the end of train becomes dev, `dev_share` of its characters.

    Texts that are lines get their line ends back. Those of TFDS are joined as they are: its splits of one text may be
    cut anywhere (validation of tiny_shakespeare ends with "assu", and test begins with "rance"). No word is cut in two.

    Raises:
        InputError: a split has no text, or there is more than texts.
    """
    end = "" if config.source == "tfds" else "\n"
    texts = {split: "".join(with_end(only_text(each), end) for each in examples) for split, examples in splits.items()}
    if config.dev_share:
        border = len(texts["train"]) - round(config.dev_share * len(texts["train"]))
        if config.tokenizer != "characters":
            border = word_end(texts["train"], border)
        texts |= {"train": texts["train"][:border], "dev": texts["train"][border:]}
    for split, text in texts.items():
        if not text.strip():
            where = f" in {origin}" if (origin := config.origins().get(split)) else ""
            raise InputError(
                f"split {split!r}: expected a text, got none{where}; see the dataset's files and dev_share"
            )
    return {split: [Example(id=split, text=text, tokens=())] for split, text in texts.items()}


def only_text(example: Example) -> str:
    """The text of an example that has nothing else.

    Raises:
        InputError: it has, which joining would lose.
    """
    for field in ("tags", "label", "labels", "target_text", "target_tokens", "features"):
        if getattr(example, field) is not None:
            raise InputError(f"{example.id}: expected only a text, got its {field} too, which `continuous` would drop")
    return example.text


def with_end(text: str, end: str) -> str:
    """A text with an end, once."""
    return text if text.endswith(end) else text + end


def word_end(text: str, position: int) -> int:
    """The first position from this one on that is within no word."""
    while 0 < position < len(text) and not text[position - 1].isspace() and not text[position].isspace():
        position += 1
    return position
