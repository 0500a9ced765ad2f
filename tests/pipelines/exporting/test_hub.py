"""The format hub: a model card whose metadata the Hub's own library reads, and whose numbers are the run's."""

import json
import re
import shutil
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import yaml
from conformance_cases import TASKS, task_class
from huggingface_hub import ModelCard

import pipelines
from embeddings.foundation import plugins
from embeddings.foundation.files import checksum, write_json
from pipelines import export
from pipelines.data.examples import write_examples
from pipelines.evaluation.family import load_family
from pipelines.evaluation.records import read_scores, write_scores
from pipelines.evaluation.scores import Context, evaluate
from pipelines.exporting.hub_metadata import hub_metric, metadata
from pipelines.exporting.provenance import Provenance, vector_names
from pipelines.runs.description import read_description

# Of the Hub's tasks (huggingface.js, packages/tasks/src/pipelines.ts) those of text and images.
HUB_TASKS = {
    "text-classification", "token-classification", "table-question-answering", "question-answering",
    "zero-shot-classification", "translation", "summarization", "feature-extraction", "text-generation", "fill-mask",
    "sentence-similarity", "image-classification", "image-segmentation", "object-detection", "image-to-text",
    "image-to-image", "image-feature-extraction", "text-ranking",
}  # fmt: skip
CORPUS = [{"file": "data/news/unlabelled.jsonl", "sha256": "ab", "language": "en", "tokens": 9, "sentences": 1}]
DATASET = {"name": "tiny", "version": "3", "gold_tokens": True, "examples": {"train": 80, "dev": 10},
           "sha256": {"train": "a" * 64, "dev": "b" * 64}}  # fmt: skip


@pytest.fixture
def world(run_folders, ten_entity_examples, tmp_path, monkeypatch):
    """A project with the run `ner`, its dataset, vectors and evaluation, in the working directory."""
    monkeypatch.chdir(tmp_path)
    run = shutil.copytree(run_folders["ner"], tmp_path / "runs/ner")
    about = json.loads((run / "config.json").read_text(encoding="utf-8"))
    about["dataset"] |= DATASET
    about["run"] |= {"dataset": "tiny", "source_vectors": "english"}
    write_json(run / "config.json", about)
    write_examples(tmp_path / "data/tiny/dev.jsonl", ten_entity_examples)
    write_json(tmp_path / "data/tiny/dataset.json", about["dataset"])
    for name, licence in (("tiny", "CC BY 4.0"), ("news", "for | <b>research</b>")):
        (tmp_path / "data" / name).mkdir(exist_ok=True)
        write_json(
            tmp_path / "data" / name / "report.json", {"version": "3", "licence": licence, "citation": "Doe 2020"}
        )
    (tmp_path / "vectors/english").mkdir(parents=True)
    made = {"config": {"algorithm": "skip_gram", "dimensions": 6}, "tokenizer": "words", "corpus": CORPUS, "words": 12}
    write_json(tmp_path / "vectors/english/provenance.json", made)
    trained = pipelines.load(run)
    predictions = list(trained.task.predict(trained.engine, ten_entity_examples))
    scores = {
        split: evaluate(load_family("entities"), ten_entity_examples, predictions, Context("tiny", "3", split, True, 1))
        for split in ("dev", "test")
    }
    (tmp_path / "evaluations/ner").mkdir(parents=True)
    write_scores(tmp_path / "evaluations/ner/scores.json", {"ner": scores})
    return tmp_path


def exported(*options) -> Any:
    export.main(["runs/ner", "--output", "out", "--format", "hub", *options])
    return ModelCard.load("out/README.md")


def check_specification(fields):
    """What https://github.com/huggingface/hub-docs/blob/main/modelcard.md asks of the fields that there are."""
    assert set(fields) <= {
        "language",
        "license",
        "library_name",
        "pipeline_tag",
        "tags",
        "datasets",
        "metrics",
        "model-index",
    }
    assert fields["pipeline_tag"] in HUB_TASKS
    assert all(re.fullmatch("[a-z]{2,3}", code) for code in fields.get("language", []))
    for key in ("tags", "datasets", "metrics"):
        assert all(re.fullmatch(r"[\w.-]+", each) for each in fields.get(key, [])), key
    for model in fields.get("model-index", []):
        assert model["name"]
        for result in model["results"]:
            assert set(result) == {"task", "dataset", "metrics"}
            assert result["task"]["type"] in HUB_TASKS
            assert {"type", "name"} <= set(result["dataset"]) <= {"type", "name", "config", "split", "revision", "args"}
            for metric in result["metrics"]:
                assert {"type", "value"} <= set(metric) <= {"type", "value", "name", "config", "args", "verified"}
                assert isinstance(metric["value"], float)


