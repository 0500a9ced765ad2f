"""Stage `vectors`: prepared texts -> an artefact of word vectors, its intrinsic metrics and its cost."""

import argparse
import tempfile
import time
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from embeddings import store
from embeddings.config import VectorsConfig, load_config
from embeddings.corpus import Corpus, unescape, write_corpus
from embeddings.cost import peak_memory_megabytes
from embeddings.errors import InputError, exits_on_input_error
from embeddings.evaluate import evaluate
from embeddings.files import write_json
from embeddings.progress import Progress

if TYPE_CHECKING:
    from gensim.models import KeyedVectors


class Trained(NamedTuple):
    """Vectors, how they were made, and how fast."""

    vectors: "KeyedVectors"
    provenance: dict[str, Any]
    words_per_second: float  # words of the corpus passed, in every epoch, over the time of training alone


def train(config: VectorsConfig) -> Trained:
    """Trains word vectors; with one worker, equal input gives equal bytes in every process.

    The algorithm `random` gives no vectors at all: whoever uses them draws each word's vector anew.

    Raises:
        InputError: a text is missing or malformed, texts differ in their tokenizers, or no word is frequent enough.
    """
    from gensim.models import KeyedVectors

    if (config.algorithm == "random") == bool(config.corpus):
        raise InputError(
            f"algorithm {config.algorithm!r}: expected a corpus for cbow and skip_gram, and none for random"
        )
    if config.algorithm == "random":
        return Trained(KeyedVectors(config.dimensions), _provenance(config, 0, None), 0.0)
    with tempfile.TemporaryDirectory() as folder:
        corpus = write_corpus(config.corpus, config.field, Path(folder) / "corpus.txt")
        print(f"{corpus.tokens:,} words in {corpus.lines:,} lines", flush=True)
        vectors, seconds = _word2vec(config, corpus)
    provenance = _provenance(config, len(vectors), corpus)
    return Trained(vectors, provenance, round(corpus.tokens * config.epochs / seconds, 1))


def _word2vec(config: VectorsConfig, corpus: Corpus) -> "tuple[KeyedVectors, float]":
    """Trains on a written corpus; returns the vectors and the seconds that training took."""
    from gensim.models import Word2Vec

    model = Word2Vec(
        sg=int(config.algorithm == "skip_gram"),
        vector_size=config.dimensions,
        seed=config.seed,
        window=config.window,
        min_count=config.minimum_count,
        negative=config.negative_samples,
        sample=config.subsampling,
        alpha=config.learning_rate,
        epochs=config.epochs,
        workers=config.workers,
        sorted_vocab=0,  # gensim's sort leaves the order of equally frequent words to NumPy and the processor
    )
    by_frequency = sorted(corpus.counts.items(), key=lambda item: (-item[1], item[0]))
    model.build_vocab_from_freq(dict(by_frequency), corpus_count=corpus.lines)
    if not len(model.wv):
        raise InputError(f"no word occurs {config.minimum_count} times in the corpus; lower `minimum_count`")
    with Progress(config.epochs, corpus.tokens) as progress:
        model.train(
            corpus_file=str(corpus.path),
            total_examples=corpus.lines,
            total_words=corpus.tokens,
            epochs=config.epochs,
            callbacks=[progress],
        )
        seconds = progress.seconds
    vectors = model.wv
    vectors.index_to_key = [unescape(str(word)) for word in vectors.index_to_key]
    vectors.key_to_index = {word: row for row, word in enumerate(vectors.index_to_key)}
    return vectors, seconds


def _provenance(config: VectorsConfig, words: int, corpus: Corpus | None) -> dict[str, Any]:
    return {
        "config": asdict(config),
        "tokenizer": corpus.tokenizer if corpus else None,
        "corpus": corpus.sources if corpus else [],
        "words": words,
        "tokens": corpus.tokens if corpus else 0,
        "gensim": version("gensim"),
    }


@exits_on_input_error
def main(arguments: list[str] | None = None) -> None:
    """Trains, stores and scores the vectors of one configuration."""
    parser = argparse.ArgumentParser(prog="elman vectors", description=__doc__)
    parser.add_argument("--config", required=True, type=Path, help="configuration; its corpus is relative to here")
    parser.add_argument("--output", required=True, type=Path, help="folder of the artefact to write")
    parser.add_argument("--metrics", required=True, type=Path, help="file of the intrinsic metrics (JSON)")
    parser.add_argument("--cost", required=True, type=Path, help="file of what the training cost (JSON)")
    options = parser.parse_args(arguments)

    begin = time.perf_counter()
    config = load_config(VectorsConfig, options.config)
    vectors, provenance, words_per_second = train(config)
    store.save(options.output, vectors, provenance)
    english = all(source["language"] == "en" for source in provenance["corpus"])
    scores = evaluate(store.load(options.output)) if english else {}  # the test sets are English
    write_json(options.metrics, {"words": len(vectors), **scores})
    cost = {
        "wall_seconds": round(time.perf_counter() - begin, 2),
        "words_per_second": words_per_second,
        "peak_memory_megabytes": peak_memory_megabytes(),
        "workers": config.workers,
    }
    write_json(options.cost, cost)


if __name__ == "__main__":
    main()
