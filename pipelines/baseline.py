"""Stage `baseline`: the baselines of a task learn from a prepared dataset and predict its dev and test splits."""

import argparse
import logging
import time
from pathlib import Path

from embeddings.foundation import plugins
from embeddings.foundation.config import load_part
from embeddings.foundation.errors import exits_on_input_error
from embeddings.foundation.files import atomic_folder, write_json
from embeddings.foundation.seeds import seed_option
from pipelines.baselines.config import BaselinesConfig
from pipelines.baselines.entities import with_whole_entities
from pipelines.baselines.words import in_words, with_text
from pipelines.data.examples import read_dataset, read_examples, write_rows
from pipelines.data.requirements import ENTITIES, check_choice, check_entities, check_field

log = logging.getLogger(__name__)


@exits_on_input_error
def main(arguments: list[str] | None = None) -> None:
    """Fits every baseline that the task names and writes its predictions."""
    parser = argparse.ArgumentParser(prog="elman baseline", description=__doc__)
    parser.add_argument("--task", type=Path, required=True, help="task configuration, which lists the baselines")
    parser.add_argument("--data", type=Path, required=True, help="prepared dataset")
    parser.add_argument("--report-test", choices=["true", "false"], default="false", help="predict test as well")
    parser.add_argument("--seed", type=seed_option, default=1, help="seed of the baselines that draw at random")
    parser.add_argument("--output", type=Path, required=True, help="folder to write: <baseline>/{dev,test}.jsonl")
    parser.add_argument(
        "--cost", type=Path, required=True, help="JSON file to write: training seconds of each baseline"
    )
    options = parser.parse_args(arguments)

    config = load_part(BaselinesConfig, options.task)
    modules = {name: plugins.load("pipelines.baselines", name) for name in config.baselines}
    train_file = options.data / "train.jsonl"
    dataset = read_dataset(options.data, "target_language", "tokenizers")
    names = ("train", "dev", "test") if options.report_test == "true" else ("train", "dev")
    prepared = {name: list(read_examples(options.data / f"{name}.jsonl")) for name in names}
    for name, module in modules.items():
        learner = f"the baseline {name}"
        for field in (module.LEARNS, getattr(module, "READS", "tokens")):
            check_field(prepared["train"], field, train_file, learner)
        for split, examples in prepared.items() if config.metrics == ENTITIES else ():
            check_entities(examples, options.data / f"{split}.jsonl", learner)
        check_choice(prepared["train"], module.LEARNS, train_file, learner)
    words_of = {name: in_words(examples, dataset) for name, examples in prepared.items()}
    costs = {}
    with atomic_folder(options.output, options.task, options.data) as folder:
        for name, module in modules.items():
            splits = dict(prepared if module.LEARNS == "tokens" else words_of)
            train = splits.pop("train")
            start = time.perf_counter()
            predict = module.fit(train, options.seed)
            costs[name] = {"wall_seconds": round(time.perf_counter() - start, 3)}
            log.info(f"{name}: trained on {len(train):,} examples in {costs[name]['wall_seconds']:.1f} s")
            for split, examples in splits.items():
                rows = with_text(predict(examples), dataset)
                rows = with_whole_entities(rows) if config.metrics == ENTITIES else rows
                write_rows(folder / name / f"{split}.jsonl", rows)
    write_json(options.cost, costs)


if __name__ == "__main__":
    main()
