"""An ensemble is served like a run: predictions, vectors, attention and text are those of the average."""

import json

import pytest
from conformance_cases import examples_of
from ensemble_members import joined, other_member
from fastapi.testclient import TestClient

import pipelines
from pipelines.decoding.sampling import Sampler
from pipelines.serving.app import create_app
from pipelines.serving.limits import Limits
from pipelines.serving.measures import Measures
from pipelines.serving.served_run import ServedRun

TEXTS = ["I like it .", "", "a cat", "the cats like it"]
JOINED = ("ner", "multilabel_classification", "translation", "text_generation")


@pytest.fixture(scope="module")
def ensembles(folders, tmp_path_factory, ten_examples, ten_entity_examples):
    """Ensembles of two runs each, by the names of their tasks, which are their own."""
    place = tmp_path_factory.mktemp("ensembles")
    for name in JOINED:
        examples = examples_of(name, ten_examples, ten_entity_examples)
        joined([folders[name], other_member(folders[name], place / f"other_{name}")], place / name, examples)
    return {name: place / name for name in JOINED}


@pytest.fixture(scope="module")
def client(ensembles):
    runs = {name: ServedRun.load(folder, Limits()) for name, folder in ensembles.items()}
    with TestClient(create_app(runs, Limits(), Measures(), ["*"])) as client:
        yield client


def as_json(rows):
    return json.loads(json.dumps(list(rows)))


@pytest.mark.parametrize("name", ["ner", "multilabel_classification", "translation"])
def test_predictions_are_those_of_the_ensemble(client, ensembles, folders, name):
    explain = name == "translation"
    answer = client.post(f"/runs/{name}/predict", json={"texts": TEXTS, "explain": explain}).json()["predictions"]
    assert answer == as_json(pipelines.load(ensembles[name]).predict(TEXTS, explain=explain))
    assert answer != as_json(pipelines.load(folders[name]).predict(TEXTS, explain=explain))


def test_vectors_are_those_of_both_members_side_by_side(client, ensembles, folders):
    found = client.post("/runs/ner/encode", json={"texts": TEXTS}).json()["vectors"]
    for vector, expected, member in zip(
        found, pipelines.load(ensembles["ner"]).encode(TEXTS), pipelines.load(folders["ner"]).encode(TEXTS), strict=True
    ):
        assert vector == pytest.approx(expected.tolist(), abs=1e-6)
        assert vector[: len(member)] == pytest.approx(member.tolist(), abs=1e-6)
        assert len(vector) == 2 * len(member)


def test_text_is_that_of_the_ensemble(client, ensembles):
    asked = {"prompt": "a ", "length": 12, "temperature": 0.9, "seed": 3}
    with client.stream("POST", "/runs/text_generation/generate", json=asked) as answer:
        written = "".join(answer.iter_text())
    run = pipelines.load(ensembles["text_generation"])
    assert written == run.task.detokenize.beginning("a ") + "".join(run.generate("a ", Sampler(3, 0.9), 12))


def test_ensembles_tell_what_they_can_do(client):
    told = {run["name"]: run for run in client.get("/runs").json()["runs"]}
    assert {name: run["answers"] for name, run in told.items()} == {
        "ner": "entities", "multilabel_classification": "labels", "translation": "translation",
        "text_generation": "text",
    }  # fmt: skip
    assert [name for name, run in told.items() if run["explains"]] == ["translation"]
