from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from conformance_cases import DATASET, RUN, build, cell_config, task_config

from embeddings.foundation.errors import InputError
from pipelines.batches.batching import Encoded
from pipelines.layers import CRF
from pipelines.runs.engines.keras_engine import KerasEngine
from pipelines.runs.folder import load_run_folder, save_run
from pipelines.tasks.ner import NER
from pipelines.tasks.text_classification import TextClassification
from pipelines.tasks.translation import Translation


def chooser(labels, scheme):
    """Chooses the tags of a batch of sentences from their probabilities, each (time, tags), one by one scored."""
    config = task_config("ner", output="softmax", tag_scheme=scheme)
    task = NER(config, cell_config("gru", True), {}, labels)

    def chosen(*sentences):
        lengths = np.array([len(sentence) for sentence in sentences])
        logits = np.zeros((len(sentences), lengths.max(), len(labels)))
        for row, sentence in enumerate(sentences):
            logits[row, : len(sentence)] = np.log(np.array(sentence) + 1e-9)
        tags = task.choose(logits, lengths)
        return [[labels[tag] for tag in row] for row in tags]

    return chosen


@pytest.fixture
def choose():
    """Chooses the tags of one sentence, learned as IOB2."""
    chosen = chooser(("B-LOC", "B-PER", "I-LOC", "I-PER", "O"), "iob2")
    return lambda probabilities: chosen(probabilities)[0]


def test_an_entity_of_iobes_ends_before_its_sentence_does():
    choose = chooser(("B-PER", "E-PER", "I-PER", "O", "S-PER"), "iobes")
    opening = [0.6, 0.0, 0.0, 0.1, 0.3]
    assert choose([opening], [[0.0, 0.0, 0.0, 1.0, 0.0], opening]) == [["S-PER"], ["O", "S-PER"]]
    assert choose([opening, [0.0, 0.3, 0.2, 0.1, 0.4]]) == [["B-PER", "E-PER"]]  # 0.6 * 0.3 against 0.3 * 0.4


def test_a_crf_whose_logits_run_wild_still_gives_whole_entities():
    config = task_config("ner", output="crf", tag_scheme="iobes")
    task = NER(config, cell_config("gru", True), {}, ("B-PER", "E-PER", "I-PER", "O", "S-PER"))
    emissions = np.zeros((1, 3, 5), "float32")
    emissions[0, 0, 2] = 3e4  # I-PER at the beginning
    potentials = np.asarray(CRF(task.transitions())(emissions))
    (tags,), probabilities = task.choose(potentials, np.array([3])), task.probabilities(potentials, np.array([3]))
    assert task.decode_tags([task.labels[tag] for tag in tags])
    np.testing.assert_allclose(probabilities.sum(axis=-1), 1)


def test_an_entity_never_begins_with_inside(choose):
    assert choose([[0.1, 0.2, 0.0, 0.6, 0.1], [0.0, 0.0, 0.3, 0.6, 0.1]]) == ["B-PER", "I-PER"]


def test_inside_follows_only_its_own_type(choose):
    probabilities = [[0.9, 0.1, 0.0, 0.0, 0.0], [0.0, 0.1, 0.3, 0.6, 0.0], [0.1, 0.1, 0.0, 0.8, 0.0]]
    # The product decides: 0.9 * 0.1 * 0.8 of B-LOC B-PER I-PER against 0.9 * 0.3 * 0.1 of B-LOC I-LOC B-LOC.
    assert choose(probabilities) == ["B-LOC", "B-PER", "I-PER"]
    assert choose(probabilities[:2]) == ["B-LOC", "I-LOC"]


def test_a_valid_best_sequence_is_left_as_it_is(choose):
    assert choose(np.eye(5)[[1, 3, 4, 0, 2, 2]]) == ["B-PER", "I-PER", "O", "B-LOC", "I-LOC", "I-LOC"]


def test_a_text_longer_than_the_limit_is_cut_and_says_so(ten_examples, small_vectors):
    task, model = build(
        task_config("sentiment", maximum_tokens=3), cell_config("gru", True), small_vectors, ten_examples
    )
    long = ten_examples[6]
    cut = replace(long, tokens=long.tokens[:3], tags=None)
    (row,), (short,) = (list(task.predict(KerasEngine(model), [each])) for each in (long, cut))
    assert row["truncated_tokens"] == 3
    assert {**row, "truncated_tokens": 0} == {**short, "truncated_tokens": 0}
    assert "truncated_tokens" not in short


