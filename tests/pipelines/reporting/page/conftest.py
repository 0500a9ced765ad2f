"""A leaderboard of two tasks with what the stages wrote beside it, whose texts and labels are hostile."""

import json
from pathlib import Path

import numpy as np
import pytest

from embeddings.foundation.files import write_json
from pipelines.data.examples import EXPLANATIONS, Example, write_examples, write_rows
from pipelines.evaluation.config import MetricsConfig
from pipelines.evaluation.predictions import join
from pipelines.reporting.comparison import ComparisonGroup, System, rank_systems
from pipelines.reporting.leaderboard import Leaderboard, Row, Value
from pipelines.reporting.page.contents import Places

SCRIPT = "</script><script>window.hacked = 1</script>"
IMAGE = "<img src=x onerror='window.hacked = 2'>"
EXAMPLES = 40
CITIES = ("Oslo", "Rome")


def text_of(number):
    return f"review {number} {IMAGE if number % 2 else SCRIPT} secret"


def texts():
    """Reviews whose labels alternate, and systems by the texts that they have wrong."""
    labels = ["good", "b<i>ad"]
    examples = [
        Example(f"s-{number}", text_of(number), tuple(text_of(number).split()), label=labels[number % 2])
        for number in range(EXAMPLES)
    ]
    wrong = {"sentiment-gru": {1}, "sentiment-lstm": {1, 2, 3}, "majority": set(range(0, EXAMPLES, 2))}

    def answer(example, number, name):
        label = labels[(number + (number in wrong[name])) % 2]
        other = labels[(number + 1 + (number in wrong[name])) % 2]
        return {"id": example.id, "label": label, "probabilities": {label: 0.75, other: 0.25}}

    return examples, {name: [answer(each, number, name) for number, each in enumerate(examples)] for name in wrong}


def sentences():
    """Sentences with a city, and systems that take some for people."""
    examples = [
        Example(f"n-{number}", f"In {CITIES[number % 2]} !", ("In", CITIES[number % 2], "!"), tags=("O", "B-LOC", "O"))
        for number in range(EXAMPLES)
    ]
    wrong = {"ner-bilstm": {0}, "most_frequent_tag": set(range(20))}
    outputs = {
        name: [{"id": each.id, "tags": ["O", "B-PER" if number in of_system else "B-LOC", "O"]}
               for number, each in enumerate(examples)]
        for name, of_system in wrong.items()
    }  # fmt: skip
    return examples, outputs


def explained(name, examples):
    """What `predict` stored: of a text each token's weight, of a sentence what each written token attended to."""
    for number, example in enumerate(examples):
        row = {"id": example.id, "source_tokens": example.tokens}
        if example.label is not None:
            weights = [None] + [-0.5] * (len(example.tokens) - 2) + [1.25]
            label = {"label": example.label, "probabilities": {example.label: 0.9}}
            yield {**row, **label, "explanation": {"method": "leave_one_out", "weights": weights}}
        else:
            weights = [[0.9, 0.1, 0.0], [0.0, 0.25 + number / 2, 0.75 - number / 2]]
            yield {**row, "tokens": ["In", name], "explanation": {"method": "attention", "weights": weights}}


def write_vectors(folder):
    """Two groups of words at a right angle, a word between them, a zero vector, and a hostile word."""
    vectors = {"cat": (1, 0.1, 0), "dog": (2, 0, 0), "Oslo": (0, 1, 0.1), "Rome": (0, 3, 0), "both": (1, 1, 0),
               "none": (0, 0, 0), IMAGE: (0, 0, 1)}  # fmt: skip
    folder.mkdir(parents=True)
    np.save(folder / "vectors.npy", np.array([*vectors.values()], dtype=np.float32))
    np.save(folder / "counts.npy", np.arange(len(vectors), 0, -1))
    write_json(folder / "vocabulary.json", [*vectors])
    write_json(folder / "provenance.json", {"tokenizer": "words", "config": {"algorithm": "skip_gram"}})
    write_json(folder / "scores.json", {"wordsim353": 12.5, "wordsim353_coverage": 40.0, "analogies_coverage": 0.0})


