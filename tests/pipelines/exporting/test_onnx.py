"""The format onnx: the code of its README answers as Elman does, without Elman."""

import json
import re
import shutil

import pytest
from exported_runs import KINDS, TEXTS, answers_without_elman, code_of

import pipelines
from pipelines import export
from pipelines.data.examples import write_examples
from pipelines.decoding.sampling import Sampler
from pipelines.exporting.code import WRITTEN
from pipelines.exporting.examples import shown_examples


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
    found = {kind: images if kind in ("columns", "captions") else TEXTS for kind in KINDS}
    return {**found, "composed": ["Anna saw the small dog", "Good FILMS"]}  # of words that the vocabulary has


@pytest.fixture(scope="module")
def answers(exported, inputs):
    """The answers of each kind's code to its inputs."""
    found = answers_without_elman([(exported[kind], inputs[kind]) for kind in KINDS])
    return dict(zip(KINDS, found, strict=True))


@pytest.mark.parametrize("kind", ["windows", "head_tail", "columns"])
def test_labels_have_the_same_probabilities(exported, inputs, answers, kind):
    for row, answer in zip(pipelines.load(exported[kind]).predict(inputs[kind]), answers[kind], strict=True):
        assert answer == pytest.approx(row["probabilities"], abs=2e-6)


@pytest.mark.parametrize(
    ("kind", "key"), [("multilabel", "labels"), ("pos", "tags"), ("ner", "tags"), ("crf", "tags"), ("composed", "tags")]
)
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


def test_where_the_code_differs_from_elman_is_told(exported, run_folders, tmp_path):
    def told(folder):
        return (folder / "README.md").read_text(encoding="utf-8")

    assert "Elman composes the vector of an unknown word from its n-grams" in told(exported["composed"])
    assert "Elman samples; the code takes the most probable token each time" in told(exported["characters"])
    assert "Elman decodes this run by" not in told(exported["translation"])  # which is greedy as well
    export.main([str(run_folders["ner"]), "--output", str(tmp_path / "out"), "--quantize"])
    assert "Weights have 8 bits" in told(tmp_path / "out")
    about = json.loads((run_folders["translation"] / "config.json").read_text(encoding="utf-8"))
    about["task"]["decoding"] |= {"method": "beam", "beam_size": 3, "length_penalty": 1.0, "no_repeat_ngram": 2}
    shutil.copytree(run_folders["translation"], tmp_path / "beam")
    (tmp_path / "beam/config.json").write_text(json.dumps(about), encoding="utf-8")
    export.main([str(tmp_path / "beam"), "--output", str(tmp_path / "of_beam")])
    assert "Elman decodes this run by beam, no_repeat_ngram" in told(tmp_path / "of_beam")


@pytest.mark.parametrize(
    ("kind", "key", "name"),
    [("head_tail", "label", "label"), ("multilabel", "labels", "labels"), ("translation", "text", "translation")],
)
def test_examples_are_texts_of_dev_with_their_predictions(run_folders, ten_examples, tmp_path, kind, key, name):
    write_examples(tmp_path / "dev.jsonl", ten_examples)
    run = pipelines.load(run_folders[kind])
    shown = [json.loads(line) for _, line in shown_examples(run, tmp_path)]
    texts = [example.text for example in ten_examples[:3]]
    rows = run.predict(texts)
    assert shown == [{"text": text, name: row[key]} for text, row in zip(texts, rows, strict=True)]


def test_every_file_is_told_of(exported):
    for folder in exported.values():
        readme = (folder / "README.md").read_text(encoding="utf-8")
        for path in folder.iterdir():
            assert path.name == "README.md" or f"| `{path.name}` |" in readme
