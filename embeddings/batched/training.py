"""Trains gensim's Word2Vec model by the compiled loop: its vocabulary, its first weights, its tables, our updates."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from itertools import repeat
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from embeddings.batched.kernel import END, Settings, Tables, first_words, train_part
from embeddings.config import TrainedConfig
from embeddings.foundation.progress import Progress

if TYPE_CHECKING:
    from gensim.models import Word2Vec

CHARACTERS = 1 << 22  # of the corpus that are turned into rows at once
PART = 1_000_000  # words that a worker trains on before it waits for the others: about half a second
UNKNOWN = -2  # a word without a vector


def train_batched(model: "Word2Vec", corpus: Path, config: TrainedConfig) -> float:
    """Trains the model's vectors and output weights in place; with one worker, equal input gives equal bytes.

    Each worker has its share of the corpus; all update the same tables without locks. The learning rate falls as
    gensim's does, from `alpha` to `min_alpha`.

    Args:
        model: with its vocabulary, new or to be continued.
        corpus: one sentence a line, words apart by a space; the words' rows are written next to it.
        config: of the training.

    Returns:
        The seconds that it took, without compilation.
    """
    tables = Tables(
        model.wv.vectors,
        model.syn1neg,
        model.wv.expandos["sample_int"],
        model.cum_table,
        first_words(model.cum_table),
    )
    settings = Settings(config.algorithm == "cbow", config.window, config.negative_samples)
    randoms = [first_random(config.seed, worker) for worker in range(config.workers)]
    train_part(np.zeros(0, np.int32), 0.0, 0.0, randoms[0], tables, settings)  # compiles
    with (
        Progress(config.algorithm, "epochs", config.epochs, heartbeat=True) as progress,
        ThreadPoolExecutor(config.workers) as threads,
    ):
        words = write_rows(corpus, model.wv.key_to_index, corpus.with_suffix(".rows"))
        shares = np.array_split(words, config.workers)
        longest = len(shares[0])
        for epoch in range(config.epochs):
            for begin in range(0, longest, PART):
                end = min(begin + PART, longest)
                rate, last_rate = (
                    model.alpha + (model.min_alpha - model.alpha) * (epoch + place / longest) / config.epochs
                    for place in (begin, end)
                )
                parts = [np.array(share[begin:end]) for share in shares]  # copies in memory of what is on disk
                running = [
                    threads.submit(train_part, part, rate, last_rate, random, tables, settings)
                    for part, random in zip(parts, randoms, strict=True)
                ]
                for each in running:
                    each.result()
            progress.update(epoch + 1)
        return progress.seconds


def write_rows(corpus: Path, rows: Mapping[str, int], path: Path) -> np.ndarray:
    """Writes each word of a corpus as its row, and returns the file, memory-mapped.

    Returns:
        int32 (words and lines,): `END` after each line; words without a row are left out, as in gensim.
    """
    known = {**rows, "\n": END}
    with open(corpus, encoding="utf-8", newline="\n") as lines, open(path, "wb") as file:
        while text := "".join(lines.readlines(CHARACTERS)):
            words = text.replace("\n", " \n ").split(" ")
            found = np.fromiter(map(known.get, words, repeat(UNKNOWN)), np.int32, len(words))
            file.write(found[found != UNKNOWN].tobytes())
    return np.memmap(path, np.int32, "r")


def first_random(seed: int, worker: int) -> np.ndarray:
    """The first state of a worker's random numbers."""
    return np.random.default_rng((seed, worker)).integers(2**48, size=1, dtype=np.uint64)
