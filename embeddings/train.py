"""Stage `vectors`: prepared texts, a file of vectors, or two artefacts -> an artefact of word vectors, its metrics
and its cost."""

import argparse
import logging
import tempfile
import time
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from embeddings import store
from embeddings.config import FastTextConfig, FileConfig, JoinedConfig, TrainedConfig, VectorsConfig
from embeddings.continuation import Earlier, extend_vocabulary, read_earlier, what_changed
from embeddings.corpus import Corpus, describe, unescape, write_corpus
from embeddings.evaluate import evaluate
from embeddings.foundation.config import load_config
from embeddings.foundation.cost import peak_memory_megabytes
from embeddings.foundation.errors import InputError, exits_on_input_error
from embeddings.foundation.files import atomic_folder, write_json
from embeddings.foundation.languages import main_language
from embeddings.foundation.progress import Progress
from embeddings.foundation.subwords import Subwords
from embeddings.import_file import import_file
from embeddings.joined import join

if TYPE_CHECKING:
    from gensim.models import KeyedVectors, Word2Vec

log = logging.getLogger(__name__)


class Trained(NamedTuple):
    """Vectors, how they were made, and how fast."""

    vectors: "KeyedVectors"  # those of FastText with `subwords`, a `Subwords`
    provenance: dict[str, Any]
    words_per_second: float  # words of the corpus passed, in every epoch, over the time of training alone


def train(config: VectorsConfig) -> Trained:
    """Trains word vectors; with one worker, equal input gives equal bytes in every process.

    The algorithm `random` gives no vectors: every word vector is then initialised at random. With
    `continue_from` the words of an earlier artefact begin with their vectors; see `embeddings.continuation`.

    Raises:
        InputError: a text is missing or malformed, texts differ in their tokenizers, no word is frequent enough, the
            earlier vectors do not fit, or the vectors come from a file (`embeddings.import_file` reads them) or are
            joined (`embeddings.joined`).
    """
    from gensim.models import KeyedVectors

    if isinstance(config, FileConfig | JoinedConfig):
        raise InputError(f"expected a corpus to train on, got algorithm {config.algorithm!r}, which trains nothing")
    if not isinstance(config, TrainedConfig):
        return Trained(KeyedVectors(config.dimensions), _provenance(config, 0, None), 0.0)
    earlier = read_earlier(config, describe(config.corpus[0], config.field)[0]) if config.continue_from else None
    with tempfile.TemporaryDirectory() as folder:
        corpus = write_corpus(config.corpus, config.field, Path(folder) / "corpus.txt", config.maximum_counted)
        log.info(f"{corpus.tokens:,} words in {corpus.lines:,} lines")
        if corpus.uncounted:
            log.info(f"rare words were dropped while counting; a count may be up to {corpus.uncounted:,} too low")
        vectors, seconds = _word2vec(config, corpus, earlier)
    words_per_second = round(corpus.tokens * config.epochs / seconds, 1)
    log.info(f"{config.epochs} epochs in {seconds:.1f} s, {words_per_second:,.0f} words/s")
    provenance = _provenance(config, len(vectors), corpus)
    if earlier:
        provenance["continued"] = what_changed(config, earlier, vectors, corpus.tokens)
    return Trained(vectors, provenance, words_per_second)


