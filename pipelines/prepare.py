"""Stage `prepare`: a dataset's config becomes splits as JSON Lines, counts of words, and a data report."""

import argparse
import random
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from embeddings.foundation import plugins
from embeddings.foundation.config import load_config, nearest
from embeddings.foundation.errors import InputError, exits_on_input_error
from embeddings.foundation.files import atomic_file, atomic_folder, checksum, write_json
from pipelines.data.examples import Example, read_examples, write_examples
from pipelines.data.features import open_features
from pipelines.data.tag_schemes import repaired
from pipelines.datasets.config import DatasetConfig
from pipelines.datasets.report import HELD_OUT, REPAIRED, build_report, fingerprint, markdown, warnings
from pipelines.text.subwords import SUBWORDS, encoding_path, load_encoding, train_encoding
from pipelines.text.tokenization import Tokenizer, tokenizer, whitespace
from pipelines.text.vocabulary import UNKNOWN

SPLITS = ("train", "dev", "test", "unlabelled")
PROGRESS_EVERY = 10_000  # examples


@exits_on_input_error
def main(arguments: list[str] | None = None) -> None:
    """Prepares a dataset."""
    parser = argparse.ArgumentParser(prog="elman prepare", description=__doc__)
    parser.add_argument("--dataset", type=Path, required=True, help="the dataset's configuration file")
    parser.add_argument("--output", type=Path, required=True, help="folder of the prepared dataset")
    options = parser.parse_args(arguments)
    config = load_config(DatasetConfig, options.dataset)
    check(config, options.dataset)
    prepare(config, options.dataset.stem, options.output)
    print(f"prepared {options.output}; read {options.output / 'report.md'}")


def check(config: DatasetConfig, path: Path) -> None:
    """Refuses a config that names what there is not.

    Raises:
        InputError: a split, a tokenizer or a reader is unknown, or pieces are given without subwords, or these without.
    """
    tokenizers = [name for name in (config.tokenizer, config.target_tokenizer) if name]
    try:
        for split in (*config.files, *config.splits):
            if split not in SPLITS:
                raise InputError(f"unknown split {split!r}{nearest(split, list(SPLITS))}")
        for name in tokenizers:
            first_tokenizer(name)
        if config.reader or config.source == "files":
            plugins.load("pipelines.datasets.readers", config.reader)
        if (SUBWORDS in tokenizers) != bool(config.pieces):
            raise InputError(f"the tokenizer `{SUBWORDS}` and `pieces` go together; give both, or neither")
    except InputError as error:
        raise InputError(f"{path}: {error}") from None


def prepare(config: DatasetConfig, name: str, output: Path) -> None:
    """Writes a dataset's folder, whole or not at all.

    Raises:
        InputError: the config asks for what its source does not give, or the data are malformed.
    """
    names: dict[str, str | None] = {
        "tokens": config.tokenizer or None,
        "target_tokens": config.target_tokenizer or None,
    }
    encoded = [field for field, tokens in names.items() if tokens == SUBWORDS]
    with atomic_folder(output) as folder:
        changes, gold_tokens = write_splits(config, folder)
        if config.dev_share and not config.continuous:
            changes["drawn from train"] = {"dev": draw_dev(folder, config.dev_share, config.seed)}
        if config.remove_overlap:
            changes["removed, same sentence in dev or test"] = remove_overlap(folder)
        paths = {split: path for split in SPLITS if (path := folder / f"{split}.jsonl").exists()}
        if not paths:
            raise InputError(f"dataset {name}: expected a split ({', '.join(SPLITS)}), got none")
        for field in encoded:
            names[field] = write_subwords(field, paths, config.pieces or 0, folder)
        about = {"name": name, "version": config.version, "licence": config.licence, "citation": config.citation}
        report: dict[str, Any] = {**about, "changes": changes, **build_report(paths)}
        report["warnings"] = warnings(report)
        for warning, count in report["warnings"].items():
            print(f"warning: {warning}: {count:,}", file=sys.stderr)
        write_json(folder / "report.json", report)
        with atomic_file(folder / "report.md") as page:
            page.write(markdown(report))
        write_json(folder / "counts.json", count_names(paths.get("train")))
        examples = {split: summary["examples"] for split, summary in report["splits"].items()}
        write_json(folder / "dataset.json", describe(config, name, names, gold_tokens, examples, paths))


def write_splits(config: DatasetConfig, folder: Path) -> tuple[dict[str, dict[str, int]], bool]:
    """Writes every split that the source gives.

    Returns:
        What was left out or repaired: reason -> split -> count; and whether all tokens are the annotators' own.
    """
    left_out: Counter[str] = Counter()
    mended: Counter[str] = Counter()
    gold: set[bool] = set()
    splits = plugins.load("pipelines.datasets.sources", config.source).read(config, folder / "source")
    if "dev" in splits and config.dev_share:
        raise InputError("expected dev_share 0, for the dataset has a dev split of its own")
    for split, examples in (as_one_text(splits, config) if config.continuous else splits).items():
        read = mend_tags(with_progress(examples, split), split, mended)
        write_split(folder, split, tokenised(read, config, split, left_out, gold), origin(config, split))
    kept = SUBWORDS not in (config.tokenizer, config.target_tokenizer)  # which take the place of any tokens
    return {"left out, sentences without tokens": dict(left_out), REPAIRED: dict(mended)}, kept and gold == {True}


