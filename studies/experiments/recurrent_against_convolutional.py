"""A recurrent classifier and a convolutional one of equal size: what they learn, and what length costs them."""

import time
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from studies.recall import CLASSES, Texts, recurrent_layer
from studies.trainer import trainer

SEEDS = (11, 12, 13, 14, 15, 16, 17, 18)  # of which all against none can be told after correction
TIMED = (1, 2, 3)  # seeds of the times
SENTIMENT_SEEDS = (6, 7, 8, 9, 10)  # not those by which the settings were found
RECURRENT, CONVOLUTIONAL = NETWORKS = ("recurrent", "convolutional")
WIDTH = 64  # of word vectors, and units of the LSTM
# Kim's widths of windows; so many filters of each make the convolutions as large as the LSTM.
WINDOWS, FILTERS = (3, 4, 5), 43
GAP = 10  # running words behind each of two cues, more than any window sees; texts to learn from have one to so many
LONGEST = 200  # running words among which one cue stands anywhere; texts to learn from have ten to so many
STEPS = 400  # of training on a question, 64 texts each, 32 of the long ones
TEXTS = 1000  # that are asked about
LENGTHS = (16, 64, 256, 1024)  # words of a text whose reading is timed
ROUNDS = 7  # of which the fastest is a seed's time: whatever else a machine does takes time, and gives none


def measure(data: Path, vectors: Path) -> Iterator[dict]:
    """Accuracies on sentiment and on two questions about a text, and times by length, of both networks."""
    yield from sentiment(data / "toy_sentiment", vectors / "english_skip_gram")
    texts = Texts(data)
    for seed in SEEDS[: len(SENTIMENT_SEEDS)]:
        for network in NETWORKS:
            yield from found_anywhere(network, texts, seed)
    for seed in SEEDS:
        for network in NETWORKS:
            accuracy = told_apart(network, texts, seed)
            yield {"network": network, "seed": seed, "task": "the first of two cues", "accuracy": accuracy}
    for seed in TIMED:
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
    """A classifier with word vectors of its own."""
    import keras

    keras.utils.set_random_seed(seed)
    token_ids = keras.Input((None,), dtype="int32")
    uniform = keras.initializers.RandomUniform(-0.5, 0.5, seed=seed)
    vectors = keras.layers.Embedding(words, WIDTH, embeddings_initializer=uniform, name="words")(token_ids)
    if network == RECURRENT:
        outputs, *_ = recurrent_layer("lstm", WIDTH, seed)(vectors)
        text = outputs[:, -1]
    else:
        text = convolutions(vectors, seed)
    return keras.Model(token_ids, classes(text, CLASSES, seed))


def cue_anywhere(
    texts: Texts, random: np.random.Generator, count: int, running: int, split: str, behind: tuple[int, int]
) -> tuple[Any, Any]:
    """Texts "... i grew up in <country> . ... i speak fluent", and the countries.

    Args:
        texts: what is drawn from.
        random: the generator.
        count: of texts.
        running: words of news in a text.
        split: train or test.
        behind: how many of them stand between the cue and the question, at least and at most.
    """
    token_ids, countries = texts.draw(random, count, running, split)
    cues, news, questions = np.split(token_ids, [len(texts.opening.split()), -len(texts.question.split())], axis=1)
    places = running - random.integers(behind[0], behind[1], size=count, endpoint=True)
    moved = [np.insert(words, place, cue) for words, place, cue in zip(news, places, cues, strict=True)]
    return np.concatenate([np.stack(moved), questions], axis=1), countries


def first_of_two(texts: Texts, random: np.random.Generator, count: int, gap: int, split: str) -> tuple[Any, Any]:
    """Texts with two such countries, one after the other, and the first ones of them."""
    asked = len(texts.question.split())
    first, countries = texts.draw(random, count, gap, split)
    second, _ = texts.draw(random, count, gap, split)
    return np.concatenate([first[:, :-asked], second], axis=1), countries


def found_anywhere(network: str, texts: Texts, seed: int) -> Iterator[dict]:
    """The share of fresh long texts whose country a network tells after training, percent, by the cue's place."""
    model, random = classifier(network, texts.words, seed), np.random.default_rng(seed)
    train = trainer(model)
    for _ in range(STEPS):
        running = round(float(np.exp(random.uniform(*np.log((10, LONGEST))))))
        train(*cue_anywhere(texts, random, 32, running, "train", (0, running)))
    quarter = LONGEST // 4
    for least in range(0, LONGEST, quarter):
        fresh, places = np.random.default_rng(seed + 1000), (least, least + quarter)
        questions = cue_anywhere(texts, fresh, TEXTS // 4, LONGEST, "test", places)
        row = {"network": network, "seed": seed, "task": "one cue", "behind": least + quarter // 2}
        yield {**row, "accuracy": share(model, *questions)}


def told_apart(network: str, texts: Texts, seed: int) -> float:
    """The share of fresh texts of two cues whose first one a network tells after training, percent."""
    model, random = classifier(network, texts.words, seed), np.random.default_rng(seed)
    train = trainer(model)
    for _ in range(STEPS):
        train(*first_of_two(texts, random, 64, int(random.integers(1, GAP + 1)), "train"))
    return share(model, *first_of_two(texts, np.random.default_rng(seed + 1000), TEXTS, GAP, "test"))


def share(model: Any, token_ids: Any, countries: Any) -> float:
    """The share of right answers, percent."""
    return round(100 * float((model.predict_on_batch(token_ids).argmax(axis=-1) == countries).mean()), 1)


def times(network: str, seed: int) -> Iterator[dict]:
    """Milliseconds that a batch of 32 texts takes, by their length, in training and in inference."""
    model, random = classifier(network, 1000, seed), np.random.default_rng(seed)
    train = trainer(model)
    for length in LENGTHS:
        token_ids, labels = random.integers(1, 1000, (32, length), "int32"), random.integers(CLASSES, size=32)
        for task, step in (
            ("a training step", partial(train, token_ids, labels)),
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
