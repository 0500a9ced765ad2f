"""The best, the n best, and the probable tags of sentences, from a conditional random field's potentials.

Potentials (`pipelines.layers.crf`) score each tag at each step together with the tag before it; at the first step
they do not depend on a tag before. Ties go to the tag with the lower number. All is done in float64.
"""

import numpy as np


def with_transitions(scores: np.ndarray, allowed: np.ndarray, lengths: np.ndarray) -> np.ndarray:
    """Potentials in which what may not follow has the score minus infinity.

    Args:
        scores: of each tag, (batch, time, 1, tags), or of each pair of tags, (batch, time, tags, tags).
        allowed: what may follow what, bool (tags + 1, tags + 1); the last row is the start, the last column the
            end.
        lengths: real steps of each sentence, int (batch,), at least 1.

    Returns:
        float (batch, time, tags, tags).
    """
    forbidden = np.where(allowed, 0.0, -np.inf).astype(scores.dtype)
    potentials = scores + forbidden[:-1, :-1]
    potentials[:, 0] = scores[:, 0] + forbidden[-1, :-1]
    potentials[np.arange(len(lengths)), lengths - 1] += forbidden[:-1, -1]
    return potentials


def viterbi(potentials: np.ndarray, lengths: np.ndarray) -> list[list[int]]:
    """The tag sequence of the highest score, for each sentence.

    Args:
        potentials: float (batch, time, tags, tags).
        lengths: real steps of each sentence, int (batch,), at least 1.

    Reference: Viterbi, "Error bounds for convolutional codes", IEEE Transactions on Information Theory 13 (1967).
    """
    scores = np.asarray(potentials[:, 0, 0], dtype="float64")
    behind = np.zeros(potentials.shape[:3], dtype="int64")
    for step in range(1, potentials.shape[1]):
        candidates = scores[:, :, None] + potentials[:, step]
        behind[:, step] = candidates.argmax(axis=1)
        scores = np.where((step < lengths)[:, None], candidates.max(axis=1), scores)
    return [_traced_back(int(tag), behind[row, 1:length]) for row, (tag, length) in
            enumerate(zip(scores.argmax(axis=1), lengths, strict=True))]  # fmt: skip


def marginals(potentials: np.ndarray, lengths: np.ndarray) -> np.ndarray:
    """The probability of each tag at each step, float64 (batch, time, tags), by forward-backward; zero at padding.

    Args:
        potentials: float (batch, time, tags, tags).
        lengths: real steps of each sentence, int (batch,), at least 1.
    """
    batch, time, tags, _ = potentials.shape
    forward = np.empty((time, batch, tags))
    forward[0] = potentials[:, 0, 0]
    for step in range(1, time):
        forward[step] = _log_sum_exp(forward[step - 1][:, :, None] + potentials[:, step], axis=1)
    backward = np.zeros((time, batch, tags))
    for step in range(time - 2, -1, -1):
        earlier = _log_sum_exp(potentials[:, step + 1] + backward[step + 1][:, None, :], axis=2)
        backward[step] = np.where((step + 1 < lengths)[:, None], earlier, 0.0)
    together = forward + backward
    probabilities = np.exp(together - _log_sum_exp(together, axis=2)[:, :, None]).transpose(1, 0, 2)
    return np.where((np.arange(time) < np.asarray(lengths)[:, None])[:, :, None], probabilities, 0.0)


def n_best(potentials: np.ndarray, count: int) -> list[tuple[float, list[int]]]:
    """The tag sequences of the highest probabilities of one sentence, the best first.

    Args:
        potentials: float (time, tags, tags), of real steps alone.
        count: how many; fewer come back where no more have any probability.

    Returns:
        Pairs of a sequence's probability and its tags.
    """
    time, tags, _ = potentials.shape
    scores = np.asarray(potentials[0, 0], dtype="float64")[:, None]  # (tags, ranks): of the best sequences to a tag
    total = scores[:, 0]
    behind = []
    for step in range(1, time):
        total = _log_sum_exp(total[:, None] + potentials[step], axis=0)
        candidates = (scores[:, :, None] + potentials[step][:, None, :]).reshape(-1, tags)
        order = np.argsort(-candidates, axis=0, kind="stable")[:count]
        behind.append((order // scores.shape[1], order % scores.shape[1]))
        scores = np.take_along_axis(candidates, order, axis=0).T
    results = []
    for place in np.argsort(-scores.ravel(), kind="stable")[:count]:
        tag, rank = divmod(int(place), scores.shape[1])
        sequence = [tag]
        for tags_before, ranks_before in reversed(behind):
            tag, rank = int(tags_before[rank, tag]), int(ranks_before[rank, tag])
            sequence.append(tag)
        results.append((float(np.exp(scores.ravel()[place] - _log_sum_exp(total, axis=0))), sequence[::-1]))
    return [(probability, sequence) for probability, sequence in results if probability > 0]


def _traced_back(tag: int, behind: np.ndarray) -> list[int]:
    """The sequence that ends in a tag, from the best tag behind each tag at each later step, (time - 1, tags)."""
    sequence = [tag]
    for best in behind[::-1]:
        sequence.append(int(best[sequence[-1]]))
    return sequence[::-1]


def _log_sum_exp(scores: np.ndarray, axis: int) -> np.ndarray:
    """log of the sum of exp; several times faster on small arrays than SciPy's, which these recursions consist of."""
    highest = scores.max(axis=axis, keepdims=True)
    highest = np.where(np.isfinite(highest), highest, 0.0)
    with np.errstate(divide="ignore"):
        return np.log(np.exp(scores - highest).sum(axis=axis)) + highest.squeeze(axis)
