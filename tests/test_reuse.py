"""A clone's vectors, results and experiments in other projects and on other machines, by the commands of the pages."""

import json
import re
import time
from pathlib import Path

import numpy as np
import pytest
import yaml
from clones import ROOT, dvc, run, tiny_clone

import embeddings

README, EXPERIMENTS = ((ROOT / page).read_text(encoding="utf-8") for page in ("README.md", "docs/experiments.md"))
RUN = "pos-bisru-skip_gram"
VECTORS = "vectors/english_skip_gram"
TASK_SECONDS = 900  # on a busy machine


def blocks(heading: str, language: str) -> list[str]:
    """The fenced blocks of a section of the two pages."""
    (section,) = re.findall(rf"^## {heading}\n(.*?)^## ", README + EXPERIMENTS, re.MULTILINE | re.DOTALL)
    return re.findall(rf"^```{language}\n(.*?)^```", section, re.MULTILINE | re.DOTALL)


def dvc_commands(heading: str) -> list[str]:
    """The lines of a section that call DVC, without their comments."""
    lines = "".join(blocks(heading, "bash")).replace("\\\n", " ").splitlines()
    return [line.partition(" #")[0] for line in lines if line.startswith("dvc ")]


def wait_for_the_queue(folder: Path) -> None:
    try:
        deadline = time.monotonic() + TASK_SECONDS
        while re.search("Queued|Running", dvc(folder, "queue", "status")):
            assert time.monotonic() < deadline, "experiments are still running"
            time.sleep(10)  # asking loads DVC
    except AssertionError:
        dvc(folder, "queue", "stop", "--kill")
        raise


