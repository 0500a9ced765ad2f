"""Stage `evaluate`: metrics of predictions, each with its interval and signature, and data for plots."""

import argparse
from pathlib import Path

from embeddings.foundation.config import load_part
from embeddings.foundation.errors import InputError, exits_on_input_error
from embeddings.foundation.escaping import printable
from embeddings.foundation.files import atomic_folder, write_json
from embeddings.foundation.limits import PARSED_BYTES
from embeddings.foundation.reading import read_json
from embeddings.foundation.seeds import seed_option
from pipelines.data.examples import read_dataset, read_examples, scored_as
from pipelines.data.requirements import ENTITIES, check_entities
from pipelines.evaluation.config import MetricsConfig
from pipelines.evaluation.novelty import HEADER, by_novelty, known_from
from pipelines.evaluation.predictions import join, splits_in, system_folders
from pipelines.evaluation.records import Scores, main_scores, summary, write_scores
from pipelines.evaluation.scores import Context, evaluate
from pipelines.evaluation.tables import write_table, write_tables

WORDS = "vocabulary.json"  # of an artefact of word vectors: all that is read of it here
SHOWN = 2  # metrics in the metrics file: `dvc metrics show` has a column for each


@exits_on_input_error
def main(arguments: list[str] | None = None) -> None:
    """Scores the predictions of one run, or of each baseline below the folder."""
    parser = argparse.ArgumentParser(prog="elman evaluate", description=__doc__)
    parser.add_argument("--task", type=Path, required=True, help="task configuration, which names the metrics")
    parser.add_argument("--data", type=Path, required=True, help="prepared dataset")
    parser.add_argument("--predictions", type=Path, required=True, help="folder with dev.jsonl, or of such folders")
    parser.add_argument("--vectors", type=Path, help="the run's word vectors, to score words with and without one")
    parser.add_argument("--seed", type=seed_option, default=1, help="seed of the bootstrap")
    parser.add_argument("--output", type=Path, required=True, help="folder to write: scores.json and tables for plots")
    parser.add_argument("--metrics", type=Path, required=True, help="JSON file to write: the headline metrics")
    options = parser.parse_args(arguments)

    config = load_part(MetricsConfig, options.task)
    family, shown = config.family.of_dataset(options.data), config.shown
    dataset = read_dataset(options.data, "name", "version", "gold_tokens")
    folders = system_folders(options.predictions)
    splits = {split for folder in folders.values() for split in splits_in(folder)}
    references = {split: list(read_examples(options.data / f"{split}.jsonl")) for split in splits}
    tagged = bool(references) and all(example.tags is not None for each in references.values() for example in each)
    train = options.data / "train.jsonl"  # a dataset may be there to be tested on alone
    vectors = read_json(options.vectors / WORDS, list[str], PARSED_BYTES) if options.vectors else None
    of_entities = config.metrics == ENTITIES
    for split, examples in references.items() if of_entities else ():
        check_entities(examples, options.data / f"{split}.jsonl", f"task {config.task!r}")
    gold = (each for each in read_examples(train) if each.confidence is None)
    known = known_from(gold, vectors, of_entities) if tagged and train.exists() else None
    scores: Scores = {system: {} for system in folders}
    with atomic_folder(options.output, options.task, options.data, options.predictions, options.vectors) as output:
        for system, folder in folders.items():
            for split in splits_in(folder):
                path, examples = folder / f"{split}.jsonl", references[split]
                predictions = join(examples, path, family.check)
                context = Context(scored_as(dataset), dataset["version"], split, dataset["gold_tokens"], options.seed)
                found = scores[system][split] = evaluate(family, examples, predictions, context)
                headline = main_scores(found, shown[:1])
                if not headline:
                    needs = "`probabilities` in every prediction and two labels among the examples"
                    raise InputError(f"{path}: expected {needs}, without which there is no {config.monitor}")
                for metric, score in headline.items():
                    print(f"{printable(system)} {split}: {metric.name} {score.write(metric)}")
                tables = output / folder.relative_to(options.predictions) / split
                write_tables(tables, family, examples, predictions, found)
                if known:
                    write_table(tables / "novelty.csv", HEADER, by_novelty(examples, predictions, known, options.seed))
        write_scores(output / "scores.json", scores)
    numbers = summary(scores, shown[:SHOWN])
    single = options.predictions in folders.values()
    write_json(options.metrics, numbers[options.predictions.name] if single else numbers)


if __name__ == "__main__":
    main()