def _word2vec(config: TrainedConfig, corpus: Corpus, earlier: Earlier | None) -> "tuple[KeyedVectors, float]":
    """Trains on a written corpus; returns the vectors and the seconds that training took."""
    from gensim.models import FastText, Word2Vec

    model_class, own = Word2Vec, {}
    if isinstance(config, FastTextConfig):
        own = {"min_n": config.minimum_characters, "max_n": config.maximum_characters, "bucket": config.buckets}
        model_class = FastText
    model = model_class(
        **own,
        sg=int(config.algorithm.endswith("skip_gram")),
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
    if earlier:
        extend_vocabulary(model, earlier, dict(by_frequency))
    else:
        model.build_vocab_from_freq(dict(by_frequency), corpus_count=corpus.lines)
    if not len(model.wv):
        raise InputError(f"no word occurs {config.minimum_count} times in the corpus; lower `minimum_count`")
    if config.engine == "batched":
        from embeddings.batched.training import train_batched

        seconds = train_batched(model, corpus.path, config)
    else:
        seconds = _train_by_gensim(model, corpus, config)
    vectors = _plain(model.wv, config) if isinstance(config, FastTextConfig) else model.wv
    if config.keep_output_weights:
        vectors.expandos["output_weights"] = model.syn1neg
    if earlier:
        _sort(vectors)
    vectors.index_to_key = [unescape(str(word)) for word in vectors.index_to_key]
    vectors.key_to_index = {word: row for row, word in enumerate(vectors.index_to_key)}
    return vectors, seconds


def _train_by_gensim(model: "Word2Vec", corpus: Corpus, config: TrainedConfig) -> float:
    """Trains a model that has its vocabulary; returns the seconds that it took."""
    with Progress(config.algorithm, "epochs", config.epochs, heartbeat=True) as progress:
        model.train(
            corpus_file=str(corpus.path),
            total_examples=corpus.lines,
            total_words=corpus.tokens,
            epochs=config.epochs,
            callbacks=[_epoch_counter(progress)],
        )
        return progress.seconds


def _plain(trained: Any, config: FastTextConfig) -> "KeyedVectors":
    """FastText's vectors of words as plain ones, with their n-grams' beside them."""
    from gensim.models import KeyedVectors

    vectors = KeyedVectors(config.dimensions)
    vectors.vectors, vectors.index_to_key = trained.vectors, trained.index_to_key
    vectors.expandos["count"] = trained.expandos["count"]
    vectors.subwords = Subwords(trained.vectors_ngrams, config.minimum_characters, config.maximum_characters)
    return vectors


def _epoch_counter(progress: Progress) -> Any:
    """A callback of gensim, which reports nothing within an epoch over a `corpus_file`."""
    from gensim.models.callbacks import CallbackAny2Vec

    class EpochCounter(CallbackAny2Vec):
        finished = 0

        def on_epoch_end(self, model: Any) -> None:
            self.finished += 1
            progress.update(self.finished)

    return EpochCounter()


def _sort(vectors: "KeyedVectors") -> None:
    """Puts words in the order of every artefact: by frequency, then by letter."""
    words, counts = vectors.index_to_key, vectors.expandos["count"]
    order = sorted(range(len(words)), key=lambda row: (-counts[row], words[row]))
    vectors.index_to_key = [words[row] for row in order]
    vectors.vectors = vectors.vectors[order]
    vectors.expandos = {name: values[order] for name, values in vectors.expandos.items()}


def _provenance(config: VectorsConfig, words: int, corpus: Corpus | None) -> dict[str, Any]:
    return {
        "config": config.described(),
        "tokenizer": corpus.tokenizer if corpus else None,
        "corpus": corpus.sources if corpus else [],
        "words": words,
        "tokens": corpus.tokens if corpus else 0,
        "gensim": version("gensim"),
        **({"numba": version("numba")} if isinstance(config, TrainedConfig) and config.engine == "batched" else {}),
    }


def _is_english(provenance: dict[str, Any]) -> bool:
    """Whether everything that vectors were made of is English."""
    sources = provenance["corpus"] + ([provenance["file"]] if "file" in provenance else [])
    english = all(main_language(source["language"] or "") == "en" for source in sources)
    english = english and all(_is_english(part["provenance"]) for part in provenance.get("parts", ()))
    return english and ("continued" not in provenance or _is_english(provenance["continued"]["provenance"]))


def _write(config: VectorsConfig, folder: Path) -> tuple[dict[str, Any], float]:
    """Trains, joins or reads vectors, and writes them; gives their provenance and the words per second."""
    if isinstance(config, FileConfig):
        return import_file(config, folder)
    if isinstance(config, JoinedConfig):
        vectors, provenance = join(config)
        words_per_second = 0.0
    else:
        vectors, provenance, words_per_second = train(config)
    store.write(folder, vectors, provenance)
    return provenance, words_per_second


@exits_on_input_error
def main(arguments: list[str] | None = None) -> None:
    """Trains or reads, stores and scores the vectors of one configuration."""
    parser = argparse.ArgumentParser(prog="elman vectors", description=__doc__)
    parser.add_argument(
        "--config",
        required=True,
        type=Path,
        help="configuration; its paths are relative to the working directory, `path` also to $ELMAN_DATA",
    )
    parser.add_argument("--output", required=True, type=Path, help="folder of the artefact to write")
    parser.add_argument("--metrics", required=True, type=Path, help="file of the intrinsic metrics (JSON)")
    parser.add_argument("--cost", required=True, type=Path, help="cost file to write (JSON)")
    options = parser.parse_args(arguments)

    begin = time.perf_counter()
    config = load_config(VectorsConfig, options.config)
    with atomic_folder(options.output, options.config, *config.reads()) as folder:
        provenance, words_per_second = _write(config, folder)
        scores = evaluate(store.load(folder)) if _is_english(provenance) else {}  # the test sets are English
        write_json(folder / store.SCORES, scores)
    write_json(options.metrics, {"words": provenance["words"], **scores})
    cost = {
        "wall_seconds": round(time.perf_counter() - begin, 2),
        "words_per_second": words_per_second,
        "peak_memory_megabytes": peak_memory_megabytes(),
        "workers": config.workers if isinstance(config, TrainedConfig) else 1,
    }
    write_json(options.cost, cost)


if __name__ == "__main__":
    main()
