"""The code of README's first screen and of the notebook: it runs, and prints what they show."""

import contextlib
import functools
import io
import json
import re

import numpy as np
import pytest
from clones import ROOT
from conformance_cases import DATASET, RUN, build, cell_config, task_config
from dvc.repo import Repo
from gensim.models import KeyedVectors

from embeddings import store
from pipelines.runs.folder import save_run

RUNS = {"ner-bilstm-skip_gram": ("ner", "lstm"), "sentiment-bigru-skip_gram": ("text_classification", "gru")}
VECTORS = "english_skip_gram"
WORDS = ("city", "good", "bought", "better", "bad", "port", "village", "worse", "wonderful")


def of_readme() -> list[tuple[str, str]]:
    """The six lines and what they print."""
    page = (ROOT / "README.md").read_text(encoding="utf-8")
    return re.findall(r"^```python\n(.*?)^```\n+```text\n(.*?)^```", page, re.MULTILINE | re.DOTALL)


def of_notebook() -> list[tuple[str, str]]:
    """The code of each cell and what it prints."""
    notebook = json.loads((ROOT / "docs/quickstart.ipynb").read_text(encoding="utf-8"))
    cells = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    return [
        ("".join(cell["source"]), "".join(text for output in cell["outputs"] for text in output["text"]))
        for cell in cells
    ]


EXAMPLES = pytest.mark.parametrize("example", [of_readme, of_notebook])


def printed(codes: list[str]) -> list[str]:
    """What pieces of code print, run one after the other with the same names."""
    names: dict[str, object] = {}
    outputs = []
    for code in codes:
        with contextlib.redirect_stdout(io.StringIO()) as output:
            exec(code, names)
        outputs.append(output.getvalue())
    return outputs


@functools.cache
def are_made() -> bool:
    """Whether the runs and vectors of dvc.lock are here, as `make repro` makes them."""
    folders = [f"vectors/{VECTORS}", *(f"runs/{name}" for name in RUNS)]
    if not all((ROOT / folder).is_dir() for folder in folders):
        return False
    with Repo(str(ROOT)) as repo:
        outs = {out.def_path: out for stage in repo.stage.load_all("dvc.yaml") for out in stage.outs}
        return not any(outs[folder].workspace_status() for folder in folders)


@pytest.fixture
def small_project(ten_examples, ten_entity_examples, small_vectors, tmp_path, monkeypatch):
    """The working directory, with untrained runs and random vectors of these names."""
    for name, (task, cell) in RUNS.items():
        examples = ten_entity_examples if task == "ner" else ten_examples
        config, model = build(task_config(task), cell_config(cell, bidirectional=True), small_vectors, examples)
        (tmp_path / "runs" / name).mkdir(parents=True)
        save_run(tmp_path / "runs" / name, name, RUN, config, model, DATASET)
    vectors = KeyedVectors(5)
    vectors.add_vectors([*WORDS], np.random.default_rng(0).normal(size=(len(WORDS), 5)).astype("float32"))
    store.save(tmp_path / "vectors" / VECTORS, vectors, {})
    monkeypatch.chdir(tmp_path)


def shape(line: str) -> str:
    """A printed line without what a model or vectors decide: numbers, quoted words, lists of words."""
    return re.sub(r"[(\[].*|\d.*|: .*| is to \w+$|^(positive|negative) *", "", line)


@EXAMPLES
def test_the_code_runs_with_other_runs_and_vectors_of_these_names(example, small_project):
    examples = example()
    assert examples
    for (code, shown), output in zip(examples, printed([code for code, _ in examples]), strict=True):
        if "entities" not in code:  # of which an untrained tagger may find none
            assert [shape(line) for line in output.splitlines()] == [shape(line) for line in shown.splitlines()]


@EXAMPLES
def test_it_prints_what_is_shown(example, monkeypatch):
    if not are_made():
        pytest.skip("`make repro` has not made the runs and vectors of dvc.lock here")
    monkeypatch.chdir(ROOT)
    examples = example()
    assert printed([code for code, _ in examples]) == [shown for _, shown in examples]