def test_a_tagger_refuses_to_cut_sentences():
    with pytest.raises(InputError, match="model: unknown key 'maximum_tokens'"):
        task_config("ner", maximum_tokens=2)


def test_a_translation_learns_its_beginning_and_end(ten_examples, small_vectors):
    task, _ = build(task_config("translation"), cell_config("gru", True), small_vectors, ten_examples)
    (_, before), after, weights = task.collate([task.encode(ten_examples[4]), task.encode(ten_examples[5])])
    good, films = task.vocabularies["target_tokens"].ids(["хорошие", "фильмы"])
    assert before.tolist() == [[2, good, films], [2, films, 0]]
    assert after.tolist() == [[good, films, 3], [films, 3, 0]]
    assert weights.tolist() == [[1, 1, 1], [1, 1, 0]]


def test_a_translation_writes_only_words_that_train_has_shown(ten_examples, small_vectors):
    task, _ = build(task_config("translation"), cell_config("gru", True), small_vectors, ten_examples)
    assert not task.vocabularies["target_tokens"].frozen
    assert "museum" in task.vocabularies["tokens"].frozen


def test_vectors_stand_at_their_words_and_words_without_one_are_drawn(ten_examples, small_vectors):
    task, model = build(task_config("pos_tagging"), cell_config("gru", True), small_vectors, ten_examples)
    layer, vocabulary = model.get_layer("source_vectors"), task.vocabularies["tokens"]
    tables = np.concatenate([np.asarray(layer.trained_vectors), np.asarray(layer.frozen_vectors)])
    for word in ("museum", small_vectors.index_to_key[0]):
        np.testing.assert_array_equal(tables[vocabulary.id(word)], small_vectors[word])
    without = [word for word in vocabulary.trained if word not in small_vectors and word.lower() not in small_vectors]
    rows = tables[[vocabulary.id(word) for word in without]]
    assert len(np.unique(rows, axis=0)) == len(without) > 5
    assert not tables[0].any()


def test_a_label_is_its_place_among_the_sorted_ones_whatever_their_order(ten_examples, small_vectors):
    for examples in (ten_examples, ten_examples[::-1]):
        task, _ = build(task_config("sentiment"), cell_config("gru", True), small_vectors, examples)
        assert task.labels == ("negative", "positive")


def test_untagged_sentences_are_tagged_as_tagged_ones_are(ten_entity_examples, small_vectors):
    task, model = build(task_config("ner"), cell_config("gru", True, units=4), small_vectors, ten_entity_examples)
    untagged = [replace(each, tags=None) for each in ten_entity_examples]
    engine = KerasEngine(model)
    assert list(task.predict(engine, untagged)) == list(task.predict(engine, ten_entity_examples))


def test_a_traced_step_takes_the_weights_of_the_moment(ten_examples, small_vectors):
    task, model = build(task_config("translation"), cell_config("gru", True), small_vectors, ten_examples)
    assert isinstance(task, Translation)
    engine = KerasEngine(model)
    first = list(task.predict(engine, ten_examples))
    bias = np.asarray(model.logits.bias)
    model.logits.bias.assign(bias + np.arange(len(bias)) * 10.0)
    assert list(task.predict(engine, ten_examples)) != first


def test_a_loss_too_high_for_its_perplexity_makes_it_infinite(ten_examples, small_vectors):
    task, model = build(task_config("translation"), cell_config("gru", True), small_vectors, ten_examples)
    model.logits.bias.assign(np.where(np.arange(model.logits.bias.shape[0]) == 0, 5000.0, 0.0))  # never the real word
    losses = task.dev_losses(KerasEngine(model), ten_examples)
    assert losses["loss"] == pytest.approx(5000, rel=0.01)
    assert losses["perplexity"] == np.inf


@pytest.mark.parametrize("key", ["recurrent_dropout", "weight_dropout"])
def test_a_decoder_that_is_fed_its_output_refuses_dropout_of_states_and_their_weights(key):
    cell = cell_config("gru", True, **{key: 0.5})
    with pytest.raises(InputError, match=f"cannot be combined with {key}; remove one of the two"):
        Translation.check(task_config("translation", input_feeding=True), cell)


