"""Continued training: earlier vectors are trained on a new corpus, which brings new words."""

import logging
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from embeddings import store
from embeddings.config import TrainedConfig
from embeddings.corpus import escape
from embeddings.cosines import directions
from embeddings.foundation.errors import InputError

if TYPE_CHECKING:
    from gensim.models import KeyedVectors, Word2Vec

log = logging.getLogger(__name__)


class Earlier(NamedTuple):
    """An artefact whose training is continued."""

    artefact: store.Artefact
    output_weights: np.ndarray  # float32 (words, dimensions)
    provenance: dict[str, Any]


def read_earlier(config: TrainedConfig, tokenizer: str) -> Earlier:
    """Reads the artefact that `continue_from` names.

    Args:
        config: of the continued training.
        tokenizer: of the new corpus.

    Raises:
        InputError: the artefact's algorithm, width or tokenizer is another one, or it kept no output weights.
    """
    folder = config.continue_from
    assert folder is not None
    artefact, provenance = store.read(folder), store.provenance(folder)
    earlier = provenance.get("config", {})
    for what, expected, got in (
        ("of algorithm", config.algorithm, earlier.get("algorithm")),
        ("of dimensions", config.dimensions, earlier.get("dimensions")),
        ("of words from tokenizer", tokenizer, provenance.get("tokenizer")),
    ):
        if expected != got:
            raise InputError(
                f"{folder}: expected vectors {what} {expected!r}, as the new configuration has, got {got!r}; "
                "continued training needs the same"
            )
    return Earlier(artefact, store.output_weights(folder), provenance)


def extend_vocabulary(model: "Word2Vec", earlier: Earlier, new_counts: Mapping[str, int]) -> None:
    """Gives a new model the earlier words and, after them, the frequent ones of the new corpus.

    Earlier words begin with their vectors and output weights and keep every occurrence, however rare in the new
    corpus; their counts are added. New words begin as in any training. How often a frequent word is skipped
    (subsampling) follows from the new corpus alone, negative samples from the sums. These are gensim's rules for
    `build_vocab_from_freq(update=True)`, but that its `min_count` leaves earlier words that are rare now with the
    subsampling of the earlier corpus.

    Args:
        model: without a vocabulary; its `min_count` holds for new words.
        earlier: the earlier artefact.
        new_counts: of the new corpus, most frequent first, escaped as in its file.
    """
    words = [escape(word) for word in earlier.artefact.words]
    known = set(words)
    frequent = {word: count for word, count in new_counts.items() if word in known or count >= model.min_count}
    model.effective_min_count = model.min_count = 1  # gensim's threshold would also hold for earlier words
    model.build_vocab_from_freq(dict(zip(words, earlier.artefact.counts.tolist(), strict=True)))
    model.wv.vectors[:] = earlier.artefact.vectors
    model.syn1neg[:] = earlier.output_weights
    if not frequent:
        raise InputError("no word of the corpus has a vector or is frequent enough for one; lower `minimum_count`")
    model.build_vocab_from_freq(frequent, update=True)


def what_changed(config: TrainedConfig, earlier: Earlier, vectors: "KeyedVectors", tokens: int) -> dict[str, Any]:
    """Describes and logs what continued training has changed.

    Returns:
        `from`: folder. `words_before`, `words_added`. `tokens`: of the new corpus. `mean_cosine_distance`: between each
        earlier word's vector before and after, from 0 to 2, averaged (zero vectors left out). `provenance`: of the
        earlier artefact.
    """
    before = earlier.artefact.vectors
    after = vectors.vectors[[vectors.key_to_index[word] for word in earlier.artefact.words]]
    cosines = np.einsum("wd,wd->w", directions(before), directions(after))
    added = len(vectors) - len(before)
    defined = cosines[~np.isnan(cosines)]
    moved = round(1 - float(defined.mean()), 6) if len(defined) else None
    log.info(
        f"{len(before):,} earlier words, {added:,} added, {tokens:,} tokens; "
        f"earlier words moved by a cosine distance of {moved} on average"
    )
    return {
        "from": config.continue_from,
        "words_before": len(before),
        "words_added": added,
        "tokens": tokens,
        "mean_cosine_distance": moved,
        "provenance": earlier.provenance,
    }
