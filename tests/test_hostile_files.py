"""Files, folders and surroundings that would take a process's memory or time: each is refused in one line."""

import ast
import gzip
import json
import os
import subprocess
import sys
import time
import zipfile
from collections import Counter, defaultdict
from pathlib import Path

import numpy as np
import pytest

from embeddings import store
from embeddings.foundation.config import load_config, read_yaml
from embeddings.foundation.errors import InputError
from embeddings.foundation.escaping import cell, markdown, printable
from embeddings.foundation.files import atomic_file, atomic_folder
from embeddings.foundation.reading import read_json
from embeddings.matrix import matrix
from embeddings.neighbours import neighbours
from pipelines.data.examples import Example, write_rows
from pipelines.data.lines import json_objects, numbered_lines
from pipelines.datasets.config import DatasetConfig
from pipelines.datasets.tokens import tokenised
from pipelines.runs.engines.onnx_file import OPERATORS
from pipelines.runs.keras_file import check_keras_file
from pipelines.text.tokenization import words

ROOT = Path(__file__).parents[1]


@pytest.fixture
def strange(tmp_path: Path) -> list[Path]:
    """A pipe that nobody writes to, and a link to a device that never ends."""
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "link").symlink_to("/dev/zero")
    return [tmp_path / "pipe", tmp_path / "link"]


def test_a_device_and_a_pipe_are_not_read(strange: list[Path]) -> None:
    for path in strange:
        for read in (read_json, read_yaml, check_keras_file, lambda path: list(numbered_lines(path))):
            with pytest.raises(InputError, match="expected an ordinary file, got a device or a pipe"):
                read(path)


def test_a_yaml_file_whose_aliases_multiply_or_stand_in_themselves_is_refused(tmp_path: Path) -> None:
    levels = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    levels += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 30)]
    merged = ["b0: &b0 {x: 1}", *(f"b{n}: &b{n} {{<<: [*b{n - 1}, *b{n - 1}]}}" for n in range(1, 60))]
    for text, message in (
        ("\n".join(levels), "values, those behind aliases counted each time"),
        ("\n".join(merged), "values, those behind aliases counted each time"),
        ("a: &a [*a]", "expected an alias of something else"),
        ("[" * 10_000, r"a\.yaml:1: expected at most 50 values within each other, got more"),
        ("a: [" + "1," * 30_000 + "]", "expected at most 20,000 values, got more"),
    ):
        (tmp_path / "a.yaml").write_text(text)
        with pytest.raises(InputError, match=message):
            read_yaml(tmp_path / "a.yaml")


@pytest.mark.parametrize(
    ("number", "message"),
    [(10**12, r"expected at most 1,000,000 of split 'dev', got 1,000,000,000,000"), (-1, "at least 1"), (True, "got ")],
)
def test_the_grammar_writes_a_limited_number_of_sentences(tmp_path: Path, number: int, message: str) -> None:
    text = (ROOT / "configs/datasets/toy_ner.yaml").read_text(encoding="utf-8").replace("dev: 500", f"dev: {number}")
    (tmp_path / "toy.yaml").write_text(text.replace("True", "true"), encoding="utf-8")
    with pytest.raises(InputError, match=message):
        load_config(DatasetConfig, tmp_path / "toy.yaml")


def test_vectors_that_are_no_numbers_are_told(tmp_path: Path, small_vectors) -> None:
    store.save(tmp_path / "v", small_vectors, {"tokenizer": "words"})
    vectors = np.load(tmp_path / "v/vectors.npy", allow_pickle=False)
    vectors[3, 1] = np.nan
    np.save(tmp_path / "v/vectors.npy", vectors, allow_pickle=False)
    found = store.read(tmp_path / "v")
    with pytest.raises(InputError, match=r"the vector of .*: expected numbers, got NaN or infinity"):
        matrix(tmp_path / "v", found.words)
    with pytest.raises(InputError, match="expected numbers, got NaN or infinity"):
        neighbours(found, found.words[0])


def test_a_cut_array_of_vectors_is_told_with_one_advice(tmp_path: Path, small_vectors) -> None:
    store.save(tmp_path / "v", small_vectors, {"tokenizer": "words"})
    os.truncate(tmp_path / "v/vectors.npy", 200)
    with pytest.raises(InputError) as refused:
        store.read(tmp_path / "v")
    assert str(refused.value).count(";") == 1


