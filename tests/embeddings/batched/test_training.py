"""Vectors by the engine `batched`: what they learn, equal bytes, and every word of the corpus in its turn."""

from dataclasses import asdict, replace
from importlib.metadata import version

import numpy as np
import pytest

from embeddings import store
from embeddings.batched import training
from embeddings.batched.kernel import END
from embeddings.config import TrainedConfig
from embeddings.train import train


@pytest.fixture
def config(write_split, animals_and_vehicles):
    """Vectors that learn the sentences' two topics in a fraction of a second."""
    return TrainedConfig(
        algorithm="skip_gram", dimensions=16, seed=1, corpus=(write_split(animals_and_vehicles),), window=2,
        minimum_count=1, subsampling=0.0, epochs=40, engine="batched",
    )  # fmt: skip


@pytest.mark.parametrize("workers", [1, 2])
@pytest.mark.parametrize("algorithm", ["cbow", "skip_gram"])
def test_words_of_like_contexts_are_nearest(config, algorithm, workers):
    vectors = train(replace(config, algorithm=algorithm, workers=workers)).vectors
    for word, like in [("cat", "dog"), ("car", "bus"), ("fish", "milk"), ("town", "road")]:
        unlike = "bus" if word in ("cat", "fish") else "dog"
        assert vectors.similarity(word, like) > vectors.similarity(word, unlike) + 0.3


@pytest.mark.parametrize("algorithm", ["cbow", "skip_gram"])
def test_vectors_are_near_gensims(config, algorithm):
    config = replace(config, algorithm=algorithm)
    ours, gensims = (train(each).vectors for each in (config, replace(config, engine="gensim")))
    assert ours.index_to_key == gensims.index_to_key
    one, other = (each.get_normed_vectors() @ each.get_normed_vectors().T for each in (ours, gensims))
    assert np.corrcoef(one.ravel(), other.ravel())[0, 1] > 0.9


def test_one_worker_gives_equal_bytes(config):
    first, second = (train(replace(config, epochs=2)) for _ in range(2))
    assert first.vectors.vectors.tobytes() == second.vectors.vectors.tobytes()
    assert first.provenance == second.provenance


def test_provenance_names_the_engine_and_its_compiler(config):
    provenance = train(replace(config, epochs=1)).provenance
    assert provenance["config"]["engine"] == "batched"
    assert (provenance["gensim"], provenance["numba"]) == (version("gensim"), version("numba"))
    assert "numba" not in train(replace(config, epochs=1, engine="gensim")).provenance


@pytest.mark.parametrize("key", ["seed", "window", "negative_samples", "subsampling", "learning_rate", "epochs"])
def test_every_key_that_the_engine_reads_changes_the_vectors(config, key):
    changes = {"seed": 2, "window": 1, "negative_samples": 2, "subsampling": 0.005, "learning_rate": 0.01, "epochs": 3}
    config = replace(config, epochs=2)
    before, after = (train(each).vectors.vectors for each in (config, replace(config, **{key: changes[key]})))
    assert not np.array_equal(before, after)


def test_parts_and_shares_train_on_every_word_once_an_epoch(config, monkeypatch):
    """Learning rates fall from that of the configuration to gensim's smallest, from part to part."""
    calls = []
    monkeypatch.setattr(training, "PART", 900)
    monkeypatch.setattr(training, "train_part", lambda words, *given: calls.append((words.tolist(), *given[:2])))
    train(replace(config, workers=2, epochs=3))
    calls = calls[1:]  # the first one compiles
    words = sorted(word for part, *_ in calls for word in part)
    assert len(words) == 3 * 5_000  # 1,000 lines of 4 words and their ends
    assert words.count(END) == 3 * 1_000
    assert [len(part) for part, *_ in calls[:6]] == [900, 900, 900, 900, 700, 700]
    rates = [rates for _, *rates in calls[::2]]
    assert rates[0][0] == config.learning_rate
    assert [end for _, end in rates[:-1]] == [begin for begin, _ in rates[1:]]
    assert rates[-1][1] == pytest.approx(0.0001)
    assert rates[2][1] == pytest.approx(0.025 - 0.0249 / 3)


def test_training_is_continued(config, write_split, tmp_path):
    first = train(replace(config, epochs=5, keep_output_weights=True))
    store.save(tmp_path / "first", first.vectors, first.provenance)
    lynx = [["a", "lynx", "eats", "fish"], ["the", "lynx", "smells", "milk"]] * 50
    corpus = write_split(lynx, dataset="zoo")
    second = train(replace(config, corpus=(corpus,), continue_from=str(tmp_path / "first")))
    assert second.provenance["continued"]["words_added"] == 1
    assert second.vectors.similarity("lynx", "dog") > second.vectors.similarity("lynx", "bus") + 0.2
    assert np.array_equal(second.vectors["road"], first.vectors["road"])


def test_words_become_rows_and_unknown_ones_go(tmp_path, monkeypatch):
    monkeypatch.setattr(training, "CHARACTERS", 4)
    (tmp_path / "corpus.txt").write_text("b a\n\nrare b\u2028 a\n", encoding="utf-8", newline="\n")
    rows = training.write_rows(tmp_path / "corpus.txt", {"a": 0, "b": 1}, tmp_path / "rows")
    assert rows.tolist() == [1, 0, END, END, 0, END]


def test_fasttext_is_left_to_gensim(config):
    from embeddings.config import FastTextConfig

    with pytest.raises(ValueError, match="expected the engine gensim for FastText, got 'batched'; remove engine"):
        FastTextConfig(**{**asdict(config), "algorithm": "fasttext_cbow"})
