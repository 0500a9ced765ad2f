"""The command `elman`: each stage of the pipeline by its name, and prediction on new text."""

import importlib
import sys
from importlib.metadata import version

from embeddings.foundation.errors import exits_on_input_error

COMMANDS = {
    "new": ("pipelines.new", "make a project of your own: a DVC project that uses the installed package"),
    "add": ("pipelines.add", "add your own files to a project: a dataset, vectors, baselines and three runs"),
    "remove": ("pipelines.remove", "undo `elman add` for a dataset"),
    "stages": ("pipelines.stages", "write the stages that follow from configs/runs.yaml into dvc.yaml"),
    "prepare": ("pipelines.prepare", "turn a dataset into splits, counts and a data report"),
    "vectors": ("embeddings.cli", "train word vectors on prepared splits; query and export trained ones"),
    "baseline": ("pipelines.baseline", "predict with a task's baselines"),
    "train": ("pipelines.train", "train one run of a runs file"),
    "ensemble": ("pipelines.ensemble", "join trained runs into one that predicts by their average"),
    "self-train": ("pipelines.self_train", "add confident predictions on unlabelled texts to the train of a dataset"),
    "sweep": ("pipelines.sweep", "train a run with many settings, on this machine or a Ray cluster; keep the best"),
    "predict": ("pipelines.predict", "predict prepared splits, or text from standard input, with a trained run"),
    "generate": ("pipelines.generate", "continue a prompt with a trained language model"),
    "encode": ("pipelines.encode", "encode texts as vectors: the last hidden states of a trained run"),
    "serve": ("pipelines.serve", "answer requests over HTTP with trained runs; a page to try them"),
    "export": (
        "pipelines.export",
        "export a run: ONNX graphs, a SavedModel, or a repository of the Hugging Face Hub",
    ),
    "probe": ("pipelines.probe", "probe the hidden units of a language model for labels"),
    "repro": ("pipelines.repro", "run stale stages of dvc.yaml, several at a time"),
    "evaluate": ("pipelines.evaluate", "compute metrics of predictions, each with signature and interval"),
    "compare": ("pipelines.compare", "build one leaderboard of all runs and baselines"),
    "report": ("pipelines.report", "rewrite the report of a leaderboard, and open it in a browser"),
}


def help_text() -> str:
    """What `elman --help` prints."""
    lines = [f"  {name:<12}{summary}" for name, (_, summary) in COMMANDS.items()]
    return "\n".join(
        [
            "usage: elman COMMAND [OPTIONS]",
            "",
            "Recurrent text models on word vectors. `dvc repro` runs all stages; each stage is also a command:",
            "",
            *lines,
            "",
            "`elman COMMAND --help` lists the options of a command.",
        ]
    )


def main(arguments: list[str] | None = None) -> None:
    """Runs the command that the first argument names; a wrong one exits with code 2."""
    arguments = sys.argv[1:] if arguments is None else arguments
    show = exits_on_input_error(print, tells_time=False)
    if not arguments or arguments[0] in ("-h", "--help"):
        show(help_text())
        return
    if arguments[0] == "--version":
        show(version("elman"))
        return
    name, *rest = arguments
    if name not in COMMANDS:
        from embeddings.foundation.config import nearest

        print(f"error: no command {name!r}{nearest(name, list(COMMANDS))}", file=sys.stderr)
        sys.exit(2)
    importlib.import_module(COMMANDS[name][0]).main(rest)


if __name__ == "__main__":
    main()
