"""`elman add`, `elman remove` and `elman stages` in a new project: what is found, written and undone."""

import re
import shutil
from pathlib import Path

import pytest
import yaml
from own_files import TASKS, arguments
from refusals import contents, refused

from embeddings.foundation.config import load_config
from pipelines import add, remove, stages
from pipelines.data.examples import read_examples
from pipelines.datasets.config import DatasetConfig
from pipelines.prepare import main as prepare
from pipelines.project.chosen_vectors import tokenizer_of
from pipelines.project.kinds import KINDS
from pipelines.runs.config import load_baselines, load_run, load_runs


def graph() -> dict:
    return yaml.safe_load(Path("dvc.yaml").read_text(encoding="utf-8"))


def test_every_task_has_its_files():
    assert set(TASKS) == set(KINDS)


@pytest.mark.parametrize("task", TASKS)
def test_three_runs_on_what_a_task_reads_stand_beside_its_baselines(project, files, task, capsys):
    add.main(["mine", *arguments(files, task, "train", "dev", "test")])
    printed = capsys.readouterr().out
    runs, (baselines,) = load_runs("configs/runs.yaml"), load_baselines("configs/runs.yaml").values()
    assert [run.layer for run in runs.values()] == ["simple_rnn", "lstm", "gru"]
    for name in runs:
        run, config, cell = load_run("configs/runs.yaml", name, "configs")
        assert (run.dataset, run.task, run.report_test) == (baselines.dataset, baselines.task, True)
        assert cell.cell == run.layer
        assert (getattr(config.model, "output", "") == "crf") == (task in ("ner", "pos") and run.layer == "gru")
        for vectors in (run.source_vectors, run.target_vectors):
            assert Path(f"configs/vectors/{vectors}.yaml").exists()
            assert f"vectors-{vectors}" in graph()["stages"]
        assert f"runs/{name}/history.csv" in Path("dvc.yaml").read_text(encoding="utf-8")
    assert graph()["stages"]["prepare"]["foreach"] == ["mine"]
    assert all(name in printed for name in ("train ", "format ", "language ", *runs))
    prepare(["--dataset", "configs/datasets/mine.yaml", "--output", "data/mine"])
    (first, *_) = read_examples("data/mine/dev.jsonl")
    assert getattr(first, KINDS[task].field)
    assert first.tokens


@pytest.mark.parametrize("task", TASKS)
def test_what_is_removed_was_as_if_never_added(project, files, task, capsys):
    before = contents(project)
    words = ["mine", *arguments(files, task, "train", "dev"), "--unlabelled", str(files / "more.txt")]
    add.main([*words, "--dry-run"])
    assert contents(project) == before
    would = capsys.readouterr().out.partition("would write\n")[2]
    add.main(words)
    added = {str(path.relative_to(project)) for path in set(contents(project)) - set(before)}
    assert {line.strip() for line in would.splitlines() if line.endswith(".yaml")} == added
    shared = {path for path in added if path.startswith("configs/cells") or path == "configs/vectors/random.yaml"}
    remove.main(["mine", "--dry-run"])
    assert added <= {str(path.relative_to(project)) for path in contents(project)}
    remove.main(["mine"])
    left = contents(project)
    assert {path: left[path] for path in left if str(path.relative_to(project)) not in shared} == before


def test_two_datasets_stand_beside_each_other_and_one_leaves(project, files):
    add.main(["one", *arguments(files, "sentiment", "train", "dev")])
    with_one = contents(project)
    add.main(["two", *arguments(files, "ner", "train", "dev")])
    assert {run.dataset for run in load_runs("configs/runs.yaml").values()} == {"one", "two"}
    remove.main(["two"])
    assert contents(project) == with_one


def test_a_name_that_ends_as_another_one_is_another(project, files):
    add.main(["more_mine", *arguments(files, "sentiment", "train")])
    with_one = contents(project)
    add.main(["mine", *arguments(files, "sentiment", "train")])
    remove.main(["mine"])
    assert contents(project) == with_one


