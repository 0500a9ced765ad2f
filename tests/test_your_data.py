"""docs/your-data.md, followed to the letter: its files, its configurations and its commands.

Those of its first section are followed in test_own_project.py, with the package as it is installed.
"""

import json
import re
import shutil

import pytest
from clones import ROOT, run

PAGE = (ROOT / "docs/your-data.md").read_text(encoding="utf-8").partition("\n## 2. ")[2]
FILE = re.compile(r"^`([\w./-]+)`:\n\n```\w+\n(.*?)^```", re.MULTILINE | re.DOTALL)
COMMANDS = re.compile(r"^```bash\n(.*?)^```", re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder with the shipped configurations in which every file was written and every command run."""
    folder = tmp_path_factory.mktemp("your_data")
    shutil.copytree(ROOT / "configs", folder / "configs")
    (folder / "corpora").mkdir()
    for name, content in FILE.findall(PAGE):
        (folder / name if name.startswith("configs/") else folder / "corpora" / name).write_text(content, "utf-8")
    commands = "\n".join(COMMANDS.findall(PAGE)).replace("~/corpora", str(folder / "corpora"))
    printed = run(folder, ["bash", "-e", "-c", commands], PYTHONPATH=str(ROOT))
    (folder / "output.txt").write_text(printed, "utf-8")
    return folder


def test_every_run_of_the_page_is_trained(folder):
    trained = {"my-reviews", "my-cities", "my-treebank", "my-pairs", "my-topics", "my-squares"}
    assert {path.name for path in (folder / "runs").iterdir()} == trained


def test_the_metrics_are_there(folder):
    assert set(json.loads((folder / "metrics/my-reviews.json").read_text())) == {"dev"}


def test_every_image_has_a_caption(folder):
    assert set(json.loads((folder / "metrics/my-squares.json").read_text())["dev"]) == {
        "exact_match",
        "character_error_rate",
    }
    assert len((folder / "captions.txt").read_text().splitlines()) == 2


def test_new_text_is_tagged(folder):
    rows = [json.loads(line) for line in (folder / "output.txt").read_text("utf-8").splitlines() if line[:1] == "{"]
    assert [row["source_tokens"] for row in rows] == [["Anna", "saw", "New", "York", "."]]
