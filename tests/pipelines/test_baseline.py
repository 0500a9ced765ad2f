"""The stage `baseline`: which files it writes, what stands in them, and what it refuses."""

import json
from dataclasses import replace

import pytest

from pipelines.baseline import main
from pipelines.baselines.words import in_words
from pipelines.data.examples import Example, read_rows, write_examples

TASK = """
task: {task}
metrics: {metrics}
monitor: {monitor}
baselines: {baselines}
model: {{word_vectors: frozen}}
training: {{optimizer: adam, learning_rate: 0.001, batch_size: 4, epochs: 1, patience: 1}}
"""


@pytest.fixture
def stage(tmp_path):
    """Writes a dataset and runs the stage on it; returns the output folder and the costs."""

    def run(
        train, dev, baselines, *, test=(), report_test="false", target_language="", tokenizer="words", metrics="any"
    ):
        (tmp_path / "task.yaml").write_text(
            TASK.format(task="any", metrics=metrics, monitor="any", baselines=list(baselines)), encoding="utf-8"
        )
        data = tmp_path / "data"
        for split, examples in (("train", train), ("dev", dev), ("test", test)):
            write_examples(data / f"{split}.jsonl", examples)
        tokenizers = {"tokens": tokenizer, "target_tokens": "words" if target_language else None}
        dataset = {"language": "ru", "target_language": target_language, "tokenizers": tokenizers}
        (data / "dataset.json").write_text(json.dumps(dataset), encoding="utf-8")
        output, cost = tmp_path / "predictions", tmp_path / "cost.json"
        paths = {"task": tmp_path / "task.yaml", "data": data, "output": output, "cost": cost}
        main([f"--{name}={path}" for name, path in paths.items()] + [f"--report-test={report_test}", "--seed=1"])
        return output, json.loads(cost.read_text(encoding="utf-8"))

    return run


LABELLED = [
    Example(f"train-{n}", text, tuple(text.split()), label=label)
    for n, (text, label) in enumerate([("good film", "p"), ("good", "p"), ("bad film", "n"), ("bad", "n")])
]
TRANSLATED = [
    Example(f"train-{n}", source, tuple(source.split()), target_text=target, target_tokens=tuple(target.split()))
    for n, (source, target) in enumerate([("da .", "yes ."), ("net .", "no ."), ("da", "yes"), ("net", "no")])
]


def test_every_baseline_predicts_the_examples_of_dev_by_id_and_tells_its_seconds(stage):
    dev = [Example("dev-0", "bad", ("bad",), label="n"), Example("dev-1", "good", ("good",), label="p")]
    output, costs = stage(LABELLED, dev, ["majority", "tfidf_logistic_regression"])
    learned = {row["id"]: row["label"] for row in read_rows(output / "tfidf_logistic_regression" / "dev.jsonl")}
    constant = {row["id"]: row["label"] for row in read_rows(output / "majority" / "dev.jsonl")}
    assert learned == {"dev-0": "n", "dev-1": "p"}
    assert constant == {"dev-0": "n", "dev-1": "n"}
    assert costs.keys() == {"majority", "tfidf_logistic_regression"}
    assert all(cost["wall_seconds"] >= 0 for cost in costs.values())


def test_tags_are_predicted_for_each_token(stage):
    train = [Example("train-0", "the dog", ("the", "dog"), tags=("DET", "NOUN"))]
    output, _ = stage(train, [Example("dev-0", "dog the", ("dog", "the"), tags=("X", "X"))], ["most_frequent_tag"])
    assert list(read_rows(output / "most_frequent_tag" / "dev.jsonl")) == [{"id": "dev-0", "tags": ["NOUN", "DET"]}]


def tagged(words, tags):
    return Example("x", words, tuple(words.split()), tags=tuple(tags.split()))


TAGGERS = ["most_frequent_tag", "windowed_linear_tagger"]


@pytest.mark.parametrize("baseline", TAGGERS)
def test_predicted_entity_tags_make_whole_entities(stage, baseline):
    train = [tagged("Volga Bank", "B-ORG I-ORG"), tagged("it opens", "O O")] * 5
    dev = [tagged("it Bank", "O O"), replace(tagged("Bank Volga Bank", "O O O"), id="y")]
    output, _ = stage(train, dev, [baseline], metrics="entities")
    rows = [row["tags"] for row in read_rows(output / baseline / "dev.jsonl")]
    assert rows == [["O", "B-ORG"], ["B-ORG", "B-ORG", "I-ORG"]]


@pytest.mark.parametrize("baseline", TAGGERS)
def test_predicted_parts_of_speech_stay_as_they_are(stage, baseline):
    train = [tagged("jah ni", "C- I-"), tagged("in haim", "R- I-DET")] * 5
    output, _ = stage(train, train[:2], [baseline], metrics="tagging")
    assert [row["tags"] for row in read_rows(output / baseline / "dev.jsonl")] == [["C-", "I-"], ["R-", "I-DET"]]


