"""Stage `variant` of the benchmarks: a trained run predicts again with other truncation or decoding."""

import argparse
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from embeddings.foundation.config import build_config, nearest
from embeddings.foundation.errors import InputError, exits_on_input_error
from embeddings.foundation.files import atomic_folder
from embeddings.foundation.names import check_names, named_entries
from pipelines.data.examples import read_examples, write_rows
from pipelines.runs.variation import varied


@dataclass(frozen=True)
class Variant:
    """One line of variants.yaml: which run predicts again, and with what."""

    run: str
    task: str
    dataset: str
    seed: int
    set: dict[str, dict[str, Any]]

    def __post_init__(self) -> None:
        check_names(self, "run", "task", "dataset")


@exits_on_input_error
def main(arguments: list[str] | None = None) -> None:
    """Predicts dev and test with a run's weights and a variant's keys."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("run", type=Path, help="run folder")
    parser.add_argument("--variants", type=Path, required=True, help="variants file (YAML)")
    parser.add_argument("--variant", required=True, help="name of the variant")
    parser.add_argument("--data", type=Path, required=True, help="prepared dataset")
    parser.add_argument("--output", type=Path, required=True, help="folder of predictions to write")
    options = parser.parse_args(arguments)

    from pipelines.runs.folder import load_run_folder

    run = load_run_folder(options.run)
    entries = named_entries(options.variants, "variants", "variant")
    variants = {name: build_config(Variant, values, place) for name, values, place in entries}
    if options.variant not in variants:
        known = nearest(options.variant, list(variants))
        raise InputError(f"{options.variants}: unknown variant {options.variant!r}{known}")
    changes = variants[options.variant].set
    run.task.config = varied(run.task.config, changes, f"{options.variants}: {options.variant}")
    with atomic_folder(options.output, options.run, options.data) as folder:
        for split in ("dev", "test"):
            examples = read_examples(options.data / f"{split}.jsonl")
            write_rows(folder / f"{split}.jsonl", run.task.predict(run.engine, examples))


if __name__ == "__main__":
    main()
