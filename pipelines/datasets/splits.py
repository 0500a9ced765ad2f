"""The splits of a dataset: written from its source, drawn from train, and freed of what train shares with them."""

import random
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from hashlib import blake2b
from pathlib import Path

from embeddings.foundation.errors import InputError
from embeddings.foundation.progress import Progress
from pipelines.data.examples import Example, names_of, read_examples, write_examples
from pipelines.datasets.config import SPLITS, DatasetConfig
from pipelines.datasets.one_text import as_one_text
from pipelines.datasets.repairs import repair_iob2
from pipelines.datasets.report import CONVERTED, HELD_OUT, REPAIRED, fingerprint
from pipelines.datasets.tokens import SKIPPED, tokenised
from pipelines.datasets.unlabelled import with_unlabelled_apart
from pipelines.text.subwords import SUBWORDS

SOURCE = "source"  # in a dataset's folder: what its source makes itself
NONE_LEFT = "see the dataset's files and dev_share"
Changes = Mapping[str, Counter[str]]  # reason -> split -> how many examples, or tags, were left out or changed


def write_splits(config: DatasetConfig, folder: Path) -> tuple[dict[str, dict[str, int]], bool]:
    """Writes every split that the source gives.

    Returns:
        What `told_changes` and `has_gold_tokens` make of what was left out or changed, and of the kinds of tokens.
    """
    given = config.read(folder / SOURCE)
    changes, gold = convert(config, {split: _shown(split, examples) for split, examples in given.items()}, folder)
    return told_changes(changes), has_gold_tokens(config, gold)


def convert(
    config: DatasetConfig, given: Mapping[str, Iterable[Example]], folder: Path, may_lack: bool = False
) -> tuple[Changes, set[bool]]:
    """Writes splits of a dataset.

    Args:
        config: the dataset's.
        given: the splits, or of some a part.
        folder: of the dataset, or of the part.
        may_lack: whether a part may be empty.

    Returns:
        What was left out or changed; and whether examples had tokens, which may be true of some and false of others.
    """
    changes: defaultdict[str, Counter[str]] = defaultdict(Counter, {SKIPPED: Counter(), REPAIRED: Counter()})
    gold: set[bool] = set()
    if config.continuous:
        splits = iter(as_one_text(given, config).items())
    else:
        splits = with_unlabelled_apart(config, given, folder, changes)
    notation, origins = config.tag_notation(), config.origins()
    for split, examples in splits:
        valid = repair_iob2(examples, notation, split, changes[REPAIRED], changes[CONVERTED])
        found = tokenised(valid, config, split, changes, gold)
        write_split(folder, split, found, origins.get(split, ""), may_lack=may_lack)
    return changes, gold


def _shown(split: str, examples: Iterable[Example]) -> Iterator[Example]:
    with Progress(split, "examples") as progress:
        yield from progress.counted(examples)


def told_changes(changes: Changes) -> dict[str, dict[str, int]]:
    """What the data report says was left out or changed."""
    return {what: dict(of_split) for what, of_split in changes.items() if of_split or what in (SKIPPED, REPAIRED)}


def has_gold_tokens(config: DatasetConfig, gold: set[bool]) -> bool:
    """Whether all tokens are the annotators' own; subwords take the place of any."""
    return SUBWORDS not in (config.tokenizer, config.target_tokenizer) and gold == {True}


def write_split(
    folder: Path,
    split: str,
    examples: Iterable[Example],
    origin: str = "",
    advice: str = NONE_LEFT,
    may_lack: bool = False,
) -> int:
    """Writes one split, its ids `<split>-<number from 0>`; returns the number of examples.

    Args:
        folder: of the dataset.
        split: its name.
        examples: of it.
        origin: where they are read from, for the message.
        advice: what to do if there are none.
        may_lack: whether there may be none.

    Raises:
        InputError: there are none.
    """
    numbered = (replace(example, id=f"{split}-{number}") for number, example in enumerate(examples))
    count = write_examples(folder / f"{split}.jsonl", numbered)
    if not (count or may_lack):
        raise no_examples(split, origin, advice)
    return count


def no_examples(split: str, origin: str = "", advice: str = NONE_LEFT) -> InputError:
    """What to raise where a split has no examples; arguments are those of `write_split`."""
    where = f" in {origin}" if origin else ""
    return InputError(f"split {split!r}: expected examples, got none{where}; {advice}")


def split_paths(folder: Path) -> dict[str, Path]:
    """The splits that are there."""
    return {split: path for split in SPLITS if (path := folder / f"{split}.jsonl").exists()}


def draw(config: DatasetConfig, folder: Path, may_lack: bool = False) -> int:
    """Moves the share of train that a dataset asks for to a new split dev; returns how many examples that has.

    Args:
        config: the dataset's.
        folder: of the dataset, or, where draws are by hash, of a part of it.
        may_lack: whether one of the two may get none.
    """
    if config.dev_draw == "hash":
        return draw_by_hash(folder, config.dev_share, config.seed, may_lack)
    return draw_dev(folder, config.dev_share, config.seed)


def draw_by_hash(folder: Path, share: float, seed: int, may_lack: bool = False) -> int:
    """Moves to dev whatever a hash of its tokens draws: equal texts stay together, and what is added moves nothing."""
    counts = {
        split: write_split(
            folder,
            split,
            (each for each in read_examples(folder / "train.jsonl") if is_drawn(each, share, seed) == (split == "dev")),
            may_lack=may_lack,
        )
        for split in ("dev", "train")  # both out of train, which is replaced last
    }
    return counts["dev"]


def is_drawn(example: Example, share: float, seed: int) -> bool:
    """Whether the hash of an example is among this share of all hashes."""
    content = fingerprint(example.tokens, example.features)
    digest = blake2b(content, digest_size=8, key=str(seed).encode()).digest()
    return int.from_bytes(digest, "big") < share * 2**64


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


def largest_remainders(counts: Sequence[int], share: float | Fraction) -> list[int]:
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
