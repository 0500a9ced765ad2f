"""The stage `probe`, from a language model of toy sentences to its metrics and its page."""

import csv
import json
from collections import Counter
from dataclasses import replace

import keras
import pytest
from conformance_cases import DATASET, RUN, build, cell_config, task_config

from embeddings.foundation.files import write_json
from embeddings.foundation.plugins import load
from pipelines import probe
from pipelines.data.examples import Example, write_examples
from pipelines.datasets.toy.writer import write_files
from pipelines.probing import output
from pipelines.runs.folder import save_run
from pipelines.text.tokenization import Detokenizer, tokenizer
from pipelines.training.fit import fit

SPLITS = {"train": 300, "dev": 60, "test": 60}
SYSTEMS = ["all_units", "one_unit", "majority", "tfidf_logistic_regression"]


@pytest.fixture(scope="module")
def toy(tmp_path_factory):
    """Sentences of the toy grammar with their sentiment, by split."""
    folder = tmp_path_factory.mktemp("toy")
    write_files(folder, 1, SPLITS)
    found = {}
    for split in SPLITS:
        lines = [line.split("\t") for line in (folder / f"{split}.tsv").read_text(encoding="utf-8").splitlines()]
        found[split] = [
            Example(f"{split}-{number}", text, tuple(tokenizer("words")(text)), label)
            for number, (label, text) in enumerate(lines)
        ]
    return found


def prepared(folder, splits, **about):
    """A prepared dataset of examples."""
    for split, examples in splits.items():
        write_examples(folder / f"{split}.jsonl", examples)
    write_json(folder / "dataset.json", {"name": folder.name, **about})
    return folder


@pytest.fixture(scope="module")
def data(toy, tmp_path_factory):
    return prepared(tmp_path_factory.mktemp("data"), toy)


@pytest.fixture(scope="module")
def run(toy, small_vectors, tmp_path_factory):
    """The folder of a small language model of the sentences' characters, trained for an epoch."""
    texts = [replace(example, tokens=tuple(example.text)) for example in toy["train"]]
    training = {"learning_rate": 0.01, "batch_size": 16, "epochs": 1, "patience": 1}
    config = task_config("text_generation", training=training, chunk_tokens=20)
    task = load("pipelines.tasks", "text_generation").TASK.from_counts(
        config, cell_config("lstm", False, units=32), {"tokens": Counter("".join(text.text for text in texts))},
        {"tokens": small_vectors}, Detokenizer("characters", "en"),
    )  # fmt: skip
    keras.utils.set_random_seed(1)
    model = task.build_model({"tokens": 6}, 1)
    batches = task.batches([task.encode(example) for example in texts], 16, 1)
    folder = tmp_path_factory.mktemp("run")
    fit(model, task.loss(), batches, lambda: {"nats": 1.0}, config.training, "nats", 1.0, folder / "history.csv", [])
    tokenizers = {"tokens": "characters", "target_tokens": None}
    save_run(folder, "characters", RUN, task, model, {**DATASET, "tokenizers": tokenizers})
    return folder


def options(data, output, **more):
    paths = {"data": data, "output": output / "probe", "metrics": output / "m.json", "cost": output / "c.json"}
    return [f"--{name.replace('_', '-')}={value}" for name, value in {**paths, **more}.items()]


@pytest.fixture(scope="module")
def probed(run, data, tmp_path_factory):
    """What the stage writes, test included."""
    output = tmp_path_factory.mktemp("probed")
    probe.main([str(run), *options(data, output, report_test="true")])
    return output


def test_every_system_is_scored_on_dev_and_test_with_its_interval(probed):
    scores = json.loads((probed / "probe/scores.json").read_text())
    assert [(score["system"], score["split"]) for score in scores] == [
        (system, split) for system in SYSTEMS for split in ("dev", "test")
    ]
    assert all(score["low"] <= score["value"] <= score["high"] and score["texts"] == 60 for score in scores)


def test_the_metrics_are_the_accuracies_and_the_units_used(probed):
    metrics = json.loads((probed / "m.json").read_text())
    about = json.loads((probed / "probe/probe.json").read_text())
    assert list(metrics) == ["units_used", "dev", "test"]
    assert list(metrics["dev"]) == SYSTEMS
    with open(probed / "probe/weights.csv", encoding="utf-8") as file:
        weights = list(csv.DictReader(file))
    assert len(weights) == metrics["units_used"] == about["units_used"] <= about["units"] == 32
    assert str(about["unit"]) in [row["unit"] for row in weights]
    sizes = [abs(float(row["weight"])) for row in weights]
    assert sizes == sorted(sizes, reverse=True)
    assert json.loads((probed / "c.json").read_text())["tokens_per_second"] > 0


