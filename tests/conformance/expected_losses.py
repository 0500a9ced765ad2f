"""The loss of a model, worked out from its outputs."""

import numpy as np
from scipy.special import log_softmax, logsumexp


def outputs(model, inputs):
    """What a model gives, by the step that serves batches of every shape: it is traced once for all tests of a case."""
    return np.asarray(model.predict_on_batch(inputs))


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
