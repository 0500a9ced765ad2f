"""The gradient of an answer with respect to each word of one text, before training and after it."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np

SEEDS = (1, 2, 3, 4, 5)
CELLS = ("simple_rnn", "lstm")
UNITS, GAP, STEPS = 32, 12, 300  # running words of the text that is shown, and at most of those to learn from
UNTRAINED, TRAINED = "untrained", "trained"


def measure(data: Path) -> Iterator[dict]:
    """Rows of each word of the text, by cell and seed, and whether the answer is right."""
    from pipelines.training.seeding import seed_everything
    from studies.recall import Texts, accuracy, classifier, learn, recurrent_layer

    texts = Texts(data)
    names = {number: word for word, number in texts.ids.items()}
    token_ids, labels = texts.draw(np.random.default_rng(0), 1, GAP, "test")
    for cell in CELLS:
        for seed in SEEDS:
            seed_everything(seed)
            model = classifier(recurrent_layer(cell, UNITS, seed), texts.words, seed)
            for network in (UNTRAINED, TRAINED):
                if network == TRAINED:
                    learn(model, texts, (2, GAP), seed, STEPS)
                kind = {"cell": cell, "network": network, "seed": seed}
                yield {**kind, "accuracy": accuracy(model, texts, GAP, seed)}
                for place, norm in enumerate(norms(model, token_ids, int(labels[0]))):
                    yield {
                        **kind,
                        "place": place,
                        "word": names[int(token_ids[0, place])],
                        "norm": float(f"{norm:.4g}"),
                    }


def norms(model, token_ids: np.ndarray, label: int) -> np.ndarray:
    """The Euclidean norm of the gradient of the right answer's score with respect to each word vector, (time,)."""
    import tensorflow

    words, layer, *_, classes = model.layers[1:]
    vectors = words(token_ids)
    with tensorflow.GradientTape() as tape:
        tape.watch(vectors)
        outputs, *_ = layer(vectors)
        score = classes(outputs[:, -1])[0, label]
    gradient = np.asarray(tensorflow.convert_to_tensor(tape.gradient(score, vectors)), "float64")
    return np.linalg.norm(gradient[0], axis=-1)
