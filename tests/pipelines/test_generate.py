"""Texts that a language model writes, and the command that prints them."""

import json
from collections import Counter
from dataclasses import asdict
from pathlib import Path

import keras
import numpy as np
import pytest
import yaml
from conformance_cases import DATASET, RUN, cell_config, task_config

import pipelines
from embeddings.foundation.plugins import load
from pipelines import generate, predict
from pipelines.data.examples import Example
from pipelines.decoding.sampling import Sampler
from pipelines.models.config import DynamicEvaluationConfig
from pipelines.runs.engines.keras_engine import KerasEngine
from pipelines.runs.folder import save_run
from pipelines.runs.trained_run import TrainedRun
from pipelines.tasks.text_generation import ScoringConfig
from pipelines.text.tokenization import Detokenizer, tokenizer
from pipelines.text.vocabulary import END_ID

TEXT = 'Осло, как знали туристы: "Было"! '


def run_of(kind, small_vectors):
    """An untrained language model of a text's characters or words, its weights drawn wide."""
    tokens = tuple(tokenizer(kind)(TEXT))
    counts = {"tokens": Counter(tokens)}
    task = load("pipelines.tasks", "text_generation").TASK.from_counts(
        task_config("text_generation"), cell_config("lstm", False), counts, {"tokens": small_vectors},
        Detokenizer(kind, "ru"),
    )  # fmt: skip
    keras.utils.set_random_seed(1)
    model = task.build_model({"tokens": 6}, 1)
    draws = np.random.default_rng(0)
    model.set_weights([draws.normal(0, 1.0, weight.shape) for weight in model.get_weights()])
    return TrainedRun("small", task, KerasEngine(model), tokenizer(kind))


@pytest.fixture(scope="module", params=["characters", "words"])
def run(request, small_vectors):
    """A language model of characters, and one of words."""
    return run_of(request.param, small_vectors)


@pytest.fixture
def folder(run, tmp_path):
    """The same as a run folder."""
    tokenizers = {"tokens": run.task.detokenize.tokenizer, "target_tokens": None}
    save_run(
        tmp_path, "small", RUN, run.task, run.engine.model, {**DATASET, "language": "ru", "tokenizers": tokenizers}
    )
    return tmp_path


def test_each_token_is_drawn_from_its_probability_after_all_before(run):
    """Greedy choices are those that scoring the whole text finds the most probable."""
    prompt = tuple(run.tokenize(TEXT))[:5]
    seen = []

    def choose(logits):
        logits[END_ID] = -np.inf
        seen.append(logits - np.logaddexp.reduce(logits.astype("float64")))
        return int(logits.argmax())

    list(run.task.generate(run.engine, prompt, choose, 6))
    words = run.task.vocabularies["tokens"].words
    written = tuple(words[int(each.argmax())] for each in seen)
    (row,) = run.task.predict(run.engine, [Example("0", "", prompt + written)])
    special = 1 - np.exp(row["log_probabilities"][len(prompt) :] - np.array([each.max() for each in seen]))
    assert ((special > -1e-5) & (special < 1)).all()  # of the probability, special words had the rest
    ids = np.array([[2, *(words.index(token) for token in prompt + written[:-1])]], "int32")
    logits = np.asarray(run.engine.model(ids, training=False))[0, len(prompt) :]
    np.testing.assert_array_equal(logits[:, 4:].argmax(axis=1) + 4, [words.index(token) for token in written])


def test_no_special_word_is_written(run):
    words = run.task.vocabularies["tokens"].words
    pieces = list(run.generate("", Sampler(1, temperature=5.0), 300))
    assert 0 < len(pieces) <= 300
    assert {piece.strip() or piece for piece in pieces} <= {*words[4:], *(word.strip() for word in words[4:])}


def test_a_seed_writes_the_same_text_again_and_another_one_another(run):
    one, same, other = ("".join(run.generate(TEXT, Sampler(seed), 40)) for seed in (1, 1, 2))
    assert one == same != other


def test_a_text_that_ends_is_shorter_than_it_might_be(run):
    choices = iter([7, 8, END_ID, 9])
    assert len(list(run.generate("Осло", lambda logits: next(choices), 50))) == 2
    assert next(choices) == 9


def test_no_more_tokens_are_written_than_asked_for(run):
    assert len(list(run.generate("Осло", lambda logits: 7, 12))) == 12
    assert list(run.generate("Осло", lambda logits: 7, 0)) == []


def test_the_prompt_changes_what_follows(run):
    texts = {"".join(run.generate(prompt, Sampler(1, temperature=0), 30)) for prompt in ("", "Осло", TEXT)}
    assert len(texts) > 1


def test_tokens_stream_one_by_one(run):
    asked = []

    def choose(logits):
        asked.append(len(asked))
        return 7

    pieces = run.generate("Осло", choose, 5)
    assert asked == []
    next(pieces)
    assert len(asked) == 1


