"""The tutorials, followed up to the training: their files are written, their commands tell what the pages show."""

import contextlib
import io
import re
import shlex
import shutil
from pathlib import Path

import pytest

from embeddings.config import VectorsConfig
from embeddings.foundation.config import load_config
from pipelines import add, stages
from pipelines.datasets.config import DatasetConfig
from pipelines.datasets.toy.writer import write_files
from pipelines.project.layout import RUNS
from pipelines.runs.config import load_run, load_runs

ROOT = Path(__file__).parents[3]
PAGES = [*sorted((ROOT / "docs/tutorials").glob("*.md")), ROOT / "docs/ru/sentiment.md"]
FENCE = re.compile(r"(?:^`(?P<title>configs/[\w./-]+)`:\n\n)?^```(?P<language>\w+)\n(?P<code>.*?)^```", re.M | re.S)
PYTHON = re.compile(r"<<'END'\n(.*?)^END$|python -c '(.*?)'$", re.M | re.S)
SIZES = {"train": 3000, "dev": 300, "test": 500, "unlabelled": 5000}


@pytest.fixture(scope="module")
def corpora(tmp_path_factory) -> Path:
    """What `write_files` writes on the pages; of the unlabelled sentences, whose number no page shows, only a few."""
    write_files(folder := tmp_path_factory.mktemp("corpora"), 1, SIZES | {"unlabelled": 50})
    return folder


@pytest.fixture
def project(empty_project, corpora, tmp_path, monkeypatch) -> Path:
    """A new project, the current folder, where `write_files` copies what it would write."""

    def copied(folder: Path, seed: int, sizes: dict[str, int]) -> None:
        assert seed == 1
        assert sizes | {"unlabelled": SIZES["unlabelled"]} == SIZES
        shutil.copytree(corpora, folder)

    shutil.copytree(empty_project, tmp_path / "project", ignore=shutil.ignore_patterns(".git", "tmp"))
    monkeypatch.setattr("pipelines.datasets.toy.writer.write_files", copied)
    monkeypatch.delenv("ELMAN_DATA", raising=False)
    monkeypatch.chdir(tmp_path / "project")
    return tmp_path / "project"


def follow(command: str) -> str:
    """Runs `elman add` and `elman stages`, and no other command; returns what `elman add` prints."""
    printed = io.StringIO()
    match shlex.split(command, comments=True):
        case ["elman", "add", *words]:
            with contextlib.redirect_stdout(printed):
                add.main(words)
        case ["elman", "stages"]:
            stages.main([])
    return printed.getvalue()


def write(title: str | None, code: str) -> None:
    """Writes a configuration whose path stands above it, or the lines of a run below the others."""
    if title:
        Path(title).parent.mkdir(parents=True, exist_ok=True)
        Path(title).write_text(code, encoding="utf-8")
    elif code.startswith("  "):
        RUNS.write_text(RUNS.read_text(encoding="utf-8").replace("\nruns:\n", f"\nruns:\n{code}"), encoding="utf-8")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: f"{page.parent.name}/{page.stem}")
def test_a_tutorial_can_be_followed(page, project):
    printed = ""
    for title, language, code in FENCE.findall(page.read_text(encoding="utf-8")):
        if language == "bash":
            for script in ("".join(found) for found in PYTHON.findall(code)):
                exec(script, {})
            commands = PYTHON.sub("", code).replace("\\\n", " ").splitlines()
            printed = "".join(follow(command) for command in commands if "'" not in command)
        elif language == "yaml":
            write(title, code)
        elif language == "text" and printed:
            assert code in printed
            printed = ""
    runs = load_runs(RUNS)
    assert runs
    for name in runs:
        run, _, _ = load_run(RUNS, name, Path("configs"))
        load_config(DatasetConfig, Path(f"configs/datasets/{run.dataset}.yaml"))
        load_config(VectorsConfig, Path(f"configs/vectors/{run.source_vectors}.yaml"))


def test_every_page_is_in_the_index():
    text = (ROOT / "docs/README.md").read_text(encoding="utf-8")
    pages = [path.relative_to(ROOT / "docs") for path in (ROOT / "docs").rglob("*.md")]
    missing = [str(page) for page in pages if page.parent.name != "adr" and f"({page})" not in text]
    assert missing == ["README.md"]


def test_the_front_page_in_russian_has_the_code_of_the_english_one():
    pages = [(ROOT / path).read_text(encoding="utf-8") for path in ("README.md", "docs/ru/README.md")]
    english, russian = ({re.sub(r" *#.*", "", code) for _, _, code in FENCE.findall(page)} for page in pages)
    assert len(russian) == 4
    assert russian <= english
