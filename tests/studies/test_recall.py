"""Texts with a question at their end, and the classifiers that answer."""

import numpy as np
import pytest

from embeddings.foundation.errors import InputError
from pipelines.data.examples import Example, write_examples
from studies import recall
from studies.experiments import forgetting_the_beginning
from studies.recall import (
    CLASSES,
    COUNTRIES,
    LONG_RANGE,
    SHORT_RANGE,
    Texts,
    accuracy,
    classifier,
    learn,
    of_one_gap,
    recurrent_layer,
)

NEWS = [f"word{number}" for number in range(400)]


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    """A folder with a dataset of running words, a land among them."""
    folder = tmp_path_factory.mktemp("data")
    (folder / "lee_news").mkdir()
    examples = [Example(str(start), "", ("France", *NEWS[start : start + 100])) for start in range(0, 400, 100)]
    write_examples(folder / "lee_news" / "unlabelled.jsonl", examples)
    return folder


def words_of(texts, ids):
    names = {number: word for word, number in texts.ids.items()}
    return [" ".join(names[number] for number in row) for row in ids.tolist()]


def test_the_land_stands_before_the_gap_and_its_number_is_the_class(data):
    texts = Texts(data)
    ids, labels = texts.draw(np.random.default_rng(1), 50, 7)
    for text, label in zip(words_of(texts, ids), labels, strict=True):
        opening, question = (part.format(COUNTRIES[label]) for part in LONG_RANGE[:2])
        assert text.startswith(opening + " word")
        assert text.endswith(question)
        assert len(text.split()) == len(opening.split()) + 7 + len(question.split())
        assert sum(word in COUNTRIES for word in text.split()) == 1  # that of the news is left out


def test_the_short_range_question_holds_its_cue_at_any_gap(data):
    texts = Texts(data, short_range=True)
    ids, labels = texts.draw(np.random.default_rng(1), 20, 30)
    for text, label in zip(words_of(texts, ids), labels, strict=True):
        assert text.endswith(SHORT_RANGE[1].format(SHORT_RANGE[2][label]))


def test_the_land_may_stand_in_the_middle(data):
    texts = Texts(data, before=9)
    ids, labels = texts.draw(np.random.default_rng(1), 20, 5)
    for text, label in zip(words_of(texts, ids), labels, strict=True):
        opening, question = (part.format(COUNTRIES[label]) for part in LONG_RANGE[:2])
        before, _, after = text.partition(opening)
        assert len(before.split()) == 9
        assert after.endswith(question)
        assert len(after.split()) == 5 + len(question.split())


def test_test_texts_are_of_words_that_training_never_reads(data):
    texts = Texts(data)
    assert not set(texts.running["train"].tolist()) & set(texts.running["test"].tolist())
    fixed = {
        texts.ids[word] for word in f"{LONG_RANGE[0]} {LONG_RANGE[1]} {' '.join(COUNTRIES)}".replace("{} ", "").split()
    }
    for split in ("train", "test"):
        ids, _ = texts.draw(np.random.default_rng(1), 50, 7, split)
        assert set(ids.ravel().tolist()) <= fixed | set(texts.running[split].tolist())


def test_missing_news_are_told_in_one_line(tmp_path):
    with pytest.raises(InputError, match=r"unlabelled.jsonl: no such file; run `dvc repro prepare@lee_news`"):
        Texts(tmp_path)


def test_a_classifier_learns_a_short_question_and_one_of_other_labels_does_not_answer(data):
    from pipelines.training.seeding import seed_everything

    seed_everything(1)
    texts = Texts(data, short_range=True)
    model = classifier(recurrent_layer("gru", 16, 1), texts.words, 1)
    before = accuracy(model, texts, 3, 1)
    losses = learn(model, texts, (2, 5), 1, steps=120)
    assert before < 0.4
    assert accuracy(model, texts, 3, 1) > 0.95
    assert len(losses) == 120
    assert losses[0] == pytest.approx(np.log(CLASSES), abs=0.1)


def test_the_same_seed_learns_the_same(data):
    from pipelines.training.seeding import seed_everything

    texts = Texts(data)
    losses = []
    for _ in range(2):
        seed_everything(3)
        losses.append(learn(classifier(recurrent_layer("sru", 8, 3), texts.words, 3), texts, (2, 9), 3, steps=5))
    assert losses[0] == losses[1]


def test_a_network_of_one_gap_is_trained_until_it_knows_the_answer_and_not_beyond_the_limit(data, monkeypatch):
    texts = Texts(data)
    model, row = of_one_gap(texts, "gru", 5, 2, 1)
    assert row["batches"] % recall.EVERY == 0 < row["batches"] < recall.MOST
    assert row["accuracy"] > 0.8
    assert {key: row[key] for key in ("cell", "bias", "gap", "seed")} == {"cell": "gru", "bias": 5, "gap": 2, "seed": 1}
    assert accuracy(model, texts, 2, 1) == row["accuracy"]
    monkeypatch.setattr(recall, "MOST", 2)
    assert of_one_gap(texts, "gru", 5, 2, 1)[1]["batches"] is None


def test_last_states_are_those_at_either_end():
    import keras

    model = classifier(forgetting_the_beginning.last_states(3), 9, 3)
    ids = np.array([[1, 2, 3, 4]])
    words, *weights, _, _ = model.get_weights()
    ends = []
    for (kernel, recurrent, bias), order in zip((weights[:3], weights[3:]), (1, -1), strict=True):
        state = np.zeros(forgetting_the_beginning.UNITS)
        for vector in words[ids[0, ::order]]:
            state = np.tanh(vector @ kernel + state @ recurrent + bias)
        ends.append(state)
    read = keras.Model(model.input, model.get_layer("classes").input)
    assert np.asarray(read(ids))[0] == pytest.approx(np.concatenate(ends), abs=1e-5)
