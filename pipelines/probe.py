"""Stage `probe`: a linear probe of a language model's hidden units, on labels that it was never trained on.

Each text is read to its end. On train, a logistic regression with an L1 penalty learns the labels from the states
there; dev picks the penalty. Of the units that it uses, the best one by a threshold on train is also scored alone.
"""

import argparse
import time
from pathlib import Path

from embeddings.foundation.cost import peak_memory_megabytes
from embeddings.foundation.errors import InputError, exits_on_input_error
from embeddings.foundation.files import atomic_folder, write_json
from embeddings.foundation.options import count_option
from embeddings.foundation.seeds import seed_option
from pipelines.data.examples import read_dataset
from pipelines.runs.engines import add_engine_option


@exits_on_input_error
def main(arguments: list[str] | None = None) -> None:
    """Probes a language model with a labelled dataset."""
    parser = argparse.ArgumentParser(prog="elman probe", description=__doc__)
    parser.add_argument("run", type=Path, help="run folder of a language model")
    add_engine_option(parser)
    parser.add_argument("--data", type=Path, required=True, help="prepared dataset of texts with two labels")
    parser.add_argument("--report-test", choices=["true", "false"], default="false", help="score test as well")
    parser.add_argument("--limit", type=count_option, help="texts of each split, drawn with the seed (default: all)")
    parser.add_argument(
        "--seed", type=seed_option, default=1, help="seed of the draws, the solver and the intervals (1)"
    )
    parser.add_argument("--output", type=Path, required=True, help="folder to write: scores, weights, histograms, page")
    parser.add_argument("--metrics", type=Path, required=True, help="JSON file to write: the headline metrics")
    parser.add_argument(
        "--cost", type=Path, required=True, help="JSON file to write: seconds, tokens per second, memory"
    )
    options = parser.parse_args(arguments)

    from pipelines.probing.output import write_probe
    from pipelines.probing.regression import fit_probe
    from pipelines.probing.scores import score_systems
    from pipelines.probing.texts import labelled_texts, labels, language_model, token_ids

    started = time.perf_counter()
    dataset = read_dataset(options.data, "name")
    names = ("train", "dev", "test") if options.report_test == "true" else ("train", "dev")
    splits = labelled_texts(options.data, names, options.limit, options.seed)
    run = language_model(options.run, options.engine)

    from pipelines.probing.states import final_states

    reading = time.perf_counter()
    texts = {name: [token_ids(run, example.text) for example in examples] for name, examples in splits.items()}
    chunk_tokens = run.task.config.model.chunk_tokens or 1
    states = {name: final_states(run.engine, of_split, chunk_tokens) for name, of_split in texts.items()}
    seconds, tokens = time.perf_counter() - reading, sum(len(text) for each in texts.values() for text in each)
    train_labels, dev_labels = labels(splits["train"]), labels(splits["dev"])
    try:
        probe = fit_probe(states["train"], train_labels, states["dev"], dev_labels, options.seed)
    except InputError as error:
        raise InputError(f"{options.data / 'train.jsonl'}: {error}") from None
    scores = score_systems(probe, states, splits, options.seed)
    for score in scores:
        print("{split} {system}: accuracy {value:.2f} [{low:.2f}, {high:.2f}]".format(**score))
    texts_read = {name: len(examples) for name, examples in splits.items()}
    about = {"dataset": dataset["name"], **probe.described(), "texts": texts_read, "seed": options.seed}
    with atomic_folder(options.output, options.run, options.data) as folder:
        write_probe(folder, run, probe, splits, states, scores, about)
    metrics = {
        name: {score["system"]: round(score["value"], 2) for score in scores if score["split"] == name}
        for name in names[1:]
    }
    write_json(options.metrics, {"units_used": about["units_used"], **metrics})
    cost = {"wall_seconds": round(time.perf_counter() - started, 2), "tokens_per_second": round(tokens / seconds)}
    write_json(options.cost, {**cost, "peak_memory_megabytes": peak_memory_megabytes()})


if __name__ == "__main__":
    main()