def test_limits_are_told_and_lifted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.json").write_text(json.dumps("x" * (9 << 20)))
    with pytest.raises(InputError, match=r"expected at most 4,194,304 bytes, got 9,.*set ELMAN_LIMITS=3"):
        read_json(tmp_path / "a.json")
    monkeypatch.setenv("ELMAN_LIMITS", "3")
    assert len(read_json(tmp_path / "a.json", str)) == 9 << 20
    monkeypatch.setenv("ELMAN_LIMITS", "-1")
    with pytest.raises(InputError, match="ELMAN_LIMITS: expected a whole number"):
        read_json(tmp_path / "a.json")


def test_a_key_that_stands_twice_in_json_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text('{"cell": {"units": 1, "depth": 2, "units": 3}}')
    with pytest.raises(InputError, match=r"a\.json: expected each key once, got 'units' again; remove one; run the"):
        read_json(path)
    with pytest.raises(InputError, match=r"a\.json:7: expected each key once, got 'a' again; remove one"):
        next(json_objects([(7, '{"a": 1, "a": 1}')], path))
    path.write_text('[{"a": 1}, {"a": 2}]')
    assert read_json(path) == [{"a": 1}, {"a": 2}]


def test_a_text_too_long_for_a_prepared_dataset_is_refused_before_it_is_tokenized(tmp_path: Path) -> None:
    def words_of(text: str) -> list[str]:
        examples = [Example(id="a.txt:2", text=text, tokens=())]
        (found,) = tokenised(examples, config, "train", defaultdict(Counter), set())
        return list(found.tokens)

    config = load_config(DatasetConfig, ROOT / "configs/datasets/lee_news.yaml")
    assert words_of("a" * (1 << 20)) == ["a" * (1 << 20)]
    with pytest.raises(InputError, match=r"^a.txt:2: expected at most 33,554,432 bytes of text, got 33,554,434; "):
        words_of("é" * (1 << 24) + "ab")
    with pytest.raises(InputError, match=r"^train-1: expected at most 67,108,864 bytes of JSON, got 67,108,894; "):
        write_rows(tmp_path / "train.jsonl", [{"id": "train-1", "text": "a" * (1 << 26)}])
    assert list(tmp_path.iterdir()) == []


def test_what_looks_like_entities_takes_no_longer_than_other_text() -> None:
    words("&amp;")
    seconds = {}
    for text in ("and ", "&", "&amq;"):
        begin = time.process_time()
        words(text * 20_000)
        seconds[text] = time.process_time() - begin
    assert max(seconds.values()) < 10 * seconds["and "], seconds


def test_a_line_without_end_in_an_archive_is_refused(tmp_path: Path) -> None:
    with gzip.open(tmp_path / "a.gz", "wb", 1) as file:
        for _ in range(101):
            file.write(b"x" * (1 << 20))
    with pytest.raises(InputError, match=r"a\.gz:1: expected at most 67,108,864 bytes in a line, got more"):
        list(numbered_lines(tmp_path / "a.gz"))


def test_a_bomb_and_a_link_in_a_keras_model_are_refused(tmp_path: Path) -> None:
    import h5py

    path, weights = tmp_path / "model.keras", tmp_path / "w.h5"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in ("config.json", "metadata.json", "model.weights.h5"):
            archive.writestr(zipfile.ZipInfo(name), b"0" * 1_000_000, zipfile.ZIP_DEFLATED)
    with pytest.raises(InputError, match="expected a member that is not compressed"):
        check_keras_file(path)
    for damage, message in (
        (lambda file: file.__setitem__("a", h5py.ExternalLink("/etc/passwd", "/")), "expected weights, got a link"),
        (lambda file: file.create_dataset("a", data=np.array([np.nan], "f4")), "expected numbers, got NaN"),
        (lambda file: file.create_dataset("a", (10**9, 10**9), "f4"), "as many numbers as its shape says"),
        (lambda file: file.create_dataset("a", (9,), "f4", external=[("/etc/passwd", 0, 36)]), "plain numbers"),
    ):
        with h5py.File(weights, "w") as file:
            damage(file)
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("config.json", "{}")
            archive.writestr("metadata.json", "{}")
            archive.write(weights, "model.weights.h5")
        with pytest.raises(InputError, match=message):
            check_keras_file(path)


