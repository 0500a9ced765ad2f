"""Command `repro`: runs the stale stages of dvc.yaml, several at a time; `dvc repro` runs them one by one.

Shared dependencies run once, and independent chains of stages in parallel, each by its own `dvc --wait-for-lock repro`.
The results equal those of `dvc repro`. A `dvc.lock` that a kill truncated is replaced by its last whole copy. With
--address, training, prediction and baselines run on the nodes of a Ray cluster, each with --cpus threads.
"""

import argparse
import contextlib
import signal
import sys

from embeddings.foundation.errors import exits_on_input_error
from embeddings.foundation.options import count_option

LIBRARIES = (  # that the stages import
    "keras",
    "numba",
    "dacite",
    "gensim.models",
    "msgspec.json",
    "onnx",
    "regex",
    "rich.progress",
    "sacrebleu",
    "scipy.stats",
    "sklearn.feature_extraction.text",
    "sklearn.linear_model",
    "threadpoolctl",
    "yaml",
)


@exits_on_input_error
def main(arguments: list[str] | None = None) -> None:
    """Makes the stages of the dvc.yaml of the working directory."""
    parser = argparse.ArgumentParser(prog="elman repro", description=__doc__)
    parser.add_argument("stages", nargs="*", help="such as train@NAME, with what they need (default: all)")
    parser.add_argument("--jobs", type=count_option, help="stages at a time (default: as cores and memory allow)")
    parser.add_argument("--address", help="address of a Ray cluster, HOST:PORT or auto (default: this machine alone)")
    parser.add_argument(
        "--cpus", type=count_option, default=1, help="processors and threads for a stage on the cluster (1)"
    )
    options = parser.parse_args(arguments)

    from pipelines.reproduction import forked_python
    from pipelines.reproduction.jobs import default_jobs, run_chains
    from pipelines.reproduction.repository import Repository

    repository = Repository()
    chains = repository.stale_chains(options.stages)
    if not chains:
        print("every stage is up to date")
        return
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # as Ctrl-C
    with contextlib.ExitStack() as stack:
        if options.address:
            from pipelines.cluster.commands import on_cluster

            room = stack.enter_context(on_cluster(options.address, options.cpus, options.jobs))
        else:
            room = default_jobs()
        jobs = min(options.jobs or room, len(chains))
        stages = sum(len(each.stages) for each in chains)
        print(f"{stages} stages in {len(chains)} chains, {jobs} at a time", flush=True)
        if not options.address:
            worthwhile = len(chains) > jobs and repository.runs_python()
            stack.enter_context(forked_python.first_on_path(LIBRARIES if worthwhile else ()))
        try:
            problems = run_chains(chains, jobs, repository.keep_lock_file)
        finally:
            repository.repair_lock_file()
    for name, problem in problems.items():
        print(f"{name}: {problem}", file=sys.stderr)
    if problems:
        sys.exit(1)


if __name__ == "__main__":
    main()
