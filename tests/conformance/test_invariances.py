"""What no batch may change, outputs or loss: padding, company and order."""

import json
from dataclasses import replace

import keras
import numpy as np
import pytest
from scipy.special import log_softmax, logsumexp

from pipelines.runs.graphs import difference


def inputs_of(task, examples):
    """What the model reads of a batch; an encoder-decoder also reads the target's words."""
    inputs, _, _ = task.collate([task.encode(example) for example in examples])
    return inputs


def outputs(model, inputs):
    """What a model gives, by the step that serves batches of every shape: it is traced once for all tests of a case."""
    return np.asarray(model.predict_on_batch(inputs))


def test_both_engines_give_the_same_scores_and_states(untrained, engines, examples):
    task, _ = untrained
    for found, expected in zip(*(task.scores(engines[name], examples) for name in ("onnx", "keras")), strict=True):
        assert difference(found, expected) is None
        np.testing.assert_allclose(found, expected, atol=1e-5, rtol=1e-6)
    inputs = task.inputs([task.source(example) for example in examples])
    np.testing.assert_allclose(*(engine.hidden_states(inputs) for engine in engines.values()), atol=1e-5)


def test_rows_that_onnx_runtime_reads_some_at_a_time_have_the_same_scores_and_states(
    untrained, engines, examples, monkeypatch
):
    task, _ = untrained
    inputs, many = task.inputs([task.source(example) for example in [*examples, *examples]]), [*examples, *examples]
    whole, states = task.scores(engines["onnx"], many), engines["onnx"].hidden_states(inputs)
    monkeypatch.setattr("pipelines.runs.engines.onnx_engine.STEPS", 1)  # eight rows at a time
    for found, expected in zip(task.scores(engines["onnx"], many), whole, strict=True):
        np.testing.assert_allclose(found, expected, atol=1e-5, rtol=1e-6)
    np.testing.assert_allclose(engines["onnx"].hidden_states(inputs), states, atol=1e-5)


def test_a_training_set_in_files_makes_the_same_batches(untrained, examples, tmp_path):
    task, _ = untrained
    in_memory = task.batches([task.encode(example) for example in examples], 4, seed=1)
    in_files = task.batches(task.encoded(examples, tmp_path), 4, seed=1)
    for _ in range(2):
        for found, expected in zip(in_files.epoch(), in_memory.epoch(), strict=True):
            arrays, wanted = keras.tree.flatten(found), keras.tree.flatten(expected)
            assert [(each.dtype, each.tolist()) for each in arrays] == [(each.dtype, each.tolist()) for each in wanted]


def test_both_engines_predict_the_same(untrained, engines, examples):
    task, _ = untrained
    compare(*(list(task.predict(engine, examples)) for engine in engines.values()))


def test_padding_changes_no_score_of_onnx_runtime(untrained, engines, examples):
    task, _ = untrained
    longest = max(examples, key=lambda one: len(one.tokens))
    for one in examples:
        (alone,), (beside, _) = (task.scores(engines["onnx"], batch) for batch in ([one], [one, longest]))
        np.testing.assert_allclose(beside, alone, atol=1e-5, rtol=1e-6)


def test_onnx_runtime_gives_equal_bytes_however_many_batches_run_at_once(untrained, engines, examples, monkeypatch):
    task, _ = untrained
    once = json.dumps(list(task.predict(engines["onnx"], examples, batch_size=2)))
    for at_once in (1, 3):
        monkeypatch.setattr(engines["onnx"], "batches_at_once", at_once)
        assert json.dumps(list(task.predict(engines["onnx"], examples, batch_size=2))) == once


def test_nothing_to_predict_gives_nothing(untrained, engine):
    task, _ = untrained
    assert list(task.predict(engine, [])) == []


def test_a_batch_of_none_is_empty_in_both_engines(untrained, engines, examples):
    task, _ = untrained
    inputs = task.inputs([task.source(example) for example in examples])
    none = keras.tree.map_structure(lambda array: array[:0], inputs)
    whole = engines["onnx"].hidden_states(inputs)
    for engine in engines.values():
        empty = engine.hidden_states(none)
        assert empty.shape == (0, whole.shape[1])
        assert empty.dtype == whole.dtype


def test_padding_does_not_change_the_outputs(untrained, examples):
    task, model = untrained
    inputs = inputs_of(task, [example for example in examples if len(example.tokens) == 5])
    if not task.text_fields():
        pytest.skip("images have no padding")
    padded = keras.tree.map_structure(lambda ids: np.pad(ids, ((0, 0), (0, 7))) if ids.ndim == 2 else ids, inputs)
    plain, with_padding = outputs(model, inputs), outputs(model, padded)
    if with_padding.shape != plain.shape:  # what stands at padding means nothing
        with_padding = with_padding[:, : plain.shape[1]]
    np.testing.assert_allclose(with_padding, plain, atol=1e-5)


def test_a_batch_equals_its_examples_alone(untrained, engine, examples):
    task, _ = untrained
    together = list(task.predict(engine, examples, batch_size=10))
    alone = [row for example in examples for row in task.predict(engine, [example])]
    compare(together, alone)