TASKS = {
    "toy_sentiment": (MetricsConfig("sentiment", "classification", "accuracy"), texts),
    "toy_ner": (MetricsConfig("ner", "entities", "span_f1"), sentences),
}


def system(root: Path, name: str, entry: str, scoring: MetricsConfig, examples, outputs) -> System:
    """Writes what the stages leave of a system."""
    row = Row(name, "baseline" if entry else "run", {}, {}, {}, entry=entry)
    folder = root / "predictions" / row.folder
    write_rows(folder / "test.jsonl", outputs)
    rows = join(examples, folder / "test.jsonl", scoring.family.check)
    value = scoring.family.score(examples, rows)[scoring.monitor]
    scores = {"test": {scoring.monitor: Value(value, value - 1, value + 1)}}
    signatures = {"test": f"metric:{scoring.monitor}|split:test"}
    if entry:
        return System(Row(name, "baseline", scores, signatures, {"wall_seconds": 0.5}, entry=entry), folder)
    cost = {
        "wall_seconds": 12.5,
        "tokens_per_second": 1000,
        "parameters": 4321,
        "peak_memory_megabytes": 300,
        "latency_milliseconds": 0.25,
    }
    write_rows(folder / EXPLANATIONS, explained(name, examples[:2]))
    run = root / "runs" / name
    vectors = "random" if name.endswith("lstm") else "english_skip_gram"
    settings = {"seed": 1, "source_vectors": vectors, "target_vectors": "random"}
    write_json(run / "config.json", {"name": name, "run": settings, "task": {}, "dataset": {}, "note": SCRIPT})
    write_json(
        run / "coverage.json", {"tokens": {"dev": {"words": 50.0, "tokens": 75.0 if vectors != "random" else 0}}}
    )
    monitor = scoring.monitor
    (run / "history.csv").write_text(f"epoch,loss,val_{monitor}\n0,0.5,70\n1,0.25,{value}\n")
    for file, size in {"model.onnx": 400_000, "model.weights": 2_000_000, "encoder.onnx.data": 100_000}.items():
        (run / file).write_bytes(b"x" * size)
    return System(
        Row(name, "run", scores, signatures, cost, "lstm", "both", 1, 64, "english_skip_gram", seed=1), folder
    )


@pytest.fixture(scope="session")
def world(tmp_path_factory) -> tuple[Leaderboard, Places]:
    """The leaderboard, and where the files are."""
    root = tmp_path_factory.mktemp("report")
    groups = []
    for dataset, (scoring, made) in TASKS.items():
        examples, outputs = made()
        folder = root / "data" / dataset
        write_examples(folder / "test.jsonl", examples)
        write_examples(folder / "dev.jsonl", examples[:2])
        write_json(folder / "dataset.json", {"name": dataset, "version": "1"})
        summary = {
            "examples": EXAMPLES,
            "tokens": 160,
            "empty_texts": 0,
            "repeated": 2,
            "lengths": {"min": 3, "max": 5},
        }
        report = {"version": "1", "licence": "CC0", "citation": IMAGE, "warnings": {"empty texts": 3}}
        write_json(folder / "report.json", {**report, "splits": {"test": {**summary, "labels": {"b<i>ad": 20}}}})
        systems = [
            system(root, name, "" if "-" in name else f"{dataset}-baselines", scoring, examples, rows)
            for name, rows in outputs.items()
        ]
        groups.append(rank_systems(ComparisonGroup(scoring, dataset), systems, folder, 1))
    write_vectors(root / "vectors" / "english_skip_gram")
    leaderboard = Leaderboard(tuple(groups), ("never-run",))
    return leaderboard, Places(root / "data", root / "predictions", root / "runs", root / "vectors")


@pytest.fixture(scope="session")
def data_of():
    """Reads what the page's scripts read."""

    def read(text):
        start = text.index('id="data">') + len('id="data">')
        return json.loads(text[start : text.index("</script>", start)])

    return read
