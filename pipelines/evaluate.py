"""Stage `evaluate`: predictions become metrics, each with its interval and signature, and data for plots."""

import argparse
import csv
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from embeddings import store
from embeddings.foundation.config import load_config
from embeddings.foundation.errors import InputError, exits_on_input_error
from embeddings.foundation.files import atomic_file, atomic_folder, write_json
from embeddings.foundation.seeds import seed_option
from pipelines.data.examples import read_dataset, read_examples
from pipelines.evaluation.joining import join
from pipelines.evaluation.novelty import HEADER, by_novelty, known_from
from pipelines.evaluation.records import SPLITS, Scores, main_values, write_scores
from pipelines.evaluation.scale import decimals
from pipelines.evaluation.scores import Context, Score, evaluate, load_family
from pipelines.tasks.config import TaskFile

SHOWN = 2  # metrics in the metrics file: `dvc metrics show` has a column for each


@exits_on_input_error
def main(arguments: list[str] | None = None) -> None:
    """Scores the predictions of one run, or of each baseline below the folder."""
    parser = argparse.ArgumentParser(prog="elman evaluate", description=__doc__)
    parser.add_argument("--task", type=Path, required=True, help="configuration of the task, which names its metrics")
    parser.add_argument("--data", type=Path, required=True, help="folder that prepare wrote")
    parser.add_argument("--predictions", type=Path, required=True, help="folder with dev.jsonl, or with such folders")
    parser.add_argument("--vectors", type=Path, help="the run's word vectors: scores of words with and without one")
    parser.add_argument("--seed", type=seed_option, default=1, help="of the resampling that gives the intervals")
    parser.add_argument("--output", type=Path, required=True, help="folder to write: scores.json and tables for plots")
    parser.add_argument("--metrics", type=Path, required=True, help="JSON file to write: the main numbers")
    options = parser.parse_args(arguments)

    config = load_config(TaskFile, options.task)
    family = load_family(config.metrics)
    if config.monitor not in family.MAIN:
        raise InputError(f"{options.task}: expected `monitor` among {', '.join(family.MAIN)}, got {config.monitor!r}")
    dataset = read_dataset(options.data, "name", "version", "gold_tokens")
    folders = system_folders(options.predictions)
    splits = {split for folder in folders.values() for split in splits_in(folder)}
    references = {split: list(read_examples(options.data / f"{split}.jsonl")) for split in splits}
    tagged = bool(references) and all(example.tags is not None for each in references.values() for example in each)
    train = options.data / "train.jsonl"  # a dataset may be there to be tested on alone
    known = known_from(read_examples(train), vector_words(options.vectors)) if tagged and train.exists() else None
    scores: Scores = {system: {} for system in folders}
    with atomic_folder(options.output) as output:
        for system, folder in folders.items():
            for split in splits_in(folder):
                path = folder / f"{split}.jsonl"
                predictions = join(references[split], path, family.check)
                context = Context(
                    dataset=dataset["name"],
                    data_version=dataset["version"],
                    split=split,
                    gold_tokens=dataset["gold_tokens"],
                    seed=options.seed,
                )
                found = evaluate(family, references[split], predictions, context)
                headline = main_values(found, [config.monitor])
                if not headline:
                    raise InputError(
                        f"{path}: expected `probabilities` in every prediction, {config.monitor} needs them"
                    )
                print(f"{system} {split}: {describe(headline[config.monitor])}")
                scores[system][split] = found
                tables = output / folder.relative_to(options.predictions) / split
                decisions = family.confusion(references[split], predictions)
                write_table(tables / "confusion.csv", ("actual", "predicted"), decisions)
                write_table(tables / "per_label.csv", *per_label(found))
                for name, (header, *rows) in family.tables(references[split], predictions).items():
                    write_table(tables / f"{name}.csv", header, rows)
                if known:
                    new = by_novelty(references[split], predictions, known, options.seed)
                    write_table(tables / "novelty.csv", HEADER, new)
        write_scores(output / "scores.json", scores)
    numbers = summary(scores, [config.monitor, *(name for name in family.MAIN if name != config.monitor)][:SHOWN])
    single = options.predictions in folders.values()
    write_json(options.metrics, numbers[options.predictions.name] if single else numbers)


def vector_words(folder: Path | None) -> list[str] | None:
    """The words of the vectors in a folder; None where no folder is given."""
    return store.read(folder).words if folder else None


def system_folders(predictions: Path) -> dict[str, Path]:
    """The folders with predictions, by system: the folder itself, or those below it.

    Raises:
        InputError: there are none.
    """
    if splits_in(predictions):
        return {predictions.name: predictions}
    folders = {folder.name: folder for folder in sorted(predictions.glob("*/")) if splits_in(folder)}
    if not folders:
        raise InputError(f"{predictions}: expected dev.jsonl or test.jsonl, found neither; run the stage that predicts")
    return folders


def splits_in(folder: Path) -> list[str]:
    """The splits that a folder has predictions for."""
    return [split for split in SPLITS if (folder / f"{split}.jsonl").exists()]


def summary(scores: Scores, names: Sequence[str]) -> dict[str, dict[str, dict[str, float]]]:
    """The main numbers, for `dvc metrics`: system -> split -> metric -> value."""
    return {
        system: {
            split: {name: round(score.value, decimals(name)) for name, score in main_values(of_split, names).items()}
            for split, of_split in splits.items()
        }
        for system, splits in scores.items()
    }


def per_label(scores: Iterable[Score]) -> tuple[list[str], list[list[str]]]:
    """Header and rows of a table with a row for each label and a column for each metric."""
    cells = {(score.label, score.metric): f"{score.value:.2f}" for score in scores if score.label}
    labels = dict.fromkeys(label for label, _ in cells)
    metrics = dict.fromkeys(metric for _, metric in cells)
    return ["label", *metrics], [[label, *(cells.get((label, metric), "") for metric in metrics)] for label in labels]


def write_table(path: Path, header: Sequence[Any], rows: Iterable[Sequence[Any]]) -> None:
    """Writes a CSV file; a table without rows is left out."""
    rows = list(rows)
    if rows:
        with atomic_file(path) as file:
            csv.writer(file, lineterminator="\n").writerows([header, *rows])


def describe(score: Score) -> str:
    """A score with its interval, as text."""
    places = decimals(score.metric)
    return f"{score.metric} {score.value:.{places}f} [{score.low:.{places}f}, {score.high:.{places}f}]"


if __name__ == "__main__":
    main()
