"""Continued training: earlier words keep their vectors, new ones come in, and what changed is told."""

import json
from dataclasses import replace

import numpy as np
import pytest
from gensim.models import KeyedVectors, Word2Vec

from embeddings import store
from embeddings.config import TrainedConfig
from embeddings.continuation import Earlier, what_changed
from embeddings.foundation.errors import InputError
from embeddings.train import main, train

NEW = [["the", "cat", "drives", "New York"], ["a", "lynx", "eats", "fish"], ["a", "lynx", "smells", "milk"]]


@pytest.fixture
def first(write_split, animals_and_vehicles):
    """A configuration whose artefact can be continued."""
    return TrainedConfig(
        algorithm="skip_gram",
        dimensions=16,
        seed=1,
        corpus=(write_split(animals_and_vehicles),),
        window=2,
        minimum_count=1,
        subsampling=0.0,
        epochs=5,
        keep_output_weights=True,
    )


@pytest.fixture
def folder(first, tmp_path):
    """Where that artefact stands."""
    return write(first, tmp_path / "first")


@pytest.fixture
def second(first, folder, write_split):
    """The continuing configuration, on a few sentences with new words."""
    corpus = write_split(NEW * 30, dataset="zoo")
    return replace(first, corpus=(corpus,), continue_from=str(folder), epochs=2)


def write(config, folder):
    vectors, provenance, _ = train(config)
    store.save(folder, vectors, provenance)
    return folder


def gensim_continues(first, second):
    """The same in gensim alone, with one model in memory; the corpora have no words with spaces."""

    def sentences(config):
        with open(config.corpus[0], encoding="utf-8") as file:
            for line in file:
                yield [word.replace(" ", "_") for word in json.loads(line)["tokens"]]

    def counts(config):
        found = {}
        for sentence in sentences(config):
            for word in sentence:
                found[word] = found.get(word, 0) + 1
        return dict(sorted(found.items(), key=lambda item: (-item[1], item[0])))

    def learn(config):
        path = config.corpus[0] + ".txt"
        with open(path, "w", encoding="utf-8") as file:
            file.writelines(" ".join(sentence) + "\n" for sentence in sentences(config))
        model.random = np.random.RandomState(config.seed)
        total = sum(counts(config).values())
        lines = sum(1 for _ in sentences(config))
        model.train(corpus_file=path, total_examples=lines, total_words=total, epochs=config.epochs)

    model = Word2Vec(
        sg=int(first.algorithm == "skip_gram"),
        vector_size=first.dimensions,
        seed=first.seed,
        window=first.window,
        min_count=1,
        sample=first.subsampling,
        workers=1,
        sorted_vocab=0,
    )
    model.build_vocab_from_freq(counts(first))
    learn(first)
    model.build_vocab_from_freq(counts(second), update=True)
    learn(second)
    return model


@pytest.mark.parametrize("algorithm", ["cbow", "skip_gram"])
@pytest.mark.parametrize("subsampling", [0.0, 0.01])
def test_gensim_in_one_process_gives_the_same(first, second, folder, algorithm, subsampling):
    first, second = (replace(one, algorithm=algorithm, subsampling=subsampling) for one in (first, second))
    write(first, folder)
    ours, theirs = train(second).vectors, gensim_continues(first, second)
    assert len(ours) == len(theirs.wv)
    for row, word in enumerate(ours.index_to_key):
        theirs_row = theirs.wv.key_to_index[word.replace(" ", "_")]
        np.testing.assert_array_equal(ours.vectors[row], theirs.wv.vectors[theirs_row])
        np.testing.assert_array_equal(ours.expandos["output_weights"][row], theirs.syn1neg[theirs_row])
        assert ours.expandos["count"][row] == theirs.wv.expandos["count"][theirs_row]


def test_going_on_gives_equal_bytes(second, tmp_path):
    one, other = (write(second, tmp_path / name) for name in ("one", "other"))
    names = sorted(path.name for path in one.iterdir())
    assert names == ["counts.npy", "output_weights.npy", "provenance.json", "vectors.npy", "vocabulary.json"]
    for name in names:
        assert (one / name).read_bytes() == (other / name).read_bytes(), name


def test_the_words_are_united_and_their_counts_added(second, folder):
    before, after = store.read(folder), train(second).vectors
    assert set(after.index_to_key) == {*before.words, "lynx", "drives", "New York"}
    counts = dict(zip(before.words, before.counts, strict=True))
    for word, new in (("cat", 30), ("milk", 30), ("bus", 0), ("lynx", 60), ("New York", 30)):
        assert after.get_vecattr(word, "count") == counts.get(word, 0) + new
    by_frequency = sorted(after.index_to_key, key=lambda word: -after.get_vecattr(word, "count"))
    assert after.index_to_key == by_frequency


def test_only_words_of_the_new_corpus_move(second, folder):
    before, after = store.read(folder), train(second).vectors
    new = {word for sentence in NEW for word in sentence}
    for word, vector in zip(before.words, before.vectors, strict=True):
        assert np.array_equal(after[word], vector) == (word not in new), word


def test_a_rare_word_is_added_no_more_but_learns_if_it_was_there(second, folder, write_split):
    corpus = write_split([*NEW, ["meat", "rare", "meat"]], dataset="few")
    before = store.read(folder)
    after = train(replace(second, corpus=(corpus,), minimum_count=2, subsampling=0.5)).vectors
    assert set(after.index_to_key) == {*before.words, "lynx"}
    assert not np.array_equal(after["cat"], before.vectors[before.words.index("cat")])


