"""What the studies' small networks read and how they are changed, with numbers worked out by hand."""

from itertools import pairwise

import numpy as np
import pytest

from pipelines.data.examples import Example, write_examples
from studies.experiments import cbow_against_skip_gram, clipping_losses, depth, gates, padding
from studies.experiments.recurrent_against_convolutional import cue_anywhere


class Texts:
    """Draws texts of a cue of two words, so many running words, numbered from 100, and a question of one."""

    opening, question = "i {}", "what"

    def draw(self, random, count, gap, split="train"):
        labels = np.arange(count) % 8
        running = np.tile(100 + np.arange(gap), (count, 1))
        return np.concatenate(
            [np.tile([1], (count, 1)), 2 + labels[:, None], running, np.full((count, 1), 99)], 1
        ), labels


def test_a_cue_stands_so_many_words_before_the_question():
    texts = Texts()
    token_ids, labels = cue_anywhere(texts, np.random.default_rng(1), 40, 10, "test", (3, 5))  # pyright: ignore
    assert token_ids.shape == (40, 13)
    behind = set()
    for row, label in zip(token_ids.tolist(), labels, strict=True):
        place = row.index(1)
        assert row[place + 1] == 2 + label
        assert row[:place] + row[place + 2 : -1] == list(range(100, 110))
        assert row[-1] == 99
        behind.add(12 - place - 2)
    assert behind == {3, 4, 5}


@pytest.mark.parametrize("arm", padding.ARMS)
def test_padding_makes_rows_as_long_as_the_longest_text_and_more(arm):
    token_ids, labels = padding.batch(Texts(), np.random.default_rng(1), 16, 7, arm, "train")  # pyright: ignore
    assert token_ids.shape == (16, 2 + padding.GAPS[1] + 1 + 7)
    assert len(labels) == 16
    for row in token_ids:
        text = row[row != 0].tolist()
        assert text[0] == 1
        assert text[-1] == 99
        side = row[: len(row) - len(text)] if arm == padding.AT_START else row[len(text) :]
        assert not side.any()


def test_clipping_is_by_norm_or_number_by_number():
    gradient = np.array([3.0, -4.0])
    assert clipping_losses.clip(gradient).tolist() == [3, -4]
    assert clipping_losses.clip(gradient, global_clipnorm=1.0) == pytest.approx([0.6, -0.8])
    assert clipping_losses.clip(gradient, global_clipnorm=10.0).tolist() == [3, -4]
    assert clipping_losses.clip(gradient, clipvalue=3.5).tolist() == [3, -3.5]


def test_a_language_leaves_nothing_but_the_next_phrase_to_chance():
    spoken = depth.language(3)
    letters = depth.LENGTH**2
    texts = spoken.draw(np.random.default_rng(1), 50, 4)
    assert texts.shape == (50, 4 * letters)
    for one, other in spoken.successors:
        assert spoken.phrases[one][0] != spoken.phrases[other][0]
    known = [phrase.tolist() for phrase in spoken.phrases]
    for text in texts.reshape(50, 4, letters).tolist():
        for first, second in pairwise(text):
            after = {tuple(known[next_]) for number in range(len(known)) if known[number] == first
                     for next_ in spoken.successors[number]}  # fmt: skip
            assert tuple(second) in after


def test_the_best_prediction_has_no_excess_at_any_level():
    texts = np.arange(4 * 9)[None, :] % 3
    logits = np.full((1, 35, 3), -1e9)
    for place in range(1, 36):
        logits[0, place - 1, texts[0, place]] = 0
        if place % 9 == 0:  # two phrases are equally likely
            logits[0, place - 1, (texts[0, place] + 1) % 3] = 0
    assert depth.above_best(logits, texts) == pytest.approx(dict.fromkeys((*depth.LEVELS, "all"), 0), abs=1e-12)
    flat = depth.above_best(np.zeros((1, 35, 3)), texts)  # log 3 everywhere
    assert flat["inside words"] == pytest.approx(np.log(3))
    assert flat["inside phrases"] == pytest.approx(np.log(3))
    assert flat["between phrases"] == pytest.approx(np.log(1.5))
    assert flat["all"] == pytest.approx((16 * np.log(3) + 2 * np.log(1.5)) / 18)


