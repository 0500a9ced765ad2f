"""The interface over HTTP: what Python gives, and one line for what cannot be answered."""

import json
from random import Random

import pytest
from fastapi.testclient import TestClient

import pipelines
from pipelines.decoding.sampling import Sampler

JSON = {"Content-Type": "application/json"}
TEXTS = ["I like it .", "", "a cat", "😀 ok"]


@pytest.fixture(scope="module")
def client(application):
    with TestClient(application(), raise_server_exceptions=False) as client:
        yield client


@pytest.mark.parametrize(
    "name", ["ner", "pos_tagging", "text_classification", "multilabel_classification", "translation"]
)
def test_predictions_are_those_of_the_run(client, folders, name):
    answer = client.post(f"/runs/{name}/predict", json={"texts": TEXTS})
    expected = list(pipelines.load(folders[name]).predict(TEXTS))
    assert answer.status_code == 200
    assert answer.json() == {"predictions": json.loads(json.dumps(expected))}


def test_labels_are_those_whose_probability_reaches_their_threshold(client, folders):
    first, *others = pipelines.load(folders["multilabel_classification"]).task.labels
    assert others
    (read, empty) = client.post("/runs/multilabel_classification/predict", json={"texts": ["a cat", ""]}).json()[
        "predictions"
    ]
    assert read["labels"] == [first]
    assert read["probabilities"].keys() == {first, *others}
    assert (empty["labels"], empty["probabilities"]) == ([], {})


def test_one_text_is_a_list_of_one(client):
    one, several = (client.post("/runs/ner/predict", json={"texts": texts}).json() for texts in ("a cat", ["a cat"]))
    assert one == several
    assert client.post("/runs/ner/predict", json={"texts": []}).json() == {"predictions": []}


def test_vectors_are_those_of_the_run(client, folders):
    answer = client.post("/runs/text_classification/encode", json={"texts": TEXTS}).json()
    expected = pipelines.load(folders["text_classification"]).encode(TEXTS)
    assert answer == {"vectors": [pytest.approx(vector.tolist(), abs=1e-6) for vector in expected]}


def test_a_text_is_written_in_pieces_as_the_run_writes_it(client, folders):
    asked = {"prompt": "a ", "length": 12, "temperature": 0.9, "seed": 3}
    with client.stream("POST", "/runs/text_generation/generate", json=asked) as answer:
        written = "".join(answer.iter_text())
    run = pipelines.load(folders["text_generation"])
    pieces = list(run.generate("a ", Sampler(3, 0.9), 12))
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert written == run.task.detokenize.beginning("a ") + "".join(pieces)


def test_attention_of_a_translation_is_given_where_it_is_asked_for(client, folders):
    answer = client.post("/runs/translation/predict", json={"texts": "a cat", "explain": True}).json()
    expected = next(pipelines.load(folders["translation"]).predict(["a cat"], explain=True))
    assert answer["predictions"][0]["explanation"] == expected["explanation"]


def test_runs_tell_what_they_can_do(client):
    told = {run["name"]: run for run in client.get("/runs").json()["runs"]}
    assert {name: run["answers"] for name, run in told.items()} == {
        "ner": "entities", "pos_tagging": "tags", "text_classification": "label", "translation": "translation",
        "text_generation": "text", "multilabel_classification": "labels",
    }  # fmt: skip
    assert [name for name, run in told.items() if run["generates"]] == ["text_generation"]
    assert [name for name, run in told.items() if run["explains"]] == ["translation"]


@pytest.mark.parametrize(
    ("path", "body", "status", "reason"),
    [
        ("nobody/predict", {"texts": "a"}, 404, "run: expected one of ner, pos_tagging,"),
        ("ner/predict", {"texts": 3}, 422, "texts: Input should be a valid list"),
        ("ner/predict", {"texts": ["a", None]}, 422, "texts.1: Input should be a valid string"),
        ("ner/predict", {"texts": "a", "more": 1}, 422, "more: Extra inputs are not permitted"),
        ("ner/predict", {}, 422, "texts: Field required"),
        ("ner/predict", [], 422, "body: Input should be"),
        ("ner/predict", {"texts": "a", "explain": True}, 422, "explain: run 'ner' has no attention"),
        ("ner/predict", {"texts": "\ud800"}, 422, "texts.0: expected whole characters, got half of one"),
        ("ner/generate", {"prompt": "a"}, 422, "task 'ner' generates no text"),
        ("text_generation/generate", {"temperature": -1}, 422, "temperature: expected a number of at least 0"),
        ("text_generation/generate", {"length": 2001}, 422, "length: expected at most 2000, got 2001"),
        ("text_generation/generate", {"length": -1}, 422, "length: Input should be greater than or equal to 0"),
        ("text_generation/generate", {"temperature": float("nan")}, 422, "temperature: "),
    ],
)
def test_what_cannot_be_answered_is_refused_in_one_line(client, path, body, status, reason):
    answer = client.post(f"/runs/{path}", content=json.dumps(body), headers=JSON)
    assert answer.status_code == status
    assert list(answer.json()) == ["error"]
    assert answer.json()["error"].startswith(reason)
    assert "\n" not in answer.json()["error"]