def test_order_does_not_change_a_prediction(untrained, engine, examples):
    task, _ = untrained
    forwards = list(task.predict(engine, examples, batch_size=4))
    backwards = list(task.predict(engine, examples[::-1], batch_size=4))[::-1]
    compare(forwards, backwards)


def test_the_prediction_depends_on_the_input(untrained, examples):
    task, model = untrained
    one, other = (
        inputs_of(task, [replace(examples[0], tokens=example.tokens, features=example.features)])
        for example in examples[:3:2]
    )
    assert np.abs(outputs(model, one) - outputs(model, other)).max() > 1e-4


def test_an_empty_text_is_predicted_as_one_unknown_word(untrained, engine, examples):
    task, _ = untrained
    if task.reads == "features":
        pytest.skip("features are never empty")
    empty = replace(examples[5], tokens=(), tags=None)
    unknown = replace(examples[5], tokens=("<unk>",), tags=None)
    compare(list(task.predict(engine, [empty])), list(task.predict(engine, [unknown])))


def test_rows_carry_the_ids_of_the_examples_in_their_order(untrained, engine, examples):
    task, _ = untrained
    assert [row["id"] for row in task.predict(engine, iter(examples), batch_size=3)] == [one.id for one in examples]


def test_probabilities_are_of_the_chosen_and_sum_to_one(untrained, engine, examples):
    task, _ = untrained
    for example, row in zip(examples, task.predict(engine, examples), strict=True):
        if task.predicts == "label":
            assert sum(row["probabilities"].values()) == pytest.approx(1, abs=1e-5)
            assert row["probabilities"][row["label"]] == max(row["probabilities"].values())
        elif task.predicts == "labels":
            assert row["labels"] == [label for label, share in row["probabilities"].items() if share >= 0.5]
        elif task.predicts == "tags":
            assert len(row["tags"]) == len(row["probabilities"]) == len(example.tokens)
            assert all(0 < probability <= 1 for probability in row["probabilities"])
        elif task.predicts == "tokens":
            assert len(row["log_probabilities"]) == len(example.tokens)
            assert max(row["log_probabilities"]) <= 0
        else:
            assert not {"<pad>", "<unk>", "<bos>", "<eos>"} & set(row["tokens"])
            source = len(example.tokens) if task.reads == "tokens" else 1
            limits = task.config.decoding
            assert len(row["tokens"]) <= limits.maximum_ratio * source + limits.maximum_extra


def compare(rows, others):
    """Equal words, labels and tags; probabilities within float32's rounding."""
    for row, other in zip(rows, others, strict=True):
        for key in row.keys() | other.keys():
            if key in ("probabilities", "log_probabilities"):
                one, two = (list(p.values()) if isinstance(p, dict) else p for p in (row[key], other[key]))
                np.testing.assert_allclose(one, two, atol=2e-6)
            else:
                assert row[key] == other[key]


def expected_loss(task, model, encoded):
    """The mean negative log-likelihood of real targets, example by example, without any padding.

    The windows of a text make one example.
    """
    values, weights = [], []
    for example in encoded:
        inputs, targets, its = task.collate([example])
        found = outputs(model, inputs).astype("float64")
        if task.predicts == "labels":
            values.extend(np.logaddexp(0, np.where(targets, -found, found)).mean(axis=1))
            weights.extend(its)
            continue
        if getattr(task.config.model, "output", "") == "crf":
            found = sequence_log_probability(found[0], targets[0])[:, None]
            targets = np.zeros(len(found), "int32")
        else:
            found = log_softmax(found, axis=-1)
        found = found.reshape(-1, found.shape[-1])
        values.extend(-found[np.arange(len(np.ravel(targets))), np.ravel(targets)])
        weights.extend(np.ravel(its))
    return float(np.average(values, weights=weights))


def sequence_log_probability(potentials, tags):
    """log p(t tags) - log p(t - 1 tags) at each step, by the forward recursion."""
    log_probabilities, forward, score = [0.0], potentials[0, 0], potentials[0, 0, tags[0]]
    for step in range(len(tags)):
        if step:
            forward = logsumexp(forward[:, None] + potentials[step], axis=0)
            score += potentials[step, tags[step - 1], tags[step]]
        log_probabilities.append(score - logsumexp(forward))
    return np.diff(log_probabilities)


# The last ones of a model: they compile it.
def test_padding_and_company_do_not_enter_the_loss(untrained, examples):
    """The loss, averaged over real targets, is the one worked out from the model's own outputs."""
    task, model = untrained
    encoded = [task.encode(example) for example in examples]
    expected = expected_loss(task, model, encoded)
    model.compile(loss=task.loss(), run_eagerly=True)  # a trace would cost more than one step
    inputs, targets, weights = task.collate(encoded)
    loss = model.test_on_batch(inputs, targets, sample_weight=weights)
    np.testing.assert_allclose(loss, expected, rtol=1e-5)


def test_weights_count_the_real_targets(untrained, examples):
    task, _ = untrained
    _, _, weights = task.collate([task.encode(example) for example in examples])
    real = {
        "label": len(examples),
        "labels": len(examples),
        "tags": sum(len(example.tokens) for example in examples),
        "tokens": sum(len(example.tokens) + 1 for example in examples),
        "target_tokens": sum(len(example.target_tokens) + 1 for example in examples),  # the end is learned too
    }
    assert weights.sum() == real[task.predicts]
