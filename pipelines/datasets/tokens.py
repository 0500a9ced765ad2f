"""The tokens of a dataset: gold ones, those of a tokenizer, and subwords that are trained on train."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from embeddings.foundation.errors import InputError
from embeddings.foundation.limits import PARSED_BYTES, check_text
from pipelines.data.examples import Example, read_examples, write_examples
from pipelines.datasets.config import DatasetConfig
from pipelines.datasets.left_out import LeftOut
from pipelines.datasets.report import UNSEGMENTED
from pipelines.datasets.spans import SpannedText, tags_of_spans
from pipelines.text.subwords import SUBWORDS, encoding_path, load_encoding, train_encoding
from pipelines.text.tokenization import Tokenizer, suits, tokenizer, whitespace
from pipelines.text.vocabulary import UNKNOWN

SKIPPED = "skipped, sentences without tokens"


class MissingTokenizerError(InputError):
    """The configuration of a dataset lacks a tokenizer; who knows its file names it."""


TEXTS = {"tokens": "text", "target_tokens": "target_text"}  # a field of tokens -> the raw text that they are of


def tokenised(
    examples: Iterable[Example],
    config: DatasetConfig,
    split: str,
    changes: Mapping[str, Counter[str]],
    gold: set[bool],
) -> Iterator[Example]:
    """Tokenises raw texts; gold tokens stay as they are.

    Spans of characters become tags of tokens. Features have no tokens. An empty text becomes one unknown word, since a
    recurrent layer takes no empty row. A tagged sentence without tokens is skipped.

    Args:
        examples: of a split.
        config: the dataset's.
        split: its name.
        changes: counts of what is left out and changed, by split; added to.
        gold: whether examples had tokens; added to.

    Raises:
        InputError: there are tagged tokens that subwords would replace.
        MissingTokenizerError: there are texts without a tokenizer.
    """
    names = {"tokens": config.tokenizer, "target_tokens": config.target_tokenizer}
    languages = {"tokens": config.language, "target_tokens": config.target_language}
    split_text = {field: first_tokenizer(name) for field, name in names.items() if name}
    for example in examples:
        if isinstance(example, LeftOut):
            changes[example.reason][split] += 1
            continue
        spans = example if isinstance(example, SpannedText) else None
        if (example.tags is not None or spans) and SUBWORDS in names.values():
            advice = "expected texts, got tagged tokens; choose `whitespace`"
            raise InputError(f"{example.id}: tokenizer `{SUBWORDS}`: {advice}")
        if example.tags == ():
            changes[SKIPPED][split] += 1
            continue
        gold.add(bool(example.tokens))
        found = {"tokens": example.tokens or None, "target_tokens": example.target_tokens}
        texts = {"tokens": example.text if example.features is None else None, "target_tokens": example.target_text}
        for field, text in texts.items():
            if found[field] is None and text is not None:
                check_text(example.id, text, PARSED_BYTES // 2)  # with its tokens it is twice as long
                if field not in split_text:
                    name, kind = ("tokenizer", "text") if field == "tokens" else ("target_tokenizer", "target text")
                    told = f"expected a `{name}`, since {example.id} has a {kind}, got none"
                    raise MissingTokenizerError(f"{told}; add one, such as `{name}: words`")
                if not suits(names[field], languages[field]):
                    changes[UNSEGMENTED][split] += 1
                found[field] = tuple(split_text[field](text)) or (UNKNOWN,)
        tokens = found["tokens"] or ()
        if spans:
            yield replace(spans.plain(), tokens=tokens, tags=tags_of_spans(spans, tokens, split, changes))
        else:
            yield replace(example, tokens=tokens, target_tokens=found["target_tokens"])


def first_tokenizer(name: str) -> Tokenizer:
    """A dataset's tokenizer, or white space in the place of subwords, which are not trained yet."""
    return whitespace if name == SUBWORDS else tokenizer(name)


def write_subwords(config: DatasetConfig, paths: Mapping[str, Path], folder: Path) -> dict[str, str | None]:
    """Trains the encodings that the dataset asks for on train's texts, and gives every split their subwords.

    Args:
        config: the dataset's.
        paths: of the splits.
        folder: where the encodings go.

    Returns:
        The tokenizers of `tokens` and `target_tokens`, or None; that of subwords names its encoding.

    Raises:
        InputError: train has too few words, or too many characters, for a vocabulary of that size.
    """
    names = {"tokens": config.tokenizer or None, "target_tokens": config.target_tokenizer or None}
    for field in [field for field, name in names.items() if name == SUBWORDS]:
        assert config.subword_vocab_size is not None
        texts = (getattr(example, TEXTS[field]) for example in read_examples(paths["train"]))
        present = (text for text in texts if text is not None)
        names[field] = train_encoding(present, config.subword_vocab_size, encoding_path(folder, field))
        for path in paths.values():
            write_examples(path, encoded(path, field, names[field] or "", folder))
    return names


def encoded(path: Path, field: str, identity: str, folder: Path) -> Iterator[Example]:
    """The examples of a split with the subwords of a field."""
    encode = load_encoding(encoding_path(folder, field), identity)
    for example in read_examples(path):
        text = getattr(example, TEXTS[field])
        yield example if text is None else replace(example, **{field: tuple(encode(text)) or (UNKNOWN,)})