@pytest.mark.parametrize(
    ("truncation", "expected"), [(None, [1, 2, 3]), ("head", [1, 2, 3]), ("tail", [5, 6, 7]), ("head_tail", [1, 6, 7])]
)
def test_a_long_text_keeps_its_beginning_its_end_or_both(truncation, expected):
    config = task_config("sentiment", maximum_tokens=3, truncation=truncation)
    task = TextClassification(config, cell_config("gru", True), {})
    assert task.truncate([1, 2, 3, 4, 5, 6, 7]) == expected
    assert task.truncate([1, 2, 3]) == [1, 2, 3]
    assert TextClassification(task_config("sentiment"), task.cell, {}).truncate([1, 2, 3, 4]) == [1, 2, 3, 4]


def test_windows_cover_a_text_and_differ_by_one_token_at_most(ten_examples, small_vectors):
    config = task_config("sentiment", maximum_tokens=3, truncation="windows")
    task, _ = build(config, cell_config("gru", True), small_vectors, ten_examples)
    windows, counts = task.windows([Encoded(ids) for ids in ([1, 2, 3, 4, 5, 6, 7], [8, 9, 10], [11], [1, 2, 3, 4])])
    assert counts.tolist() == [3, 1, 1, 2]
    assert windows.tolist() == [[1, 2, 0], [3, 4, 0], [5, 6, 7], [8, 9, 10], [11, 0, 0], [1, 2, 0], [3, 4, 0]]


def test_the_windows_of_a_text_weigh_as_much_as_one_text_and_their_logits_are_averaged(ten_examples, small_vectors):
    config = task_config("sentiment", maximum_tokens=3, truncation="windows")
    task, model = build(config, cell_config("gru", True), small_vectors, ten_examples)
    long = ten_examples[6]  # of six tokens
    short = replace(ten_examples[0], tokens=ten_examples[0].tokens[:3], tags=None)
    inputs, labels, weights = task.collate([task.encode(long), task.encode(short)])
    assert labels.tolist() == [task.label_ids[long.label]] * 2 + [task.label_ids[short.label]]
    assert weights.tolist() == [0.5, 0.5, 1.0]
    of_windows = model.predict_on_batch(inputs)
    np.testing.assert_allclose(
        task.logits(KerasEngine(model), [task.source(long), task.source(short)]),
        [of_windows[:2].mean(axis=0), of_windows[2]],
        rtol=1e-5,
    )
    (row,) = task.predict(KerasEngine(model), [long])
    assert "truncated_tokens" not in row
    (reason,) = task.explain(KerasEngine(model), [long], [row])
    assert len(reason["weights"]) == 6
    assert all(reason["weights"])


@pytest.mark.parametrize("changes", [{"maximum_tokens": 0}, {"truncation": "tail"}, {"word_dropout": 1.0}])
def test_senseless_settings_of_a_model_are_refused(changes):
    with pytest.raises(InputError, match=r"maximum_tokens|word_dropout"):
        task_config("sentiment", **changes)


def test_the_temperature_is_that_of_the_lowest_log_loss_on_dev_and_is_saved(ten_examples, small_vectors, tmp_path):
    task, model = build(task_config("sentiment"), cell_config("gru", True), small_vectors, ten_examples)
    wild = np.array([[3.0, 0.0]] * 7 + [[0.0, 3.0]] * 3)  # all of one confidence, 7 of 10 right
    task.logits = lambda engine, batch: np.array([wild[int(text.source[0])] for text in batch])
    task.source = lambda example: Encoded([int(example.id)])
    dev = [replace(ten_examples[0], id=str(n), label=task.labels[int(n not in range(7))]) for n in range(10)]
    dev = [replace(e, label=task.labels[1 - task.label_ids[e.label]]) if int(e.id) in (0, 1, 7) else e for e in dev]
    task.calibrate(KerasEngine(model), dev)
    # Probability 0.7 is log-odds of log(7 / 3).
    assert 3.0 / task.calibration["temperature"] == pytest.approx(np.log(7 / 3), rel=1e-3)
    save_run(tmp_path, "small", RUN, task, model, DATASET)
    assert load_run_folder(tmp_path).task.calibration == task.calibration


