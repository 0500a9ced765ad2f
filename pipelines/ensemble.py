"""Stage `ensemble`: trained runs become a run folder that predicts by their average; no run is trained again.

The runs share a dataset, labels and the keys of their task; seed, cell and training may differ, and so may the words of
classifiers and taggers that read each word by its id.
Probabilities of labels, tags and next words are averaged, of CRF taggers the scores of sequences. What is calibrated on
dev is calibrated for the ensemble. The folder holds all that it needs, as ONNX graphs.
"""

import argparse
from pathlib import Path

from embeddings.foundation.errors import InputError, exits_on_input_error
from embeddings.foundation.files import atomic_folder, write_json
from embeddings.foundation.names import check_name
from embeddings.foundation.reading import read_json
from embeddings.foundation.seeds import seed_option
from pipelines.data.examples import read_dataset, read_examples
from pipelines.runs.variation import changes_option


@exits_on_input_error
def main(arguments: list[str] | None = None) -> None:
    """Joins run folders."""
    parser = argparse.ArgumentParser(prog="elman ensemble", description=__doc__)
    parser.add_argument("runs", nargs="+", type=Path, metavar="RUN", help="run folder of a member")
    parser.add_argument("--data", required=True, type=Path, help="prepared dataset that the runs were trained on")
    ngrams = "also average with a linear classifier of words and word pairs of train; SEED is that of its folds"
    parser.add_argument("--ngrams", type=seed_option, metavar="SEED", help=ngrams)
    changes = "how all runs read and decode, where not as they were trained: {model: {maximum_tokens, ...}, decoding}"
    parser.add_argument("--set", type=changes_option, default={}, metavar="JSON", help=changes)
    parser.add_argument("--output", required=True, type=Path, help="run folder to write; its name is the ensemble's")
    parser.add_argument("--costs", nargs="+", type=Path, metavar="FILE", help="cost files of the runs, in their order")
    parser.add_argument("--cost", type=Path, help="cost file to write (JSON): the sum of the runs' training")
    options = parser.parse_args(arguments)
    if bool(options.costs) != bool(options.cost):
        parser.error("--costs and --cost go together")
    if options.costs and len(options.costs) != len(options.runs):
        parser.error(f"--costs: expected {len(options.runs)} files, one for each run, got {len(options.costs)}")
    try:
        check_name("name of an ensemble", name := options.output.name)
    except ValueError as error:
        raise InputError(f"--output: {error}") from None

    from pipelines.runs.description import read_description
    from pipelines.runs.ensemble import Cost, check_choosing, cost_of, load_members, save_ensemble
    from pipelines.runs.latency import latency_milliseconds

    costs = [read_json(path, Cost) for path in options.costs or ()]
    members = load_members(options.runs, options.set)
    if read_description(options.runs[0])["dataset"].get("sha256") != read_dataset(options.data).get("sha256"):
        raise InputError(f"{options.data}: expected the dataset that the runs were trained on; choose another --data")
    dev = list(read_examples(options.data / "dev.jsonl"))
    with atomic_folder(options.output, *options.runs, options.data) as folder:
        graph = None
        if options.ngrams is not None:
            from pipelines.baselines.ngram_classifier import fit_at_cost
            from pipelines.graphs.ngrams import ngram_graph

            check_choosing(options.runs[0], members[0])
            train = list(read_examples(options.data / "train.jsonl"))
            texts, labels = [members[0].task.source(each).source for each in train], [str(each.label) for each in train]
            fitted, cost = fit_at_cost(texts, labels, options.ngrams)
            graph, costs = ngram_graph(*fitted), [*costs, cost]
        run = save_ensemble(folder, name, options.runs, members, dev, graph)
    if options.cost:
        latency = latency_milliseconds(options.output, run.task, dev)
        write_json(options.cost, {**cost_of(costs), "latency_milliseconds": latency, "device": costs[0].get("device")})


if __name__ == "__main__":
    main()