def as_one_text(splits: Mapping[str, Iterable[Example]], config: DatasetConfig) -> dict[str, Iterable[Example]]:
    """Joins the examples of each split to one text; the end of train becomes dev, `dev_share` of its characters.

    Texts that are lines get their line ends back. Those of TFDS are joined as they are: its splits of one text may be
    cut anywhere (validation of tiny_shakespeare ends with "assu", and test begins with "rance"). No word is cut in two.

    Raises:
        InputError: there is no train to take dev from, a split has no text, or there is more than texts.
    """
    end = "" if config.source == "tfds" else "\n"
    texts = {split: "".join(with_end(text_alone(each), end) for each in examples) for split, examples in splits.items()}
    if share := config.dev_share:
        if "train" not in texts:
            raise InputError(f"expected a split train that dev_share {share} takes dev from, got none")
        border = len(texts["train"]) - round(share * len(texts["train"]))
        if config.tokenizer != "characters":
            border = word_end(texts["train"], border)
        texts |= {"train": texts["train"][:border], "dev": texts["train"][border:]}
    for split, text in texts.items():
        if not text.strip():
            advice = "see the dataset's files and its dev_share"
            raise InputError(f"split {split!r}: expected a text, got none{origin(config, split)}; {advice}")
    return {split: [Example(id=split, text=text, tokens=())] for split, text in texts.items()}


def text_alone(example: Example) -> str:
    """The text of an example that holds nothing else which joining would lose.

    Raises:
        InputError: it does.
    """
    for field in ("tags", "label", "target_text", "target_tokens", "features"):
        if getattr(example, field) is not None:
            raise InputError(f"{example.id}: expected a text alone, got its {field} too, which `continuous` would lose")
    return example.text


def with_end(text: str, end: str) -> str:
    """A text that ends so."""
    return text if text.endswith(end) else text + end


def word_end(text: str, position: int) -> int:
    """The first position from this one on that stands in no word."""
    while 0 < position < len(text) and not text[position - 1].isspace() and not text[position].isspace():
        position += 1
    return position


def origin(config: DatasetConfig, split: str) -> str:
    """Where a split is read from, as a message goes on; nothing of one that is drawn from another."""
    names = ", ".join(file.path for file in config.files.get(split, ())) or config.splits.get(split, "")
    return f" in {names}" if names else ""


def write_split(folder: Path, split: str, examples: Iterable[Example], origin: str = "") -> int:
    """Writes one split, its ids `<split>-<number from 0>`; returns the number of examples.

    Raises:
        InputError: there are none.
    """
    numbered = (replace(example, id=f"{split}-{number}") for number, example in enumerate(examples))
    count = write_examples(folder / f"{split}.jsonl", numbered)
    if not count:
        advice = "see the dataset's files and its dev_share"
        raise InputError(f"split {split!r}: expected examples, got none{origin}; {advice}")
    return count


def mend_tags(examples: Iterable[Example], split: str, mended: Counter[str]) -> Iterator[Example]:
    """Makes entity tags valid IOB2 by conlleval's rule: `I-X` that follows neither `B-X` nor `I-X` becomes `B-X`.

    What a reader has repaired already is counted as well.
    """
    for example in examples:
        tags = tuple(repaired(example.tags or ()))
        changed = sum(before != after for before, after in zip(example.tags or (), tags, strict=True))
        if changed := changed + (example.repaired_tags or 0):
            mended[split] += changed
            example = replace(example, tags=tags, repaired_tags=None)
        yield example


def tokenised(
    examples: Iterable[Example], config: DatasetConfig, split: str, left_out: Counter[str], gold: set[bool]
) -> Iterator[Example]:
    """Tokenises raw texts; gold tokens stay as they are, and `gold` learns whether there were any.

    Features have no tokens. An empty text becomes one unknown word, for a recurrent layer takes no empty row. A
    tagged sentence without tokens is nothing that could be tagged: it is left out and counted.
    """
    words = first_tokenizer(config.tokenizer) if config.tokenizer else None
    target_words = first_tokenizer(config.target_tokenizer) if config.target_tokenizer else None
    for example in examples:
        if example.tags is not None and SUBWORDS in (config.tokenizer, config.target_tokenizer):
            raise InputError(
                f"{example.id}: tokenizer `{SUBWORDS}`: expected texts, got tagged tokens; choose `whitespace`"
            )
        if example.tags == ():
            left_out[split] += 1
            continue
        gold.add(bool(example.tokens))
        tokens = example.tokens
        if not tokens and example.features is None:
            if words is None:
                raise InputError("expected a tokenizer, for the dataset has texts")
            tokens = tuple(words(example.text)) or (UNKNOWN,)
        target_tokens = example.target_tokens
        if example.target_text is not None and target_tokens is None:
            if target_words is None:
                raise InputError("expected a target_tokenizer, for the dataset has target texts")
            target_tokens = tuple(target_words(example.target_text)) or (UNKNOWN,)
        yield replace(example, tokens=tokens, target_tokens=target_tokens)


