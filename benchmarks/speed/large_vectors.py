"""Word2Vec on large corpora: words/s by workers and by how gensim reads, memory of counting and by vocabulary.

The corpus is a base of a million words, of a local file or drawn with Zipf's frequencies, which is repeated until it
has as many words as asked for; words that occur once in the base are new ones in each repetition, so that the
vocabulary grows as it does in text. Each measurement runs in a process of its own. Needs Linux.

    python -m benchmarks.speed.large_vectors --words 10000000 --workers 1,2
    python -m benchmarks.speed.large_vectors --words 1000000000 --counted 200000 --reads corpus_file \\
        --algorithms cbow
"""

import argparse
import itertools
import json
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.speed.large_data import anonymous_megabytes
from embeddings.corpus import write_corpus

BASE, SENTENCE, TYPES = 1_000_000, 20, 100_000  # words of the base, of a sentence; distinct ones that are drawn
MARK = "\uffff"  # no character: the number of the repetition takes its place
READS = ("corpus_file", "iterable")
ALGORITHMS = ("skip_gram", "cbow")
LARGE_BYTES = 100e9  # the corpus of which the last lines speak
DIMENSIONS, MINIMUM_COUNT = 100, 5
LOOK_SECONDS = 0.1


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description="Measure Word2Vec on a corpus of many words.")
    parser.add_argument("--words", type=int, default=10_000_000)
    parser.add_argument("--corpus", type=Path, help="prepared split whose first million words are repeated")
    parser.add_argument("--workers", default="1,2", help="numbers of workers, separated by commas")
    parser.add_argument("--vocabulary", default="100000,300000,1000000", help="sizes of which memory is measured")
    parser.add_argument(
        "--counted", default="200000,0", help="values of `maximum_counted`, separated by commas; 0: no limit"
    )
    parser.add_argument("--reads", nargs="+", choices=READS, default=READS, help="how gensim reads")
    parser.add_argument("--algorithms", nargs="+", choices=ALGORITHMS, default=ALGORITHMS, help="what gensim trains")
    parser.add_argument("--folder", type=Path, help="folder for the corpus, which takes 20 bytes per word")
    parser.add_argument("--one", help=argparse.SUPPRESS)  # a measurement, as JSON
    options = parser.parse_args(arguments)
    if options.one:
        what, *given = json.loads(options.one)
        print(json.dumps(MEASUREMENTS[what](*given)))
        return
    with tempfile.TemporaryDirectory(dir=options.folder) as temporary:
        folder = Path(temporary)
        size = write_source(folder, options.words, options.corpus)
        print(f"{options.words:,} words, {size / options.words:.2f} bytes of text each", flush=True)
        split, lines = str(folder / "train.jsonl"), str(folder / "corpus.txt")
        for most_words in options.counted.split(","):
            counted = report("counting", measured("count", split, lines, int(most_words) or None))
        rates = [
            report("training", measured("train", lines, algorithm, int(workers), reads))["words_per_second"]
            for algorithm, reads, workers in itertools.product(
                options.algorithms, options.reads, options.workers.split(",")
            )
        ]
        for words in options.vocabulary.split(","):
            report("memory", measured("vocabulary", int(words)))
    words = LARGE_BYTES / (size / options.words)
    hours = ", ".join(f"{words / rate / 3600:,.0f} h" for rate in rates)
    print(f"{LARGE_BYTES / 1e9:.0f} GB are {words / 1e9:.1f}G words: an epoch takes {hours}, in the order above")
    print(f"counting them takes {words / counted['words_per_second'] / 3600:,.1f} h")


def write_source(folder: Path, words: int, corpus: Path | None) -> int:
    """Writes a prepared split of so many words; returns the bytes of their text."""
    dataset = {"tokenizers": {"tokens": "whitespace"}, "language": "en"}
    (folder / "dataset.json").write_text(json.dumps(dataset), encoding="utf-8")
    base = first_words(prepared_sentences(corpus), BASE) if corpus else drawn_words()
    counts = Counter(word for sentence in base for word in sentence)
    base = [[word if counts[word] > 1 else f"{word}~{MARK}" for word in sentence] for sentence in base]
    rows, text = as_rows(base), as_text(base)
    size = 0
    with open(folder / "train.jsonl", "w", encoding="utf-8") as file:
        for repetition, remaining in enumerate(range(words, 0, -counts.total())):
            if remaining < counts.total():
                base = first_words(base, remaining)
                rows, text = as_rows(base), as_text(base)
            file.write(rows.replace(MARK, str(repetition)))
            size += len(text.replace(MARK, str(repetition)).encode("utf-8"))
    return size


def as_rows(sentences: list[list[str]]) -> str:
    """Sentences as lines of a prepared split."""
    return "".join(json.dumps({"tokens": sentence}, ensure_ascii=False) + "\n" for sentence in sentences)


def as_text(sentences: list[list[str]]) -> str:
    """Sentences as text."""
    return "".join(f"{word} " for sentence in sentences for word in sentence)


