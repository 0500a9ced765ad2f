"""Stage `predict`: a run folder labels, tags or translates prepared splits, or new text.

Without --data it reads raw text, one a line, from --text or standard input, and writes JSON Lines to standard output.
"""

import argparse
import json
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from embeddings.errors import InputError, exits_on_input_error
from embeddings.files import atomic_folder
from pipelines.config import DecodingConfig, TaskConfig, load_config
from pipelines.data.examples import Example, read_examples, write_rows

if TYPE_CHECKING:
    from pipelines.training.checkpoint import TrainedRun


@exits_on_input_error
def main(arguments: list[str] | None = None) -> None:
    """Predicts with a trained run."""
    parser = argparse.ArgumentParser(prog="elman predict", description=__doc__)
    parser.add_argument("run", type=Path, help="run folder")
    parser.add_argument("--data", type=Path, help="prepared dataset: predict its dev split, and test if asked")
    parser.add_argument("--task", type=Path, help="task configuration whose `decoding` replaces the run's own")
    parser.add_argument("--report-test", choices=["true", "false"], default="false", help="predict test as well")
    parser.add_argument("--output", type=Path, help="with --data: folder of prediction files")
    parser.add_argument("--text", type=argparse.FileType(encoding="utf-8"), default=sys.stdin, help="raw text")
    options = parser.parse_args(arguments)
    if bool(options.data) != bool(options.output):
        parser.error("--data and --output go together")

    from pipelines.training.checkpoint import load_run_folder

    run = load_run_folder(options.run)
    decoding = load_config(TaskConfig, options.task).decoding if options.task else None
    if not options.data:
        for row in predict_text(run, options.text, decoding):
            print(json.dumps(row, ensure_ascii=False), flush=True)
        return
    splits = ["dev", "test"] if options.report_test == "true" else ["dev"]
    with atomic_folder(options.output) as folder:
        for split in splits:
            path = options.data / f"{split}.jsonl"
            if not path.exists():
                raise InputError(f"{path}: no such split; run the stage prepare")
            write_rows(folder / f"{split}.jsonl", run.task.predict(run.model, read_examples(path), decoding))


def predict_text(run: "TrainedRun", lines: Iterable[str], decoding: DecodingConfig | None = None) -> Iterator[dict]:
    """Predicts raw text, one a line, through the tokenizer of the run's dataset; rows carry their tokens."""
    from pipelines.data.tokenization import offsets, tokenizer

    tokenize = tokenizer(run.dataset["tokenizers"]["tokens"])
    for number, line in enumerate(lines):
        text = line.rstrip("\r\n")
        example = Example(str(number), text, tuple(tokenize(text)) or ("<unk>",))
        for row in run.task.predict(run.model, [example], decoding):
            found = {"id": row["id"], "source_tokens": example.tokens, **row}
            if "tags" in row:
                found["offsets"] = offsets(text, example.tokens)
            if (entities := run.task.entities(row)) is not None:
                found["entities"] = [described(entity, text, found) for entity in entities]
            yield found


def described(entity: tuple[str, int, int], text: str, row: Mapping[str, Any]) -> dict[str, Any]:
    """An entity by its characters; its probability is that of its least probable tag."""
    kind, first, behind = entity
    start, end = row["offsets"][first][0], row["offsets"][behind - 1][1]
    probability = min(row["probabilities"][first:behind])
    return {"type": kind, "start": start, "end": end, "text": text[start:end], "probability": probability}


if __name__ == "__main__":
    main()
