"""The characters of a word, as ids."""

from collections import Counter
from collections.abc import Mapping

from pipelines.text.vocabulary import BEGIN_ID, END_ID, Vocabulary

LONGEST = 40  # characters of a word that are read; of a longer one its beginning and its end


def character_vocabulary(counts: Mapping[str, int]) -> Vocabulary:
    """The characters that occur in two or more words, of the words of train with their counts."""
    words = Counter(character for word in counts for character in set(word))
    return Vocabulary(sorted(character for character, number in words.items() if number > 1))


def character_ids(word: str, characters: Vocabulary) -> list[int]:
    """The ids of a word's characters between those of a beginning and an end."""
    if len(word) > LONGEST:
        word = word[: LONGEST // 2] + word[-LONGEST // 2 :]
    return [BEGIN_ID, *characters.ids(word), END_ID]
