"""The splits of a dataset: written from its source, drawn from train, and freed of what train shares with them."""

import random
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

from embeddings.foundation.errors import InputError
from embeddings.foundation.progress import Progress
from pipelines.data.examples import Example, names_of, read_examples, write_examples
from pipelines.datasets.config import SPLITS, DatasetConfig
from pipelines.datasets.one_text import as_one_text
from pipelines.datasets.repairs import repair_iob2
from pipelines.datasets.report import CONVERTED, HELD_OUT, REPAIRED, fingerprint
from pipelines.datasets.tokens import SKIPPED, tokenised
from pipelines.datasets.unlabelled import SOURCE, with_unlabelled_apart
from pipelines.text.subwords import SUBWORDS


def write_splits(config: DatasetConfig, folder: Path) -> tuple[dict[str, dict[str, int]], bool]:
    """Writes every split that the source gives.

    Returns:
        What was left out or changed: reason -> split -> count; and whether all tokens are the annotators' own.
    """
    changes: defaultdict[str, Counter[str]] = defaultdict(Counter, {SKIPPED: Counter(), REPAIRED: Counter()})
    gold: set[bool] = set()
    if config.continuous:
        splits = iter(as_one_text(config.read(folder / SOURCE), config).items())
    else:
        splits = with_unlabelled_apart(config, folder, changes)
    notation, origins = config.tag_notation(), config.origins()
    for split, examples in splits:
        with Progress(split, "examples") as progress:
            read = progress.counted(examples)
            valid = repair_iob2(read, notation, split, changes[REPAIRED], changes[CONVERTED])
            write_split(folder, split, tokenised(valid, config, split, changes, gold), origins.get(split, ""))
    kept = SUBWORDS not in (config.tokenizer, config.target_tokenizer)  # which take the place of any tokens
    counts = {what: dict(of_split) for what, of_split in changes.items() if of_split or what in (SKIPPED, REPAIRED)}
    return counts, kept and gold == {True}


def write_split(
    folder: Path,
    split: str,
    examples: Iterable[Example],
    origin: str = "",
    advice: str = "see the dataset's files and dev_share",
) -> int:
    """Writes one split, its ids `<split>-<number from 0>`; returns the number of examples.

    Args:
        folder: of the dataset.
        split: its name.
        examples: of it.
        origin: where they are read from, for the message.
        advice: what to do if there are none.

    Raises:
        InputError: there are none.
    """
    numbered = (replace(example, id=f"{split}-{number}") for number, example in enumerate(examples))
    count = write_examples(folder / f"{split}.jsonl", numbered)
    if not count:
        where = f" in {origin}" if origin else ""
        raise InputError(f"split {split!r}: expected examples, got none{where}; {advice}")
    return count


def split_paths(folder: Path) -> dict[str, Path]:
    """The splits that are there."""
    return {split: path for split in SPLITS if (path := folder / f"{split}.jsonl").exists()}


def draw_dev(folder: Path, share: float, seed: int) -> int:
    """Moves a share of train, the same of every label as nearly as whole examples allow, to a new split dev.

    An example with several labels counts for the rarest of them.

    Returns:
        The number of dev's examples.
    """
    counts = Counter(name for example in read_examples(folder / "train.jsonl") for name in names_of(example))
    positions = defaultdict(list)
    for position, example in enumerate(read_examples(folder / "train.jsonl")):
        positions[min(names_of(example), key=lambda name: (counts[name], name), default=None)].append(position)
    sizes = largest_remainders([len(of_label) for of_label in positions.values()], share)
    generator = random.Random(seed)
    drawn: set[int] = set()
    for of_label, size in zip(positions.values(), sizes, strict=True):
        drawn.update(generator.sample(of_label, size))
    for split in ("dev", "train"):  # both out of train, which is replaced last
        examples = enumerate(read_examples(folder / "train.jsonl"))
        write_split(folder, split, (example for number, example in examples if (number in drawn) == (split == "dev")))
    return len(drawn)


def largest_remainders(counts: Sequence[int], share: float) -> list[int]:
    """Whole numbers that are a share of each count, and in total of their sum, as nearly as can be.

    Each gets its quota, share times count, rounded down; those of the largest remainders get one more, until the total
    is reached. Of equal remainders the larger count is first, and then the first one.

    Reference: the method of Hamilton, in Balinski and Young, "Fair Representation", 1982.
    """
    quotas = [Fraction(str(share)) * count for count in counts]
    sizes = [int(quota) for quota in quotas]
    order = sorted(range(len(counts)), key=lambda place: (sizes[place] - quotas[place], -counts[place]))
    for place in order[: round(Fraction(str(share)) * sum(counts)) - sum(sizes)]:
        sizes[place] += 1
    return sizes


def remove_overlap(folder: Path) -> dict[str, int]:
    """Drops from train and unlabelled the examples that also occur in dev or test; returns how many of each."""
    paths = split_paths(folder)
    held_out = {
        fingerprint(example.tokens, example.features)
        for split in HELD_OUT
        if split in paths
        for example in read_examples(paths[split])
    }
    removed = {}
    for split in ("train", "unlabelled"):
        if split in paths:
            before = sum(1 for _ in read_examples(paths[split]))
            examples = read_examples(paths[split])
            kept = (each for each in examples if fingerprint(each.tokens, each.features) not in held_out)
            advice = "dev and test have them all, and `remove_overlap` drops them"
            removed[split] = before - write_split(folder, split, kept, advice=advice)
    return removed