def test_the_hubs_library_reads_every_number_with_its_interval_and_signature(world):
    card = exported("--licence", "apache-2.0")
    results = {(each.dataset_split, each.metric_name): each for each in card.data.eval_results}
    family = load_family("entities")
    expected = {
        (split, family.metric(score.metric).caption): score
        for split, scores in read_scores("evaluations/ner/scores.json")["ner"].items()
        for score in scores
        if not score.label and family.metric(score.metric) in family.shown("span_f1")
    }
    assert set(results) == set(expected)
    assert len(results) == 2 * len(family.MAIN)
    for key, score in expected.items():
        found = results[key]
        assert found.metric_value == score.value
        assert found.metric_args == {
            "low": score.low, "high": score.high, "interval": score.interval_method, "signature": score.signature,
        }  # fmt: skip
        assert (found.task_type, found.dataset_type) == ("token-classification", "tiny")
    assert (card.data.model_name, card.data.license) == ("ner", "apache-2.0")
    assert (card.data.language, card.data.datasets) == (["en"], ["tiny"])
    assert (card.data.library_name, card.data.pipeline_tag) == ("elman", "token-classification")
    assert {"elman", "onnx", "lstm", "word2vec"} <= set(card.data.tags)
    assert card.data.metrics == ["f1", "accuracy", "precision", "recall"]
    check_specification(yaml.safe_load(card.content.split("---\n")[1]))


def test_the_card_says_what_the_run_is_made_of(world):
    text = exported().text
    assert "| `tiny` | train and dev | 3 | CC BY 4.0 | Doe 2020 |" in text
    assert "| `news` | word vectors | 3 | for \\| \\<b\\>research\\</b\\> | Doe 2020 |" in text
    assert "`english`, 12 words:\n\n```yaml\nalgorithm: skip_gram\ndimensions: 6\n```" in text
    for name in ("model.onnx", "model.keras", "vocabulary_tokens.json"):
        assert f"| `{name}` | `{checksum(f'out/{name}')}` |" in text
    (line,) = re.findall(r"```yaml\n(runs:.*?)```", text, re.DOTALL)
    run = yaml.safe_load(line)["runs"]["ner"]
    assert run.pop("report_test") is False
    assert run == read_description("runs/ner")["run"]
    assert f"{'b' * 64}  dev.jsonl" in text
    score = next(each for each in read_scores("evaluations/ner/scores.json")["ner"]["dev"] if each.metric == "span_f1")
    assert f"| dev | span_f1 (%) | {score.value:.2f} | {score.low:.2f} to {score.high:.2f} | 10 |" in text
    assert "It knows the types LOC, ORG, PER." in text


def test_the_card_of_a_student_says_who_labelled_and_is_scored_on_gold_data(world):
    path = world / "runs/ner/config.json"
    about = json.loads(path.read_text(encoding="utf-8"))
    made = {"run": "both", "unlabelled": "news", "minimum_confidence": 0.9, "maximum_examples": 5, "seed": 2}
    about["dataset"] |= {"name": "more", "held_out_of": "tiny", "self_training": {**made, "sentences": False}}
    write_json(path, about)
    card = exported()
    assert "A part of train was labelled by run `both`, not by people." in card.text
    (entries,) = re.findall(r"```yaml\n(runs:.*?)```", card.text, re.DOTALL)
    assert yaml.safe_load(entries)["self_training"] == {"more": {**made, "sentences": False}}
    assert {result.dataset_name for result in card.data.eval_results} == {"tiny"}


def test_the_folder_is_a_run_and_a_repository_with_large_files(world):
    exported()
    texts = ["Anna saw Tver", "films"]
    assert list(pipelines.load("out").predict(texts)) == list(pipelines.load("runs/ner").predict(texts))
    assert list(pipelines.load("out", "keras").predict(texts))
    attributes = Path("out/.gitattributes").read_text(encoding="utf-8")
    for large in ("*.onnx", "*.weights", "*.data", "model.keras"):
        assert f"{large} filter=lfs diff=lfs merge=lfs -text\n" in attributes


