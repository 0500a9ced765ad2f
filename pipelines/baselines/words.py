"""Words for baselines, of datasets whose texts are cut into subwords too, and texts put together from words."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from pipelines.data.examples import Example
from pipelines.text.subwords import SUBWORDS
from pipelines.text.tokenization import Detokenizer, words
from pipelines.text.vocabulary import UNKNOWN


def in_words(examples: Iterable[Example], dataset: Mapping[str, Any]) -> list[Example]:
    """What a dataset holds in subwords, in words: so baselines read it, but for those that predict the tokens."""
    texts = {"tokens": "text", "target_tokens": "target_text"}
    pieces = [field for field in texts if (dataset["tokenizers"][field] or "").startswith(SUBWORDS)]
    return [
        replace(example, **{field: tuple(words(getattr(example, texts[field]))) or (UNKNOWN,) for field in pieces})
        for example in examples
    ]


def with_text(rows: Iterable[dict], dataset: Mapping[str, Any]) -> Iterator[dict]:
    """Gives a translation its text, put together as its language is written."""
    target = dataset["tokenizers"]["target_tokens"] or "words"
    detokenize = Detokenizer("words" if target.startswith(SUBWORDS) else target, dataset["target_language"])
    for row in rows:
        yield {**row, "text": detokenize(row["tokens"])} if "tokens" in row else row
