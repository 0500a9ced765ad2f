"""Files from others, damaged in what they declare or in their bytes: each is read, or refused in one line."""

import contextlib
import copy
import io
import json
import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

import numpy as np
import pytest
import yaml
from conformance_cases import DATASET, RUN, build, cell_config, task_config
from gensim.models import FastText
from gensim.models.fasttext import save_facebook_model
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from embeddings import store
from embeddings.config import VectorsConfig
from embeddings.foundation import plugins
from embeddings.foundation.config import load_config
from embeddings.foundation.errors import InputError, one_line
from embeddings.vector_file import detect, rows
from pipelines.data.counts import read_counts
from pipelines.data.examples import Example, read_dataset, read_examples, write_examples, write_rows
from pipelines.data.features import open_features
from pipelines.datasets.config import DatasetConfig
from pipelines.evaluation.family import load_family
from pipelines.evaluation.metrics import Metric
from pipelines.evaluation.predictions import join
from pipelines.evaluation.records import read_scores, write_scores
from pipelines.evaluation.scores import Score
from pipelines.models.config import build_encoder, load_encoder
from pipelines.reporting.leaderboard import Group, Leaderboard, Row, Value, read_leaderboard, write_leaderboard
from pipelines.reporting.page.explanations import explained_examples
from pipelines.reporting.systems import read_costs
from pipelines.reporting.table import print_leaderboard
from pipelines.runs.config import load_runs
from pipelines.runs.description import read_description
from pipelines.runs.engines.onnx_engine import Session
from pipelines.runs.folder import save_run
from pipelines.runs.keras_file import check_keras_file
from pipelines.sweeping.config import Sweep
from pipelines.sweeping.space import build_space
from pipelines.tasks.config import build_task, load_task
from pipelines.text.vocabulary import Vocabulary

ROOT = Path(__file__).parents[1]
FILES, MANY_FILES = 2_000, int(os.environ.get("DAMAGED_FILES", 200_000))  # of each kind
AT_ONCE = 25  # files of one example of hypothesis


class Kind(NamedTuple):
    """A kind of file: where one stands, what reads it, and the form that its values are damaged in."""

    path: Path
    read: Callable[[Path], object]
    form: str = "bytes"  # json | lines | yaml | bytes


def config_of_run(path: Path) -> None:
    about = read_description(path.parent)
    build_task(about["task"], path)
    build_encoder(about["cell"], path)


def predictions_of(name: str, references: list[Example]) -> Callable[[Path], object]:
    family = load_family(name)
    return lambda path: family.score(references, join(references, path, family.check))


def reads(reader: str) -> Callable[[Path], object]:
    kind = plugins.load("pipelines.datasets.readers", reader).Reader
    return lambda path: list(kind().read([path]))


def leaderboard(path: Path) -> None:
    from rich.console import Console

    print_leaderboard(read_leaderboard(path), Console(file=io.StringIO()))


def explanations_with(data: Path) -> Callable[[Path], object]:
    row = Row("a", "run", {}, {}, {})
    return lambda path: explained_examples([row], path.parents[1], data)


def sweep(path: Path) -> None:
    space = build_space(load_config(Sweep, path).space, path)
    with contextlib.suppress(InputError):
        next(space.grid())


def session(path: Path) -> None:
    graph = Session(path)
    graph.run(list(graph.outputs), [np.ones((1, 2), "int32")])


def write_predictions(folder: Path, name: str, rows: list[dict]) -> Path:
    path = folder / name / "dev.jsonl"
    path.parent.mkdir()
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


