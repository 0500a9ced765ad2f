"""Sampling: the next token is drawn from its probabilities, sharpened by temperature and cut to the likely ones."""

import numpy as np

from embeddings.foundation.errors import InputError


def probabilities(logits: np.ndarray, temperature: float, top_k: int = 0, top_p: float = 1.0) -> np.ndarray:
    """The probabilities that a token is drawn from.

    softmax(logits / temperature), of which the `top_k` largest are kept, and of these the smallest number of the most
    probable ones whose probabilities add up to at least `top_p` (the nucleus). Of equals the lower id comes first.

    Args:
        logits: float (words,); minus infinity where a word is never drawn.
        temperature: below 1 the probable becomes more probable; 0 leaves the most probable word alone.
        top_k: words that are kept; 0 keeps all.
        top_p: share of the probability that is kept, above 0.

    Returns:
        float64 (words,), which add up to one.

    Reference: Holtzman et al., "The Curious Case of Neural Text Degeneration", ICLR 2020, section 3.1 (the nucleus)
    and 3.2 (top k); temperature: section 3.3.
    """
    order = np.argsort(-logits, kind="stable")
    if temperature == 0:
        chances = np.zeros(len(logits))
        chances[order[0]] = 1.0
        return chances
    with np.errstate(over="ignore"):  # at temperatures near zero all but the most probable go to minus infinity
        chances = np.exp((logits.astype("float64") - logits.max()) / temperature)
    if top_k:
        chances[order[top_k:]] = 0.0
    chances /= chances.sum()
    before = np.cumsum(chances[order]) - chances[order]
    chances[order[before >= top_p]] = 0.0
    return chances / chances.sum()


class Sampler:
    """Draws the next token, and the same ones again from the same seed.

    Args:
        seed: of the draws, at least 0.
        temperature: at least 0.
        top_k: at least 0.
        top_p: above 0, at most 1.

    Raises:
        InputError: a value is out of its range.
    """

    def __init__(self, seed: int, temperature: float = 1.0, top_k: int = 0, top_p: float = 1.0) -> None:
        if temperature < 0 or not np.isfinite(temperature):
            raise InputError(f"temperature: expected a number of at least 0, got {temperature}")
        if seed < 0:
            raise InputError(f"seed: expected at least 0, got {seed}")
        if top_k < 0:
            raise InputError(f"top_k: expected at least 0, got {top_k}")
        if not 0 < top_p <= 1:
            raise InputError(f"top_p: expected a share above 0 and at most 1, got {top_p}")
        self.temperature, self.top_k, self.top_p = temperature, top_k, top_p
        self._random = np.random.default_rng(seed)

    def __call__(self, logits: np.ndarray) -> int:
        if not np.isfinite(logits.max()):
            raise InputError("no next token has a finite score, so training has diverged; lower its learning_rate")
        chances = probabilities(logits, self.temperature, self.top_k, self.top_p)
        return int(self._random.choice(len(chances), p=chances))