def test_the_new_word_stands_where_its_contexts_put_it(second, first):
    vectors = train(replace(second, epochs=40)).vectors
    assert vectors.similarity("lynx", "dog") > vectors.similarity("lynx", "bus") + 0.2


def test_zero_vectors_have_moved_by_no_cosine(second):
    words = ["cat", "dog", "nought", "late"]
    before = np.array([[1, 0], [3, 4], [0, 0], [1, 1]], dtype=np.float32)
    after = KeyedVectors(2)
    after.add_vectors(words, np.array([[0, 2], [3, 4], [1, 1], [0, 0]], dtype=np.float32))
    earlier = Earlier(store.Artefact(before, words, np.ones(4, dtype=np.int64)), before, {})
    assert what_changed(second, earlier, after, 9)["mean_cosine_distance"] == 0.5  # of cat 1, of dog 0
    earlier = earlier._replace(artefact=store.Artefact(0 * before, words, np.ones(4, dtype=np.int64)))
    assert what_changed(second, earlier, after, 9)["mean_cosine_distance"] is None


def test_what_changed_is_told_and_stored(second, folder, caplog):
    caplog.set_level("INFO")
    before = store.read(folder)
    vectors, provenance, _ = train(second)
    cosines = [
        float(vectors[word] @ vector / np.linalg.norm(vectors[word]) / np.linalg.norm(vector))
        for word, vector in zip(before.words, before.vectors, strict=True)
    ]
    continued = provenance["continued"]
    assert continued.pop("mean_cosine_distance") == pytest.approx(1 - np.mean(cosines), abs=1e-6)
    assert continued == {
        "from": str(folder),
        "words_before": 18,
        "words_added": 3,
        "tokens": 360,
        "provenance": store.provenance(folder),
    }
    assert "18 earlier words, 3 added, 360 tokens; earlier words moved by a cosine" in caplog.text
    assert provenance["config"]["continue_from"] == str(folder)
    assert provenance["words"] == 21


def test_going_on_may_go_on(second, tmp_path):
    twice = replace(second, continue_from=str(write(second, tmp_path / "second")))
    provenance = train(twice).provenance
    assert provenance["continued"]["words_added"] == 0
    assert provenance["continued"]["provenance"]["continued"]["words_added"] == 3


def test_output_weights_are_kept_only_where_asked_for(first, folder, tmp_path):
    without = write(replace(first, keep_output_weights=False), tmp_path / "without")
    assert np.load(folder / "output_weights.npy").shape == (18, 16)
    assert not (without / "output_weights.npy").exists()
    assert "keep_output_weights" not in store.provenance(without)["config"]
    np.testing.assert_array_equal(store.read(without).vectors, store.read(folder).vectors)


def test_the_language_of_before_counts_too(second, first, folder, write_split, tmp_path):
    german = replace(first, corpus=(write_split(NEW * 5, dataset="german", language="de"),))
    files = {"output": "out", "metrics": "metrics.json", "cost": "cost.json"}
    options = [option for key, name in files.items() for option in (f"--{key}", str(tmp_path / name))]
    for before, scored in ((folder, True), (write(german, tmp_path / "german"), False)):
        keys = {**train(second).provenance["config"], "continue_from": str(before)}
        (tmp_path / "config.yaml").write_text(json.dumps(keys))
        main(["--config", str(tmp_path / "config.yaml"), *options])
        assert ("wordsim353_coverage" in json.loads((tmp_path / "metrics.json").read_text())) == scored


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        (
            {"algorithm": "cbow"},
            "first: expected vectors of algorithm 'cbow', as .* has, got 'skip_gram'; continued",
        ),
        ({"dimensions": 8}, "first: expected vectors of dimensions 8, as the new configuration has, got 16"),
        ({"continue_from": "nowhere"}, "nowhere: no such folder of word vectors"),
    ],
)
def test_vectors_that_do_not_fit_are_refused(second, keys, message):
    with pytest.raises(InputError, match=message):
        train(replace(second, **keys))


def test_another_tokenizer_is_refused(second, write_split):
    corpus = write_split(NEW, dataset="lower", tokenizer="words_lowercase")
    with pytest.raises(InputError, match=r"expected vectors of words from tokenizer 'words_lowercase', .* got 'words'"):
        train(replace(second, corpus=(corpus,)))


def test_vectors_without_output_weights_are_refused(second, folder):
    (folder / "output_weights.npy").unlink()
    with pytest.raises(
        InputError, match=r"expected output_weights\.npy, .*; train the vectors again with `keep_output"
    ):
        train(second)
    np.save(folder / "output_weights.npy", np.zeros((2, 16), dtype=np.float32))
    with pytest.raises(InputError, match=r"output_weights.npy holds float32 \(2, 16\), expected float32 \(18, 16\)"):
        train(second)


def test_vectors_from_a_file_are_refused(second, folder):
    provenance = store.provenance(folder)
    provenance["config"]["algorithm"] = "file"
    (folder / "provenance.json").write_text(json.dumps(provenance))
    with pytest.raises(InputError, match=r"expected vectors of algorithm 'skip_gram', .* got 'file'"):
        train(second)


def test_a_corpus_without_a_known_or_frequent_word_is_refused(second, write_split):
    corpus = write_split([["zebra"]], dataset="few")
    with pytest.raises(InputError, match="no word of the corpus has a vector or is frequent enough"):
        train(replace(second, corpus=(corpus,), minimum_count=2))
