"""Word by word: every source word becomes its likeliest translation, in the source's order."""

from collections.abc import Iterator, Sequence

from pipelines.baselines import Predict
from pipelines.baselines.word_alignment import ibm_model_1
from pipelines.data.examples import Example

LEARNS = "target_tokens"


def fit(train: Sequence[Example], seed: int) -> Predict:
    """Learns a lexicon from train by IBM model 1; an unknown word is looked up in lower case, then copied."""
    lexicon = ibm_model_1([(example.tokens, example.target_tokens or ()) for example in train]).lexicon()

    def predict(examples: Sequence[Example]) -> Iterator[dict]:
        for example in examples:
            found = (lexicon.get(token) or lexicon.get(token.lower(), token) for token in example.tokens)
            yield {"id": example.id, "tokens": list(found)}

    return predict
