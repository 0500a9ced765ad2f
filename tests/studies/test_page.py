"""The page of the studies, and the stages that make it."""

import ast
import functools
import importlib
import json
import pkgutil
import re
import shutil
from pathlib import Path

import pytest
import yaml

from studies import claims, experiments, measure, page
from studies.translation import read_translation
from studies.verdicts import Verdict

ROOT = Path(__file__).parents[2]
STAGES = yaml.safe_load((ROOT / "studies/dvc.yaml").read_text(encoding="utf-8"))["stages"]
MEASURED = {name: stage for name, stage in STAGES.items() if name.startswith("measure")}
DEPS = {study: stage["do"]["deps"] for stage in MEASURED.values() for study in stage["foreach"]}


def modules(package):
    return {module.name for module in pkgutil.iter_modules(package.__path__)}


def test_every_study_has_an_experiment_a_claim_a_stage_and_a_place_on_the_page():
    assert modules(experiments) == modules(claims) == set(page.STUDIES) == set(DEPS)
    assert len(set(page.STUDIES)) == len(page.STUDIES) == 21


# For users from outside, who load runs and vectors; that of studies quiets TensorFlow's start and changes no figure.
ENTRANCES = ("pipelines/__init__.py", "embeddings/__init__.py", "studies/__init__.py")


@functools.cache
def syntax(path):
    """The syntax tree of a file of the repository."""
    return ast.parse((ROOT / path).read_text(encoding="utf-8"))


def loaded(path, found):
    """Files of the repository that a module imports, in functions too, and what these import."""
    found.add(path)
    for node in ast.walk(syntax(path)):
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            names = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
        for name in names:
            for file in (f"{name.replace('.', '/')}.py", f"{name.replace('.', '/')}/__init__.py"):
                if (ROOT / file).is_file() and file not in found and file not in ENTRANCES:
                    loaded(file, found)
    return found


@pytest.mark.parametrize("study", page.STUDIES)
def test_what_an_experiment_loads_stands_among_its_deps(study):
    deps = [dep.replace("${item}", study) for dep in DEPS[study]]
    files = loaded(f"studies/experiments/{study}.py", loaded("studies/measure.py", set()))
    code = {file for file in files if syntax(file).body[1:]}
    missing = {file for file in code if not any(file == dep or file.startswith(f"{dep}/") for dep in deps)}
    assert not missing
    assert all((ROOT / dep).exists() for dep in deps if not dep.startswith(("data/", "vectors/", "studies/data/")))


@pytest.mark.parametrize("study", page.STUDIES)
def test_a_study_says_what_is_asked_and_who_said_it(study):
    claim = importlib.import_module(f"studies.claims.{study}")
    assert claim.TITLE
    assert claim.QUESTION.strip().endswith("?")
    assert len(claim.QUESTION.split()) < 100
    assert len(claim.METHOD.split()) > 80
    assert 5 < len(claim.CAVEAT.split()) < 80
    assert all(
        any(part.strip(",.").isdigit() for part in source.replace("(", " ").replace(")", " ").split())
        for source in claim.SOURCES
    )
    read = (study, *getattr(claim, "ALSO_READS", ()))
    rows = [row for name in read for row in page.read_rows(ROOT / f"studies/figures/{name}.jsonl")]
    verdicts = claim.verdicts(rows)
    assert verdicts
    assert all(isinstance(verdict, Verdict) and verdict.claim.endswith(".") for verdict in verdicts)
    assert len({row["seed"] for row in rows if "seed" in row}) >= 3


def test_the_page_in_the_repository_is_that_of_its_figures(tmp_path, capsys):
    arguments = ["--plots", str(tmp_path / "plots"), "--page", str(tmp_path / "README.md")]
    shutil.copytree(ROOT / "studies/drawings", tmp_path / "drawings")
    arguments += ["--translations", str(ROOT / "studies/russian"), "--translated", str(tmp_path / "README.ru.md")]
    page.main(["--figures", str(ROOT / "studies/figures"), *arguments, "--html", str(tmp_path / "report.html")])
    html = (tmp_path / "report.html").read_text(encoding="utf-8")
    plots = sorted(path.name for path in (tmp_path / "plots").iterdir())
    assert html.count('src="data:image/svg+xml;base64,') == len(plots) + 2  # and two drawings
    assert re.findall(r'<li><a href="#section-\d+">(\d+)\. ', html) == [str(n + 1) for n in range(len(page.STUDIES))]
    for name in ("README.md", "README.ru.md"):
        assert (tmp_path / name).read_text(encoding="utf-8") == (ROOT / "studies" / name).read_text(encoding="utf-8")
    assert {name.split("-")[0] for name in plots} == set(page.STUDIES)
    assert plots == sorted(path.name for path in (ROOT / "studies/plots").iterdir())
    for path in (tmp_path / "plots").iterdir():
        assert path.read_bytes() == (ROOT / "studies/plots" / path.name).read_bytes()
    told = capsys.readouterr().out.splitlines()
    assert {line.split(": ")[1] for line in told} <= set(page.KINDS)
    assert {line.split(": ")[0] for line in told} == set(page.STUDIES)


