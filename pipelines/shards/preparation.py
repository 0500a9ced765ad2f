"""A dataset of shards is prepared shard by shard; the folder is the one that a single machine writes.

Each shard becomes a part: its examples, by split, and what is counted in them. Parts are kept in a hidden folder next
to the output until that is whole, so that none is made twice.
"""

import itertools
import json
import logging
import shutil
import tempfile
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from embeddings.foundation.errors import InputError
from embeddings.foundation.files import atomic_folder, write_json
from embeddings.foundation.limits import PARSED_BYTES
from embeddings.foundation.progress import Progress
from embeddings.foundation.reading import read_json
from pipelines.cluster.nodes import installed
from pipelines.data.examples import read_examples
from pipelines.datasets.config import SPLITS
from pipelines.datasets.counts import NameCounts
from pipelines.datasets.preparation import Counted, detokenizer, finish
from pipelines.datasets.report import DRAWN, SplitSummary, report_of
from pipelines.datasets.shards import is_url
from pipelines.datasets.sources.shards import Source
from pipelines.datasets.splits import convert, draw, has_gold_tokens, no_examples, split_paths, told_changes
from pipelines.datasets.unlabelled import UNLABELLED
from pipelines.shards.execution import PIECE_BYTES, Job, Piece, in_pieces, machines
from pipelines.text.subwords import SUBWORDS

log = logging.getLogger(__name__)

ORIGIN, SUMMARY, SENTENCES = "origin.json", "summary.json", ".sentences"
WIDTH = 16  # bytes of a sentence's fingerprint
LARGEST_SUMMARY = 16 * PARSED_BYTES  # of one shard


class Summary(msgspec.Struct):
    """What is known of a part."""

    changes: dict[str, dict[str, int]]
    drawn: int  # for dev
    gold: list[bool]  # whether examples had tokens
    splits: dict[str, dict[str, Any]]  # name -> `SplitSummary.counts`
    names: dict[str, dict[str, int]]  # of train


@dataclass(frozen=True)
class Part:
    """Makes a part of a shard, here or on a node."""

    config: Source

    def __call__(self, job: Job) -> Iterator[Piece]:
        config = self.config
        with tempfile.TemporaryDirectory(prefix="elman-") as name:
            folder = Path(name)
            changes, gold = convert(config, {job.split: config.read_shard(job.shard)}, folder, may_lack=True)
            drawn = draw(config, folder, may_lack=True) if job.split == "train" and draws_by_hash(config) else 0
            if list(folder.glob("*.npy")):
                raise InputError(f"{job.shard.path}: expected texts, got features; choose `source: files`")
            tokenizers = {"tokens": config.tokenizer or None, "target_tokens": config.target_tokenizer or None}
            put_together = detokenizer(config, tokenizers)
            names, splits = NameCounts(), {}
            for split, path in split_paths(folder).items():
                splits[split] = summary = SplitSummary(put_together)
                for example in read_examples(path):
                    summary.add(example)
                    if split == "train":
                        names.add(example)
                yield from in_pieces(path.name, _blocks(path))
                yield from in_pieces(f"{split}{SENTENCES}", iter(sorted(summary.sentences.elements())))
            counts = {split: summary.counts() for split, summary in splits.items()}
            found = {"changes": changes, "drawn": drawn, "gold": sorted(gold), "splits": counts, "names": names.kinds}
            yield from in_pieces(SUMMARY, iter([msgspec.json.encode(found)]))


def prepare_shards(config: Source, name: str, output: Path, address: str | None, jobs: int | None) -> dict[str, Any]:
    """Writes a dataset's folder, whole or not at all; returns its report.

    Args:
        config: the dataset's.
        name: its name.
        output: the folder.
        address: of a Ray cluster; None: one shard after another, here.
        jobs: shards at a time on the cluster; None: what there is room for.

    Raises:
        InputError: a split has no shards or no examples, or a shard is damaged.
    """
    found = config.found()
    splits = sorted(found, key=lambda split: split == UNLABELLED and config.sets_apart())  # in which it comes last
    parts = [Job(f"{split}-{number:05}", shard, split) for split in splits for number, shard in enumerate(found[split])]
    state = output.with_name(f".{output.name}.shards")
    local = [part.shard.path for part in parts if not is_url(part.shard.path)]
    with atomic_folder(output, *local) as folder:
        _open_state(state, config, name, parts)
        waiting = [part for part in parts if not (state / part.name).is_dir()]
        with machines(address, 1, jobs, [part.shard for part in waiting]) as at:
            before = len(parts) - len(waiting)
            with Progress("prepare", "shards", len(parts), before) as progress:
                done = itertools.count(before + 1)
                at.run(waiting, Part(config), _sink(state), lambda: progress.update(next(done)))
        report = _joined(config, name, state, parts, folder)
    shutil.rmtree(state, ignore_errors=True)
    return report


def draws_by_hash(config: Source) -> bool:
    """Whether each shard draws examples for dev by itself."""
    return bool(config.dev_share) and config.dev_draw == "hash"