def metric(folder: Path) -> float:
    return json.loads((folder / f"metrics/{RUN}.json").read_text(encoding="utf-8"))["dev"]["accuracy"]


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A clone in which one tiny run and what it stands on have been made and committed."""
    folder = tmp_path_factory.mktemp("clone")
    tiny_clone(folder, [RUN])
    dvc(folder, "repro", f"evaluate@{RUN}")
    run(folder, "git add -A && git commit -qm Results")
    return folder


def test_a_fresh_clone_pulls_results_and_trains_nothing(clone: Path, tmp_path: Path) -> None:
    add, push, pull, status = (
        line.replace("~/elman-storage", str(tmp_path / "storage")) for line in dvc_commands("Results without training")
    )
    run(clone, f"{add} && {push} && git commit -qam Remote")
    fresh = tmp_path / "fresh"
    run(tmp_path, f"git clone -q {clone} {fresh}")
    assert not (fresh / "runs").exists()
    run(fresh, pull)
    assert [run(fresh, status)] == blocks("Results without training", "text")
    assert "Running stage" not in dvc(fresh, "repro", "--dry", f"evaluate@{RUN}")
    pulled, made = ({path.name: path.read_bytes() for path in (at / "runs" / RUN).iterdir()} for at in (fresh, clone))
    assert pulled == made
    assert any(name.endswith(".keras") for name in pulled)
    run(clone, "git reset -q --hard HEAD~1")  # without the remote again


def test_another_project_gets_imports_updates_and_opens_the_vectors(clone: Path, tmp_path: Path) -> None:
    run(tmp_path, "git init -q && dvc init -q && dvc config core.analytics false")
    get, fetch, update = (line.replace("~/elman", str(clone)) for line in dvc_commands("Reusing the word vectors"))
    before = embeddings.load(clone / VECTORS)
    values = np.array(before.vectors)
    run(tmp_path, f"{get} && {fetch}")
    for folder in ("vectors", "english_skip_gram"):
        copy = embeddings.load(tmp_path / folder)
        assert copy.index_to_key == before.index_to_key
        np.testing.assert_array_equal(copy.vectors, values)

    # The same vectors of another seed, committed there, come with the update and are opened from there.
    config = clone / "configs" / f"{VECTORS}.yaml"
    config.write_text(yaml.safe_dump({**yaml.safe_load(config.read_text()), "seed": 2}))
    dvc(clone, "repro", "vectors-english_skip_gram")
    run(clone, "git commit -qam Seed")
    new = np.load(clone / VECTORS / "vectors.npy")
    assert not np.array_equal(new, values)
    run(tmp_path, update)
    np.testing.assert_array_equal(embeddings.load(tmp_path / "english_skip_gram").vectors, new)
    (opened,) = re.findall(r"`(dvc\.api\.open\(.*?\))`", README)
    script = f"import dvc.api, numpy\naddress = {str(clone)!r}\nwith {opened} as file: print(numpy.load(file).tolist())"
    (tmp_path / "opens.py").write_text(script, encoding="utf-8")
    assert json.loads(run(tmp_path, "python -m opens")) == new.tolist()
    run(clone, f"git reset -q --hard HEAD~1 && dvc checkout -q {VECTORS}")


def test_every_command_of_the_experiments_works(clone: Path) -> None:
    before = metric(clone)
    printed = {}
    for line in dvc_commands("DVC experiments"):
        if line.startswith("dvc exp apply"):
            line = f"{line} || [ $? -eq 255 ]"  # the outputs that nobody made, as the page says
        printed[" ".join(line.split()[:3])] = run(clone, line)
        if line.startswith("dvc queue start"):
            wait_for_the_queue(clone)

    assert re.findall(r"grid-\d\W.*?(\w+)$", printed["dvc queue status"], re.MULTILINE) == ["Success"] * 4
    rows = [[cell.strip() for cell in row.split("|")[1:-1]] for row in printed["dvc exp show"].splitlines() if row]
    assert rows[0] == ["Experiment", "dev.accuracy"] + [
        f"configs/cells/bisru.yaml:{key}" for key in ("units", "dropout")
    ]
    found = {(float(units), float(dropout)) for _, _, units, dropout in rows[2:]}
    assert found == {(64, 0.2), (96, 0.2), (32, 0.0), (32, 0.4), (128, 0.0), (128, 0.4)}
    assert float(rows[2][1]) == before  # the commit; below it its experiments, the best first
    accuracies = [float(row[1]) for row in rows[3:]]
    assert accuracies == sorted(accuracies, reverse=True)
    assert len({before, *accuracies}) > 1
    assert re.search(r"bisru\.yaml +units +64 +96 +32", printed["dvc exp diff"])

    cell = yaml.safe_load((clone / "configs/cells/bisru.yaml").read_text(encoding="utf-8"))
    assert (cell["units"], cell["dropout"]) == (128, 0.0)
    (applied,) = [float(row[1]) for row in rows[3:] if "[grid-3]" in row[0]]
    assert metric(clone) == applied
    assert f"{before:g} {applied:g}" in re.sub(" +", " ", printed["dvc metrics diff"])
    assert "Data and pipelines are up to date" in dvc(clone, "status", f"evaluate@{RUN}")

    page = (clone / "dvc_plots/index.html").read_text(encoding="utf-8")
    (plot,) = [json.loads(plot) for plot in re.findall(r"var spec = (\{.*\});$", page, re.MULTILINE)]
    curves: dict[str, list[float]] = {}
    for point in plot["data"]["values"]:
        curves.setdefault(point["rev"], []).append(float(point["val_accuracy"]))
    best = {name: max(curve) for name, curve in curves.items()}
    assert best == pytest.approx({"HEAD": before, "wide": best["wide"], "grid-3": applied}, abs=0.005)


def test_the_pages_output_is_of_the_metrics_in_git() -> None:
    with open(ROOT / f"metrics/{RUN}.json", encoding="utf-8") as file:
        splits = json.load(file)
    committed = {f"{split}.{name}": value for split, values in splits.items() for name, value in values.items()}
    (outputs,) = [block for block in blocks("DVC experiments", "text") if "HEAD    wide" in block]
    shown = re.findall(rf"^metrics/{RUN}\.json +(\S+) +(\S+)", outputs, re.MULTILINE)
    assert {name: float(value) for name, value in shown} == committed
