"""The stage evaluate, from files to files."""

import csv
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from embeddings import store
from pipelines.data.examples import Example, write_examples
from pipelines.evaluate import main
from pipelines.evaluation.records import read_scores

TASKS = Path(__file__).parents[2] / "configs" / "tasks"

TAGS = {"dev": [("N", "V"), ("N", "N", "V")], "test": [("V", "N", "SYM")]}
GUESSES = {"dev": [("N", "V"), ("N", "V", "V")], "test": [("V", "N", "N")]}


def write_data(folder):
    folder.mkdir()
    (folder / "dataset.json").write_text(json.dumps({"name": "tiny", "version": "3", "gold_tokens": True}))
    for split, sentences in TAGS.items():
        examples = [
            Example(f"{split}-{number}", "", ("word",) * len(tags), tags=tags) for number, tags in enumerate(sentences)
        ]
        write_examples(folder / f"{split}.jsonl", examples)
    return folder


def write_predictions(folder, splits=("dev", "test")):
    folder.mkdir(parents=True)
    for split in splits:
        rows = [json.dumps({"id": f"{split}-{number}", "tags": tags}) for number, tags in enumerate(GUESSES[split])]
        (folder / f"{split}.jsonl").write_text("\n".join(reversed(rows)) + "\n")
    return folder


def arguments(root, predictions, task="pos_tagging", output="evaluation"):
    return [
        *("--task", str(TASKS / f"{task}.yaml"), "--data", str(root / "data"), "--predictions", str(predictions)),
        *("--output", str(root / output), "--metrics", str(root / f"{output}.json"), "--seed", "5"),
    ]


@pytest.fixture
def root(tmp_path):
    write_data(tmp_path / "data")
    return tmp_path


def read_table(path):
    with open(path, newline="") as file:
        return list(csv.DictReader(file))


def test_a_dataset_of_self_training_is_scored_as_the_one_whose_dev_it_has_and_predicted_words_are_not_seen(root):
    path = root / "data/dataset.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "name": "more", "held_out_of": "tiny"}))
    predicted = Example("train-1", "", ("word",), tags=("N",), confidence=0.9)
    write_examples(root / "data/train.jsonl", [Example("train-0", "", ("other",), tags=("N",)), predicted])
    main(arguments(root, write_predictions(root / "run")))
    assert "|dataset:tiny|" in read_scores(root / "evaluation/scores.json")["run"]["dev"][0].signature
    assert {row["group"] for row in read_table(root / "evaluation/dev/novelty.csv")} == {"word unseen"}


def test_words_are_told_apart_by_the_words_of_an_artefact_of_vectors(root):
    from gensim.models import KeyedVectors

    vectors = KeyedVectors(2)
    vectors.add_vectors(["word"], np.ones((1, 2), "float32"))
    store.save(root / "vectors", vectors, {})
    write_examples(root / "data/train.jsonl", [Example("train-0", "", ("other",), tags=("NOUN",))])
    main([*arguments(root, write_predictions(root / "run")), "--vectors", str(root / "vectors")])
    table = (root / "evaluation/dev/novelty.csv").read_text(encoding="utf-8")
    assert "word with a vector" in table
    assert "word without a vector" not in table


def test_vectors_that_are_not_there_are_refused_in_one_line(root, capsys):
    with pytest.raises(SystemExit, match="2"):
        main([*arguments(root, write_predictions(root / "run")), "--vectors", str(root / "nowhere")])
    path = root / "nowhere/vocabulary.json"
    assert capsys.readouterr().err == f"error: {path}: no such file; run the stage that writes it (`dvc repro`)\n"
    assert not (root / "evaluation").exists()


def test_a_run_gets_scores_metrics_and_tables(root, capsys):
    main(arguments(root, write_predictions(root / "run")))
    scores = read_scores(root / "evaluation" / "scores.json")["run"]
    accuracy = {split: found[0] for split, found in scores.items()}
    assert (accuracy["dev"].metric, accuracy["dev"].value, accuracy["dev"].examples) == ("accuracy", 80, 2)
    # resamples hold the first sentence twice (2 of 2), each once (4 of 5) or the second twice (4 of 6)
    assert (accuracy["dev"].low, accuracy["dev"].high) == (66.6667, 100)
    assert accuracy["dev"].signature.endswith(
        "|examples:2|tokens:gold|dataset:tiny|data_version:3|split:dev"
        "|interval:bootstrap-percentile|level:95|resamples:1000|unit:sentence|seed:5"
    )
    metrics = json.loads((root / "evaluation.json").read_text())
    assert metrics["test"] == {"accuracy": 66.67, "macro_f1": 55.56}
    confusion = read_table(root / "evaluation" / "test" / "confusion.csv")
    assert [(row["actual"], row["predicted"]) for row in confusion] == [("V", "V"), ("N", "N"), ("SYM", "N")]
    per_label = {row["label"]: row for row in read_table(root / "evaluation" / "test" / "per_label.csv")}
    assert per_label["SYM"] == {"label": "SYM", "precision": "0.00", "recall": "0.00", "f1": "0.00"}
    assert per_label["N"]["f1"] == "66.67"
    assert "run dev: accuracy 80.00 [66.67, 100.00]" in capsys.readouterr().out


