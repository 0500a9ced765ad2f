"""A masked loss is averaged over real targets: numbers worked out from the model's own outputs."""

import numpy as np
from scipy.special import log_softmax, logsumexp


def expected_loss(task, model, encoded):
    """The mean negative log-likelihood of real targets, example by example, without any padding.

    The windows of a text make one example.
    """
    values, weights = [], []
    for example in encoded:
        inputs, targets, its = task.collate([example])
        outputs = np.asarray(model(inputs, training=False)).astype("float64")
        if task.predicts == "labels":
            values.extend(np.logaddexp(0, np.where(targets, -outputs, outputs)).mean(axis=1))
            weights.extend(its)
            continue
        if getattr(task.config.model, "output", "") == "crf":
            outputs = sequence_log_probability(outputs[0], targets[0])[:, None]
            targets = np.zeros(len(outputs), "int32")
        else:
            outputs = log_softmax(outputs, axis=-1)
        outputs = outputs.reshape(-1, outputs.shape[-1])
        values.extend(-outputs[np.arange(len(np.ravel(targets))), np.ravel(targets)])
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


def test_padding_and_company_do_not_enter_the_loss(untrained, examples):
    task, model = untrained
    encoded = [task.encode(example) for example in examples]
    model.compile(loss=task.loss(), run_eagerly=True)  # a trace of one step would cost more than the step
    inputs, targets, weights = task.collate(encoded)
    loss = model.test_on_batch(inputs, targets, sample_weight=weights)
    np.testing.assert_allclose(loss, expected_loss(task, model, encoded), rtol=1e-5)


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
