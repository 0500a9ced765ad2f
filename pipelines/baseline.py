"""Stage `baseline`: the baselines of a task learn from a prepared dataset and predict its dev and test splits."""

import argparse
import logging
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from embeddings.foundation import plugins
from embeddings.foundation.config import load_config
from embeddings.foundation.errors import InputError, exits_on_input_error
from embeddings.foundation.files import atomic_folder, write_json
from embeddings.foundation.seeds import seed_option
from pipelines.data.examples import Example, check_field, read_dataset, read_examples, write_rows
from pipelines.tasks.config import TaskFile
from pipelines.text.subwords import SUBWORDS
from pipelines.text.tokenization import Detokenizer, words
from pipelines.text.vocabulary import UNKNOWN

log = logging.getLogger(__name__)


@exits_on_input_error
def main(arguments: list[str] | None = None) -> None:
    """Fits every baseline that the task names and writes its predictions."""
    parser = argparse.ArgumentParser(prog="elman baseline", description=__doc__)
    parser.add_argument("--task", type=Path, required=True, help="configuration of the task, which names its baselines")
    parser.add_argument("--data", type=Path, required=True, help="folder that prepare wrote")
    parser.add_argument("--report-test", choices=["true", "false"], default="false", help="predict test as well")
    parser.add_argument("--seed", type=seed_option, default=1, help="of the baselines that draw at random")
    parser.add_argument("--output", type=Path, required=True, help="folder to write: <baseline>/{dev,test}.jsonl")
    parser.add_argument("--cost", type=Path, required=True, help="JSON file to write: seconds each baseline learned")
    options = parser.parse_args(arguments)

    config = load_config(TaskFile, options.task)
    train_file = options.data / "train.jsonl"
    dataset = read_dataset(options.data, "target_language", "tokenizers")
    names = ("train", *split_names(options.report_test))
    prepared = {name: list(read_examples(options.data / f"{name}.jsonl")) for name in names}
    words_of = {name: in_words(examples, dataset) for name, examples in prepared.items()}
    target = dataset["tokenizers"]["target_tokens"] or "words"
    detokenize = Detokenizer("words" if target.startswith(SUBWORDS) else target, dataset["target_language"])
    costs = {}
    with atomic_folder(options.output) as folder:
        for name in config.baselines:
            module = plugins.load("pipelines.baselines", name)
            splits = dict(prepared if module.LEARNS == "tokens" else words_of)
            train = splits.pop("train")
            for field in (module.LEARNS, getattr(module, "READS", "tokens")):
                check_field(train, field, train_file, f"the baseline {name}")
            start = time.perf_counter()
            try:
                predict = module.fit(train, options.seed)
            except InputError as error:
                raise InputError(f"{train_file}: {name}: {error}") from None
            costs[name] = {"wall_seconds": round(time.perf_counter() - start, 3)}
            log.info(f"{name}: learned from {len(train):,} examples in {costs[name]['wall_seconds']:.1f} s")
            for split, examples in splits.items():
                write_rows(folder / name / f"{split}.jsonl", with_text(predict(examples), detokenize))
    write_json(options.cost, costs)


def in_words(examples: Iterable[Example], dataset: Mapping[str, Any]) -> list[Example]:
    """What a dataset holds in subwords, in words: so baselines read it, but for those that predict the tokens."""
    texts = {"tokens": "text", "target_tokens": "target_text"}
    pieces = [field for field in texts if (dataset["tokenizers"][field] or "").startswith(SUBWORDS)]
    return [
        replace(example, **{field: tuple(words(getattr(example, texts[field]))) or (UNKNOWN,) for field in pieces})
        for example in examples
    ]


def split_names(report_test: str) -> tuple[str, ...]:
    """The splits that are predicted."""
    return ("dev", "test") if report_test == "true" else ("dev",)


def with_text(rows: Iterable[dict], detokenize: Callable[[Sequence[str]], str]) -> Iterator[dict]:
    """Gives a translation its text, put together as its language is written."""
    for row in rows:
        yield {**row, "text": detokenize(row["tokens"])} if "tokens" in row else row


if __name__ == "__main__":
    main()
