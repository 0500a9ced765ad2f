import json
import os
import subprocess
import sys
from dataclasses import asdict, fields, replace
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pytest

import embeddings
from embeddings import store
from embeddings.config import RandomConfig, TrainedConfig, VectorsConfig
from embeddings.foundation.config import load_config
from embeddings.foundation.errors import InputError
from embeddings.train import main, train

CONFIGS = sorted((Path(__file__).parents[2] / "configs" / "vectors").glob("*.yaml"))


@pytest.fixture
def config(write_split, animals_and_vehicles):
    """Vectors that learn the sentences' two topics in a fraction of a second."""
    corpus = write_split(animals_and_vehicles)
    return TrainedConfig(
        algorithm="skip_gram", dimensions=16, seed=1, corpus=(corpus,), window=2, minimum_count=1, subsampling=0.0,
        epochs=10,
    )  # fmt: skip


@pytest.mark.parametrize("algorithm", ["cbow", "skip_gram"])
def test_words_of_like_contexts_are_nearest(config, algorithm):
    vectors = train(replace(config, algorithm=algorithm, epochs=40)).vectors
    for word, like in [("cat", "dog"), ("car", "bus"), ("fish", "milk"), ("town", "road")]:
        unlike = "bus" if word in ("cat", "fish") else "dog"
        assert vectors.similarity(word, like) > vectors.similarity(word, unlike) + 0.3


CHANGES = {
    "algorithm": "cbow",
    "dimensions": 8,
    "seed": 2,
    "corpus": None,  # the same sentences twice
    "field": "target_tokens",
    "window": 1,
    "minimum_count": 200,
    "maximum_counted": 10,
    "negative_samples": 2,
    "subsampling": 0.05,
    "learning_rate": 0.01,
    "epochs": 9,
    "workers": 2,
    "engine": "batched",
}
OF_ARTEFACTS = {"keep_output_weights", "continue_from"}  # test_continuation.py


def test_every_key_of_a_training_is_tried_here_or_where_artefacts_are_continued():
    assert {field.name for field in fields(TrainedConfig)} == {*CHANGES, *OF_ARTEFACTS}


@pytest.mark.parametrize("key", CHANGES)
def test_every_key_of_the_configuration_changes_the_vectors(config, write_split, key):
    changed = replace(config, **{key: CHANGES[key] or (*config.corpus, *config.corpus)})
    if key == "field":
        target = write_split([["кот", "ест", "рыбу"]] * 100, dataset="pairs", field="target_tokens")
        changed = replace(changed, corpus=(target,))
    before, after = train(config).vectors, train(changed).vectors
    assert before.vectors.shape != after.vectors.shape or not np.array_equal(before.vectors, after.vectors)


def test_words_stand_by_frequency_then_by_letter(config, write_split):
    corpus = write_split([["b", "a", "New York", "b"], ["c", "a", "b"], ["a", "New York", "rare"]], dataset="few")
    vectors = train(replace(config, corpus=(corpus,), minimum_count=1)).vectors
    assert vectors.index_to_key == ["a", "b", "New York", "c", "rare"]
    assert vectors.expandos["count"].tolist() == [3, 3, 2, 1, 1]
    assert train(replace(config, corpus=(corpus,), minimum_count=2)).vectors.index_to_key == ["a", "b", "New York"]


def test_provenance_tells_how_vectors_were_made(config):
    _, provenance, _ = train(config)
    (source,) = provenance.pop("corpus")
    assert source["file"] == config.corpus[0]
    assert (source["tokens"], source["sentences"]) == (4_000, 1_000)
    assert provenance == {
        "config": {
            key: value
            for key, value in asdict(config).items()
            if key in CHANGES and key != "engine" and value is not None
        },
        "tokenizer": "words",
        "words": 18,
        "tokens": 4_000,
        "gensim": version("gensim"),
    }


def options(config_file, output):
    """The stage's command line; everything is written into one folder."""
    files = {"output": "vectors", "metrics": "metrics.json", "cost": "cost.json"}
    written = [option for key, name in files.items() for option in (f"--{key}", str(output / name))]
    return ["--config", str(config_file), *written]


def run_in_fresh_process(config_file, output, hash_seed):
    subprocess.run(
        [sys.executable, "-m", "embeddings.train", *options(config_file, output)],
        check=True,
        env={**os.environ, "PYTHONHASHSEED": hash_seed},
        cwd=Path(__file__).parents[2],
    )


def test_fresh_processes_give_equal_bytes(config, tmp_path):
    config_file = tmp_path / "config.yaml"
    config_file.write_text(json.dumps(asdict(config)), encoding="utf-8")
    for hash_seed in ("1", "2"):
        run_in_fresh_process(config_file, tmp_path / hash_seed, hash_seed)
    first, second = tmp_path / "1", tmp_path / "2"
    for path in ["vectors/vectors.npy", "vectors/vocabulary.json", "vectors/counts.npy", "vectors/provenance.json"]:
        assert (first / path).read_bytes() == (second / path).read_bytes(), path
    assert (first / "metrics.json").read_bytes() == (second / "metrics.json").read_bytes()
    cost = json.loads((first / "cost.json").read_text(encoding="utf-8"))
    assert cost["workers"] == 1
    assert 0 < 4_000 * 10 / cost["words_per_second"] < cost["wall_seconds"]
    assert cost["peak_memory_megabytes"] > 10


