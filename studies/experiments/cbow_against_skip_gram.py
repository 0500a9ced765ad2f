"""Word vectors of CBOW and of skip-gram: their training, their own scores, and what tasks learn from them."""

import contextlib
import io
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from embeddings import store
from embeddings.config import TrainedConfig
from embeddings.evaluate import similarity
from embeddings.foundation.config import load_config
from embeddings.train import Trained, train

if TYPE_CHECKING:
    from gensim.models import KeyedVectors

SEEDS = (1, 2, 3)
# Task, configuration, cell, data, figure, examples of train, settings: little to learn from, so that vectors matter.
TASKS = (
    ("sentiment", "sentiment", "lstm", "toy_sentiment", "accuracy", 1000, {"model": {"pooling": "max"}}),
    ("parts of speech", "pos_tagging", "bilstm", "toy_pos", "accuracy", 200, {}),
    ("entities", "ner", "bilstm", "toy_ner", "span_f1", 300, {}),
    ("translation", "translation", "gru", "toy_translation", "bleu", 1500, {"cell": {"dropout": 0.0}}),
)
TRAINING = {"batch_size": 16, "epochs": 4, "patience": 4}


def measure(data: Path, vectors: Path) -> Iterator[dict]:
    """What vectors of each kind score by themselves and in each task, for each seed of both."""
    from studies.training import CONFIGS, experiment, scores, trained

    with tempfile.TemporaryDirectory() as folder:
        for seed in SEEDS:
            kinds = {}
            for kind in ("cbow", "skip_gram"):
                made = trained_vectors(
                    load_config(TrainedConfig, CONFIGS / "vectors" / f"english_{kind}.yaml"), data, seed
                )
                kinds[kind] = Path(folder) / f"{kind}_{seed}"
                store.save(kinds[kind], made.vectors, made.provenance)
                yield {"vectors": kind, "seed": seed, "task": "words a second", "score": round(made.words_per_second)}
                for name, score in intrinsic(store.load(kinds[kind])).items():
                    yield {"vectors": kind, "seed": seed, "task": name, "score": round(score, 2)}
            kinds["random"] = vectors / "random"
            for name, task, cell, dataset, figure, examples, settings in TASKS:
                for kind, source in kinds.items():
                    ready = experiment(
                        task, cell, seed, data / dataset, source, vectors / "russian_skip_gram",
                        examples=examples, dev_examples=100, settings={"training": TRAINING, **settings},
                    )  # fmt: skip
                    trained(ready)
                    score = round(scores(ready, data / dataset)[figure], 2)
                    yield {"vectors": kind, "seed": seed, "task": name, "score": score}


def trained_vectors(config: TrainedConfig, data: Path, seed: int) -> Trained:
    """Vectors of a configuration, from prepared data that stand elsewhere and from another seed."""
    corpus = tuple(str(data.joinpath(*Path(path).parts[1:])) for path in config.corpus)
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        return train(replace(config, corpus=corpus, seed=seed))


def intrinsic(vectors: "KeyedVectors") -> dict[str, float]:
    """Agreement with human judgement of similarity, and the share of analogies answered, semantic and syntactic."""
    from gensim.test.utils import datapath

    _, sections = vectors.evaluate_word_analogies(datapath("questions-words.txt"))
    answers = {"semantic analogies": [0, 0], "syntactic analogies": [0, 0]}
    for section in sections[:-1]:  # the last one is the total
        kind = answers["syntactic analogies" if section["section"].startswith("gram") else "semantic analogies"]
        kind[0] += len(section["correct"])
        kind[1] += len(section["correct"]) + len(section["incorrect"])
    judged = similarity(vectors, "similarity", datapath("wordsim353.tsv"))
    return {
        "similarity": judged["similarity"],
        **{name: 100 * right / asked for name, (right, asked) in answers.items()},
        **{f"{name}, asked": asked for name, (_, asked) in answers.items()},
    }
