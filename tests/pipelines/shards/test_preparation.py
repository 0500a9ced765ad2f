"""A dataset of shards is, byte for byte, the one that the same files make at once."""

import gzip
import json
from itertools import cycle, islice
from pathlib import Path

import fsspec
import pyarrow as pa
import pytest
import yaml
from pyarrow import parquet

from pipelines.prepare import main
from pipelines.shards import preparation
from pipelines.shards.execution import Here

ABOUT = {"version": "3", "language": "en", "licence": "none", "citation": "none", "tokenizer": "words"}
ROWS = [
    {"text": "It was good, and fine.", "label": "pos"},
    {"text": "It was not!", "label": "neg"},
    {"text": "", "label": "neg"},
    {"text": "So-so", "label": None},
    {"text": "It was good, and fine.", "label": "pos"},
    {"text": "这部电影很好看", "label": "neg"},
]  # of 6, so that shards of 7 rows begin with different ones
FIELDS = {"fields": {"text": "text", "label": "label"}, "unlabelled": True}


def rows(shards, of_shard=7, source=ROWS):
    """Rows of shards; after the first one each has words of its own."""
    every = islice(cycle(source), shards * of_shard)
    own = [{**row, "text": row["text"] and f"{row['text']} {number // of_shard * 'x'}"}
           for number, row in enumerate(every)]  # fmt: skip
    return [own[start : start + of_shard] for start in range(0, len(own), of_shard)]


def write(root, split, shards):
    (root / split).mkdir()
    for number, of_shard in enumerate(shards):
        content = "".join(json.dumps(row) + "\n" for row in of_shard)
        with gzip.open(root / split / f"{number:02}.jsonl.gz", "wt", encoding="utf-8") as file:
            file.write(content)
    (root / split / "_SUCCESS").touch()


def run(root, name, **config):
    (root / name).mkdir(exist_ok=True)
    (root / name / "reviews.yaml").write_text(yaml.safe_dump({**ABOUT, **config}), encoding="utf-8")
    main(["--dataset", str(root / name / "reviews.yaml"), "--output", str(root / name / "data")])
    return {path.name: path.read_bytes() for path in (root / name / "data").iterdir()}


def both(root, splits, **config):
    """What the same files make as shards and at once."""
    places = {split: [split] for split in splits}
    found = {split: sorted((root / split).glob("[0-9]*")) for split in splits}
    files = {split: [{"path": f"{split}/{path.name}"} for path in paths] for split, paths in found.items()}
    return (
        run(root, "in_shards", source="shards", shards=places, **config),
        run(root, "at_once", source="files", files=files, **config),
    )


CONFIGS = [
    {"language": "zh"},  # whose texts without spaces are counted
    {"dev_share": 0.3, "dev_draw": "hash", "seed": 3},
    {"dev_share": 0.3},
    {"remove_overlap": True},
    {"tokenizer": "subwords", "subword_vocab_size": 40},
]


@pytest.mark.parametrize("config", CONFIGS, ids=lambda config: "-".join(config))
def test_the_folder_is_that_of_one_machine(root, config):
    splits = {"train": rows(4), "test": rows(2)[1:]}
    if "dev_share" not in config:
        splits |= {"dev": rows(1), "unlabelled": [[{"text": "另一部", "label": None}]]}
    for split, shards in splits.items():
        write(root, split, shards)
    in_shards, at_once = both(root, splits, reader="json_lines", options=FIELDS, **config)
    assert in_shards.keys() == at_once.keys()
    for name, content in at_once.items():
        assert in_shards[name] == content, name
    lines = in_shards["train.jsonl"].splitlines()
    assert [json.loads(line)["id"] for line in lines] == [f"train-{number}" for number in range(len(lines))]
    assert not (root / "in_shards/.data.shards").exists()


def test_tables_and_tagged_sentences_are_shards_too(root):
    columns = {"tokens": [["Anna", "saw", "Tver"], [], ["films"]], "tags": [["I-PER", "O", "B-LOC"], [], ["O"]]}
    for split in ("train", "dev"):
        (root / split).mkdir()
        for number in range(3):
            parquet.write_table(pa.table(columns), root / split / f"{number}.parquet")
    options = {"fields": {"tokens": "tokens", "tags": "tags"}, "scheme": "iob2"}
    in_shards, at_once = both(root, ["train", "dev"], reader="parquet", options=options)
    assert in_shards == at_once
    report = json.loads(in_shards["report.json"])
    assert report["changes"]["repaired, as conlleval reads them"] == {"train": 3, "dev": 3}
    assert report["changes"]["skipped, sentences without tokens"] == {"train": 3, "dev": 3}
    assert report["overlap"]["train and dev"] == {"sentences": 2, "examples": {"train": 6, "dev": 6}}