def _open_state(state: Path, config: Source, name: str, parts: Iterable[Job]) -> None:
    """Makes the folder of parts ready; parts of something else are removed."""
    shards = {part.name: asdict(part.shard) for part in parts}
    origin = {"dataset": asdict(config), "name": name, "shards": shards, "installed": asdict(installed())}
    path = state / ORIGIN
    if not path.exists() or read_json(path, limit=PARSED_BYTES) != json.loads(json.dumps(origin)):
        if path.exists():
            log.info(f"{state}: is of other shards, another configuration or code; it starts from scratch")
        shutil.rmtree(state, ignore_errors=True)
        state.mkdir(parents=True)
        write_json(path, origin)


def _sink(state: Path) -> Callable[[Job], Any]:
    @contextmanager
    def sink(job: Job) -> Iterator[Callable[[Piece], object]]:
        with atomic_folder(state / job.name) as folder:

            def write(piece: Piece) -> None:
                with open(folder / piece[0], "ab") as file:
                    file.write(piece[1])

            yield write

    return sink


def _joined(config: Source, name: str, state: Path, parts: list[Job], folder: Path) -> dict[str, Any]:
    """Joins parts to a dataset, in the order of their shards; returns its report."""
    for split in SPLITS:
        numbers = itertools.count()
        of_split = _parts_of(split, parts, state)
        if of_split:
            with open(folder / f"{split}.jsonl", "wb") as file:
                for part in of_split:
                    file.writelines(_renumbered(state / part.name / f"{split}.jsonl", split, numbers))
            if not next(numbers):
                raise no_examples(split, config.origins().get(split, ""))
    told, drawn, gold = {}, 0, set()
    for part in parts:
        summary = _summary(part, state)
        told[part.name] = summary.changes
        drawn += summary.drawn
        gold.update(summary.gold)
    changes = told_changes(_changes(parts, told))
    if config.dev_share:
        changes[DRAWN] = {"dev": drawn if draws_by_hash(config) else draw(config, folder)}
    subwords = SUBWORDS in (config.tokenizer, config.target_tokenizer)
    changed = config.remove_overlap or subwords or (config.dev_share and not draws_by_hash(config))
    counted = None if changed else _counted(parts, state)
    return finish(config, name, folder, changes, has_gold_tokens(config, gold), counted)


def _summary(part: Job, state: Path) -> Summary:
    return read_json(state / part.name / SUMMARY, Summary, LARGEST_SUMMARY)


def _parts_of(split: str, parts: list[Job], state: Path) -> list[Job]:
    """The parts with examples of a split, in their order: its own, and then those of train, which gives to it."""
    own = [part for part in parts if part.split == split]
    others = [part for part in parts if part.split == "train" != split]
    return [part for part in (*own, *others) if (state / part.name / f"{split}.jsonl").exists()]


def _renumbered(path: Path, split: str, numbers: Iterator[int]) -> Iterator[bytes]:
    """The lines of a part's split with ids that go on from the part before."""
    begin = len(b'{"id": "')
    with open(path, "rb") as file:
        for line in file:
            yield f'{{"id": "{split}-{next(numbers)}'.encode() + line[line.index(b'"', begin) :]


def _changes(parts: list[Job], told: Mapping[str, Mapping[str, Mapping[str, int]]]) -> dict[str, Counter[str]]:
    """What was left out or changed in all parts, in the order in which one machine comes upon it.

    That reads the rows of train without a label, which the parts of train have, after all others.
    """
    changes: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for late in (False, True):
        for part in parts:
            for reason, counts in told[part.name].items():
                found = {split: n for split, n in counts.items() if (split == UNLABELLED != part.split) == late}
                if found or not (late or counts):
                    changes[reason].update(found)
    return changes


def _counted(parts: list[Job], state: Path) -> Counted:
    """What is counted in all parts together."""
    names, splits, files = NameCounts(), {}, {}
    for split in SPLITS:
        if of_split := _parts_of(split, parts, state):
            splits[split] = SplitSummary()
            for part in of_split:
                summary = _summary(part, state)
                splits[split].add_counts(summary.splits[split])
                if split == "train":
                    names.add_counts(summary.names)
            files[split] = [_fingerprints(state / part.name / f"{split}{SENTENCES}") for part in of_split]
    return Counted(report_of(splits, _sentences(files)), names.by_frequency())


def _fingerprints(path: Path) -> np.ndarray:
    """The sorted fingerprints of a part's sentences, uint8 (sentences, WIDTH), mapped."""
    size = path.stat().st_size
    return np.memmap(path, np.uint8, "r").reshape(-1, WIDTH) if size else np.zeros((0, WIDTH), np.uint8)


def _sentences(files: Mapping[str, list[np.ndarray]]) -> Iterator[dict[str, Counter[bytes]]]:
    """How often each sentence occurs in each split: those that begin with the same byte at a time, to save memory."""
    for first in range(256):
        found: dict[str, Counter[bytes]] = {}
        for split, arrays in files.items():
            found[split] = Counter()
            for array in arrays:
                begin, end = (np.searchsorted(array[:, 0], np.uint8(first), side) for side in ("left", "right"))
                content = array[begin:end].tobytes()
                found[split].update(content[place : place + WIDTH] for place in range(0, len(content), WIDTH))
        yield found


def _blocks(path: Path) -> Iterator[bytes]:
    with open(path, "rb") as file:
        while block := file.read(PIECE_BYTES):
            yield block