def test_random_is_an_artefact_without_words(tmp_path):
    (tmp_path / "random.yaml").write_text("{algorithm: random, dimensions: 64, seed: 1}", encoding="utf-8")
    main(options(tmp_path / "random.yaml", tmp_path))
    assert embeddings.load(tmp_path / "vectors").vectors.shape == (0, 64)
    assert store.provenance(tmp_path / "vectors")["tokenizer"] is None
    assert json.loads((tmp_path / "metrics.json").read_text(encoding="utf-8"))["wordsim353_coverage"] == 0


@pytest.mark.parametrize(("language", "scored"), [("en", True), ("de", False)])
def test_only_english_vectors_are_scored_on_english_words(config, write_split, tmp_path, language, scored):
    corpus = write_split([["tiger", "cat", "Tiger"]] * 20, dataset="zoo", language=language)
    config_file = tmp_path / "config.yaml"
    config_file.write_text(json.dumps(asdict(replace(config, corpus=(corpus,)))), encoding="utf-8")
    main(options(config_file, tmp_path))
    metrics = json.loads((tmp_path / "metrics.json").read_text(encoding="utf-8"))
    assert metrics["words"] == 3
    assert ("wordsim353_coverage" in metrics) == scored


def test_vectors_stand_in_their_place_with_their_scores_or_not_at_all(config, tmp_path, monkeypatch):
    config_file = tmp_path / "vectors.yaml"
    config_file.write_text(json.dumps(asdict(config)), encoding="utf-8")

    def killed(vectors):
        raise KeyboardInterrupt

    monkeypatch.setattr("embeddings.train.evaluate", killed)
    with pytest.raises(SystemExit, match="130"):
        main(options(config_file, tmp_path))
    assert not (tmp_path / "vectors").exists()
    assert list(tmp_path.glob(".*")) == []


def test_a_training_needs_a_corpus(config):
    with pytest.raises(ValueError, match="expected a corpus"):
        replace(config, corpus=())


def test_artefacts_of_no_vectors_store_what_they_always_have():
    assert json.dumps(RandomConfig(dimensions=64, seed=1).described()) == (
        '{"algorithm": "random", "dimensions": 64, "seed": 1, "corpus": [], "field": "tokens", "window": 5, '
        '"minimum_count": 5, "negative_samples": 5, "subsampling": 0.001, "learning_rate": 0.025, "epochs": 5, '
        '"workers": 1}'
    )


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        ({"algorithm": "random", "seed": 1, "window": 3}, "the key 'window' belongs to algorithm cbow and skip_gram"),
        ({"algorithm": "random", "seed": 1, "path": "a.vec"}, "the key 'path' belongs to algorithm file, got 'random'"),
        ({"algorithm": "random", "seed": 1, "continue_from": "a"}, "the key 'continue_from' belongs to algorithm cbow"),
        (
            {"algorithm": "random", "seed": 1, "corpus": ["a"]},
            "the key 'corpus' belongs to algorithm cbow and skip_gram",
        ),
        ({"algorithm": "file", "path": "a", "tokenizer": "words", "keep_output_weights": True}, "belongs to .* 'file'"),
        (
            {"algorithm": "skipgram", "seed": 1},
            "a known value under 'algorithm', got 'skipgram'; did you .*'skip_gram'",
        ),
        ({"algorithm": ["cbow"]}, "a known value under 'algorithm', got .'cbow'.; "),
        ({"seed": 1}, "the key 'algorithm' is missing"),
        ({"algorithm": "cbow", "seed": 1, "corpus": ("a",), "window": "3"}, "expected int under 'window', got '3'"),
        ({"algorithm": "cbow", "seed": 1, "corpus": ("a",), "windw": 3}, "'windw'; did you mean 'window'"),
        ({"algorithm": "cbow", "seed": 1}, "the key 'corpus' is missing"),
        ({"algorithm": "random"}, "the key 'seed' is missing"),
        ({"algorithm": "random", "seed": -2}, "expected a seed from 0 to 4294967295, got -2"),
        ({"algorithm": "cbow", "corpus": ("a",)}, "the key 'seed' is missing"),
        ({"algorithm": "file", "tokenizer": "words"}, "the key 'path' is missing"),
        ({"algorithm": "file", "path": "a.vec"}, "the key 'tokenizer' is missing"),
        (
            {"algorithm": "file", "path": "a", "tokenizer": "words", "seed": 1},
            "'seed' belongs to .* random, got 'file'",
        ),
        ({"algorithm": "file", "path": "a", "tokenizer": "words", "maximum_words": 0}, "maximum_words of at least 1"),
    ],
)
def test_keys_that_do_not_fit_together_are_refused(tmp_path, keys, message):
    (tmp_path / "config.yaml").write_text(json.dumps({"dimensions": 2, **keys}), encoding="utf-8")
    with pytest.raises(InputError, match=message):
        load_config(VectorsConfig, tmp_path / "config.yaml")


def test_a_corpus_without_frequent_words_is_refused(config):
    with pytest.raises(InputError, match="no word occurs 5000 times"):
        train(replace(config, minimum_count=5_000))


@pytest.mark.parametrize("path", CONFIGS, ids=lambda path: path.stem)
def test_every_configuration_of_vectors_loads(path):
    config = load_config(VectorsConfig, path)
    assert isinstance(config, TrainedConfig) or config.algorithm == "random"
    if isinstance(config, TrainedConfig) and all(source.startswith("data/") for source in config.corpus):
        assert config.workers == 1  # the default graph gives the same bytes every time