@pytest.mark.parametrize("output", ["softmax", "crf"])
def test_the_penalty_of_outside_is_the_smallest_of_the_best_f1_on_dev_and_is_saved(
    output, ten_examples, ten_entity_examples, small_vectors, tmp_path
):
    task, whole = build(task_config("ner", output=output), cell_config("gru", True), small_vectors, ten_entity_examples)
    logits = np.zeros((1, 1, len(task.labels)))
    logits[0, 0, task.label_ids["O"]] = 2.1  # one token: O before B-PER by 1.1, and before all others by 2.1
    logits[0, 0, task.label_ids["B-PER"]] = 1.0
    scores = logits if output == "softmax" else np.repeat(logits[:, :, None], len(task.labels), axis=2)
    model = SimpleNamespace(predict_on_batch=lambda inputs: np.repeat(scores, len(inputs), axis=0))
    task.inputs = lambda batch: np.ones((len(batch), 1), "int32")
    dev = [replace(ten_examples[5], id=str(n), tags=("B-PER" if n < 3 else "O",)) for n in range(4)]
    task.calibrate(KerasEngine(model), dev)
    assert task.calibration["outside_penalty"] == 1.25  # the first step of a quarter beyond 1.1
    before = task.probabilities(scores, np.array([1]))
    assert task.choose(scores, np.array([1])) == [[task.label_ids["B-PER"]]]
    assert before[0, 0].argmax() == task.label_ids["O"]  # probabilities are the model's own
    task.calibrate(KerasEngine(model), [replace(example, tags=("O",)) for example in dev])
    assert task.calibration["outside_penalty"] == 0.0
    task.calibration["outside_penalty"] = 0.75
    save_run(tmp_path, "small", RUN, task, whole, DATASET)
    assert load_run_folder(tmp_path).task.calibration == {"outside_penalty": 0.75}


def test_several_labels_have_the_temperature_and_the_thresholds_that_dev_sets(ten_examples, small_vectors, tmp_path):
    task, model = build(task_config("multilabel_classification"), cell_config("gru", True), small_vectors, ten_examples)
    first, *others = task.labels
    logits = np.full((10, len(task.labels)), -9.0)
    logits[:, 0] = np.linspace(-2.7, -0.1, 10)  # never above one half, but the higher the likelier
    task.logits = lambda engine, batch: np.array([logits[int(text.source[0])] for text in batch])
    task.source = lambda example: Encoded([int(example.id)])
    dev = [replace(ten_examples[0], id=str(n), labels=(first, "new") if n > 3 else ()) for n in range(10)]
    engine = KerasEngine(model)
    assert [row["labels"] for row in task.predict(engine, dev)] == [[]] * 10
    task.calibrate(engine, dev)
    rows = list(task.predict(engine, dev))
    assert [row["labels"] for row in rows] == [[first] if n > 3 else [] for n in range(10)]
    low, high = (rows[n]["probabilities"][first] for n in (3, 4))
    assert task.calibration["thresholds"][first] == pytest.approx((low + high) / 2, abs=1e-6)
    assert len({task.calibration["thresholds"][label] for label in others}) == 1  # which dev lacks
    losses = [
        np.logaddexp(0, np.where(np.arange(10)[:, None] > 3, -logits[:, :1], logits[:, :1]) / temperature).sum()
        + 10 * len(others) * np.logaddexp(0, -9 / temperature)
        for temperature in task.calibration["temperature"] * np.array([0.9, 1, 1.1])
    ]
    assert min(losses) == losses[1]
    save_run(tmp_path, "small", RUN, task, model, DATASET)
    assert load_run_folder(tmp_path).task.calibration == task.calibration


def test_several_labels_are_explained_one_by_one(ten_examples, small_vectors):
    task, model = build(task_config("multilabel_classification"), cell_config("gru", True), small_vectors, ten_examples)
    engine, example = KerasEngine(model), ten_examples[0]
    one, other = task.labels[:2]
    rows = [{"labels": [one, other]}, {"labels": []}, {"labels": [other]}]
    both, none, alone = task.explain(engine, [example] * 3, rows)
    assert none["weights"] == []
    assert [len(weights) for weights in both["weights"]] == [len(example.tokens)] * 2
    assert both["weights"][1] == pytest.approx(alone["weights"][0], abs=1e-5)
    assert both["weights"][0] != pytest.approx(alone["weights"][0], abs=1e-3)
