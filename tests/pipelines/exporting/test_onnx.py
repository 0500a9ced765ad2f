"""The format onnx: the code of its README answers as Elman does, without Elman."""

import re

import pytest
from exported_runs import KINDS, TEXTS, answers_without_elman, code_of

import pipelines
from pipelines import export
from pipelines.decoding.sampling import Sampler
from pipelines.exporting.code import WRITTEN


@pytest.fixture(scope="module")
def exported(run_folders, tmp_path_factory):
    """The folders that the runs are exported to."""
    place = tmp_path_factory.mktemp("exported")
    for kind in KINDS:
        export.main([str(run_folders[kind]), "--output", str(place / kind)])
    return {kind: place / kind for kind in KINDS}


@pytest.fixture(scope="module")
def inputs(ten_examples):
    """What each kind of run reads."""
    images = [example.features for example in ten_examples[:3]]
    return {kind: images if kind in ("columns", "captions") else TEXTS for kind in KINDS}


@pytest.fixture(scope="module")
def answers(exported, inputs):
    """The answers of each kind's code to its inputs."""
    found = answers_without_elman([(exported[kind], inputs[kind]) for kind in KINDS])
    return dict(zip(KINDS, found, strict=True))


@pytest.mark.parametrize("kind", ["windows", "head_tail", "columns"])
def test_labels_have_the_same_probabilities(exported, inputs, answers, kind):
    for row, answer in zip(pipelines.load(exported[kind]).predict(inputs[kind]), answers[kind], strict=True):
        assert answer == pytest.approx(row["probabilities"], abs=2e-6)


@pytest.mark.parametrize(("kind", "key"), [("multilabel", "labels"), ("pos", "tags"), ("ner", "tags"), ("crf", "tags")])
def test_labels_and_tags_are_the_same(exported, inputs, answers, kind, key):
    expected = [list(row[key]) for row in pipelines.load(exported[kind]).predict(inputs[kind])]
    assert answers[kind] == expected
    assert len({*map(str, expected)}) > 1


@pytest.mark.parametrize("kind", ["translation", "additive", "captions"])
def test_what_is_written_is_the_same(exported, inputs, answers, kind):
    expected = [row["tokens"] for row in pipelines.load(exported[kind]).predict(inputs[kind])]
    assert answers[kind] == expected
    assert any(expected)


@pytest.mark.parametrize("kind", ["language_model", "characters"])
def test_a_text_is_continued_by_the_same_tokens(exported, answers, kind):
    run = pipelines.load(exported[kind])
    for text, answer in zip(TEXTS, answers[kind], strict=True):
        expected = "".join(run.generate(text, Sampler(1, temperature=0.0), WRITTEN))
        assert "".join(answer).replace(" ", "") == expected.replace(" ", "")
        assert answer


def test_the_code_is_short_and_names_what_it_needs(exported):
    for folder in exported.values():
        behind_functions = re.split(r"^(?:text|features) = ", code_of(folder), flags=re.MULTILINE)[1]
        assert len(behind_functions.splitlines()) <= 20
    readmes = {kind: (folder / "README.md").read_text(encoding="utf-8") for kind, folder in exported.items()}
    assert "pip install numpy onnxruntime regex\n" in readmes["ner"]
    assert "pip install numpy onnxruntime sentencepiece\n" in readmes["additive"]


def test_every_file_is_told_of(exported):
    for folder in exported.values():
        readme = (folder / "README.md").read_text(encoding="utf-8")
        for path in folder.iterdir():
            assert path.name == "README.md" or f"| `{path.name}` |" in readme