def test_many_translations_are_read_in_subwords_and_others_where_the_user_says_so(project, files, tmp_path):
    for end in ("de", "en"):
        lines = (files / f"train.{end}").read_text(encoding="utf-8").splitlines()
        text = "".join(f"{line[:-1]} {number}.\n" for number in range(150) for line in lines)
        (tmp_path / f"many.{end}").write_text(text, encoding="utf-8")
    many = ["--task", "translation", "--train", str(tmp_path / "many.de"), str(tmp_path / "many.en")]
    few = arguments(files, "translation", "train", "dev")
    small = ["dataset.subword_vocab_size=150"]
    add.main(["many", *many, "--set", *small])
    add.main(["few", *few])
    add.main(["split", *few, "--tokenizer", "subwords", "--target-tokenizer", "subwords", "--set", *small])
    configs = {name: load_config(DatasetConfig, f"configs/datasets/{name}.yaml") for name in ("many", "few", "split")}
    assert {name: each.tokenizer for name, each in configs.items()} == {
        "many": "subwords",
        "few": "words",
        "split": "subwords",
    }


def test_of_skewed_labels_the_rare_ones_count_as_much(project, files, tmp_path):
    lines = (files / "train.csv").read_text(encoding="utf-8").splitlines()
    more = [line.replace("film", f"film {number}") for number in range(8) for line in lines[1:21]]
    (tmp_path / "skewed.csv").write_text("\n".join([*lines, *more]) + "\n", encoding="utf-8")
    add.main(["mine", "--task", "sentiment", "--train", str(tmp_path / "skewed.csv"), "--set", "options.label=mood"])
    assert load_run("configs/runs.yaml", "mine-bigru", "configs")[1].monitor == "macro_f1"


def test_a_language_model_of_words_begins_with_their_vectors(project, files):
    add.main(["mine", *arguments(files, "language_model", "train"), "--tokenizer", "words"])
    assert {run.source_vectors for run in load_runs("configs/runs.yaml").values()} == {"mine_skip_gram"}


def test_vectors_learn_from_texts_without_labels_too(project, files):
    add.main(["mine", *arguments(files, "ner", "train", "dev"), "--unlabelled", str(files / "more.txt")])
    vectors = yaml.safe_load(Path("configs/vectors/mine_skip_gram.yaml").read_text(encoding="utf-8"))
    assert vectors["corpus"] == ["data/mine/train.jsonl", "data/mine_unlabelled/unlabelled.jsonl"]
    assert graph()["stages"]["prepare"]["foreach"] == ["mine", "mine_unlabelled"]


def test_the_encoding_is_that_of_texts_without_labels_too(project, files, tmp_path):
    (tmp_path / "more.txt").write_text("It is a café.\nIt was not a café.\n", encoding="cp1252")
    words = [*arguments(files, "sentiment", "train"), "--unlabelled", str(tmp_path / "more.txt")]
    add.main(["mine", *words, "--encoding", "cp1252"])
    unlabelled = load_config(DatasetConfig, "configs/datasets/mine_unlabelled.yaml")
    (first, _) = unlabelled.read(Path())["unlabelled"]
    assert first.text == "It is a café."


def test_the_counts_and_the_lengths_are_those_of_the_files(project, files, capsys):
    add.main(["mine", *arguments(files, "sentiment", "train"), "--dry-run"])
    printed = capsys.readouterr().out
    assert "32 examples, 352 tokens, 11 to 11 each, median 11" in printed  # 40 less a fifth, which becomes dev
    assert "2: pos 16, neg 16" in printed
    assert "text 'review', label 'mood'" in printed
    assert "20 % of train" in printed
    assert "words_lowercase" in printed


@pytest.mark.parametrize(
    ("option", "key", "value"),
    [
        (["--language", "de"], "language", "de"),
        (["--tokenizer", "characters"], "tokenizer", "characters"),
        (["--language", "zh-TW"], "tokenizer", "characters"),
        (["--dev-share", "0.3"], "dev_share", 0.3),
        (["--version", "7"], "version", "7"),
        (["--encoding", "latin-1"], "options",
         {"text": "review", "separator": ",", "label": "mood", "encoding": "latin-1"}),
        (["--licence", "CC0"], "licence", "CC0"),
        (["--set", "dataset.remove_overlap=false"], "remove_overlap", False),
    ],
)  # fmt: skip
def test_an_option_overrules_a_guess_about_the_data(project, files, option, key, value):
    add.main(["mine", *arguments(files, "sentiment", "train"), *option])
    assert getattr(load_config(DatasetConfig, "configs/datasets/mine.yaml"), key) == value


