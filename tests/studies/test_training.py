"""Small trainings for studies: settings, what is kept quiet, and texts cut short."""

from dataclasses import replace
from typing import Any

import pytest
from numpy.testing import assert_allclose, assert_array_equal

from embeddings.foundation.config import load_config
from embeddings.foundation.errors import InputError
from pipelines.datasets.config import DatasetConfig
from pipelines.datasets.sources import toy
from pipelines.models.config import load_encoder
from pipelines.prepare import prepare
from pipelines.tasks.config import load_task
from studies import training
from studies.training import CONFIGS, experiment, of_one_text, recurrent_parameters, scores, trained, trained_at_pace


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Forty tagged sentences of the grammar, and the news as characters, prepared; and vectors of no words."""
    from gensim.models import KeyedVectors

    from embeddings import store

    folder = tmp_path_factory.mktemp("studies")
    config = load_config(toy.Source, CONFIGS / "datasets" / "toy_pos.yaml")
    sizes = {"train": 40, "dev": 10, "test": 10}
    few = replace(config, sentences=sizes, files={split: config.files[split] for split in sizes})
    prepare(few, "toy_pos", folder / "toy_pos")
    characters = load_config(DatasetConfig, CONFIGS / "datasets" / "lee_news_characters.yaml")
    prepare(characters, "lee_news_characters", folder / "characters")
    store.save(folder / "random", KeyedVectors(8), {"tokenizer": None})
    return folder


def tagger(folder, **settings):
    return experiment(
        "pos_tagging", "bilstm", 1, folder / "toy_pos", folder / "random", examples=8, dev_examples=4, settings=settings
    )


def test_a_study_names_its_settings_and_how_much_is_learned_from(folder):
    ready = tagger(folder, training={"epochs": 1}, cell={"units": 5, "depth": 2})
    assert ready.task.config.training.epochs == 1
    assert ready.task.config.training.optimizer == "adam"  # as the configuration says
    assert (len(ready.splits["train"]), len(ready.splits["dev"])) == (8, 4)
    assert recurrent_parameters(ready) == 2 * 4 * 5 * (8 + 5 + 1) + 2 * 4 * 5 * (10 + 5 + 1)
    with pytest.raises(InputError, match="sett"):
        tagger(folder, sett={})


def test_the_parameters_of_encoder_and_decoder_are_counted():
    from types import SimpleNamespace

    from pipelines.models.seq2seq import build_seq2seq
    from pipelines.text.vocabulary import Vocabulary

    cell = replace(load_encoder(CONFIGS / "cells" / "bigru.yaml"), units=4)
    annotations = load_task(CONFIGS / "tasks" / "translation.yaml").model.annotations
    words = Vocabulary(("a", "b"))
    model: Any = SimpleNamespace(model=build_seq2seq(words, words, 8, 8, cell, 1, annotations=annotations))
    assert recurrent_parameters(model) == 3 * 3 * 4 * (8 + 4 + 2)


def test_training_is_quiet_and_test_is_scored(folder, capfd):
    ready = tagger(folder, training={"epochs": 2}, cell={"units": 5})
    cost = trained(ready)
    assert cost["epochs"] == 2
    assert "epoch" not in capfd.readouterr().err
    assert 0 <= scores(ready, folder / "toy_pos")["accuracy"] <= 100


def test_the_pace_leaves_out_the_first_epoch(folder, monkeypatch):
    ready = tagger(folder, training={"epochs": 3, "patience": 3}, cell={"units": 5})
    tokens = sum(len(example.tokens) for example in ready.splits["train"])
    clock = iter([0.0, 100.0, 200.0, 202.0, 300.0, 304.0])  # an epoch of one batch: its beginning and its end

    def learn(experiment, history, callbacks):
        for epoch in range(3):
            callbacks[0].on_epoch_begin(epoch, {})
            callbacks[0].on_train_batch_end(0, {})

    monkeypatch.setattr(training, "learn", learn)
    assert trained_at_pace(ready, lambda: next(clock)) == pytest.approx(tokens / 3)


@pytest.fixture(scope="module")
def characters(folder):
    ready = experiment(
        "text_generation", "lstm", 1, folder / "characters", folder / "random",
        settings={"model": {"chunk_tokens": 20}, "training": {"batch_size": 2, "epochs": 1}, "cell": {"units": 5}},
    )  # fmt: skip
    return ready, *of_one_text(ready, 200, 100, 110)


def test_of_one_text_beginning_and_end_are_kept_apart(characters):
    whole, ready, test = characters
    (train,), (dev,) = ready.splits["train"], ready.splits["dev"]
    assert whole.splits["train"][0].text.startswith(train.text)
    assert len(train.text) == len(train.tokens) == 200
    assert whole.splits["dev"][0].text.startswith(dev.text)
    assert whole.splits["dev"][0].text.endswith(test.text)
    assert (len(dev.tokens), len(test.tokens)) == (100, 110)
    with pytest.raises(ValueError, match="at least"):
        of_one_text(whole, 200, 30_000, 30_000)


def test_a_forgetful_batch_goes_on_from_none(characters):
    from studies.experiments.carried_state import Forgetful

    _, ready, _ = characters
    task = ready.task
    encoded = [task.encode(ready.splits["train"][0])]
    carried = list(task.batches(encoded, 2, 1).epoch())
    forgetful = list(Forgetful(encoded, task.collate, 2, 20, 1).epoch())
    assert any(continues.any() for (_, continues), *_ in carried)
    assert not any(continues.any() for (_, continues), *_ in forgetful)
    for ((before, _), after, _), ((same, _), targets, _) in zip(carried, forgetful, strict=True):
        assert_array_equal(before, same)
        assert_array_equal(after, targets)


def test_a_chunk_costs_the_same_for_both_readings_where_states_are_zero(characters):
    from pipelines.models.reading import log_probabilities
    from studies.experiments.carried_state import CARRIED, CHUNK, RESET, nats_by_position

    _, ready, test = characters
    carried, reset = (nats_by_position(ready, test, read) for read in (CARRIED, RESET))
    assert carried.shape == reset.shape == (CHUNK,)
    ids = ready.task.source(test).source
    (found,) = log_probabilities(ready.engine, [ids[:101]], 100)
    assert_allclose(carried.mean(), -found.mean(), rtol=1e-5)  # ten characters behind the last whole chunk are left out
    chunks = [log_probabilities(ready.engine, [ids[start : start + 21]], 20)[0] for start in range(0, 100, 20)]
    assert_allclose(reset, -sum(chunks) / 5, rtol=1e-5)
    assert abs(carried - reset).max() > 1e-6