@pytest.fixture(scope="session")
def kinds(tmp_path_factory, ten_examples, small_vectors) -> dict[str, Kind]:
    """A whole file of each kind."""
    folder = tmp_path_factory.mktemp("whole")
    run, vectors, data = folder / "run", folder / "vectors", folder / "data"
    run.mkdir()
    data.mkdir()
    task, model = build(task_config("pos_tagging"), cell_config("lstm", True, units=4), small_vectors, ten_examples)
    save_run(run, "small", RUN, task, model, DATASET)
    store.save(vectors, small_vectors, {"tokenizer": "words", "config": {}, "corpus": [{"language": "en"}]})
    examples = ten_examples[:3]
    for split in ("train", "dev"):
        write_examples(data / f"{split}.jsonl", examples)
    (vectors / store.SCORES).write_text(json.dumps({"wordsim353": 10.5, "wordsim353_coverage": 99.0}))
    source = {"id": examples[0].id, "source_tokens": ["a", "b"]}
    explained = [
        {**source, "label": "x", "explanation": {"method": "leave_one_out", "weights": [0.5, None]}},
        {**source, "labels": ["x"], "explanation": {"method": "leave_one_out", "weights": [[0.5, -1.0]]}},
        {**source, "tokens": ["c"], "explanation": {"method": "attention", "weights": [[0.5, 0.5]]}},
    ]
    write_rows(folder / "a/explanations.jsonl", explained)
    about = {
        **DATASET,
        "name": "d",
        "version": "1",
        "gold_tokens": True,
        "examples": {"dev": 3},
        "sha256": {"dev": "0"},
    }
    (data / "dataset.json").write_text(json.dumps(about))
    words = {"a": 2, "b": 1}
    (data / "counts.json").write_text(json.dumps(dict.fromkeys(("tokens", "labels", "tags", "target_tokens"), words)))
    score = Score("accuracy", "", 50.0, 40.0, 60.0, "bootstrap-percentile", 3, "seed:1")
    write_scores(folder / "scores.json", {"a": {"dev": [score, score]}})
    row = Row("a", "run", {"dev": {"accuracy": Value(1.0, 0.0, 2.0)}}, {"dev": "s"}, {"wall_seconds": 1.5}, cell="gru")
    group = Group("t", "d", Metric("accuracy"), (), (row, row))
    write_leaderboard(folder / "leaderboard.json", Leaderboard((group,), ("b",)))
    (folder / "costs.json").write_text(json.dumps({"wall_seconds": 1, "device": "cpu"}))
    (folder / "vectors.txt").write_text("2 3\na 1 2 3\nb 1 2 3e-1\n")
    (folder / "vectors.bin").write_bytes(
        b"2 2\n" + b"".join(each + np.ones(2, "<f4").tobytes() for each in (b"a ", b"b "))
    )
    fasttext = FastText([["a", "b"]], vector_size=2, min_count=1, bucket=3, epochs=1, workers=1)
    save_facebook_model(fasttext, str(folder / "fasttext.bin"))
    shares = {"negative": 0.25, "positive": 0.75}
    labels = [{"id": each.id, "label": "positive", "probabilities": shares} for each in examples]
    tags = [{"id": each.id, "tags": list(each.tags or ())} for each in examples]
    texts = [{"id": each.id, "text": each.target_text} for each in examples]
    tokens = [{"id": each.id, "log_probabilities": [-1.0] * len(each.tokens), "unknown": [0]} for each in examples]
    predicted = {"classification": labels, "tagging": tags, "translation": texts, "perplexity": tokens}
    found = {
        **{
            f"predictions of {name}": Kind(
                write_predictions(folder, name, rows), predictions_of(name, examples), "lines"
            )
            for name, rows in predicted.items()
        },
        "description of a run": Kind(run / "config.json", config_of_run, "json"),
        "vocabulary of a run": Kind(run / "vocabulary_tokens.json", Vocabulary.load, "json"),
        "Keras model": Kind(run / "model.keras", check_keras_file),
        "ONNX graph": Kind(run / "model.onnx", session),
        "vectors": Kind(vectors / "vectors.npy", lambda path: store.read(path.parent)),
        "counts of vectors": Kind(vectors / "counts.npy", lambda path: store.read(path.parent)),
        "words of vectors": Kind(vectors / "vocabulary.json", lambda path: store.read(path.parent), "json"),
        "provenance of vectors": Kind(vectors / "provenance.json", lambda path: store.provenance(path.parent), "json"),
        "vectors as text": Kind(folder / "vectors.txt", lambda path: list(rows(path, detect(path)))),
        "vectors in binary": Kind(folder / "vectors.bin", lambda path: list(rows(path, detect(path)))),
        "fastText's model": Kind(folder / "fasttext.bin", lambda path: list(rows(path, detect(path)))),
        "examples": Kind(data / "train.jsonl", lambda path: list(read_examples(path)), "lines"),
        "features": Kind(data / "train.npy", open_features),
        "description of a dataset": Kind(data / "dataset.json", lambda path: read_dataset(path.parent, "name"), "json"),
        "counts of a dataset": Kind(data / "counts.json", lambda path: read_counts(path.parent), "json"),
        "scores": Kind(folder / "scores.json", read_scores, "json"),
        "costs": Kind(folder / "costs.json", read_costs, "json"),
        "leaderboard": Kind(folder / "leaderboard.json", leaderboard, "json"),
        "explanations": Kind(folder / "a/explanations.jsonl", explanations_with(data), "lines"),
        "intrinsic scores": Kind(vectors / "scores.json", lambda path: store.scores(path.parent), "json"),
    }
    entity = {"start": 0, "end": 4, "text": "Anna", "labels": ["PER"]}
    task_of_tool = {"data": {"text": "Anna"}, "annotations": [{"result": [{"type": "labels", "value": entity}]}]}
    document = {
        "text": "Anna. Oslo",
        "ents": [{"start": 0, "end": 4, "label": "PER"}],
        "sents": [{"start": 0, "end": 5}],
    }
    old = {"paragraphs": [{"sentences": [{"tokens": [{"orth": "Oslo", "ner": "U-LOC"}]}]}]}
    exports: dict[str, tuple[str, list[Any]]] = {
        "doccano": ("doccano", [{"text": "Anna", "label": [[0, 4, "PER"]], "entities": []}]),
        "Label Studio": ("label_studio", [task_of_tool, {"text": "Anna", "label": [entity]}]),
        "spaCy": ("spacy_json", [document, old, ["Anna", {"entities": [[0, 4, "PER"]]}]]),
    }
    for tool, (reader, content) in exports.items():
        (folder / f"{reader}.json").write_text(json.dumps(content))
        found[f"export of {tool}"] = Kind(folder / f"{reader}.json", reads(reader), "json")
    configs: dict[str, tuple[str, Callable[[Path], object]]] = {
        "task": ("tasks/ner.yaml", load_task),
        "cell": ("cells/bilstm.yaml", load_encoder),
        "dataset": ("datasets/toy_ner.yaml", lambda path: load_config(DatasetConfig, path)),
        "configuration of vectors": ("vectors/english_cbow.yaml", lambda path: load_config(VectorsConfig, path)),
    }
    for name, (path, read) in configs.items():
        (folder / f"{name}.yaml").write_bytes((ROOT / "configs" / path).read_bytes())
        found[name] = Kind(folder / f"{name}.yaml", read, "yaml")
    run_line = {**asdict(RUN), "layer": "lstm"}
    shutil.copy(ROOT / "sweeps/ner_bilstm.yaml", folder / "sweep.yaml")
    found["sweep"] = Kind(folder / "sweep.yaml", sweep, "yaml")
    (folder / "runs.yaml").write_text(yaml.safe_dump({"runs": {"a": run_line, "b": run_line}}))
    found["runs"] = Kind(folder / "runs.yaml", load_runs, "yaml")
    return found


