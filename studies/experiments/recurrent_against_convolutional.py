"""A recurrent classifier and a convolutional one of equal size: what they learn, and what length costs them."""

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from studies.recall import CLASSES, Texts, recurrent_layer

SEEDS = (1, 2, 3)
SENTIMENT_SEEDS = (6, 7, 8, 9, 10)  # not those by which the settings were found
RECURRENT, CONVOLUTIONAL = NETWORKS = ("recurrent", "convolutional")
WIDTH = 64  # of word vectors, and units of the LSTM
# Kim's widths of windows; so many filters of each make the convolutions as large as the LSTM.
WINDOWS, FILTERS = (3, 4, 5), 43
GAP = 10  # running words behind a cue, more than any window sees; texts to learn from have one to so many
STEPS = 400  # of training on a question, 64 texts each
TEXTS = 1000  # that are asked about
LENGTHS = (16, 64, 256, 1024)  # words of a text whose reading is timed
ROUNDS = 7  # of which the fastest is a seed's time: whatever else a machine does takes time, and gives none


def measure(data: Path, vectors: Path) -> Iterator[dict]:
    """Accuracies on sentiment and on two questions about a text, and times by length, of both networks."""
    yield from sentiment(data / "toy_sentiment", vectors / "english_skip_gram")
    texts = Texts(data)
    for name, draw in (("one cue", one_cue), ("the first of two cues", first_of_two)):
        for seed in SEEDS:
            for network in NETWORKS:
                yield {"network": network, "seed": seed, "task": name, "accuracy": answered(network, texts, draw, seed)}
    for seed in SEEDS:
        for network in NETWORKS:
            yield from times(network, seed)


def sentiment(dataset: Path, source_vectors: Path) -> Iterator[dict]:
    """The accuracy on test of both, learned from 2,000 texts, and the size of what stands above the word vectors."""
    import keras

    from pipelines.models.encoder import embed_words
    from pipelines.models.word_vectors import set_word_vectors, word_tables
    from studies.training import experiment, scores, trained

    for seed in SENTIMENT_SEEDS:
        for network in NETWORKS:
            settings = {"training": {"epochs": 5, "patience": 5}}
            ready = experiment("sentiment", "lstm", seed, dataset, source_vectors, examples=2000, settings=settings)
            if network == CONVOLUTIONAL:
                token_ids = keras.Input((None,), dtype="int32")
                words = embed_words(token_ids, ready.task.vocabularies["tokens"], WIDTH, 0.0, seed)
                read = keras.layers.SpatialDropout1D(ready.task.cell.dropout, seed=seed)(words)
                text = keras.layers.Dropout(ready.task.cell.dropout, seed=seed + 1)(convolutions(read, seed))
                ready = replace(ready, model=keras.Model(token_ids, classes(text, len(ready.task.labels), seed)))
                tables = word_tables(ready.model, ready.vectors)
                set_word_vectors(tables, ready.task.vocabularies, ready.vectors, seed)
            trained(ready)
            yield {
                "network": network,
                "seed": seed,
                "task": "sentiment",
                "accuracy": round(scores(ready, dataset)["accuracy"], 2),
                "parameters": sum(each.count_params() for each in ready.model.layers if each.name != "source_vectors"),
            }


def convolutions(vectors: Any, seed: int) -> Any:
    """Of each filter the largest value over a text, float (batch, filters)."""
    import keras

    from pipelines.layers import MaskedPooling

    found = []
    for width in WINDOWS:
        draw = keras.initializers.GlorotUniform(seed + width)
        layer = keras.layers.Conv1D(FILTERS, width, padding="same", activation="relu", kernel_initializer=draw)
        layer.supports_masking = True  # the mask goes on to the pooling, which leaves padding out
        found.append(MaskedPooling("max")(layer(vectors)))
    return keras.layers.Concatenate()(found)


def classes(text: Any, count: int, seed: int) -> Any:
    """Logits of a text's features."""
    import keras

    return keras.layers.Dense(count, kernel_initializer=keras.initializers.GlorotUniform(seed), name="logits")(text)


def classifier(network: str, words: int, seed: int) -> Any:
    """A compiled classifier with word vectors of its own."""
    import keras

    from pipelines.models.tracing import trace_once

    keras.utils.set_random_seed(seed)
    token_ids = keras.Input((None,), dtype="int32")
    uniform = keras.initializers.RandomUniform(-0.5, 0.5, seed=seed)
    vectors = keras.layers.Embedding(words, WIDTH, embeddings_initializer=uniform, name="words")(token_ids)
    if network == RECURRENT:
        outputs, *_ = recurrent_layer("lstm", WIDTH, seed)(vectors)
        text = outputs[:, -1]
    else:
        text = convolutions(vectors, seed)
    model = keras.Model(token_ids, classes(text, CLASSES, seed))
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.Adam(0.003, global_clipnorm=1.0), loss, jit_compile=False)
    trace_once(model)
    return model


def one_cue(texts: Texts, random: np.random.Generator, count: int, gap: int, split: str) -> tuple[Any, Any]:
    """Texts "i grew up in <country> . <running words> . i speak fluent", and the countries."""
    return texts.draw(random, count, gap, split)


def first_of_two(texts: Texts, random: np.random.Generator, count: int, gap: int, split: str) -> tuple[Any, Any]:
    """Texts with two such countries, one after the other, and the first ones of them."""
    asked = len(texts.question.split())
    first, countries = texts.draw(random, count, gap, split)
    second, _ = texts.draw(random, count, gap, split)
    return np.concatenate([first[:, :-asked], second], axis=1), countries


def learn(model: Any, token_ids: Any, labels: Any) -> None:
    """One step of training."""
    model.train_on_batch(token_ids, labels, sample_weight=np.ones(len(labels), "float32"))


def answered(network: str, texts: Texts, draw: Callable[..., tuple[Any, Any]], seed: int) -> float:
    """The share of fresh texts whose question a network answers after training, in percent."""
    model, random = classifier(network, texts.words, seed), np.random.default_rng(seed)
    for _ in range(STEPS):
        learn(model, *draw(texts, random, 64, int(random.integers(1, GAP + 1)), "train"))
    token_ids, countries = draw(texts, np.random.default_rng(seed + 1000), TEXTS, GAP, "test")
    return round(100 * float((model.predict_on_batch(token_ids).argmax(axis=-1) == countries).mean()), 1)


def times(network: str, seed: int) -> Iterator[dict]:
    """Milliseconds that a batch of 32 texts takes, by their length, in training and in inference."""
    model, random = classifier(network, 1000, seed), np.random.default_rng(seed)
    for length in LENGTHS:
        token_ids, labels = random.integers(1, 1000, (32, length), "int32"), random.integers(CLASSES, size=32)
        for task, step in (
            ("a training step", partial(learn, model, token_ids, labels)),
            ("reading", partial(model.predict_on_batch, token_ids)),
        ):
            step()
            seconds = []
            for _ in range(ROUNDS):
                begin = time.perf_counter()
                step()
                seconds.append(time.perf_counter() - begin)
            yield {
                "network": network,
                "seed": seed,
                "task": task,
                "length": length,
                "milliseconds": round(1000 * min(seconds), 3),
            }
