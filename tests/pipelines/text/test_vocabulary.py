import pytest

from pipelines.text.vocabulary import PADDING_ID, UNKNOWN_ID, Vocabulary, build_vocabulary

COUNTS = {"the": 5, "Cat": 2, "sat": 2, "rare": 1, "odd": 1}


def test_an_unknown_word_takes_its_lower_case_and_then_the_unknown_id():
    vocabulary = Vocabulary(["cat", "Dog"])
    assert vocabulary.ids(["cat", "CAT", "Dog", "dog"]) == [4, 4, 5, UNKNOWN_ID]


def test_an_empty_text_becomes_one_unknown_word():
    assert Vocabulary(["cat"]).ids([]) == [UNKNOWN_ID]


def test_fine_tuned_words_of_train_are_trained_and_the_vectors_other_words_are_frozen():
    vocabulary = build_vocabulary(COUNTS, ["museum", "rare", "the"], fine_tuned=True, minimum_count=2)
    assert vocabulary.trained == ("the", "Cat", "sat")
    assert vocabulary.frozen == ("museum", "rare")


def test_with_frozen_vectors_only_words_without_one_are_trained():
    vocabulary = build_vocabulary(COUNTS, ["museum", "cat", "the"], fine_tuned=False, minimum_count=1)
    assert vocabulary.trained == ("sat", "odd", "rare")
    assert vocabulary.frozen == ("museum", "cat", "the")
    assert vocabulary.id("Cat") == vocabulary.id("cat") >= vocabulary.trained_size


def test_words_are_ordered_by_count_and_then_by_spelling_whatever_the_order_of_the_text():
    backwards = dict(reversed(COUNTS.items()))
    assert build_vocabulary(COUNTS, [], fine_tuned=True).words == build_vocabulary(backwards, [], fine_tuned=True).words


def test_a_text_that_holds_special_words_cannot_redefine_them():
    vocabulary = build_vocabulary({"<pad>": 9, "<unk>": 3, "a": 1}, ["<eos>", "b"], fine_tuned=True)
    assert vocabulary.words == ("<pad>", "<unk>", "<bos>", "<eos>", "a", "b")


def test_the_text_pad_is_never_the_padding_id():
    assert PADDING_ID not in Vocabulary(["a"]).ids(["<pad>", "a"])


def test_a_saved_vocabulary_gives_the_same_ids(tmp_path):
    vocabulary = Vocabulary(["кот", "a\u2028b"], ["пёс"])
    vocabulary.save(tmp_path / "vocabulary.json")
    assert Vocabulary.load(tmp_path / "vocabulary.json").words == vocabulary.words


def test_a_word_twice_is_refused():
    with pytest.raises(ValueError, match="'a' occurs twice"):
        Vocabulary(["a"], ["a"])