def test_words_are_told_apart_by_whether_train_has_them():
    train = [Example("1", "", ("A", "film"), tags=("DET", "NOUN"))]
    test = [Example("2", "", ("a", "relief", "film"), label="positive", tags=("DET", "NOUN", "NOUN"))]
    by_words = cbow_against_skip_gram.by_words
    assert by_words("parts of speech", train, test, [{"tags": ["DET", "VERB", "NOUN"]}]) == {
        "seen": [True, True],
        "unseen": [False],
    }
    assert by_words("sentiment", train, test, [{"label": "positive"}]) == {"seen": [], "unseen": [True]}


@pytest.fixture(scope="module")
def characters(tmp_path_factory):
    """A folder with a dataset of one long text."""
    folder = tmp_path_factory.mktemp("characters")
    for split, text in (("train", "abcab" * 100), ("dev", "xabc" * 50)):
        write_examples(folder / f"{split}.jsonl", [Example(split, text, tuple(text))])
    return folder


def lstm():
    from studies.recall import recurrent_layer

    return recurrent_layer("lstm", 4, 1)


def test_characters_that_train_lacks_are_zero(characters):
    from studies.characters import corpus

    train, test, kinds = corpus(characters, 400, 8)
    assert train[:5].tolist() == [1, 2, 3, 1, 2]
    assert len(train) == 400
    assert test.tolist() == [0, 1, 2, 3, 0, 1, 2, 3]
    assert kinds == 4


def test_a_model_without_scores_has_the_loss_of_guessing_and_learns(characters):
    from studies.characters import Model, corpus

    train, test, kinds = corpus(characters, 500, 42)
    model = Model(lstm(), kinds, 1)
    model.scores.kernel.assign(np.zeros((4, kinds)))
    assert model.nats(test, 2, 5, carried=True) == pytest.approx(np.log(4))
    for carried in (True, False):
        model.train(train, 5, 10, 40, carried)
        assert model.nats(train, 5, 10, carried) < 1.0
    far, near = (Model(lstm(), kinds, 1).nats(train, 1, 5, carried) for carried in (True, False))
    assert far != near


@pytest.mark.parametrize("gate", [gates.NO_INPUT, gates.NO_FORGET, gates.NO_OUTPUT])
def test_a_gate_that_is_held_open_stays_open_and_does_what_its_equation_says(characters, gate):
    from studies.characters import Model, corpus

    train, _, kinds = corpus(characters, 500, 42)
    layer = lstm()
    model = Model(layer, kinds, 1)
    gates.hold_open(layer, gates.BLOCKS[gate])
    before = [np.array(weight) for weight in (layer.cell.kernel, layer.cell.recurrent_kernel, layer.cell.bias)]
    model.train(train, 5, 10, 3, True)
    after = [np.array(weight) for weight in (layer.cell.kernel, layer.cell.recurrent_kernel, layer.cell.bias)]
    own = slice(4 * gates.BLOCKS[gate], 4 * gates.BLOCKS[gate] + 4)
    for old, new in zip(before, after, strict=True):
        assert (old[..., own] == new[..., own]).all()
        assert (np.delete(old, np.r_[own], -1) != np.delete(new, np.r_[own], -1)).any()

    kernel, recurrent, bias = after
    x, h, c = (np.random.default_rng(1).standard_normal((1, width), "float32") for width in (32, 4, 4))
    i, f, g, o = np.split(x @ kernel + h @ recurrent + bias, 4, axis=1)
    i, f, o = (1 / (1 + np.exp(-each.astype("float64"))) for each in (i, f, o))
    i, f, o = (1 if gates.BLOCKS[gate] == block else each for block, each in ((0, i), (1, f), (3, o)))
    state = f * c + i * np.tanh(g)
    outputs, last, cell = layer(x[:, None], initial_state=[h, c])
    assert np.array(cell) == pytest.approx(state, abs=1e-5)
    assert np.array(last) == pytest.approx(o * np.tanh(state), abs=1e-5)
    assert np.array(outputs)[:, 0] == pytest.approx(np.array(last))