def test_each_baseline_below_the_folder_is_a_system(root):
    for name in ("linear", "majority"):
        write_predictions(root / "baselines" / name, ["dev"])
    main(arguments(root, root / "baselines"))
    assert set(read_scores(root / "evaluation" / "scores.json")) == {"linear", "majority"}
    metrics = json.loads((root / "evaluation.json").read_text())
    assert metrics["linear"] == metrics["majority"] == {"dev": {"accuracy": 80.0, "macro_f1": 80.0}}
    assert (root / "evaluation" / "linear" / "dev" / "confusion.csv").exists()


def test_only_the_splits_that_were_predicted_are_scored(root):
    main(arguments(root, write_predictions(root / "run", ["dev"])))
    assert list(read_scores(root / "evaluation" / "scores.json")["run"]) == ["dev"]
    assert list(json.loads((root / "evaluation.json").read_text())) == ["dev"]


def test_the_same_input_gives_the_same_bytes(root):
    predictions = write_predictions(root / "run")
    main(arguments(root, predictions))
    main(arguments(root, predictions, output="again"))
    for file in ("scores.json", "dev/confusion.csv", "test/per_label.csv"):
        assert (root / "evaluation" / file).read_bytes() == (root / "again" / file).read_bytes()
    assert (root / "evaluation.json").read_bytes() == (root / "again.json").read_bytes()


@pytest.mark.parametrize(
    ("task", "spoil", "message"),
    [
        ("pos_tagging", lambda run: (run / "dev.jsonl").write_text('{"id": "dev-1", "tags": ["N"]}\n'), "'dev-1'"),
        ("sentiment", lambda run: None, "expected an example with a label"),
        ("ner", lambda run: None, "expected entity tags"),
        ("pos_tagging", lambda run: [(run / f"{split}.jsonl").unlink() for split in TAGS], "found neither"),
    ],
)
def test_wrong_predictions_exit_with_one_line_and_write_nothing(root, capsys, task, spoil, message):
    spoil(write_predictions(root / "run"))
    with pytest.raises(SystemExit) as exit_:
        main(arguments(root, root / "run", task))
    assert exit_.value.code == 2
    error = capsys.readouterr().err
    assert error.startswith("error: ")
    assert message in error
    assert error.count("\n") == 1
    assert not (root / "evaluation").exists()
    assert not (root / "evaluation.json").exists()


def test_gold_entities_that_are_not_valid_iob2_are_refused_with_their_line(root, capsys):
    gold = [Example("dev-0", "", ("w",), tags=("O",)), Example("dev-1", "", ("w",), tags=("I-PER",))]
    write_examples(root / "data/dev.jsonl", gold)
    run = write_predictions(root / "run", ["dev"])
    with pytest.raises(SystemExit, match="2"):
        main(arguments(root, run, "ner"))
    told = "dev.jsonl:2: expected entity tags, which task 'ner' needs: expected 'B-PER', since it continues no entity"
    assert told in capsys.readouterr().err


def test_a_monitor_of_another_family_is_refused(root, capsys):
    task = root / "task.yaml"
    task.write_text((TASKS / "pos_tagging.yaml").read_text().replace("monitor: accuracy", "monitor: bleu"))
    with pytest.raises(SystemExit):
        main([*arguments(root, write_predictions(root / "run")), "--task", str(task)])
    assert (
        "monitor: expected a metric of tagging, got 'bleu'; known: accuracy, macro_f1, mcc," in capsys.readouterr().err
    )


def test_scoring_tags_loads_nothing_heavy(root):
    code = (
        "import sys; from pipelines.evaluate import main\n"
        f"main({arguments(root, write_predictions(root / 'run'))!r})\n"
        "heavy = {'keras', 'tensorflow', 'gensim', 'sklearn', 'scipy', 'sacrebleu'} & set(sys.modules)\n"
        "assert not heavy, heavy\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=Path(__file__).parents[2], capture_output=True)