@pytest.fixture(scope="module")
def studies():
    """What the page tells, whose pictures are drawn once."""
    return page.read(ROOT / "studies/figures")


def test_the_page_says_what_follows_from_the_verdicts(studies):
    text = "\n".join(page.lines(studies, Path("plots")))
    remembered = text.partition("## What to remember")[2]
    for study in studies:
        assert f"**{study.finding}**" in text
        if any(verdict.kind in ("shown", "contradicted") for verdict in study.verdicts):
            assert f"- {study.lesson} ([study {study.number}]" in remembered
            assert not any(words in study.lesson for words in page.OPEN)
        else:
            assert f"[{study.claims.TITLE}](#{study.anchor})" in remembered.split("- Undecided")[1]
        for verdict in study.verdicts:
            assert f"- {verdict.claim} **{page.verdict_text(verdict).capitalize()}**: {verdict.found}" in text
            assert f"| {verdict.claim} | {page.verdict_text(verdict)} |" in text
    alone = [verdict for study in studies for verdict in study.claims.verdicts(study.rows)]
    together = [verdict for study in studies for verdict in study.verdicts]
    assert [each.claim for each in alone] == [each.claim for each in together]
    for one, corrected in zip(alone, together, strict=True):  # correction takes decisions back and makes none
        assert corrected.kind in (one.kind, "undecided", "not testable here")


def test_every_text_of_the_page_is_translated_and_every_translation_is_used(studies):
    translation = read_translation(ROOT / "studies/russian")
    assert all(ru.count("{") == en.count("{") for en, ru in translation.texts.items())
    russian = list(page.lines(studies, Path("plots"), translation))
    assert not translation.missing
    assert translation.used == translation.texts.keys()
    equations = [line for line in page.lines(studies, Path("plots")) if line.startswith("    ")]
    assert [line for line in russian if line.startswith("    ")] == equations


def test_the_alternative_text_of_a_picture_is_what_its_title_states(studies):
    for study in studies:
        text = list(page.section(study, Path("plots")))
        for number, panel in enumerate(study.panels, start=1):
            (told,) = (line for line in text if line.endswith(f"(plots/{study.name}-{number}.svg)"))
            assert " ".join(panel.title)[1:] in told
            assert "[" not in told[2:]


def test_missing_figures_are_told_in_one_line(tmp_path, capsys):
    with pytest.raises(SystemExit) as stopped:
        page.main(["--figures", str(tmp_path), "--plots", str(tmp_path / "plots"), "--page", str(tmp_path / "page.md")])
    assert stopped.value.code == 2
    error = capsys.readouterr().err
    assert "gradients_vanish.jsonl: no such file" in error
    assert error.count("\n") == 1
    assert not list(tmp_path.iterdir())


def test_a_translated_page_without_its_texts_is_refused(tmp_path, capsys):
    paths = [f"{option}={tmp_path / 'none'}" for option in ("--figures", "--plots", "--page", "--translated")]
    with pytest.raises(SystemExit) as stopped:
        page.main(paths)
    assert stopped.value.code == 2
    assert "--translations, the folder of texts, and --translated" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


def test_a_study_without_its_data_is_told_in_one_line(tmp_path, capsys):
    with pytest.raises(SystemExit) as stopped:
        measure.main(["forget_bias", "--output", str(tmp_path / "forget_bias.jsonl")])
    assert stopped.value.code == 2
    assert "study 'forget_bias' reads a folder of data; give it (--data)" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


def test_measure_writes_a_row_a_line(tmp_path, monkeypatch):
    rows = [{"seed": 1, "value": 0.5}, {"seed": 2, "value": 1e-12}]
    module = importlib.import_module("studies.experiments.width")
    monkeypatch.setattr(module, "measure", lambda: iter(rows))
    measure.main(["width", "--output", str(tmp_path / "width.jsonl")])
    lines = (tmp_path / "width.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line) for line in lines] == rows
    assert page.read_rows(tmp_path / "width.jsonl") == rows