NAMES = (
    *("ONNX graph", "Keras model", "cell", "configuration of vectors", "costs", "counts of a dataset"),
    *(
        "counts of vectors",
        "dataset",
        "description of a dataset",
        "description of a run",
        "examples",
        "export of Label Studio",
    ),
    *("explanations", "export of doccano", "export of spaCy", "features", "intrinsic scores"),
    *("leaderboard", "predictions of classification", "predictions of perplexity", "predictions of tagging"),
    *("predictions of translation", "provenance of vectors", "runs", "scores", "sweep", "task", "vectors"),
    *("fastText's model", "vectors as text", "vectors in binary", "vocabulary of a run", "words of vectors"),
)

DEEP: Any = []
for _ in range(100):
    DEEP = [DEEP]
VALUES: list[Any] = [
    *(None, True, False, 0, -1, 1, 2**31, 2**63, 10**30, -(10**400), 0.5, -0.0, 1e308, float("nan"), float("inf")),
    *("", "a", "[/b]", "[red]", "\x1b[2J", "\u202e", "<script>", "..", "/dev/zero", "1" * 30, "\ud83d", "x" * 10_000),
    *([], [[]], {}, {"": None}, ["a", 1, None], {"a": {"b": {}}}, DEEP, [0] * 1000),
]
PIECES = [
    b"",
    b"\0",
    b"\xff",
    b"\x80\x80\x80\x80\x80",
    b"[" * 3_000,
    b"{",
    b"}",
    b"9" * 5_000,
    b"-1",
    b"1e999",
    b"\n",
    b'"',
]
PIECES += [
    b"&a *a",
    b"!!python/object:os.system",
    b"\xff\xff\xff\xff\xff\xff\xff\xff\x7f",
    b"(-1,)",
    b"(10**30,)",
    b"NaN",
]