def test_rows_without_a_label_are_set_apart_for_the_vectors(project, files, tmp_path, capsys):
    text = (files / "train.csv").read_text(encoding="utf-8")
    (tmp_path / "some.csv").write_text(f'{text}a,"It is of no label.",\n', encoding="utf-8")
    words = ["mine", "--task", "sentiment", "--train", str(tmp_path / "some.csv"), "--set", "options.label=mood"]
    told = "some.csv:42: expected a mood, got none; the option `unlabelled: true` sets such texts apart"
    assert told in refused(capsys, add.main, *words)
    add.main([*words, "options.unlabelled=true"])
    assert "set apart from train: 1 examples" in capsys.readouterr().out
    vectors = yaml.safe_load(Path("configs/vectors/mine_skip_gram.yaml").read_text(encoding="utf-8"))
    assert vectors["corpus"] == ["data/mine/train.jsonl", "data/mine/unlabelled.jsonl"]


def test_a_column_that_holds_no_labels_is_refused(project, files, capsys):
    words = ["mine", *arguments(files, "sentiment", "train"), "--set", "options.label=id"]
    assert "expected labels that repeat, got 32 different ones in 32 texts" in refused(capsys, add.main, *words)


def test_an_option_overrules_a_guess_about_training(project, files):
    settings = ["training.epochs=3", "training.patience=1", "model.pooling=last", "vectors.dimensions=7"]
    add.main(["mine", *arguments(files, "sentiment", "train"), "--set", *settings])
    _, task, _ = load_run("configs/runs.yaml", "mine-bigru", "configs")
    assert (task.training.epochs, task.training.patience, task.model.pooling) == (3, 1, "last")
    assert yaml.safe_load(Path("configs/vectors/mine_skip_gram.yaml").read_text(encoding="utf-8"))["dimensions"] == 7


def test_vectors_of_another_project_take_the_place_of_own_ones(project, files, capsys):
    words = ["mine", *arguments(files, "sentiment", "train"), "--vectors", "theirs"]
    assert "vectors/theirs.dvc of `dvc import`, got neither" in refused(capsys, add.main, *words)
    Path("vectors/theirs.dvc").write_text("frozen: true\n")
    add.main(words)
    assert {run.source_vectors for run in load_runs("configs/runs.yaml").values()} == {"theirs"}
    assert [name for name in graph()["stages"] if name.startswith("vectors-")] == ["vectors-random"]
    assert "vectors/theirs" not in Path("dvc.yaml").read_text(encoding="utf-8")


@pytest.mark.parametrize("is_made", [False, True])
def test_chosen_vectors_bring_their_tokenizer(project, files, capsys, is_made):
    add.main(["first", *arguments(files, "ner", "train")])
    expected = yaml.safe_load(Path("configs/datasets/first.yaml").read_text(encoding="utf-8"))["tokenizer"]
    if is_made:  # then their provenance is asked
        folder = Path("vectors/first_skip_gram")
        folder.mkdir(parents=True)
        (folder / "provenance.json").write_text(f'{{"tokenizer": "{expected}"}}')
        Path("configs/datasets/first.yaml").write_text("source: nowhere\n")
    words = ["mine", *arguments(files, "sentiment", "train"), "--vectors", "first_skip_gram"]
    told = f"--vectors first_skip_gram: expected their tokenizer {expected}, got --tokenizer words_lowercase; leave it"
    capsys.readouterr()
    assert told in refused(capsys, add.main, *words, "--tokenizer", "words_lowercase")
    add.main([*words, "--dry-run"])
    assert f"tokenizer  {expected}  (" in capsys.readouterr().out