def first_tokenizer(name: str) -> Tokenizer:
    """A dataset's tokenizer, or what stands in for one that is not trained yet."""
    return whitespace if name == SUBWORDS else tokenizer(name)


def write_subwords(field: str, paths: dict[str, Path], pieces: int, folder: Path) -> str:
    """Trains an encoding on a field's texts in train, and gives it to every split; returns the tokenizer's id.

    Raises:
        InputError: there is no train, or it cannot have so many pieces.
    """
    if "train" not in paths:
        raise InputError(f"tokenizer `{SUBWORDS}`: expected a split train, on which it is trained")
    text = {"tokens": "text", "target_tokens": "target_text"}[field]
    path = encoding_path(folder, field)
    texts = (getattr(example, text) for example in read_examples(paths["train"]))
    identity = train_encoding((found for found in texts if found is not None), pieces, path)
    encode = load_encoding(path, identity)

    def in_pieces(example: Example) -> Example:
        found = getattr(example, text)
        return example if found is None else replace(example, **{field: tuple(encode(found)) or (UNKNOWN,)})

    for split in paths.values():
        write_examples(split, map(in_pieces, read_examples(split)))
    return identity


def with_progress(examples: Iterable[Example], split: str) -> Iterator[Example]:
    """Passes examples on; tells now and then on standard error how many there were."""
    start = time.perf_counter()
    for count, example in enumerate(examples, start=1):
        if count % PROGRESS_EVERY == 0:
            rate = count / (time.perf_counter() - start)
            print(f"{split}: {count:,} examples, {rate:,.0f}/s", file=sys.stderr, flush=True)
        yield example


def draw_dev(folder: Path, share: float, seed: int) -> int:
    """Moves a share of train, the same of every label, to a new split dev; returns the number of its examples."""
    if not (folder / "train.jsonl").exists():
        raise InputError(f"expected a split train that dev_share {share} draws dev from, got none")
    positions = defaultdict(list)
    for position, example in enumerate(read_examples(folder / "train.jsonl")):
        positions[example.label].append(position)
    generator = random.Random(seed)
    drawn: set[int] = set()
    for of_label in positions.values():
        drawn.update(generator.sample(of_label, round(share * len(of_label))))
    for split in ("dev", "train"):  # both out of train, which is replaced last
        examples = enumerate(read_examples(folder / "train.jsonl"))
        write_split(folder, split, (example for number, example in examples if (number in drawn) == (split == "dev")))
    return len(drawn)


def remove_overlap(folder: Path) -> dict[str, int]:
    """Drops from train and unlabelled what stands in dev or test too; returns how many examples of each."""
    paths = {split: folder / f"{split}.jsonl" for split in SPLITS}
    held_out = {
        fingerprint(example.tokens, example.features)
        for split in HELD_OUT
        if paths[split].exists()
        for example in read_examples(paths[split])
    }
    removed = {}
    for split in ("train", "unlabelled"):
        if paths[split].exists():
            before = sum(1 for _ in read_examples(paths[split]))
            examples = read_examples(paths[split])
            kept = (each for each in examples if fingerprint(each.tokens, each.features) not in held_out)
            removed[split] = before - write_split(folder, split, kept)
    return removed


def count_names(train: Path | None) -> dict[str, dict[str, int]]:
    """Counts of words, labels and tags in train, the most frequent first; empty where there is no train."""
    counts: dict[str, Counter[str]] = {kind: Counter() for kind in ("tokens", "labels", "tags", "target_tokens")}
    for example in read_examples(train) if train else ():
        counts["tokens"].update(example.tokens)
        counts["tags"].update(example.tags or ())
        counts["target_tokens"].update(example.target_tokens or ())
        if example.label is not None:
            counts["labels"][example.label] += 1
    return {kind: dict(names.most_common()) for kind, names in counts.items()}


def describe(
    config: DatasetConfig,
    name: str,
    tokenizers: dict[str, str | None],
    gold_tokens: bool,
    examples: dict[str, int],
    paths: dict[str, Path],
) -> dict[str, Any]:
    """What other stages ask of a dataset: its names, tokenizers, and the number and checksum of its examples.

    Where examples are features, their shape as well.

    Raises:
        InputError: splits have features of different shapes.
    """
    features = {split: path.with_suffix(".npy") for split, path in paths.items()}
    shapes = {split: open_features(path).shape[1:] for split, path in features.items() if path.exists()}
    if len({shapes.get(split) for split in paths}) > 1:
        raise InputError(f"dataset {name}: expected features of one shape in every split, got {shapes}")
    return {
        "name": name,
        "version": config.version,
        "language": config.language,
        "target_language": config.target_language,
        "tokenizers": tokenizers,
        "gold_tokens": gold_tokens,
        "examples": examples,
        "sha256": {split: checksum(path) for split, path in paths.items()},
        **({"features": list(next(iter(shapes.values())))} if shapes else {}),
    }


if __name__ == "__main__":
    main()
