"""Stage `baseline`: the baselines of a task learn from a prepared dataset and predict its dev and test splits."""

import argparse
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

from embeddings.errors import InputError, exits_on_input_error
from embeddings.files import atomic_folder, write_json
from pipelines import plugins
from pipelines.config import TaskConfig, load_config
from pipelines.data.examples import check_field, read_dataset, read_examples, write_rows
from pipelines.data.tokenization import untokenized


@exits_on_input_error
def main(arguments: list[str] | None = None) -> None:
    """Fits every baseline that the task names and writes its predictions."""
    parser = argparse.ArgumentParser(prog="elman baseline", description=__doc__)
    parser.add_argument("--task", type=Path, required=True, help="configuration of the task, which names its baselines")
    parser.add_argument("--data", type=Path, required=True, help="folder that prepare wrote")
    parser.add_argument("--report-test", choices=["true", "false"], default="false", help="predict test as well")
    parser.add_argument("--seed", type=int, default=1, help="of the baselines that draw at random")
    parser.add_argument("--output", type=Path, required=True, help="folder to write: <baseline>/{dev,test}.jsonl")
    parser.add_argument("--cost", type=Path, required=True, help="JSON file to write: seconds each baseline learned")
    options = parser.parse_args(arguments)

    config = load_config(TaskConfig, options.task)
    train_file = options.data / "train.jsonl"
    train = list(read_examples(train_file))
    splits = {name: list(read_examples(options.data / f"{name}.jsonl")) for name in split_names(options.report_test)}
    dataset = read_dataset(options.data)
    written = dataset.get("tokenizers", {}).get("target_tokens"), dataset["target_language"]
    costs = {}
    with atomic_folder(options.output) as folder:
        for name in config.baselines:
            module = plugins.load("baselines", name)
            for field in (module.LEARNS, getattr(module, "READS", "tokens")):
                check_field(train, field, train_file, f"the baseline {name}")
            start = time.perf_counter()
            try:
                predict = module.fit(train, options.seed)
            except InputError as error:
                raise InputError(f"{train_file}: {name}: {error}") from None
            costs[name] = {"wall_seconds": round(time.perf_counter() - start, 3)}
            print(f"{name}: learned from {len(train):,} examples in {costs[name]['wall_seconds']:.1f} s", flush=True)
            for split, examples in splits.items():
                write_rows(folder / name / f"{split}.jsonl", with_text(predict(examples), *written))
    write_json(options.cost, costs)


def split_names(report_test: str) -> tuple[str, ...]:
    """The splits that are predicted."""
    return ("dev", "test") if report_test == "true" else ("dev",)


def with_text(rows: Iterable[dict], tokenizer: str | None, language: str) -> Iterator[dict]:
    """Gives a translation its text, put together as the language is written."""
    for row in rows:
        yield {**row, "text": untokenized(row["tokens"], tokenizer, language)} if "tokens" in row else row


if __name__ == "__main__":
    main()
