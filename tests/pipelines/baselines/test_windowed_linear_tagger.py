"""Windowed linear tagger: it sees two words to each side, no further and no other sentence."""

import pytest

from pipelines.baselines.windowed_linear_tagger import features, fit
from pipelines.data.examples import Example


def sentence(words, tags):
    return Example("x", "", tuple(words), tags=tuple(tags))


def cued(cue: str, distance: int, side: str) -> Example:
    """A sentence in which the tag of `x` is its cue, which stands at a distance from it."""
    words = [cue, *["w"] * (distance - 1), "x"]
    tags = ["O"] * distance + [cue.upper()]
    return sentence(words, tags) if side == "left" else sentence(words[::-1], tags[::-1])


@pytest.mark.parametrize("side", ["left", "right"])
@pytest.mark.parametrize("distance", [1, 2])
def test_a_cue_up_to_two_words_away_is_seen(distance, side):
    examples = [cued(cue, distance, side) for cue in ("p", "q")]
    rows = list(fit(examples * 10, seed=1)(examples))
    assert [tuple(row["tags"]) for row in rows] == [example.tags for example in examples]


@pytest.mark.parametrize("side", ["left", "right"])
def test_a_cue_three_words_away_is_not_seen(side):
    examples = [cued(cue, 3, side) for cue in ("p", "q")]
    first, second = fit(examples * 10, seed=1)(examples)
    assert first["tags"] == second["tags"]


def test_the_sentence_before_and_behind_is_not_seen():
    train = [sentence(["p", "x"], "OP"), sentence(["q", "x"], "OQ"), sentence(["x", "p"], "RO"), sentence("x", "S")]
    alone, before, behind = sentence("x", "S"), sentence("p", "O"), sentence("q", "O")
    model = fit(train * 10, seed=1)
    assert [row["tags"] for row in model([before, alone, behind])][1] == next(model([alone]))["tags"] == ["S"]


def test_what_is_seen_of_a_word():
    assert features("Mc-Donald77") == {
        "word": "Mc-Donald77", "lower case": "mc-donald77", "shape": "Xx-Xx0",
        "prefix of 1": "m", "prefix of 2": "mc", "prefix of 3": "mc-",
        "suffix of 1": "7", "suffix of 2": "77", "suffix of 3": "d77",
    }  # fmt: skip
    assert features("Новая")["shape"] == "Xx"
    assert features("Новая")["suffix of 2"] == "ая"


def test_an_unknown_word_is_tagged_by_its_ending():
    adverbs, nouns = ("quickly", "slowly", "badly", "kindly"), ("station", "nation", "ration", "motion")
    train = [sentence([word], ["ADV"]) for word in adverbs] + [sentence([word], ["NOUN"]) for word in nouns]
    rows = fit(train, seed=1)([sentence(["sadly"], "?"), sentence(["lotion"], "?")])
    assert [row["tags"] for row in rows] == [["ADV"], ["NOUN"]]


def test_the_same_seed_gives_the_same_tags_and_a_sentence_alone_the_same_as_among_others():
    train = [sentence([f"w{n % 7}", f"v{n % 5}", f"u{n % 11}"], "ABC"[n % 3] + "ABC"[n % 2] + "C") for n in range(60)]
    model = fit(train, seed=3)
    together = [row["tags"] for row in model(train)]
    assert together == [row["tags"] for row in fit(train, seed=3)(train)]
    assert together == [row["tags"] for example in train for row in model([example])]


def test_a_sentence_without_tokens_gets_no_tags_and_no_sentences_get_no_rows():
    model = fit([sentence("ab", "XY")], seed=1)
    assert list(model([])) == []
    assert [row["tags"] for row in model([sentence("", "")])] == [[]]
    assert [row["tags"] for row in model([sentence("", ""), sentence("b", "?")])] == [[], ["Y"]]