@pytest.mark.parametrize("body", [b"", b"{", b"\xff", b"[" * 100_000, b'{"texts":' + b"9" * 6000 + b"}", b"null"])
def test_a_body_that_is_no_json_is_refused(client, body):
    answer = client.post("/runs/ner/predict", content=body, headers=JSON)
    assert answer.status_code in (400, 422)
    assert list(answer.json()) == ["error"]


def test_limits_hold(application):
    limits = {"body_bytes": 300, "texts": 2, "tokens": 3, "waiting": 2}
    with TestClient(application(**limits), raise_server_exceptions=False) as client:

        def refusal(texts):
            answer = client.post("/runs/ner/predict", json={"texts": texts})
            return answer.status_code, answer.text

        assert refusal(["a b c", "a"])[0] == 200
        assert refusal(["a"] * 3) == (422, '{"error":"texts: expected at most 2, got 3; send several requests"}')
        assert refusal(["a b c d"]) == (
            422, '{"error":"texts[0]: expected at most 3 tokens, got 4; send it in parts"}',
        )  # fmt: skip
        assert refusal(["a" * 300])[0] == 413
        in_parts = client.post("/runs/ner/predict", content=iter([b'{"texts":"', b"a" * 300, b'"}']), headers=JSON)
        assert in_parts.status_code == 413  # its length is not declared
    with TestClient(application(waiting=1), raise_server_exceptions=False) as client:
        answer = client.post("/runs/ner/predict", json={"texts": ["a", "b"]})
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")
        assert answer.json() == {"error": "too much is waiting; try again later"}
        assert client.post("/runs/ner/predict", json={"texts": ["a"]}).status_code == 200


def test_what_is_counted_names_routes_and_no_paths_of_clients(application):
    with TestClient(application(), raise_server_exceptions=False) as client:
        client.post("/runs/ner/predict", json={"texts": ["a", "b"]})
        client.get("/made/up")
        lines = client.get("/metrics").text.splitlines()
    assert 'elman_requests_total{route="/runs/{name}/predict",status="200"} 1.0' in lines
    assert 'elman_requests_total{route="other",status="404"} 1.0' in lines
    assert 'elman_texts_total{run="ner"} 2.0' in lines
    assert 'elman_waiting_texts{run="ner"} 0.0' in lines
    assert "elman_batch_texts_sum 2.0" in lines


def test_the_page_may_load_nothing_from_elsewhere(client):
    page = client.get("/")
    assert page.headers["content-type"].startswith("text/html")
    assert page.headers["content-security-policy"].startswith("default-src 'none'; script-src 'self'")
    assert "http" not in page.text.replace('charset="utf-8"', "")
    for path in ("/page.css", "/page.js"):
        assert client.get(path).status_code == 200
    assert client.get("/docs").status_code == 404  # loads scripts from a network


def test_the_interface_is_described(client):
    assert client.get("/health").json()["status"] == "ok"
    paths = client.get("/openapi.json").json()["paths"]
    assert sorted(paths) == [
        "/health", "/metrics", "/runs", "/runs/{name}/encode", "/runs/{name}/generate", "/runs/{name}/predict",
    ]  # fmt: skip


def bodies(seed, number):
    """Bodies, most of them damaged: other kinds of values, other keys, and cut or changed bytes."""
    draw = Random(seed)
    values = ["a cat", "", "\ud800", "é" * 50, None, True, 1e400, -3, [], ["a", ["b"]], {"a": {}}, ["a"] * 300, "\0"]
    for _ in range(number):
        keys = draw.sample(["texts", "explain", "prompt", "length", "temperature", "top_k", "top_p", "seed", "x"], 3)
        body = bytearray(json.dumps({key: draw.choice(values) for key in keys}).encode())
        for _ in range(draw.choice([0, 0, 1, 3])):
            body[draw.randrange(len(body))] = draw.randrange(256)
        yield draw.choice(["predict", "encode", "generate"]), bytes(body[: draw.choice([None, draw.randrange(40)])])


@pytest.mark.parametrize("number", [300, pytest.param(10_000, marks=pytest.mark.slow)])
def test_no_body_makes_the_server_fail(client, number):
    for place, (action, body) in enumerate(bodies(number, number)):
        run = ["ner", "translation", "text_generation"][place % 3]
        answer = client.post(f"/runs/{run}/{action}", content=body, headers=JSON)
        assert answer.status_code in (200, 400, 422), (action, body)
        assert answer.status_code == 200 or list(answer.json()) == ["error"]