ACTIONS = ("replace", "remove", "repeat", "name", "bytes", "flip", "cut")


def places(value: Any, holder: Any = None, key: Any = None) -> Iterator[tuple[Any, Any]]:
    """Each value within a value: what holds it, and its key there."""
    if holder is not None:
        yield holder, key
    for inner in value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ():
        yield from places(value[inner], value, inner)


def damaged_values(content: Any, place: int, action: str, value: int) -> Any:
    """A tree of values with one of them changed."""
    if not (found := list(places(content))):
        return VALUES[value % len(VALUES)]
    holder, key = found[place % len(found)]
    if action == "remove":
        del holder[key]
    elif action == "repeat" and isinstance(holder, list):
        holder.insert(key, copy.deepcopy(holder[key]))
    elif action == "name" and isinstance(holder, dict):
        holder[("", "x", "self", "format", 1)[value % 5]] = holder.pop(key)
    else:
        holder[key] = copy.deepcopy(VALUES[value % len(VALUES)])
    return content


def damaged_bytes(content: bytes, place: int, action: str, value: int) -> bytes:
    """Bytes with some of them changed."""
    at = place % (len(content) + 1)
    if action == "flip":
        return content[:at] + bytes([(content[at : at + 1] or b"\0")[0] ^ (1 << value % 8)]) + content[at + 1 :]
    if action == "cut":
        return content[:at]
    if action == "remove":
        return content[:at] + content[at + 1 + value % 9 :]
    if action == "repeat":
        return content[:at] + content[max(0, at - value % 99) :]
    return content[:at] + PIECES[value % len(PIECES)] + content[at:]


def damaged(content: bytes, form: str, damage: tuple[int, str, int]) -> bytes:
    """A file's content with one damage."""
    place, action, value = damage
    if form == "bytes" or action in ("bytes", "flip", "cut"):
        return damaged_bytes(content, place, action, value)
    if form in ("json", "yaml"):  # which takes JSON as well
        values = yaml.load(content, yaml.CSafeLoader) if form == "yaml" else json.loads(content)
        return json.dumps(damaged_values(values, place, action, value)).encode()
    rows = damaged_values([json.loads(line) for line in content.splitlines()], place, action, value)
    return "".join(json.dumps(row) + "\n" for row in rows).encode()


def fuzz(kind: Kind, files: int) -> dict[str, int]:
    """Reads damaged files of a kind; counts those that are read and those that are refused."""
    whole, counts = kind.path.read_bytes(), {"read": 0, "refused": 0}
    kind.read(kind.path)

    @settings(
        max_examples=files // AT_ONCE,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )
    @given(st.randoms(use_true_random=True))
    def check(random: Random) -> None:
        for _ in range(AT_ONCE):
            damage = random.randrange(1 << 24), random.choice(ACTIONS), random.randrange(1 << 16)
            kind.path.unlink()  # a file system may wait for the disk where one is cut and written again
            kind.path.write_bytes(damaged(whole, kind.form, damage))
            try:
                kind.read(kind.path)
                counts["read"] += 1
            except InputError as error:
                message = one_line(str(error))
                assert len(message) < 1_500, message
                counts["refused"] += 1
            except Exception as error:
                error.add_note(f"{kind.path.name} with {damage}: {kind.path.read_bytes()[:2000]!r}")
                raise

    try:
        check()
    finally:
        kind.path.write_bytes(whole)
    return counts


def test_every_kind_is_named(kinds: dict[str, Kind]) -> None:
    assert sorted(NAMES) == sorted(kinds)


@pytest.mark.parametrize("name", NAMES)
def test_damaged_files_are_read_or_refused_in_one_line(kinds: dict[str, Kind], name: str) -> None:
    counts = fuzz(kinds[name], FILES)
    assert sum(counts.values()) >= FILES
    assert counts["refused"] > FILES / 10


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_many_damaged_files_are_read_or_refused_in_one_line(kinds: dict[str, Kind], name: str) -> None:
    print(name, fuzz(kinds[name], MANY_FILES))
