"""Predictions of shards: the rows and ids of each, what is not made again, and what is refused."""

import gzip
import json
import os

import fsspec
import pyarrow as pa
import pytest
from conformance_cases import DATASET, RUN, build, cell_config, task_config
from pyarrow import parquet

from pipelines.predict import main
from pipelines.runs.folder import load_run_folder, save_run
from pipelines.shards.execution import PIECE_BYTES, in_pieces

TEXTS = ["Anna saw New Tver.", "", "films", "he works at Volga Bank", "a book about Tver"]


@pytest.fixture(scope="module")
def run(tmp_path_factory, ten_entity_examples, small_vectors):
    folder = tmp_path_factory.mktemp("run")
    task, model = build(task_config("ner"), cell_config("gru", True), small_vectors, ten_entity_examples)
    save_run(folder, "small", RUN, task, model, DATASET)
    return folder


@pytest.fixture
def texts(tmp_path, monkeypatch):
    """A folder of shards in every form, below the working directory."""
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "texts"
    (folder / "more").mkdir(parents=True)
    (folder / "a.txt").write_text("\n".join(TEXTS) + "\n", encoding="utf-8")
    rows = [{"id": f"own-{number}", "text": text} for number, text in enumerate(TEXTS)]
    (folder / "b.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    parquet.write_table(pa.table({"text": TEXTS, "id": list(range(5)), "n": [0.5] * 5}), folder / "c.parquet")
    with gzip.open(folder / "more/d.ndjson.gz", "wt", encoding="utf-8") as file:
        file.writelines(json.dumps({"text": text}) + "\n" for text in TEXTS)
    (folder / "_SUCCESS").touch()
    (folder / ".hidden").touch()
    return folder


IDS = {
    "a.jsonl": [f"a.txt:{line}" for line in range(1, 6)],
    "b.jsonl": [f"own-{number}" for number in range(5)],
    "c.jsonl": [0, 1, 2, 3, 4],
    "more/d.jsonl": [f"more/d.ndjson.gz:{line}" for line in range(1, 6)],
}


def read(path):
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def contents(folder):
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def error_of(capsys, *arguments):
    """The one line that a command ends with."""
    capsys.readouterr()
    with pytest.raises(SystemExit) as ended:
        main([str(each) for each in arguments])
    assert ended.value.code == 2
    error = capsys.readouterr().err
    assert error.count("\n") == 1, error
    return error


def test_each_shard_becomes_one_with_its_rows_and_ids(run, texts, tmp_path):
    main([str(run), "texts", "--output", "out", "--chunk", "3"])
    assert contents(tmp_path / "out").keys() == {*IDS, "shards.json"}
    expected = list(load_run_folder(run).predict(TEXTS, chunk=3))
    for name, ids in IDS.items():
        rows = read(tmp_path / "out" / name)
        assert [row["id"] for row in rows] == ids
        assert [{**row, "id": None} for row in rows] == json.loads(
            json.dumps([{**row, "id": None} for row in expected])
        )


def test_a_url_gets_the_bytes_of_a_folder(run, texts, tmp_path):
    main([str(run), "texts/*.*", "texts/more", "--output", "near"])
    memory = fsspec.filesystem("memory")
    memory.put(str(texts), "/far/texts", recursive=True)
    main([str(run), "memory://far/texts/[a-c].*", "memory://far/texts/more", "--output", "memory://far/out"])
    near = contents(tmp_path / "near")
    assert near.keys() == {"a.jsonl", "b.jsonl", "c.jsonl", "d.jsonl", "shards.json"}
    assert {path.removeprefix("/far/out/") for path in memory.find("/far/out")} == near.keys()
    assert all(memory.cat(f"/far/out/{name}") == near[name] for name in near if name != "shards.json")
    with pytest.raises(SystemExit):
        main([str(run), "memory://far/texts/[a-c].*", "--output", "memory://far/out", "--explain"])
    memory.rm("/far", recursive=True)


def test_finished_shards_are_not_made_again(run, texts, tmp_path):
    main([str(run), "texts", "--output", "out"])
    whole, b = contents(tmp_path / "out"), tmp_path / "out/b.jsonl"
    (tmp_path / "out/a.jsonl").unlink()
    b.write_bytes(b"kept\n")
    (tmp_path / "out/.c.jsonl.abcdefgh.partial").touch()  # of a killed command
    main([str(run), "texts", "--output", "out"])
    again = contents(tmp_path / "out")
    assert again.pop("b.jsonl") == b"kept\n"
    assert again.items() <= {**whole, ".c.jsonl.abcdefgh.partial": b""}.items()
    (texts / "e.txt").write_text("films\n", encoding="utf-8")  # one more
    main([str(run), "texts", "--output", "out"])
    assert [row["id"] for row in read(tmp_path / "out/e.jsonl")] == ["e.txt:1"]
    assert b.read_bytes() == b"kept\n"


def test_a_folder_of_something_else_is_refused(run, texts, tmp_path, capsys):
    main([str(run), "texts/a.txt", "--output", "out"])
    before = contents(tmp_path / "out")
    assert "expected a folder of this run, got one of another explain" in error_of(
        capsys, run, "texts/a.txt", "--output", "out", "--explain"
    )
    os.utime(texts / "a.txt", (1, 1))
    assert "a.txt: has changed since out/a.jsonl was made of it; remove that" in error_of(
        capsys, run, "texts/a.txt", "--output", "out"
    )
    (tmp_path / "other").mkdir()
    (tmp_path / "other/notes.txt").touch()
    assert "other: expected an empty folder, or one of this command, got notes.txt" in error_of(
        capsys, run, "texts", "--output", "other"
    )
    assert "expected an output folder, got one that contains" in error_of(capsys, run, "texts", "--output", "texts")
    assert "texts/out: expected a folder outside texts" in error_of(capsys, run, "texts", "--output", "texts/out")
    assert contents(tmp_path / "out") == before


@pytest.mark.parametrize(
    ("name", "content", "arguments", "message"),
    [
        ("z.jsonl", '{"text": "a"}\n{"text": ', [], "texts/z.jsonl:2: expected a JSON object"),
        ("z.jsonl", '{"text": 5}\n', [], "texts/z.jsonl:1: expected a text under 'text', got int '5'"),
        ("z.jsonl", '{"txt": "a"}\n', [], "texts/z.jsonl:1: expected the key 'text', got none; did you mean 'txt'?"),
        ("z.jsonl", '{"id": 0.5, "text": "a"}\n', [], "texts/z.jsonl:1: expected a text or a whole number under 'id'"),
        ("z.jsonl", '{"id": true, "text": "a"}\n', [], "a text or a whole number under 'id', got bool"),
        ("z.txt", "a\rb\n", [], "texts/z.txt:1: expected lines that end"),
        ("z.parquet", "PAR1", [], "texts/z.parquet:1: expected Parquet or Arrow"),
        ("z.csv", "a", [], "z.csv: expected a name that ends in .jsonl, .ndjson"),
        ("a.jsonl", "{}\n", [], "a.txt: expected names that differ without their endings, got that of"),
        ("z.txt", "a", ["nowhere"], "nowhere: expected files, got none that match"),
        ("z.txt", "a", ["--format", "text"], "cannot be used with shards"),
        ("z.txt", "a", ["--jobs", "0"], "--jobs: expected a whole number of at least 1, got '0'"),
    ],
)  # fmt: skip
def test_wrong_input_is_one_line_and_whole_shards_stay(run, texts, tmp_path, capsys, name, content, arguments, message):
    (texts / name).write_text(content, encoding="utf-8", newline="")
    with pytest.raises(SystemExit) as ended:
        main([str(run), "texts", *arguments, "--output", "out"])
    assert ended.value.code == 2
    assert message in capsys.readouterr().err.splitlines()[-1]
    assert not (tmp_path / "out" / name).with_suffix(".jsonl").exists()
    assert not [path for path in contents(tmp_path).items() if path[0].endswith(".partial")]


def test_a_large_file_comes_in_pieces_of_some_megabytes():
    lines = [b"x" * 1_000_000] * 9
    pieces = list(in_pieces("a", iter(lines)))
    assert [len(content) for _, content in pieces] == [5_000_000, 4_000_000]
    assert PIECE_BYTES < 5_000_000
    assert list(in_pieces("a", iter([]))) == [("a", b"")]
