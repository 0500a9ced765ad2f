"""Fast mode of the stage `vectors`: what more gensim workers gain, and what they change.

Trains the same configuration with one worker, with several, and with one worker and the next seed: a fast mode that
moves the scores and the neighbours no further than another seed does costs nothing but equal bytes.

    python -m benchmarks.speed.vectors --config configs/vectors/wiki_imdb_skip_gram.yaml --words 1000000
"""

import argparse
import json
import shutil
import tempfile
from dataclasses import replace
from pathlib import Path

from embeddings.config import TrainedConfig
from embeddings.evaluate import evaluate
from embeddings.foundation.config import load_config
from embeddings.neighbours import neighbours
from embeddings.train import train

WORDS, NEIGHBOURS = 1_000, 10


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure what more workers change in word vectors.")
    parser.add_argument("--config", required=True, help="configs/vectors/<name>.yaml")
    parser.add_argument("--workers", type=int, default=2, help="workers of the fast mode")
    parser.add_argument("--words", type=int, required=True, help="how much of the corpus's first file is used")
    options = parser.parse_args()
    config = load_config(TrainedConfig, options.config)
    modes = {
        "1 worker": {"workers": 1},
        f"{options.workers} workers": {"workers": options.workers},
        "1 worker, next seed": {"workers": 1, "seed": config.seed + 1},
    }
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        config = replace(config, corpus=(first_words(config, options.words, Path(folder)),))
        reference = None
        for mode, changes in modes.items():
            vectors, _, words_per_second = train(replace(config, **changes))
            frequent = [str(word) for word in vectors.index_to_key[:WORDS]]
            near = [{word for word, _ in neighbours(vectors, word, NEIGHBOURS)} for word in frequent]
            reference = reference or near
            shared = sum(len(one & other) for one, other in zip(reference, near, strict=True))
            overlap = 100 * shared / (NEIGHBOURS * len(near))
            rows.append({"mode": mode, "words_per_second": words_per_second, "shared_neighbours": overlap})
            rows[-1].update(evaluate(vectors))
    print(f"shared_neighbours: percent of the {NEIGHBOURS} nearest neighbours of the {WORDS} most frequent words")
    for row in rows:
        print(json.dumps(row))


def first_words(config: TrainedConfig, words: int, folder: Path) -> str:
    """Copies the first rows of the corpus, until they hold this many words, with their dataset's description."""
    source, target = Path(config.corpus[0]), folder / "train.jsonl"
    shutil.copy(source.parent / "dataset.json", folder)
    with open(source, encoding="utf-8", newline="\n") as lines, open(target, "w", encoding="utf-8") as copy:
        for line in lines:
            copy.write(line)
            words -= len(json.loads(line)[config.field])
            if words <= 0:
                break
    return str(target)


if __name__ == "__main__":
    main()