def test_texts_of_the_data_are_shown_unless_they_are_to_be_left_out(world, ten_entity_examples):
    shown = exported().content
    assert all(json.dumps(example.text) in shown for example in ten_entity_examples[:3])
    export.main(["runs/ner", "--output", "private", "--format", "hub", "--without-texts"])
    private = Path("private/README.md").read_text(encoding="utf-8")
    assert not [example.text for example in ten_entity_examples if len(example.tokens) > 1 and example.text in private]
    assert "text = 'Write your text here.'" in private


def test_vectors_of_source_and_target_are_named_and_the_same_ones_once():
    task: Any = SimpleNamespace(text_fields=lambda: ("tokens", "target_tokens"))
    assert vector_names({"source_vectors": "english", "target_vectors": "russian"}, task) == ["english", "russian"]
    assert vector_names({"source_vectors": "english", "target_vectors": "english"}, task) == ["english"]


def test_what_is_not_known_is_said(world, capsys):
    for name in ("data", "vectors", "evaluations"):
        shutil.rmtree(name)
    card = exported()
    assert card.data.eval_results is None
    assert card.data.license == "unknown"
    assert "| `tiny` | train and dev | 3 | not known here | not known here |" in card.text
    assert "`english`: not known here." in card.text
    assert "None are known here." in card.text
    said = capsys.readouterr().err
    for option in ("--data", "--vectors", "--evaluation"):
        assert f"give {option}" in said


def test_what_belongs_to_another_run_is_refused_and_nothing_is_written(world, capsys):
    def refused(*options):
        with pytest.raises(SystemExit, match="2"):
            exported(*options)
        assert not (world / "out").exists()
        (line,) = capsys.readouterr().err.splitlines()
        return line

    assert "data/news/dev.jsonl: no such file" in refused("--data", "data/news")
    other = json.loads((world / "data/tiny/dataset.json").read_text(encoding="utf-8")) | {"sha256": {"dev": "c" * 64}}
    write_json(world / "data/news/dataset.json", other)
    write_examples(world / "data/news/dev.jsonl", [])
    for form in ("hub", "onnx", "saved_model"):
        told = refused("--data", "data/news", "--format", form)
        assert "data/news: expected the dataset that the run was trained on" in told
    assert "nowhere/english" in refused("--vectors", "nowhere")
    assert "nowhere/scores.json" in refused("--evaluation", "nowhere")
    scores = read_scores("evaluations/ner/scores.json")
    write_scores("evaluations/ner/scores.json", {"pos": scores["ner"]})
    assert "expected scores of 'ner', got pos; evaluate it" in refused()
    about = json.loads((world / "runs/ner/config.json").read_text(encoding="utf-8"))
    about["dataset"]["version"] = "4"
    write_json(world / "runs/ner/config.json", about)
    write_scores("evaluations/ner/scores.json", scores)
    assert "expected scores on data_version:4 dataset:tiny, got metric:" in refused()


@pytest.mark.parametrize("name", TASKS)
def test_the_metadata_of_every_task_follow_the_specification(name):
    run: Any = SimpleNamespace(name="r", task=task_class(name))
    dataset = {"language": "zh-TW", "target_language": "ru"}
    about = {"run": {"dataset": "d"}, "dataset": dataset, "task": {"task": name}, "cell": {"cell": "simple_rnn"}}
    fields = metadata(run, about, "mit", Provenance({}, {}, {}))
    check_specification(fields)
    assert fields["language"] == ["zh", "ru"]
    assert "simple-rnn" in fields["tags"]


def test_metrics_have_the_hubs_names_where_it_has_them():
    families = [load_family(name) for name in plugins.names("pipelines.evaluation.families")]
    found = {each.name: hub_metric(each) for family in families for each in (*family.MAIN, *family.OTHERS)}
    expected = {"span_f1": "f1", "token_accuracy": "accuracy", "macro_recall": "recall", "mcc": "matthews_correlation",
                "bleu_lowercase": "bleu", "chrf": "chrf", "perplexity": "perplexity", "roc_auc": "roc_auc"}  # fmt: skip
    assert expected.items() <= found.items()
    assert all(re.fullmatch("[a-z0-9_]+", each) for each in found.values())
