"""Stage `probe`: what the units of a trained language model tell of labels that it was never shown.

Each text is read to its end. On train, a logistic regression with an L1 penalty learns the labels from the states
there; dev picks the penalty. Of the units that it uses, the best one by a threshold on train is then taken alone.
"""

import argparse
import csv
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from embeddings.foundation import plugins
from embeddings.foundation.cost import peak_memory_megabytes
from embeddings.foundation.errors import InputError, exits_on_input_error
from embeddings.foundation.files import atomic_file, atomic_folder, write_json
from embeddings.foundation.seeds import seed_option
from pipelines.data.examples import Example, check_field, read_dataset, read_examples
from pipelines.evaluation.significance import bootstrap, interval
from pipelines.text.vocabulary import UNKNOWN

if TYPE_CHECKING:
    from pipelines.probing.page import ShownText
    from pipelines.probing.regression import Probe
    from pipelines.runs.trained_run import TrainedRun

BASELINES = ("majority", "tfidf_logistic_regression")  # which learn from the same texts
SHOWN_TEXTS = 4  # of each label on the page
SHOWN_TOKENS = 1500  # of a text there


@exits_on_input_error
def main(arguments: list[str] | None = None) -> None:
    """Probes a language model with a labelled dataset."""
    parser = argparse.ArgumentParser(prog="elman probe", description=__doc__)
    parser.add_argument("run", type=Path, help="run folder of a language model")
    parser.add_argument("--data", type=Path, required=True, help="prepared dataset of texts with two labels")
    parser.add_argument("--report-test", choices=["true", "false"], default="false", help="score test as well")
    parser.add_argument("--limit", type=int, help="texts of each split, drawn with the seed (default: all)")
    parser.add_argument("--seed", type=seed_option, default=1, help="of the draws, the solver and the intervals (1)")
    parser.add_argument(
        "--output", type=Path, required=True, help="folder to write: scores, weights, histograms, a page"
    )
    parser.add_argument("--metrics", type=Path, required=True, help="JSON file to write: the main numbers")
    parser.add_argument("--cost", type=Path, required=True, help="JSON file to write: seconds, tokens a second, memory")
    options = parser.parse_args(arguments)
    if options.limit is not None and options.limit < 1:
        raise InputError(f"--limit: expected at least 1, got {options.limit}")

    from pipelines.probing.regression import fit_probe, two_labels

    started = time.perf_counter()
    dataset = read_dataset(options.data, "name")
    if "features" in dataset:
        raise InputError(f"{options.data}: expected texts, which a language model reads, got features")
    names = ("train", "dev", "test") if options.report_test == "true" else ("train", "dev")
    splits = {name: drawn(options.data / f"{name}.jsonl", options.limit, options.seed) for name in names}
    labels = {name: [str(example.label) for example in examples] for name, examples in splits.items()}
    train_file = options.data / "train.jsonl"
    try:
        two_labels(labels["train"])
    except InputError as error:
        raise InputError(f"{train_file}: {error}") from None
    run = language_model(options.run)

    from pipelines.probing.states import final_states

    reading = time.perf_counter()
    chunk_tokens = run.task.config.model.chunk_tokens
    texts = {name: [token_ids(run, example.text) for example in examples] for name, examples in splits.items()}
    states = {name: final_states(run.model, of_split, chunk_tokens) for name, of_split in texts.items()}
    seconds, tokens = time.perf_counter() - reading, sum(len(text) for each in texts.values() for text in each)
    try:
        probe = fit_probe(states["train"], labels["train"], states["dev"], labels["dev"], options.seed)
    except InputError as error:
        raise InputError(f"{train_file}: {error}") from None

    held_out = names[1:]
    systems: dict[str, dict[str, Any]] = {
        "all_units": {name: probe.by_all_units(states[name]) for name in held_out},
        "one_unit": {name: probe.by_unit(states[name]) for name in held_out},
    }
    for baseline in BASELINES:
        predict = plugins.load("pipelines.baselines", baseline).fit(splits["train"], options.seed)
        systems[baseline] = {name: np.array([row["label"] for row in predict(splits[name])]) for name in held_out}
    scores = [
        {"system": system, "split": name, **accuracy(predicted == np.array(labels[name]), options.seed)}
        for system, of_system in systems.items()
        for name, predicted in of_system.items()
    ]
    for score in scores:
        print("{split} {system}: accuracy {value:.2f} [{low:.2f}, {high:.2f}]".format(**score))
    weights = probe.regression.weights
    about = {
        "dataset": dataset["name"],
        "unit": probe.unit,
        "label_above": probe.above,
        "threshold": round(probe.threshold.value, 6),
        "units": len(weights),
        "units_used": int(np.count_nonzero(weights)),
        "penalty_inverse": probe.regression.penalty_inverse,
        "texts": {name: len(examples) for name, examples in splits.items()},
        "seed": options.seed,
    }
    with atomic_folder(options.output) as folder:
        write_json(folder / "scores.json", scores)
        write_json(folder / "probe.json", about)
        used = sorted(np.flatnonzero(weights).tolist(), key=lambda unit: -abs(weights[unit]))
        write_rows(folder / "weights.csv", [{"unit": unit, "weight": f"{weights[unit]:.6f}"} for unit in used])
        write_pages(folder, f"{run.name}: unit {probe.unit}", run, probe, splits, states, scores)
    write_json(
        options.metrics,
        {
            "units_used": about["units_used"],
            **{
                name: {score["system"]: round(score["value"], 2) for score in scores if score["split"] == name}
                for name in held_out
            },
        },
    )
    cost = {"wall_seconds": round(time.perf_counter() - started, 2), "tokens_per_second": round(tokens / seconds)}
    write_json(options.cost, {**cost, "peak_memory_megabytes": peak_memory_megabytes()})


