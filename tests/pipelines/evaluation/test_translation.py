"""BLEU and chrF, with numbers by hand and beside sacreBLEU's command line."""

import json
import subprocess
import sys

import pytest

from embeddings.foundation.errors import InputError
from pipelines.data.examples import Example
from pipelines.evaluation.families import translation

MAT = "the cat sat on a mat"


def pair(reference, output):
    example = Example("dev-0", "", ("x",), target_text=reference, target_tokens=("not", "read"))
    return [example], [{"id": "dev-0", "tokens": ["not", "read"], "text": output}]


def test_bleu_by_hand():
    # n-grams of 1 to 4 words that match: 5/6, 3/5, 2/4, 1/3; the lengths are the same
    scores = translation.FAMILY.score(*pair(MAT, "the cat sat on the mat"))
    assert scores["bleu"] == pytest.approx(100 * (5 / 6 * 3 / 5 * 2 / 4 * 1 / 3) ** 0.25)


def test_why_bleu_of_sentences_of_three_words_is_0_is_told_once(caplog):
    translation.warn_of_short.cache_clear()
    for _ in range(2):
        scores = translation.FAMILY.score(*pair("Wir gehen jetzt", "Wir gehen jetzt"))
        assert (scores["bleu"], scores["chrf"]) == (0, pytest.approx(100))
    assert caplog.messages == ["BLEU is 0, since no output has 4 tokens and BLEU needs matches of 4 in a row; see chrF"]
    translation.FAMILY.score(*pair(MAT, MAT))
    assert len(caplog.messages) == 1


def test_chrf_by_hand():
    # orders 1 and 2 exist on both sides: precision 1, recall (2/3 + 1/2) / 2; recall weighs twice
    recall = (2 / 3 + 1 / 2) / 2
    assert translation.FAMILY.score(*pair("abc", "ab"))["chrf"] == pytest.approx(100 * 5 * recall / (4 + recall))


def test_the_raw_reference_and_the_detokenised_output_are_compared():
    assert translation.FAMILY.score(*pair("Don't stop, Anna.", "Don't stop, Anna."))["bleu"] == pytest.approx(100)
    assert translation.FAMILY.score(*pair("Don't stop, Anna.", "Do n't stop , Anna ."))["bleu"] < 60


def test_values_and_signature_are_those_of_the_command_line(tmp_path):
    references = ["The dog bit the man.", "It was not unexpected.", "The man bit him first."]
    outputs = ["The dog bit the man.", "It wasn't surprising.", "The man had just bitten him."]
    (tmp_path / "reference.txt").write_text("\n".join(references) + "\n")
    command = [sys.executable, "-m", "sacrebleu", "reference.txt", "-m", "bleu", "chrf", "-w", "4"]
    printed = subprocess.run(
        command, input="\n".join(outputs) + "\n", cwd=tmp_path, capture_output=True, text=True, check=True
    )
    examples = [Example(f"dev-{number}", "", ("x",), target_text=text) for number, text in enumerate(references)]
    statistic = translation.FAMILY.statistic(examples, [{"text": output} for output in outputs])
    whole = statistic.whole()
    assert list(whole) == [("bleu", ""), ("chrf", ""), ("bleu_lowercase", "")]
    for key, line in zip(list(whole)[:2], json.loads(printed.stdout), strict=True):
        assert whole[key] == pytest.approx(line["score"], abs=1e-4)
        described = dict(field.split(":") for field in line["signature"].split("|"))
        assert {name: str(value) for name, value in statistic.options[key].items()} == described


@pytest.mark.parametrize(
    ("metric", "option", "value"),
    [
        ("bleu", "tokenize", "char"),
        ("bleu", "lowercase", True),
        ("bleu", "smooth_method", "none"),
        ("bleu_lowercase", "tokenize", "char"),
        ("bleu_lowercase", "lowercase", False),
        ("bleu_lowercase", "smooth_method", "none"),
        ("chrf", "char_order", 4),
        ("chrf", "word_order", 2),
        ("chrf", "lowercase", True),
        ("chrf", "whitespace", True),
    ],
)
def test_changing_an_option_changes_value_and_signature(monkeypatch, metric, option, value):
    case = pair("The Cat sat on a mat, they say", "the Cat sat in the rug, they do say")
    before = translation.FAMILY.statistic(*case)
    monkeypatch.setitem(translation.OPTIONS[metric], option, value)
    after = translation.FAMILY.statistic(*case)
    assert before.options[metric, ""] != after.options[metric, ""]
    assert before.whole()[metric, ""] != after.whole()[metric, ""]