def test_vectors_of_other_tokens_than_those_of_the_files_are_refused(project, files, capsys):
    Path("vectors/low").mkdir()
    Path("vectors/low/provenance.json").write_text('{"tokenizer": "words_lowercase"}')
    Path("vectors/low.dvc").write_text("frozen: true\n")
    words = ["mine", *arguments(files, "ner", "train"), "--vectors", "low", "--dry-run"]
    told = "as the tokens of the files, got those of words_lowercase; --tokenizer words_lowercase takes them"
    assert told in refused(capsys, add.main, *words)
    add.main([*words, "--tokenizer", "words_lowercase"])


def test_vectors_of_subwords_of_another_dataset_are_refused(project, files, capsys):
    Path("vectors/theirs").mkdir()
    Path("vectors/theirs/provenance.json").write_text('{"tokenizer": "subwords:0123"}')
    Path("vectors/theirs.dvc").write_text("frozen: true\n")
    words = ["mine", *arguments(files, "sentiment", "train"), "--vectors", "theirs"]
    told = "--vectors theirs: expected vectors of words or characters, got those of another dataset's subwords"
    assert told in refused(capsys, add.main, *words)


@pytest.mark.parametrize(
    ("name", "config", "tokenizer"),
    [
        ("glove", {"algorithm": "file", "path": "glove.txt", "tokenizer": "whitespace", "dimensions": 5}, "whitespace"),
        (
            "both",
            {"algorithm": "joined", "first": "vectors/glove", "second": "vectors/b", "dimensions": 9},
            "whitespace",
        ),
        ("random", {"algorithm": "random", "seed": 1, "dimensions": 5}, None),
        ("own", {"algorithm": "cbow", "seed": 1, "dimensions": 5, "corpus": ["data/away/train.jsonl"]}, None),
    ],
)
def test_the_tokenizer_of_vectors_follows_from_their_configuration(project, name, config, tokenizer):
    glove = {"algorithm": "file", "path": "glove.txt", "tokenizer": "whitespace", "dimensions": 5}
    Path("configs/vectors").mkdir()
    for each, content in (("glove", glove), (name, config)):
        Path(f"configs/vectors/{each}.yaml").write_text(yaml.safe_dump(content))
    assert tokenizer_of(name) == tokenizer


def test_files_are_named_from_the_project_or_below_the_data_root(project, files, monkeypatch):
    shutil.copy(files / "train.csv", "own.csv")
    add.main(["own", "--task", "sentiment", "--train", "own.csv"])
    monkeypatch.setenv("ELMAN_DATA", str(files))
    add.main(["root", *arguments(files, "sentiment", "train")])
    paths = [load_config(DatasetConfig, f"configs/datasets/{name}.yaml").origins()["train"] for name in ("own", "root")]
    assert paths == ["own.csv", "train.csv"]


def test_an_ensemble_of_its_runs_gets_stages_and_keeps_them(project, files, capsys):
    add.main(["mine", *arguments(files, "sentiment", "train")])
    path = Path("configs/runs.yaml")
    first, *_, last = load_runs(path)
    entry = f"ensembles:\n  both: {{runs: [{first}, {last}], seed: 1, report_test: false}}\n"
    path.write_text(f"{path.read_text(encoding='utf-8')}\n{entry}", encoding="utf-8")
    stages.main([])
    made = graph()["stages"]
    inputs = [
        f"{folder}/{name}" for folder, end in (("runs", ""), ("costs", ".json")) for name in (first + end, last + end)
    ]
    assert made["ensemble-both"]["deps"] == ["elman_version.txt", "data/mine", *inputs]
    assert made["evaluate-ensemble"]["foreach"]["both"]["dataset"] == "mine"
    capsys.readouterr()
    assert f"run '{first}': ensemble 'both' reads it as well; remove that" in refused(capsys, remove.main, "mine")
    student = "  more: {run: both, unlabelled: mine, minimum_confidence: 0.9, maximum_examples: 9, seed: 1}\n"
    path.write_text(f"{path.read_text(encoding='utf-8')}\nself_training:\n{student}", encoding="utf-8")
    stages.main([])
    stage = graph()["stages"]["self_train-more"]
    assert (stage["deps"], stage["outs"]) == (["elman_version.txt", "runs/both", "data/mine"], ["data/more"])
    path.write_text(path.read_text(encoding="utf-8").replace("run: both", f"run: {first}"), encoding="utf-8")
    capsys.readouterr()
    assert f"run '{first}': self_training reads it for 'more'" in refused(capsys, remove.main, "mine")


