"""A masked loss is averaged over real targets: numbers worked out from the model's own logits."""

import numpy as np
from scipy.special import log_softmax


def expected_loss(task, model, encoded):
    """The mean negative log-likelihood of real targets, example by example, without any padding."""
    values = []
    for example in encoded:
        inputs, targets, _ = task.collate([example])
        log_probabilities = log_softmax(np.asarray(model(inputs, training=False)).astype("float64"), axis=-1)
        log_probabilities = log_probabilities.reshape(-1, log_probabilities.shape[-1])
        values.extend(-log_probabilities[np.arange(len(np.ravel(targets))), np.ravel(targets)])
    return float(np.mean(values))


def test_padding_and_company_do_not_enter_the_loss(untrained, examples):
    task, model = untrained
    encoded = [task.encode(example) for example in examples]
    model.compile(loss=task.loss(), jit_compile=False)
    inputs, targets, weights = task.collate(encoded)
    loss = model.test_on_batch(inputs, targets, sample_weight=weights)
    np.testing.assert_allclose(loss, expected_loss(task, model, encoded), rtol=1e-5)


def test_weights_count_the_real_targets(untrained, examples):
    task, _ = untrained
    _, _, weights = task.collate([task.encode(example) for example in examples])
    real = {
        "label": len(examples),
        "tags": sum(len(example.tokens) for example in examples),
        "target_tokens": sum(len(example.target_tokens) + 1 for example in examples),  # the end is learned too
    }
    assert weights.sum() == real[task.field]
