"""Word2Vec by engine, by workers and by how gensim reads: words/s, and what the vectors are worth.

Trains the same configuration with every engine, number of workers and seed: gensim from its own file (`gensim`) or from
sentences that Python gives it (`iterable`), our loop (`batched`) and, with `--program`, the original C program
(`original`), whose rate includes its counting of words. A faster mode that moves neighbours no further than another
seed does, and scores by no more than chance, costs nothing but equal bytes.

    python -m benchmarks.speed.vectors --config configs/vectors/wiki_imdb_skip_gram.yaml --words 1000000
"""

import argparse
import itertools
import json
import shutil
import subprocess
import tempfile
import time
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import numpy as np

from embeddings.config import TrainedConfig
from embeddings.corpus import write_corpus
from embeddings.evaluate import evaluate
from embeddings.foundation.config import load_config
from embeddings.foundation.errors import exits_on_input_error
from embeddings.neighbours import neighbours
from embeddings.train import train

if TYPE_CHECKING:
    from gensim.models import KeyedVectors

ENGINES = ("gensim", "iterable", "batched", "original")
WORDS, NEIGHBOURS = 1_000, 10
SCORES = ("wordsim353", "simlex999", "analogies")


@exits_on_input_error
def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description="Measure Word2Vec by engine and by workers.")
    parser.add_argument("--config", required=True, help="configs/vectors/<name>.yaml")
    parser.add_argument("--words", type=int, required=True, help="how much of the corpus's first file is used")
    parser.add_argument("--engines", nargs="+", choices=ENGINES, default=("gensim", "batched"))
    parser.add_argument("--workers", nargs="+", type=int, default=(1, 2))
    parser.add_argument("--seeds", type=int, default=2, help="trainings of each, with the configuration's seed first")
    parser.add_argument("--program", type=Path, help="the original program, compiled, for the engine `original`")
    options = parser.parse_args(arguments)
    if "original" in options.engines and not options.program:
        parser.error("the engine `original` needs --program")
    config = load_config(TrainedConfig, options.config)
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        config = replace(config, corpus=(first_words(config, options.words, Path(folder)),))
        reference = None
        for workers, engine, later in itertools.product(options.workers, options.engines, range(options.seeds)):
            changed = replace(config, workers=workers, seed=config.seed + later)
            vectors, words_per_second = trained(changed, engine, options.program)
            frequent = [str(word) for word in vectors.index_to_key if word != "</s>"][:WORDS]
            near = {word: {other for other, _ in neighbours(vectors, word, NEIGHBOURS)} for word in frequent}
            reference = reference or near
            shared = sum(len(near[word] & reference[word]) for word in near.keys() & reference.keys())
            row = {"engine": engine, "workers": workers, "seed": changed.seed, "words_per_second": words_per_second}
            rows.append({**row, "shared_neighbours": 100 * shared / (NEIGHBOURS * len(near)), **evaluate(vectors)})
            print(json.dumps(rows[-1]), flush=True)
    print(f"shared_neighbours: percent of the {NEIGHBOURS} nearest neighbours of the {WORDS} most frequent words")
    first = options.engines[0]
    for engine, score in itertools.product(options.engines[1:], SCORES):
        if options.seeds > 1 and all(score in row for row in rows):
            print(f"{engine} - {first}, {score}: {difference(rows, engine, first, score)}")


def trained(config: TrainedConfig, engine: str, program: Path | None) -> "tuple[KeyedVectors, float]":
    """Vectors and words/s."""
    import gensim.models
    from gensim.models.word2vec import LineSentence, Word2Vec

    if engine == "original":
        assert program is not None
        return trained_by_original(config, program)

    class FromIterable(Word2Vec):
        def train(self, corpus_file: str, **given: Any) -> Any:
            return super().train(LineSentence(corpus_file), **given)

    with patch.object(gensim.models, "Word2Vec", FromIterable) if engine == "iterable" else nullcontext():
        found = train(replace(config, engine="batched" if engine == "batched" else "gensim"))
    return found.vectors, found.words_per_second


def trained_by_original(config: TrainedConfig, program: Path) -> "tuple[KeyedVectors, float]":
    """The same by the original program, https://code.google.com/archive/p/word2vec."""
    from gensim.models import KeyedVectors

    with tempfile.TemporaryDirectory() as folder:
        corpus = write_corpus(config.corpus, config.field, Path(folder) / "corpus.txt")
        output = Path(folder) / "vectors.bin"
        given = {
            "train": corpus.path,
            "output": output,
            "cbow": int(config.algorithm == "cbow"),
            "size": config.dimensions,
            "window": config.window,
            "min-count": config.minimum_count,
            "negative": config.negative_samples,
            "hs": 0,
            "sample": config.subsampling,
            "alpha": config.learning_rate,
            "iter": config.epochs,
            "threads": config.workers,
            "binary": 1,
            "debug": 0,
        }
        arguments = [part for key, value in given.items() for part in (f"-{key}", str(value))]
        begin = time.perf_counter()
        subprocess.run([program.resolve(), *arguments], check=True)
        seconds = time.perf_counter() - begin
        vectors = KeyedVectors.load_word2vec_format(str(output), binary=True, unicode_errors="replace")
        return vectors, round(corpus.tokens * config.epochs / seconds, 1)


def difference(rows: Sequence[dict[str, Any]], engine: str, other: str, score: str) -> str:
    """The mean difference of a score over workers and seeds, with an interval of 95 % by Student's t."""
    from scipy.stats import t

    one, two = (np.array([row[score] for row in rows if row["engine"] == each]) for each in (engine, other))
    found = one - two
    half = t.ppf(0.975, len(found) - 1) * found.std(ddof=1) / np.sqrt(len(found))
    return f"{found.mean():+.2f} [{found.mean() - half:+.2f}, {found.mean() + half:+.2f}]"


def first_words(config: TrainedConfig, words: int, folder: Path) -> str:
    """Copies the first rows of the corpus, until they hold this many words, with their dataset's description."""
    source, target = Path(config.corpus[0]), folder / "train.jsonl"
    shutil.copy(source.parent / "dataset.json", folder)
    with open(source, encoding="utf-8", newline="\n") as lines, open(target, "w", encoding="utf-8") as copy:
        for line in lines:
            copy.write(line)
            words -= len(json.loads(line)[config.field])
            if words <= 0:
                break
    return str(target)


if __name__ == "__main__":
    main()
