"""Time, memory and size of the report of many runs: `python -m benchmarks.speed.report`.

The texts, the runs and their predictions are made up: each run has its own share of wrong labels, at random.
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import yaml

from embeddings.foundation.files import write_json
from pipelines.data.examples import Example, write_examples, write_rows
from pipelines.evaluation.family import load_family
from pipelines.evaluation.records import write_scores
from pipelines.evaluation.scores import Score

LABELS = ("negative", "positive")
WORDS = 60  # of a text
TASK = {"task": "sentiment", "metrics": "classification", "monitor": "accuracy"}


def main(arguments: list[str] | None = None) -> None:
    """Makes the data, and prints what the report of it takes."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.speed.report", description=__doc__)
    parser.add_argument("--runs", type=int, default=40)
    parser.add_argument("--examples", type=int, default=25_000)
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        make(root, options.runs, options.examples)
        folders = [f"--{name}={root / name}" for name in ("data", "predictions", "evaluations", "trained", "costs")]
        command = [sys.executable, "-m", "pipelines.compare", f"--runs={root / 'runs.yaml'}", *folders]
        start = time.perf_counter()
        subprocess.run([*command, f"--output={root / 'reports'}"], check=True)
        seconds = time.perf_counter() - start
        megabytes = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
        size = (root / "reports" / "report.html").stat().st_size / 1e6
        print(f"{options.runs} runs of {options.examples:,} examples: {seconds:.0f} s, {megabytes:.0f} MB in memory,")
        print(f"a page of {size:.1f} MB")


def make(root: Path, runs: int, examples: int) -> None:
    """Writes a dataset and what the stages would have left of the runs."""
    generator = np.random.default_rng(1)
    vocabulary = np.array([f"word{number}" for number in range(5000)])
    labels = generator.integers(2, size=examples)
    drawn = vocabulary[np.minimum(generator.zipf(1.3, (examples, WORDS)) - 1, 4999)]
    references = [
        Example(f"t-{number}", " ".join(words), tuple(words), label=LABELS[labels[number]])
        for number, words in enumerate(drawn.tolist())
    ]
    write_examples(root / "data/made_up/test.jsonl", references)
    write_json(root / "data/made_up/dataset.json", {"name": "made_up", "version": "1", "target_language": ""})
    family = load_family("classification")
    listed = {}
    for number in range(runs):
        name = f"run_{number:02}-{number % 5}"
        flipped = generator.random(examples) < 0.1 + 0.002 * number
        sure = generator.uniform(0.5, 1, examples).round(6).tolist()
        answers = [LABELS[label] for label in np.where(flipped, 1 - labels, labels)]
        rows = [
            {"id": each.id, "label": label, "probabilities": {label: p, LABELS[label == LABELS[0]]: round(1 - p, 6)}}
            for each, label, p in zip(references, answers, sure, strict=True)
        ]
        write_rows(root / "predictions" / name / "test.jsonl", rows)
        values = family.score(references, rows)
        scores = [
            Score(metric.name, "", values[metric.name], values[metric.name] - 0.4, values[metric.name] + 0.4,
                  "bootstrap-percentile", examples, f"metric:{metric.name}")
            for metric in family.MAIN
        ]  # fmt: skip
        write_scores(root / "evaluations" / name / "scores.json", {name: {"test": scores}})
        run = {"dataset": "made_up", "source_vectors": "cbow", "target_vectors": "random", "seed": number % 5}
        cell = {"cell": "lstm", "units": 64 + number, "depth": 1, "bidirectional": True}
        write_json(root / "trained" / name / "config.json", {"run": run, "task": TASK, "cell": cell, "dataset": {}})
        history = "".join(f"{epoch},{1 / (epoch + 1)},{60 + epoch}\n" for epoch in range(20))
        (root / "trained" / name / "history.csv").write_text(f"epoch,loss,val_accuracy\n{history}")
        (root / "costs").mkdir(exist_ok=True)
        (root / "costs" / f"{name}.json").write_text(json.dumps({"wall_seconds": 60 + number, "parameters": 4e5}))
        listed[name] = {"task": "sentiment", "dataset": "made_up", "seed": number % 5}
    (root / "runs.yaml").write_text(yaml.safe_dump({"runs": listed}))


if __name__ == "__main__":
    main()