def test_every_option_in_use_is_tested_above():
    marked = test_changing_an_option_changes_value_and_signature.pytestmark[0].args[1]
    assert {(metric, option) for metric, option, _ in marked} == {
        (metric, option) for metric, options in translation.OPTIONS.items() for option in options
    }


def test_a_prediction_without_text_is_refused():
    with pytest.raises(InputError, match="expected a detokenised `text`, got None"):
        translation.FAMILY.check(pair(MAT, "")[0][0], {"tokens": ["a"]})


def test_an_empty_output_is_scored_as_nothing():
    scores = translation.FAMILY.score(*pair(MAT, ""))
    assert scores == {"bleu": 0, "chrf": 0, "bleu_lowercase": 0}


def test_case_does_not_matter_to_the_figure_of_older_papers():
    scores = translation.FAMILY.score(*pair("The cat sat on a mat", "the Cat sat on a mat"))
    assert scores["bleu_lowercase"] == pytest.approx(100)
    assert scores["bleu"] < 70


def test_sentences_of_like_length_are_scored_together():
    texts = ["a b c d e", "a b c d e", "a b c d e f", " ".join("abcdefghij" * 4)]
    outputs = ["a b c d e", "a b c d x", "a b c d e f", ""]
    examples = [Example(f"dev-{number}", "", ("x",), target_text=text) for number, text in enumerate(texts)]
    header, *rows = translation.FAMILY.tables(examples, [{"text": output} for output in outputs])["lengths"]
    assert header == ("words", "sentences", "bleu", "length_ratio")
    assert [row[:2] for row in rows] == [("1 to 5", 2), ("6 to 10", 1), ("more than 30", 1)]
    # n-grams that match in the first row: 9/10, 7/8, 5/6, 3/4
    assert rows[0][2] == pytest.approx(100 * (9 / 10 * 7 / 8 * 5 / 6 * 3 / 4) ** 0.25, abs=0.01)
    assert [row[2] for row in rows[1:]] == [100.0, 0.0]
    assert [row[3] for row in rows] == [1.0, 1.0, 0.0]


def of_language(folder, language):
    (folder / "dataset.json").write_text(json.dumps({"target_language": language}))
    return translation.FAMILY.of_dataset(folder)


@pytest.mark.parametrize("language", ["zh", "zh-Hans", "th", "yue"])
def test_a_language_without_spaces_has_its_own_tokens(tmp_path, language):
    family, text = of_language(tmp_path, language), "他昨天去了图书馆。"
    assert family.score(*pair(text, text))["bleu"] == pytest.approx(100)
    assert 0 < family.score(*pair(text, "他今天去了图书馆。"))["bleu"] < 100
    statistic = family.statistic(*pair(text, text))
    assert statistic.options["bleu", ""]["tok"] == translation.TOKENIZERS[language.partition("-")[0]]


def test_other_languages_have_the_tokens_of_wmt(tmp_path):
    assert of_language(tmp_path, "ru").statistic(*pair(MAT, MAT)).options["bleu", ""]["tok"] == "13a"


def test_a_tokenizer_that_is_not_installed_is_refused_before_any_work(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "MeCab", None)
    with pytest.raises(InputError, match=r"'ja' needs sacreBLEU's tokenizer 'ja-mecab'.*install `sacrebleu\[ja\]`"):
        of_language(tmp_path, "ja")


def test_sacrebleu_itself_is_missed_by_its_own_name(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "sacrebleu.metrics.bleu", None)
    with pytest.raises(ModuleNotFoundError, match="sacrebleu"):
        of_language(tmp_path, "ja")