@pytest.mark.parametrize("baseline", TAGGERS)
@pytest.mark.parametrize(
    ("sentences", "told"),
    [
        (["O O", "O NOUN"], "train.jsonl:2: expected entity tags, which the baseline {} needs: expected O, B-..., I-"),
        (["I-PER O"], "train.jsonl:1: expected entity tags, which the baseline {} needs: expected 'B-PER'"),
        (["O O", "O O"], "train.jsonl: expected two tags or more, which the baseline {} learns to tell apart, got 'O'"),
    ],
)
def test_tags_that_a_tagger_of_entities_cannot_learn_are_refused(stage, tmp_path, capsys, baseline, sentences, told):
    with pytest.raises(SystemExit, match="2"):
        stage([tagged("a b", tags) for tags in sentences], [tagged("a", "O")], [baseline], metrics="entities")
    error = capsys.readouterr().err
    assert told.format(baseline) in error
    assert error.count("\n") == 1
    assert not (tmp_path / "predictions").exists()


def test_a_translation_has_its_tokens_and_its_text(stage):
    dev = [Example("dev-0", "net.", ("net", "."), target_text="no.", target_tokens=("no", "."))]
    output, _ = stage(TRANSLATED, dev, ["word_by_word"], target_language="en")
    rows = list(read_rows(output / "word_by_word" / "dev.jsonl"))
    assert rows == [{"id": "dev-0", "tokens": ["no", "."], "text": "no."}]


def test_what_a_dataset_holds_in_subwords_is_read_in_words():
    example = Example("x", "da, net", ("▁da", ",", "▁n", "et"), target_text="yes", target_tokens=("▁y", "es"))
    tokenizers = {"tokens": "subwords 1", "target_tokens": "subwords 2"}
    (read,) = in_words([example], {"tokenizers": tokenizers})
    assert (read.tokens, read.target_tokens) == (("da", ",", "net"), ("yes",))
    assert in_words([example], {"tokenizers": {"tokens": "words", "target_tokens": "words"}}) == [example]


def test_a_language_model_predicts_the_datasets_own_subwords(stage):
    text = Example("train-0", "lower newer", ("▁low", "er", "▁ne", "w", "er"), label="p")
    output, _ = stage([text], [text], ["ngram_language_model"], tokenizer="subwords 1")
    (row,) = read_rows(output / "ngram_language_model" / "dev.jsonl")
    assert (len(row["log_probabilities"]), row["unknown"]) == (5, [])


def test_test_is_predicted_only_where_it_is_to_be_reported(stage):
    test = [Example("test-0", "good", ("good",), label="p")]
    output, _ = stage(LABELLED, LABELLED, ["majority"], test=test, report_test="true")
    assert [row["id"] for row in read_rows(output / "majority" / "test.jsonl")] == ["test-0"]
    output, _ = stage(LABELLED, LABELLED, ["majority"], test=test, report_test="false")
    assert sorted(file.name for file in (output / "majority").iterdir()) == ["dev.jsonl"]


def test_a_baseline_that_the_task_no_longer_names_disappears(stage):
    stage(LABELLED, LABELLED, ["majority", "tfidf_logistic_regression"])
    output, costs = stage(LABELLED, LABELLED, ["majority"])
    assert [folder.name for folder in output.iterdir()] == ["majority"]
    assert costs.keys() == {"majority"}


def test_an_empty_dev_split_gives_empty_files(stage):
    names = ["majority", "tfidf_logistic_regression"]
    output, _ = stage(LABELLED, [], names)
    assert [(output / name / "dev.jsonl").read_bytes() for name in names] == [b"", b""]


def test_two_executions_write_the_same_bytes(stage):
    def files():
        output, _ = stage(LABELLED, LABELLED, ["majority", "tfidf_logistic_regression"])
        return {file.relative_to(output): file.read_bytes() for file in output.rglob("*.jsonl")}

    assert files() == files()


@pytest.mark.parametrize(
    ("train", "baseline", "message"),
    [
        (TRANSLATED, "majority", "train.jsonl:1: expected `label`, which the baseline majority learns, got none"),
        (LABELLED, "word_by_word", "train.jsonl:1: expected `target_tokens`"),
        ([], "majority", "train.jsonl: expected examples, got none"),
        *(
            (LABELLED[:2], name, f"train.jsonl: expected two labels or more, which the baseline {name} learns to tell")
            for name in ("majority", "nb_svm", "tfidf_logistic_regression")
        ),
        (LABELLED, "majorty", "did you mean 'majority'?"),
    ],
)
def test_wrong_input_is_told_in_one_line_and_writes_nothing(stage, tmp_path, capsys, train, baseline, message):
    with pytest.raises(SystemExit) as stopped:
        stage(train, LABELLED, [baseline])
    assert stopped.value.code == 2
    error = capsys.readouterr().err
    assert message in error
    assert error.count("\n") == 1
    assert not (tmp_path / "predictions").exists()
    assert not (tmp_path / "cost.json").exists()