@pytest.mark.parametrize("header", ["(-1, 3)", "(10**30, 3)", "(10**15, 3)", "(3, 3", "(True, None)"])
def test_an_array_that_declares_what_it_has_not_is_refused(tmp_path: Path, small_vectors, header: str) -> None:
    store.save(tmp_path / "v", small_vectors, {"tokenizer": "words"})
    text = f"{{'descr': '<f4', 'fortran_order': False, 'shape': {header}, }}\n".encode()
    (tmp_path / "v/vectors.npy").write_bytes(b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text + bytes(36))
    with pytest.raises(InputError, match=r"vectors\.npy"):
        store.read(tmp_path / "v")


def test_every_operator_of_our_graphs_is_known() -> None:
    """The names that the graphs' code adds; what else stands in capitals there is no operator."""
    sources = [*(ROOT / "pipelines/graphs").glob("*.py"), *(ROOT / "pipelines/cells").glob("*/graph.py")]
    added = {
        node.args[0].value
        for path in sources
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in ("add", "add_many")
        if isinstance(node.args[0], ast.Constant)
    }
    assert "Gather" in added
    assert added <= OPERATORS


def test_a_path_that_another_process_writes_is_refused_and_one_of_a_killed_process_taken(tmp_path: Path) -> None:
    code = "import sys; from embeddings.foundation.files import atomic_folder\nwith atomic_folder(sys.argv[1]):\n"
    code += "    print(1, flush=True); sys.stdin.read()"
    command = [sys.executable, "-c", code, str(tmp_path / "run")]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout
        other.stdout.readline()
        with (
            pytest.raises(InputError, match="run: another process is writing it"),
            atomic_folder(tmp_path / "run"),
        ):
            pass
        other.kill()
    with atomic_folder(tmp_path / "run") as folder, atomic_file(folder / "a") as file:
        file.write("a")
    assert [path.name for path in tmp_path.iterdir()] == ["run"]


@pytest.mark.parametrize(
    ("command", "message"),
    [
        ("--help >/dev/full", "standard output: No space left"),
        ("--help >&-", "closed"),
        ("--version >/dev/full", "standard output: No space left"),
    ],
)
def test_standard_output_that_is_full_or_closed_is_told_in_one_line(command: str, message: str) -> None:
    command = f"{sys.executable} -m pipelines.cli {command}"
    done = subprocess.run(["sh", "-c", command], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 2
    assert message in done.stderr
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize("seconds", [0, 7_258_118_400])  # 1970 and 2200, which a zip archive has no dates for
def test_a_model_and_a_checkpoint_are_saved_whatever_the_clock_says(tmp_path: Path, monkeypatch, seconds: int) -> None:
    import keras

    from pipelines.runs.folder import _save_keras
    from pipelines.training.resumption import Checkpoint

    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    monkeypatch.setattr("time.time", lambda: seconds)
    _save_keras(model, tmp_path / "model.keras")
    checkpoint = Checkpoint(tmp_path / "run", {}, [], 0.0)
    checkpoint.write({"epochs": 1}, {"a": np.arange(3)})
    monkeypatch.undo()
    check_keras_file(tmp_path / "model.keras")
    assert keras.saving.load_model(tmp_path / "model.keras", safe_mode=True).count_params() == 3
    found = checkpoint.read()
    assert found
    assert found[0] == {"epochs": 1}
    assert found[1]["a"].tolist() == [0, 1, 2]


def test_texts_are_escaped_where_they_would_be_obeyed() -> None:
    assert printable("a\x1b[2Jb\u202ec") == "a\\x1b[2Jb\\u202ec"
    assert markdown("a|b <script> [x](y) *c* _d_ e_f\n# g") == (
        "a\\|b \\<script\\> \\[x\\](y) \\*c\\* \\_d\\_ e_f\\\\n# g"
    )
    assert [cell(each) for each in ("=1+1", "@a", "-cmd|x", "-LRB-", "+", "a", 1)] == [
        *("'=1+1", "'@a", "'-cmd|x", "-LRB-", "+", "a", 1)
    ]
