"""`elman self-train` with small runs: what it adds is what the run predicts, and nothing of dev or test."""

import json
import shutil
from dataclasses import replace

import pytest
from conformance_cases import DATASET
from ensemble_members import describe

import pipelines
from embeddings.foundation.files import checksum
from pipelines.data.examples import Example, read_dataset, read_examples, scored_as, write_examples
from pipelines.self_train import main
from pipelines.self_training.selection import confidence

NEW = ["a small room.", "Ivan saw Volga Bank", "the film about Tver", "They book FILMS", "a small  room ."]
LONG = " ".join(["word"] * 30)
ABOUT = {**DATASET, "version": "3", "gold_tokens": True}


def write_data(folder, name, **splits):
    """A prepared dataset."""
    folder.mkdir()
    for split, examples in splits.items():
        write_examples(folder / f"{split}.jsonl", examples)
    sums = {split: checksum(folder / f"{split}.jsonl") for split in splits}
    examples = {split: len(examples) for split, examples in splits.items()}
    about = {**ABOUT, "name": name, "sha256": sums, "examples": examples}
    (folder / "dataset.json").write_text(json.dumps(about), encoding="utf-8")
    (folder / "report.json").write_text('{"licence": "L", "citation": "C."}', encoding="utf-8")
    return about


@pytest.fixture
def world(run_folders, tmp_path, ten_examples, ten_entity_examples):
    """Makes a run of a kind, the gold data that it was trained on, and unlabelled texts."""

    def make(kind):
        given = ten_entity_examples if kind == "crf" else ten_examples
        gold = [replace(each, target_text=None, target_tokens=None, features=None) for each in given]
        about = write_data(tmp_path / "gold", "gold", train=gold[:6], dev=gold[6:8], test=gold[8:])
        texts = [*NEW[:2], "It was  NOT good at all", "A book about tver", gold[0].text, LONG, *NEW[2:]]
        unlabelled = [Example(str(number), text, tuple(text.split())) for number, text in enumerate(texts)]
        write_data(tmp_path / "texts", "texts", unlabelled=unlabelled)
        shutil.copytree(run_folders[kind], tmp_path / "run")
        describe(tmp_path / "run", dataset=about)
        return tmp_path

    return make


def added_to(folder):
    return [each for each in read_examples(folder / "train.jsonl") if each.confidence is not None]


def self_train(root, output="new", confidence=0.0, most=100, **options):
    arguments = {"data": "gold", "unlabelled": "texts", "output": output, **options}
    paths = [word for name, value in arguments.items() for word in (f"--{name}", str(root / value))]
    main([str(root / "run"), *paths, "--minimum-confidence", str(confidence), "--maximum-examples", str(most)])
    return root / output


@pytest.mark.parametrize("kind", ["windows", "multilabel", "crf"])
def test_predictions_of_new_texts_join_train_and_nothing_of_dev_or_test_does(world, kind):
    root = world(kind)
    new, gold = self_train(root), root / "gold"
    for split in ("dev", "test"):
        assert (new / f"{split}.jsonl").read_bytes() == (gold / f"{split}.jsonl").read_bytes()
    before = list(read_examples(gold / "train.jsonl"))
    train = list(read_examples(new / "train.jsonl"))
    assert train[: len(before)] == before
    added = train[len(before) :]
    texts = [each.text for each in added]
    assert len({*texts}) == len(texts) > 2
    assert {*texts} < {*NEW}  # two of which have the same characters
    run = pipelines.load(root / "run")
    for each in added:
        (row,) = run.predict([" ".join(each.tokens)], tokenised=True)
        found = row[run.task.predicts]
        assert getattr(each, run.task.predicts) == (found if isinstance(found, str) else tuple(found))
        assert each.confidence == pytest.approx(confidence(row), abs=2e-6)


def test_a_dataset_of_self_training_says_where_it_comes_from_and_is_scored_as_gold(world):
    root = world("windows")
    new = self_train(root)
    about = read_dataset(new)
    assert (about["name"], scored_as(about), about["version"], about["gold_tokens"]) == ("new", "gold", "3", True)
    assert about["examples"] == {"train": 10, "dev": 2, "test": 2}
    assert about["sha256"] == {split: checksum(new / f"{split}.jsonl") for split in about["examples"]}
    made = about["self_training"]
    assert made["run_sha256"] == checksum(root / "run/config.json")
    assert made["unlabelled_sha256"] == checksum(root / "texts/unlabelled.jsonl")
    assert (made["run"], made["unlabelled"], made["minimum_confidence"]) == ("windows", "texts", 0)
    counts = made["counts"]
    numbers = [each if isinstance(each, int) else sum(each.values()) for each in counts.values()]
    assert numbers == [9, 3, 1, 0, 1, 4]  # read, in gold, too long, unsure, repeated, added
    report = (new / "report.md").read_text(encoding="utf-8")
    assert "- confident, added to train: unlabelled 4" in report
    assert "- licence: L; texts labelled by windows: L" in report
    counted = json.loads((new / "counts.json").read_text(encoding="utf-8"))
    assert counted["tokens"]["FILMS"] == 1  # a student learns words of predicted texts
    files = {path.name: path.read_bytes() for path in new.iterdir()}
    again = self_train(root)
    assert {path.name: path.read_bytes() for path in again.iterdir()} == files


def test_what_is_not_confident_enough_is_left_out(world, capsys):
    root = world("windows")
    added = added_to(self_train(root))
    least = sorted(each.confidence or 0 for each in added)[2]
    kept = added_to(self_train(root, "two", least))
    assert {each.text for each in kept} == {each.text for each in added if (each.confidence or 0) >= least}
    one, two = added_to(self_train(root, "one", most=2))
    assert {one.label, two.label} == {"negative", "positive"}  # as often in train
    assert {one.text, two.text} < {each.text for each in added}
    with pytest.raises(SystemExit):
        self_train(root, "none", 1.0)
    assert (
        "confidence of 1.0 or more, in the shares of train, to draw from, got none of 9 texts"
        in capsys.readouterr().err
    )
    assert not (root / "none").exists()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"data": "texts"}, "texts: expected the dataset that"),
        ({"unlabelled": "gold"}, "gold: expected a split `unlabelled`, got none; choose another --unlabelled"),
        ({"data": "new"}, "new: expected gold data, got those of self-training; give --data the dataset gold"),
        ({"unlabelled": "german"}, "german: expected texts in 'en', the language of gold, got 'de'; choose another"),
        ({"output": "x.y"}, "--output: expected a name of a dataset of letters"),
        ({"output": "gold"}, "gold: expected an output folder, got one that contains"),
    ],
)
def test_what_does_not_fit_together_is_refused_in_one_line(world, capsys, options, message):
    root = world("windows")
    if options.get("data") == "new":
        self_train(root)
    about = write_data(root / "german", "german", unlabelled=[Example("1", "ja", ("ja",))])
    (root / "german/dataset.json").write_text(json.dumps({**about, "language": "de"}), encoding="utf-8")
    before = sorted(root.iterdir())
    capsys.readouterr()
    with pytest.raises(SystemExit) as stopped:
        self_train(root, **{"output": "out", **options})
    assert stopped.value.code == 2
    assert message in capsys.readouterr().err
    assert sorted(root.iterdir()) == before


def test_a_run_that_was_trained_on_predictions_may_predict_for_gold_data_again(world):
    root = world("windows")
    describe(root / "run", dataset=read_dataset(self_train(root, most=2)))
    about = read_dataset(self_train(root, "second"))
    assert (scored_as(about), about["examples"]["train"]) == ("gold", 10)