def test_shards_behind_a_url_are_read(root):
    write(root, "train", rows(2))
    memory = fsspec.filesystem("memory")
    memory.put(str(root / "train"), "/corpus/train", recursive=True)
    config = {"source": "shards", "reader": "json_lines", "options": FIELDS}
    far = run(root, "far", **config, shards={"train": ["memory://corpus/train/*.gz"]})
    assert far == run(root, "near", **config, shards={"train": ["train"]})
    memory.rm("/corpus", recursive=True)


def test_parts_that_are_there_are_not_made_again(root, monkeypatch):
    write(root, "train", rows(3))
    config = {"source": "shards", "reader": "json_lines", "options": FIELDS, "shards": {"train": ["train"]}}
    whole = run(root, "whole", **config)
    made = []

    def until_second(self, jobs, work, sink, ended):
        run_all(self, jobs[:2], work, sink, ended)
        raise KeyboardInterrupt

    def noted(self, jobs, work, sink, ended):
        made.extend(job.name for job in jobs)
        run_all(self, jobs, work, sink, ended)

    run_all = Here.run
    monkeypatch.setattr(Here, "run", until_second)
    with pytest.raises(SystemExit) as ended:
        run(root, "killed", **config)
    assert ended.value.code == 130
    assert not (root / "killed/data").exists()
    monkeypatch.setattr(Here, "run", noted)
    assert run(root, "killed", **config) == whole
    assert made == ["train-00002"]
    assert sorted(path.name for path in (root / "killed").iterdir()) == ["data", "reviews.yaml"]


def test_parts_of_other_shards_are_not_used(root, monkeypatch):
    write(root, "train", rows(2))
    config = {"source": "shards", "reader": "json_lines", "options": FIELDS, "shards": {"train": ["train"]}}
    monkeypatch.setattr(preparation, "_joined", lambda *arguments: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        run(root, "data", **config)
    assert (root / "data/.data.shards/train-00001").exists()
    monkeypatch.undo()
    monkeypatch.setenv("ELMAN_DATA", str(root))
    with gzip.open(root / "train/01.jsonl.gz", "wt", encoding="utf-8") as file:
        file.write('{"text": "another", "label": "pos"}\n')
    assert b"another" in run(root, "data", **config)["train.jsonl"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"shards": {"train": ["nowhere/*.gz"]}}, "nowhere/*.gz: expected files, got none that match"),
        ({"shards": {"train": ["s4://bucket/train"]}}, "s4://bucket/train: expected to reach it, got Protocol"),
        ({"reader": "parallel_text", "options": {}}, "reader parallel_text reads several files at once"),
        ({"continuous": True}, "`continuous` makes one text of a split"),
        ({"dev_draw": "hash"}, "`dev_draw: hash` draws examples for a dev_share"),
        ({"shards": {"train": ["train"], "dev": ["empty"]}}, "split 'dev': expected examples, got none in empty"),
    ],
)  # fmt: skip
def test_wrong_input_is_one_line(root, monkeypatch, capsys, change, message):
    monkeypatch.chdir(root)
    write(root, "train", rows(2))
    (root / "empty").mkdir()
    (root / "empty/0.jsonl").touch()
    config = {"source": "shards", "reader": "json_lines", "options": FIELDS, "shards": {"train": ["train"]}}
    with pytest.raises(SystemExit) as ended:
        run(root, "wrong", **{**config, **change})
    error = capsys.readouterr().err.splitlines()[-1]
    assert ended.value.code == 2
    assert message in error, error
    assert not (root / "wrong/data").exists()


def test_a_damaged_shard_is_told_with_its_line(root, capsys):
    write(root, "train", rows(2))
    (root / "train/02.jsonl").write_text('{"text": "good", "label": "pos"}\n{"text": 5, "label": "neg"}\n')
    place = Path(fsspec.core.url_to_fs((root / "train").as_uri())[1]).as_uri()
    for name, where in (("near", "train"), ("far", place)):
        with pytest.raises(SystemExit) as ended:
            run(root, name, source="shards", reader="json_lines", options=FIELDS, shards={"train": [where]})
        assert ended.value.code == 2
        told = "expected a text under 'text', got 5"
        shown = f"{place}/02.jsonl" if name == "far" else str(root / "train/02.jsonl")
        assert capsys.readouterr().err.splitlines()[-1] == f"error: {shown}:2: {told}"
        assert not (root / name / "data").exists()