def drawn(path: Path, limit: int | None, seed: int) -> list[Example]:
    """The labelled examples of a split, or as many of them as the limit says, in their order.

    Raises:
        InputError: there are none, or one has no label.
    """
    examples = list(read_examples(path))
    check_field(examples, "label", path, "a probe")
    if limit is None or limit >= len(examples):
        return examples
    chosen = np.random.default_rng(seed).choice(len(examples), limit, replace=False)
    return [examples[number] for number in sorted(chosen.tolist())]


def language_model(folder: Path) -> "TrainedRun":
    """Loads a run of a language model.

    Raises:
        InputError: it is a run of something else, or none.
    """
    from pipelines.models.language_model import LanguageModel
    from pipelines.runs.folder import load_run_folder

    run = load_run_folder(folder)
    if not isinstance(run.model, LanguageModel):
        task = run.task.config.task
        raise InputError(f"{folder}: expected a language model, a run of `text_generation`, got one of {task!r}")
    return run


def tokens_of(run: "TrainedRun", text: str) -> tuple[str, ...]:
    """The tokens of a raw text, by the run's own tokenizer; of an empty one, an unknown word."""
    return tuple(run.tokenize(text)) or (UNKNOWN,)


def token_ids(run: "TrainedRun", text: str) -> np.ndarray:
    """What the model reads of a raw text: `<bos>` and its tokens, int32 (1 + tokens,)."""
    return np.asarray(run.task.source(Example("", text, tokens_of(run, text))).source)


def accuracy(correct: np.ndarray, seed: int) -> dict[str, Any]:
    """The accuracy in percent with its bootstrap interval, of whether each text's label is right."""
    values = bootstrap(lambda weights: {"accuracy": 100 * weights @ correct / len(correct)}, len(correct), seed=seed)[
        "accuracy"
    ]
    low, high = interval(values)
    found = {"value": 100 * float(correct.mean()), "low": low, "high": high}
    return {"metric": "accuracy", **{key: round(value, 4) for key, value in found.items()}, "texts": len(correct)}


def write_pages(
    folder: Path,
    title: str,
    run: "TrainedRun",
    probe: "Probe",
    splits: Mapping[str, Sequence[Example]],
    states: Mapping[str, np.ndarray],
    scores: Sequence[Mapping[str, Any]],
) -> None:
    """Writes the unit's histogram of each split held out, and dev's as a picture on a page with coloured texts."""
    from pipelines.probing.page import histogram_svg, page
    from pipelines.probing.regression import histogram

    for name in [name for name in splits if name != "train"]:
        rows = histogram(states[name][:, probe.unit], [str(example.label) for example in splits[name]])
        write_rows(folder / name / "histogram.csv", rows)
        if name == "dev":
            svg = histogram_svg(rows, probe.unit, probe.threshold.value, probe.above, probe.below)
    with atomic_file(folder / "histogram.svg") as file:
        file.write(svg)
    table: dict[str, dict[str, str]] = {}
    for score in scores:
        told = "{value:.1f} [{low:.1f}, {high:.1f}]".format(**score)
        table.setdefault(score["system"].replace("_", " "), {})[score["split"]] = told
    shown = shown_texts(run, probe, splits["dev"], states["dev"])
    with atomic_file(folder / "unit.html") as file:
        file.write(page(title, table, svg, shown, probe.threshold.value, probe.above, probe.below))


def shown_texts(
    run: "TrainedRun", probe: "Probe", examples: Sequence[Example], states: np.ndarray
) -> list["ShownText"]:
    """The first texts of each label, those first that need not be cut, with the unit's state after each token."""
    from pipelines.probing.page import ShownText
    from pipelines.probing.states import states_of_unit

    tokens = [tokens_of(run, example.text) for example in examples]
    order = sorted(range(len(examples)), key=lambda number: len(tokens[number]) > SHOWN_TOKENS)
    chosen = [
        number
        for label in probe.labels
        for number in [number for number in order if examples[number].label == label][:SHOWN_TEXTS]
    ]
    if not chosen:
        return []
    ids = [token_ids(run, examples[number].text)[: SHOWN_TOKENS + 1] for number in chosen]
    by_unit = probe.by_unit(states)
    return [
        ShownText(
            examples[number].id,
            str(examples[number].label),
            str(by_unit[number]),
            float(states[number, probe.unit]),
            list(run.task.detokenize.stream(tokens[number][:SHOWN_TOKENS])),
            values[1:],  # the first is that after `<bos>`
            len(tokens[number]) > SHOWN_TOKENS,
        )
        for number, values in zip(chosen, states_of_unit(run.model, ids, probe.unit), strict=True)
    ]


def write_rows(path: Path, rows: Sequence[Mapping[str, Any]]) -> None:
    """Writes a table as a CSV file."""
    with atomic_file(path) as file:
        table = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        table.writeheader()
        table.writerows(rows)


if __name__ == "__main__":
    main()
