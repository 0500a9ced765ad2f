"""Sentences planted for the study of both directions."""

import numpy as np
import pytest

from studies.experiments.bidirectional import ENDINGS, LEFT, NAMES, OPENINGS, RIGHT, WORDS, sentences

WRITTEN = {number: word for word, number in WORDS.items()}


@pytest.mark.parametrize("side", [RIGHT, LEFT])
def test_only_the_words_on_one_side_tell_what_a_name_is(side):
    ids, labels, place = sentences(np.random.default_rng(1), 200, 3, side)
    assert set(labels.tolist()) == {0, 1}
    for row, label in zip(ids.tolist(), labels, strict=True):
        words = [WRITTEN[number] for number in row]
        assert words[place] in NAMES
        assert len(words) == len(ids[0])
        before, after = " ".join(words[:place]), " ".join(words[place + 1 :])
        if side == RIGHT:
            assert before == ""
            assert after.endswith(ENDINGS[label])
        else:
            assert before.startswith(OPENINGS[label])
            assert not after.endswith((*ENDINGS[0], *ENDINGS[1]))


def test_every_name_stands_for_both_kinds():
    ids, labels, place = sentences(np.random.default_rng(1), 300, 1, RIGHT)
    assert {
        (WRITTEN[number], label) for number, label in zip(ids[:, place].tolist(), labels.tolist(), strict=True)
    } == {(name, label) for name in NAMES for label in (0, 1)}