def prepared_sentences(corpus: Path) -> Iterable[list[str]]:
    """The sentences of a prepared split."""
    with open(corpus, encoding="utf-8", newline="\n") as lines:
        for line in lines:
            yield json.loads(line)["tokens"]


def first_words(sentences: Iterable[list[str]], words: int) -> list[list[str]]:
    """The first sentences, of so many words; the last one is cut."""
    found = []
    for sentence in sentences:
        found.append(sentence[:words])
        words -= len(found[-1])
        if not words:
            break
    return found


def drawn_words() -> list[list[str]]:
    """Sentences of `BASE` words whose frequencies are Zipf's."""
    shares = 1 / np.arange(1, TYPES + 1)
    drawn = np.random.default_rng(1).choice(TYPES, BASE, p=shares / shares.sum())
    return [[f"w{word}" for word in sentence.tolist()] for sentence in drawn.reshape(-1, SENTENCE)]


def measured(what: str, *given: Any) -> dict[str, Any]:
    """A measurement in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.speed.large_vectors", "--one", json.dumps([what, *given])]
    return json.loads(subprocess.run(command, stdout=subprocess.PIPE, check=True, text=True).stdout)


def report(what: str, found: dict[str, Any]) -> dict[str, Any]:
    """Prints a measurement and gives it back."""
    print(f"{what}: {', '.join(f'{name} {value}' for name, value in found.items())}", flush=True)
    return found


def with_memory(action: Callable[[], Any]) -> tuple[Any, float, int]:
    """What an action gives, its seconds, and how many megabytes of anonymous memory it needs at its highest."""
    before = highest = anonymous_megabytes()
    ended = threading.Event()

    def look() -> None:
        nonlocal highest
        while not ended.wait(LOOK_SECONDS):
            highest = max(highest, anonymous_megabytes())

    thread = threading.Thread(target=look)
    thread.start()
    start = time.perf_counter()
    found = action()
    seconds = time.perf_counter() - start
    highest = max(highest, anonymous_megabytes())
    ended.set()
    thread.join()
    return found, seconds, round(highest - before)


def count(split: str, lines: str, most_words: int | None) -> dict[str, Any]:
    """Writes the file that gensim reads, and counts words, as `elman vectors` does."""
    corpus, seconds, megabytes = with_memory(lambda: write_corpus([split], "tokens", lines, most_words))
    kept = {word: count for word, count in corpus.counts.items() if count >= MINIMUM_COUNT}
    known = {"lines": corpus.lines, "tokens": corpus.tokens, "counts": kept}
    Path(f"{lines}.json").write_text(json.dumps(known), encoding="utf-8")
    return {
        "maximum_counted": most_words,
        "distinct": len(corpus.counts),
        "words_per_second": round(corpus.tokens / seconds),
        "megabytes": megabytes,
        "counts_too_low_by_up_to": corpus.uncounted,
    }


def train(lines: str, algorithm: str, workers: int, reads: str) -> dict[str, Any]:
    """Trains vectors for an epoch, on a file that gensim reads by itself or on sentences that Python gives it."""
    from gensim.models.word2vec import LineSentence, Word2Vec

    known = json.loads(Path(f"{lines}.json").read_text(encoding="utf-8"))
    given: dict[str, Any] = {"corpus_file": lines}
    if reads == "iterable":
        given = {"corpus_iterable": LineSentence(lines)}

    def run() -> Any:
        model = Word2Vec(
            sg=algorithm == "skip_gram",
            vector_size=DIMENSIONS,
            min_count=MINIMUM_COUNT,
            negative=5,
            sample=1e-3,
            workers=workers,
            seed=1,
        )
        model.build_vocab_from_freq(known["counts"], corpus_count=known["lines"])
        start = time.perf_counter()
        model.train(total_examples=known["lines"], total_words=known["tokens"], epochs=1, **given)
        return len(model.wv), time.perf_counter() - start

    (kept, seconds), _, megabytes = with_memory(run)
    return {
        "algorithm": algorithm,
        "reads": reads,
        "workers": workers,
        "vocabulary": kept,
        "words_per_second": round(known["tokens"] / seconds),
        "megabytes": megabytes,
    }


def vocabulary(words: int) -> dict[str, Any]:
    """Builds a model of so many words, as training holds it."""
    from gensim.models import Word2Vec

    def build() -> Any:
        model = Word2Vec(sg=1, vector_size=DIMENSIONS, min_count=1, negative=5, sorted_vocab=0)
        model.build_vocab_from_freq({f"word{number}": MINIMUM_COUNT for number in range(words)})
        model.syn1neg.fill(0)  # of which the system has given no page yet
        return model

    _, _, megabytes = with_memory(build)
    return {"vocabulary": words, "dimensions": DIMENSIONS, "megabytes": megabytes}


MEASUREMENTS: dict[str, Callable[..., dict[str, Any]]] = {"count": count, "train": train, "vocabulary": vocabulary}

if __name__ == "__main__":
    main()