def test_the_command_prints_the_prompt_and_what_follows(folder, capsys):
    options = ["--prompt", "Осло, как", "--temperature", "0.5", "--top-k", "5", "--top-p", "0.9", "--length", "20"]
    generate.main([str(folder), *options, "--seed", "3"])
    expected = "".join(pipelines.load(folder).generate("Осло, как", Sampler(3, 0.5, 5, 0.9), 20))
    assert capsys.readouterr().out == f"Осло, как{expected}\n"


def test_the_spaces_that_end_a_prompt_are_written_once(folder, run, capsys):
    generate.main([str(folder), "--prompt", "Осло, как ", "--length", "20", "--seed", "3"])
    written = "".join(pipelines.load(folder).generate("Осло, как ", Sampler(3), 20))
    beginning = "Осло, как " if run.task.detokenize.tokenizer == "characters" else "Осло, как"
    assert capsys.readouterr().out == f"{beginning}{written}\n"


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--length", "-1"], "--length: expected at least 0"),
        (["--temperature", "-1"], "temperature: expected a number of at least 0"),
        (["--top-p", "2"], "top_p: expected a share above 0"),
        (["--top-k", "-2"], "top_k: expected at least 0"),
        (["--prompt", "\udcff"], "--prompt: expected UTF-8, got '\\udcff'"),
        (["--prime", "Осло"], "--prime: the option is now --prompt; rename it"),
    ],
)
def test_an_option_out_of_range_is_one_line_and_code_2(folder, options, told, capsys):
    with pytest.raises(SystemExit) as exit_:
        generate.main([str(folder), *options])
    assert exit_.value.code == 2
    assert capsys.readouterr().err.startswith(f"error: {told}")


def test_a_language_model_predicts_no_text(folder, tmp_path, capsys):
    (tmp_path / "text.txt").write_text("Осло\n", encoding="utf-8")
    predict.main([str(folder), "--text", str(tmp_path / "text.txt")])
    assert "log_probabilities" in capsys.readouterr().out
    with pytest.raises(SystemExit):
        predict.main([str(folder), "--text", str(tmp_path / "text.txt"), "--format", "text"])
    assert "`elman generate` writes one" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        predict.main([str(folder), "--text", str(tmp_path / "text.txt"), "--format", "html"])
    assert capsys.readouterr().out == ""


def test_decoding_of_another_kind_is_refused(folder, tmp_path, capsys):
    task = (Path(__file__).parents[2] / "configs/tasks/text_generation.yaml").read_text(encoding="utf-8")
    (tmp_path / "beam.yaml").write_text(f"{task}decoding: {{no_repeat_ngram: 2}}\n", encoding="utf-8")
    with pytest.raises(SystemExit, match="2"):
        predict.main([str(folder), "--task", str(tmp_path / "beam.yaml")])
    assert "decoding: unknown key 'no_repeat_ngram'; known: dynamic_evaluation" in capsys.readouterr().err


def test_a_configuration_without_decoding_replaces_that_of_the_run(run, folder, tmp_path, capsys):
    dynamic = ScoringConfig(DynamicEvaluationConfig(learning_rate=0.5, segment_tokens=2))
    about = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    about["task"]["decoding"] = asdict(dynamic)
    (folder / "config.json").write_text(json.dumps(about), encoding="utf-8")
    (tmp_path / "text.txt").write_text(TEXT, encoding="utf-8")
    task = Path(__file__).parents[2] / "configs/tasks/text_generation.yaml"
    assert "decoding" not in yaml.safe_load(task.read_text(encoding="utf-8"))

    def predicted(*options):
        predict.main([str(folder), "--text", str(tmp_path / "text.txt"), *options])
        return json.loads(capsys.readouterr().out)["log_probabilities"]

    def expected(decoding):
        return next(run.predict([TEXT.strip("\n")], decoding))["log_probabilities"]

    plain, learned = expected(ScoringConfig()), expected(dynamic)
    assert not np.allclose(plain, learned, atol=1e-3)
    np.testing.assert_allclose(predicted(), learned, atol=1e-4)
    np.testing.assert_allclose(predicted("--task", str(task)), plain, atol=1e-4)


def test_the_vector_of_a_text_is_the_state_after_its_last_token(run):
    encoded = np.stack(list(run.encode(["Осло, как", "Осло, как знали"])))
    carried = run.engine.model
    tokens = run.tokenize("Осло, как знали")
    ids = np.array([run.task.source(Example("0", "", tuple(tokens))).source])
    _, states = carried.read(ids, carried.first_states(ids))
    np.testing.assert_allclose(encoded[1], np.asarray(states[-2])[0], atol=1e-5)
    assert np.abs(encoded[0] - encoded[1]).max() > 1e-3


def test_a_word_in_another_case_is_unknown_to_a_language_model(small_vectors):
    run = run_of("words", small_vectors)
    (row,) = run.task.predict(run.engine, [Example("0", "", ("Осло", "осло", "туристы", "Туристы"))])
    assert row["unknown"] == [1, 3]