def test_the_histogram_holds_every_text_of_its_split(probed, toy):
    for split in ("dev", "test"):
        with open(probed / f"probe/{split}/histogram.csv", encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
        counts = Counter(example.label for example in toy[split])
        for label in counts:
            assert sum(int(row["texts"]) for row in rows if row["label"] == label) == counts[label]
    assert (probed / "probe/histogram.svg").read_text(encoding="utf-8").startswith("<svg")


def test_the_page_colours_texts_of_both_labels_whole(probed, toy):
    page = (probed / "probe/unit.html").read_text(encoding="utf-8")
    assert page.count("<section>") == 2 * output.SHOWN_TEXTS
    for label in ("positive", "negative"):
        first = next(example for example in toy["dev"] if example.label == label)
        assert f"{first.id}: {label}; the unit predicts" in page
        body = page.partition(f"{first.id}: ")[2].partition('<div class="text">')[2].partition("</div>")[0]
        assert "".join(piece.partition(">")[2] for piece in body.split("<")) == first.text


def test_two_executions_write_the_same_bytes_but_for_the_cost(run, data, probed, tmp_path):
    probe.main([str(run), *options(data, tmp_path, report_test="true")])
    files = sorted(path.relative_to(probed) for path in probed.rglob("*") if path.is_file() and path.name != "c.json")
    assert len(files) == 8
    for file in files:
        assert (tmp_path / file).read_bytes() == (probed / file).read_bytes(), file


def test_test_is_not_read_unless_it_is_asked_for(run, toy, tmp_path):
    train_and_dev = {split: toy[split] for split in ("train", "dev")}
    probe.main([str(run), *options(prepared(tmp_path / "data", train_and_dev), tmp_path, limit=40, seed=2)])
    assert list(json.loads((tmp_path / "m.json").read_text())) == ["units_used", "dev"]
    assert not (tmp_path / "probe/test").exists()
    about = json.loads((tmp_path / "probe/probe.json").read_text())
    assert about["texts"] == {"train": 40, "dev": 40}


def test_a_long_text_is_cut_on_the_page_and_an_empty_one_is_read(run, toy, tmp_path, monkeypatch):
    monkeypatch.setattr(output, "SHOWN_TOKENS", 30)
    empty = replace(toy["dev"][0], text="", tokens=("<unk>",))
    data = prepared(tmp_path / "data", {"train": toy["train"][:40], "dev": [empty, *toy["dev"][1:20]]})
    probe.main([str(run), *options(data, tmp_path)])
    page = (tmp_path / "probe/unit.html").read_text(encoding="utf-8")
    assert "</span> …</div>" in page
    assert "<span" in page.partition(f"{empty.id}: ")[2].partition("</section>")[0]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"label": None}, "train.jsonl:1: expected `label`, which a probe learns, got none"),
        ({"label": "a"}, "train.jsonl: expected two labels, which a unit can separate, got 1, a"),
    ],
)
def test_a_dataset_without_two_labels_is_one_line_and_code_2(run, toy, tmp_path, capsys, change, told):
    splits = {split: [replace(example, **change) for example in toy[split][:10]] for split in ("train", "dev")}
    refused([str(run), *options(prepared(tmp_path / "data", splits), tmp_path)], told, capsys)
    assert not (tmp_path / "probe").exists()


def test_a_dataset_of_features_is_refused(run, tmp_path, capsys):
    data = prepared(tmp_path / "data", {}, features=[5, 4])
    refused([str(run), *options(data, tmp_path)], "expected texts, which a language model reads, got features", capsys)


def test_a_run_of_something_else_is_refused(data, ten_examples, small_vectors, tmp_path, capsys):
    task, model = build(task_config("sentiment"), cell_config("gru", False), small_vectors, ten_examples)
    save_run(tmp_path, "classifier", RUN, task, model, DATASET)
    told = "expected a language model, a run of `text_generation`, got one of 'sentiment'"
    refused([str(tmp_path), *options(data, tmp_path)], told, capsys)


def refused(arguments, told, capsys):
    with pytest.raises(SystemExit) as stopped:
        probe.main(arguments)
    error = capsys.readouterr().err
    assert stopped.value.code == 2
    assert told in error
    assert error.count("\n") == 1
