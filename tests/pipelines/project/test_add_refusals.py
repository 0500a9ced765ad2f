"""What `elman add` and `elman remove` refuse, in one line."""

import shutil
from pathlib import Path

import pytest
from own_files import arguments
from refusals import refused

from pipelines import add, remove, stages

BAD = {
    "another number of columns": ("dev.conll", "Anna XX O\nis O\n", ["ner"], "dev.conll:2: expected 3 columns"),
    "another label": ("dev.csv", "id,review,mood\n1,It is so.,odd\n", ["sentiment"],
                      "dev.csv: expected labels that train has as well, got odd; correct them, or `--accept unseen`"),
    "another of several labels": ("dev.topics.txt", "__label__odd It is so.\n", ["multilabel"],
                                  "dev.topics.txt: expected labels that train has as well, got odd; correct them"),
    "another type": ("dev.conll", "Acme XX B-ORG\nis XX O\n", ["ner"], "expected types of entities that train has"),
    "no label": ("dev.csv", "id,review,mood\n1,It is so.,\n", ["sentiment"], "dev.csv:2: expected a mood, got none"),
    "fewer lines": ("dev.en", "The dog is not good.\n", ["translation"], "dev.de:2: expected as many lines as"),
    "one label": ("train.csv", "id,review,mood\n1,It is so.,a\n2,Is it?,a\n", ["sentiment"], "expected one column of"),
    "another encoding": ("train.csv", b"id,review,mood\n1,It is sch\xf6n.,a\n", ["sentiment"],
                         "train.csv:2: expected UTF-8, got byte 0xf6"),
    "no language": ("train.csv", "review,mood\nxyz,a\nzyx,b\nxxy,a\nyyx,b\n", ["sentiment"],
                    "cannot tell the language of the texts: hardly any function word of a known language; give --lang"),
    "no tags": ("train.conll", "is XX\na XX\n\nit XX\n", ["ner"], "train.conll: expected a file with tags"),
    "an empty file": ("train.csv", "", ["sentiment"], "train.csv:1: expected text, got an empty file; write or"),
}  # fmt: skip


@pytest.mark.parametrize("kind", BAD)
def test_files_that_disagree_are_refused_in_one_line(project, files, kind, tmp_path, capsys):
    name, content, (task,), told = BAD[kind]
    shutil.copytree(files, tmp_path / "bad")
    (tmp_path / "bad" / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    assert told in refused(capsys, add.main, "mine", *arguments(tmp_path / "bad", task, "train", "dev"))


def test_the_same_sentences_in_train_and_dev_are_refused_dropped_or_accepted(project, files, tmp_path, capsys):
    lines = (files / "dev.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    more = (files / "train.csv").read_text(encoding="utf-8").splitlines(keepends=True)[1:3]
    (tmp_path / "dev.csv").write_text("".join([*lines, *more]), encoding="utf-8")
    words = ["mine", *arguments(files, "sentiment", "train"), "--dev", str(tmp_path / "dev.csv")]
    assert "got 2 that train has as well; --remove-overlap drops them from train" in refused(capsys, add.main, *words)
    add.main([*words, "--remove-overlap", "--dry-run"])
    assert "38 examples" in capsys.readouterr().out
    add.main([*words, "--accept", "overlap", "--dry-run"])
    assert "40 examples" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["a b"], "expected a name of letters, digits, `_` and `-`"),
        (["mine", "--dev", "nowhere.csv"], "nowhere.csv: no such file, for --dev"),
        (["mine", "--set", "epochs=3"], "--set epochs=3: expected PART.KEY=VALUE"),
        (["mine", "--set", "trainin.epochs=3"], "unknown part 'trainin'; did you mean 'training'?"),
        (["mine", "--set", "training.epoch=3"], "unknown key 'epoch'; did you mean 'epochs'?"),
        (["mine", "--set", "training.epochs=["], "--set training.epochs=[: expected a value in YAML"),
        (["mine", "--set", "vectors.window=wide"], "expected int under 'window', got 'wide'"),
        (["mine", "--reader", "csv_tabel"], "no module 'csv_tabel'"),
        (["mine", "--tokenizer", "word"], "no tokenizer 'word'; did you mean 'words'?"),
        (["mine", "--dev-share", "2"], "expected dev_share from 0 to below 1, got 2.0"),
    ],
)
def test_what_cannot_be_followed_is_refused_in_one_line(project, files, words, told, capsys):
    assert told in refused(capsys, add.main, *words, *arguments(files, "sentiment", "train"))


def test_a_form_of_tags_that_a_scheme_cannot_have_is_refused(project, files, capsys):
    words = ["mine", *arguments(files, "ner", "train"), "--set", "options.scheme=iob2", "options.tag_form=X"]
    assert "expected `scheme: io` with `tag_form: X`" in refused(capsys, add.main, *words)


@pytest.mark.parametrize(
    ("option", "told"),
    [
        (["--dev"], "expected another file for --dev, got that of --train"),
        (["--test"], "expected another file for --test, got that of --train"),
        ([], "expected another file for --train, got that of --train; leave one out"),
    ],
)
def test_a_file_that_is_given_twice_is_refused(project, files, option, told, capsys):
    words = ["mine", *arguments(files, "sentiment", "train"), *option, str(files / "train.csv")]
    assert told in refused(capsys, add.main, *words)


def test_a_folder_that_is_no_project_is_refused(tmp_path, files, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    adding = ["mine", *arguments(files, "ner", "train")]
    for main, words in ((add.main, adding), (remove.main, ["mine"]), (stages.main, [])):
        assert "expected an Elman project here, got no such file" in refused(capsys, main, *words)


@pytest.mark.parametrize("name", ["mine", "random"])
def test_a_dataset_that_was_not_added_is_not_removed(project, capsys, name):
    assert "expected a dataset that `elman add` made, got none" in refused(capsys, remove.main, name)


def test_a_line_that_is_missing_in_dvc_yaml_leaves_all_as_it_was(project, files, capsys):
    path = Path("dvc.yaml")
    path.write_text(path.read_text(encoding="utf-8").replace("  # Down to `baseline`", "  # To it"), encoding="utf-8")
    told = refused(capsys, add.main, "mine", *arguments(files, "sentiment", "train"))
    assert "dvc.yaml: expected the line '# Down to `baseline`'" in told
