"""Command `add`: adds your own files to a project: a dataset, vectors, baselines and three runs.

It inspects the files, reports what it finds, and writes their configurations; options override each guess. `dvc repro`
then trains and compares. Nothing is overwritten.
"""

import argparse
from pathlib import Path

from embeddings.foundation.errors import exits_on_input_error
from pipelines.project.kinds import KINDS
from pipelines.project.request import ACCEPTED, PARTS, Request, parse_settings

SPLITS = {
    "train": "training files; for translation two, source and target; or a folder in the layout of Hugging Face "
    "datasets, with files of each split",
    "dev": "files to select epochs and systems on (default: a share of train)",
    "test": "files to test on",
    "unlabelled": "files with more texts, only for the word vectors",
}
KEYS = ("language", "target_language", "tokenizer", "target_tokenizer", "version", "licence", "citation")


@exits_on_input_error
def main(arguments: list[str] | None = None) -> None:
    """Adds a dataset to the project of the working directory."""
    usage = "elman add NAME --task TASK --train FILE [FILE ...] [OPTIONS]"  # files end where an option begins
    parser = argparse.ArgumentParser(prog="elman add", usage=usage, description=__doc__)
    parser.add_argument("name", metavar="NAME", help="name of the dataset: letters, digits, `_` and `-`")
    parser.add_argument("--task", required=True, choices=KINDS, help="the task")
    for split, text in SPLITS.items():
        parser.add_argument(
            f"--{split}", type=Path, nargs="+", action="extend", metavar="FILE", required=split == "train", help=text
        )
    parser.add_argument(
        "--dry-run", action="store_true", help="show what is found and would be written, but write nothing"
    )
    guesses = parser.add_argument_group("options that override guesses")
    guesses.add_argument("--reader", default="", help="format: a module of pipelines/datasets/readers")
    guesses.add_argument("--encoding", help="encoding of the files, as Python names it: utf-16, cp1252, shift_jis")
    for key in KEYS:
        guesses.add_argument(f"--{key.replace('_', '-')}", help=f"the dataset's {key.replace('_', ' ')}")
    guesses.add_argument("--dev-share", type=float, help="share of train that becomes dev if there is no --dev")
    guesses.add_argument("--remove-overlap", action="store_true", help="drop examples of dev or test from train")
    guesses.add_argument("--vectors", default="", metavar="NAME", help="existing or imported vectors to use")
    accepted = "; ".join(f"{kind}: {meaning}" for kind, meaning in ACCEPTED.items())
    guesses.add_argument("--accept", nargs="+", action="extend", default=[], choices=ACCEPTED, help=f"keep {accepted}")
    guesses.add_argument(
        "--set", nargs="+", action="extend", default=[], metavar="PART.KEY=VALUE", help=f"a key of {', '.join(PARTS)}"
    )
    options = parser.parse_args(arguments)

    from pipelines.project.addition import plan
    from pipelines.project.description import describe, table

    settings = parse_settings(options.set)
    given = {key: value for key in (*KEYS, "dev_share") if (value := getattr(options, key)) is not None}
    given |= {"remove_overlap": True} if options.remove_overlap else {}
    settings["dataset"] = given | settings.get("dataset", {})
    settings["options"] = ({"encoding": options.encoding} if options.encoding else {}) | settings.get("options", {})
    files = {split: paths for split in SPLITS if (paths := getattr(options, split))}
    request = Request(options.name, options.task, files, options.reader, options.vectors, options.accept, settings)
    addition = plan(request)
    print(table(describe(addition)))
    if not options.dry_run:
        addition.write()
    print("", "would write" if options.dry_run else "wrote", *(f"  {path}" for path in addition.configs), sep="\n")
    print(f"  configs/runs.yaml: {', '.join(addition.runs)}, and baselines\n  dvc.yaml: their stages")
    if not options.dry_run:
        print("\nnext: `dvc repro` trains and compares; `elman compare --print` shows the leaderboard")


if __name__ == "__main__":
    main()