def test_stages_of_a_run_by_hand_are_written(project, files, capsys):
    add.main(["mine", *arguments(files, "sentiment", "train")])
    runs = Path("configs/runs.yaml")
    text = runs.read_text(encoding="utf-8")
    line = "  by-hand: {task: sentiment_mine, dataset: mine, cell: bigru, layer: gru, source_vectors: random,"
    line += " target_vectors: random, seed: 2, report_test: false, set: null}\n"
    runs.write_text(text.replace("runs:\n", f"runs:\n{line}", 1), encoding="utf-8")
    capsys.readouterr()
    assert "run 'by-hand' of configs/runs.yaml reads it as well" in refused(capsys, remove.main, "mine")
    stages.main([])
    assert "runs/by-hand/history.csv" in Path("dvc.yaml").read_text(encoding="utf-8")
    assert "is written" in capsys.readouterr().out
    stages.main([])
    assert "was up to date" in capsys.readouterr().out
    assert "taken" in refused(capsys, add.main, "mine", *arguments(files, "sentiment", "train"))


def test_the_name_of_a_run_that_is_taken_is_refused_by_a_dry_run_too(project, files, capsys):
    runs = Path("configs/runs.yaml")
    line = "  mine-bigru: {task: t, dataset: d, cell: bigru, layer: gru, source_vectors: random,"
    line += " target_vectors: random, seed: 2, report_test: false, set: null}\n"
    text = runs.read_text(encoding="utf-8")
    runs.write_text(text.replace("runs: {}", f"runs:\n{line}", 1), encoding="utf-8")
    for words in (["--dry-run"], []):
        told = refused(capsys, add.main, "mine", *arguments(files, "sentiment", "train"), *words)
        assert re.match(r"configs/runs.yaml:\d+: expected no entry 'mine-bigru' of `runs:`, got one", told)


def test_a_folder_with_a_file_of_each_split_is_taken_as_a_whole(project, files, tmp_path, capsys):
    (tmp_path / "folder/data").mkdir(parents=True)
    for split, name in (("train", "train-00000"), ("dev", "validation-00000"), ("test", "test-00000")):
        shutil.copy(files / f"{split}.csv", tmp_path / f"folder/data/{name}.csv")
    words = ["--task", "sentiment", "--train", str(tmp_path / "folder"), "--set", "options.label=mood"]
    add.main(["mine", *words])
    config = yaml.safe_load(Path("configs/datasets/mine.yaml").read_text(encoding="utf-8"))
    names = {split: [Path(file["path"]).name for file in of_split] for split, of_split in config["files"].items()}
    assert names == {"train": ["train-00000.csv"], "dev": ["validation-00000.csv"], "test": ["test-00000.csv"]}
    assert "dev_share" not in config
    assert all(run.report_test for run in load_runs("configs/runs.yaml").values())
    add.main(["other", *words, "--test", str(files / "test.csv")])
    config = yaml.safe_load(Path("configs/datasets/other.yaml").read_text(encoding="utf-8"))
    assert Path(config["files"]["test"][0]["path"]).name == "test.csv"


def test_what_stages_made_is_listed_when_its_dataset_is_removed(project, files, capsys):
    add.main(["mine", *arguments(files, "sentiment", "train")])
    run = "mine-bigru"
    made = ["costs/mine-bigru.json", "costs/baselines/mine.json", "metrics/vectors/mine_skip_gram.json"]
    made += [f"{kind}/{run}" for kind in ("runs", "predictions", "evaluations")] + ["evaluations/baselines/mine"]
    for path in map(Path, made):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("{}") if path.suffix else path.mkdir()
    capsys.readouterr()
    remove.main(["mine"])
    told = capsys.readouterr().out.partition("stays, until you delete it")[2].split()
    assert [path for path in made if path not in told] == []
    assert "git rm" in " ".join(told)
