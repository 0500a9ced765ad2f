"""Word vectors of CBOW and of skip-gram: their pace, what they know of words, and what tasks learn from them."""

import contextlib
import io
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from statistics import fmean
from typing import TYPE_CHECKING, Any

from embeddings import store
from embeddings.config import TrainedConfig
from embeddings.foundation.config import load_config
from embeddings.train import train
from pipelines.data.examples import Example, read_examples

if TYPE_CHECKING:
    from gensim.models import KeyedVectors

SEEDS = (1, 2, 3, 4, 5)
KINDS = ("cbow", "skip_gram")
# Nouns and adjectives of the built-in grammar that praise, and as many that blame. Only words of one kind are compared:
# to Word2Vec, a noun is closer to any noun than to an adjective.
SIDES = (
    (("delight", "pleasure", "relief"), ("horror", "disappointment", "regret")),
    (
        ("good", "wonderful", "excellent", "great", "superb", "lovely", "pleasant"),
        ("bad", "awful", "terrible", "poor", "horrible", "unpleasant", "disgusting"),
    ),
)
# Verdicts at the end of a sentence ("to our relief") that no text to learn sentiment from has: nothing else tells it.
HELD_OUT = {"pleasure", "relief", "disappointment", "regret", "shame", "sorrow"}
# Task, configuration, cell, data, examples of train, settings: little to learn from, so that vectors matter.
TASKS = (
    ("sentiment", "sentiment", "lstm", "toy_sentiment", 1000, {"model": {"pooling": "max"}}),
    ("parts of speech", "pos_tagging", "bilstm", "toy_pos", 200, {}),
)
TRAINING = {"batch_size": 16, "epochs": 4, "patience": 4}


def measure(data: Path, vectors: Path) -> Iterator[dict]:
    """Rows of words a second, analogies, cosines, and accuracies on words that train has and on others."""
    yield from paces(data)
    read = {kind: store.load(vectors / f"english_{kind}") for kind in KINDS}
    yield from analogies(read)
    for kind, words in read.items():
        yield from cosines(kind, words)
    for seed in SEEDS:
        for kind in (*KINDS, "random"):
            source = vectors / ("random" if kind == "random" else f"english_{kind}")
            for task in TASKS:
                yield from accuracies(*task, data, kind, source, seed)


def paces(data: Path) -> Iterator[dict]:
    """Words that training reads in a second, of one epoch."""
    from studies.training import CONFIGS

    for seed in SEEDS:
        for kind in KINDS:
            config = load_config(TrainedConfig, CONFIGS / "vectors" / f"english_{kind}.yaml")
            corpus = tuple(str(data.joinpath(*Path(path).parts[1:])) for path in config.corpus)
            with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
                made = train(replace(config, corpus=corpus, seed=seed, epochs=1))
            yield {"part": "pace", "vectors": kind, "seed": seed, "score": round(made.words_per_second)}


def analogies(read: dict[str, "KeyedVectors"]) -> Iterator[dict]:
    """How many of Google's questions, semantic and syntactic, are answered by both kinds, by one alone and by none."""
    from gensim.test.utils import datapath

    answered: dict[str, dict[tuple, bool]] = {}
    for kind, vectors in read.items():
        _, sections = vectors.evaluate_word_analogies(datapath("questions-words.txt"))
        answered[kind] = {
            (section["section"].startswith("gram"), *question): right
            for section in sections[:-1]  # the last one is the total
            for right, questions in ((True, section["correct"]), (False, section["incorrect"]))
            for question in questions
        }
    cbow, skip_gram = (answered[kind] for kind in KINDS)
    counts = Counter((question[0], right, skip_gram[question]) for question, right in cbow.items())
    for (syntactic, by_cbow, by_skip_gram), count in sorted(counts.items()):
        row = {"part": "analogies", "kind": "syntactic" if syntactic else "semantic"}
        yield {**row, "cbow": by_cbow, "skip_gram": by_skip_gram, "questions": count}


def cosines(kind: str, vectors: "KeyedVectors") -> Iterator[dict]:
    """Of each word of praise or blame its mean cosine with the others of its side, and with those of the other side."""
    for praise, blame in SIDES:
        for own, other in ((praise, blame), (blame, praise)):
            for word in own:
                same, opposite = (
                    round(fmean(float(vectors.similarity(word, each)) for each in words if each != word), 4)
                    for words in (own, other)
                )
                yield {"part": "cosines", "vectors": kind, "word": word, "same": same, "opposite": opposite}
    pair = round(float(vectors.similarity("delight", "horror")), 3)
    yield {"part": "pair", "vectors": kind, "cosine": pair}


def accuracies(
    name: str, task: str, cell: str, dataset: str, examples: int, settings: dict, data: Path, kind: str, source: Path,
    seed: int,
) -> Iterator[dict]:  # fmt: skip
    """Percent of test that are right, apart for what train has shown: sentiment by the text, POS by the word."""
    from studies.training import experiment, trained

    ready = experiment(
        task, cell, seed, data / dataset, source, dev_examples=100, settings={"training": TRAINING, **settings}
    )
    learned = [each for each in ready.splits["train"] if name != "sentiment" or not words_of(each) & HELD_OUT]
    ready = replace(ready, splits={**ready.splits, "train": learned[:examples]})
    trained(ready)
    test = list(read_examples(data / dataset / "test.jsonl"))
    predicted = list(ready.task.predict(ready.engine, test))
    right = by_words(name, ready.splits["train"], test, predicted)
    for words, each in right.items():
        score = round(100 * fmean(each), 2)
        yield {
            "part": "task",
            "task": name,
            "vectors": kind,
            "seed": seed,
            "words": words,
            "score": score,
            "of": len(each),
        }


def by_words(
    name: str, train: Sequence[Example], test: Sequence[Example], predicted: Sequence[Any]
) -> dict[str, list[bool]]:
    """Whether each prediction is right, for words that train has, `seen`, and for others, `unseen`."""
    found: dict[str, list[bool]] = {"seen": [], "unseen": []}
    known = set[str]().union(*map(words_of, train))
    for example, row in zip(test, predicted, strict=True):
        if name == "sentiment":
            words = "unseen" if words_of(example) & HELD_OUT else "seen"
            found[words].append(row["label"] == example.label)
            continue
        for token, tag, told in zip(example.tokens, example.tags or (), row["tags"], strict=True):
            found["seen" if token.lower() in known else "unseen"].append(tag == told)
    return found


def words_of(example: Example) -> set[str]:
    """The words of an example, in lower case."""
    return {token.lower() for token in example.tokens}
