"""The vocabulary of a model: which word has which id, and which ids are trained."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from msgspec import Struct

from embeddings.foundation.errors import InputError
from embeddings.foundation.files import write_json
from embeddings.foundation.limits import PARSED_BYTES
from embeddings.foundation.reading import read_json

PADDING, UNKNOWN, BEGIN, END = "<pad>", "<unk>", "<bos>", "<eos>"
SPECIAL_WORDS = (PADDING, UNKNOWN, BEGIN, END)
PADDING_ID, UNKNOWN_ID, BEGIN_ID, END_ID = range(4)


class Words(Struct, forbid_unknown_fields=True):
    """A vocabulary as JSON."""

    trained: list[str]
    frozen: list[str]


class Vocabulary:
    """Words and their ids: special words, then the words whose vectors are trained, then frozen ones.

    A word that is not known takes the id of its lower case, and failing that, that of `<unk>`.

    Args:
        trained: words of the trainable table.
        frozen: words of the frozen table.
    """

    def __init__(self, trained: Sequence[str], frozen: Sequence[str] = ()) -> None:
        self.trained = tuple(trained)
        self.frozen = tuple(frozen)
        self.words = (*SPECIAL_WORDS, *self.trained, *self.frozen)
        self._ids = {word: number for number, word in enumerate(self.words)}
        if len(self._ids) != len(self.words):
            twice = next(word for word, count in Counter(self.words).items() if count > 1)
            raise ValueError(f"the word {twice!r} occurs twice in the vocabulary")
        for word in SPECIAL_WORDS:  # a text that holds one says something else with it
            self._ids[word] = UNKNOWN_ID

    def __len__(self) -> int:
        return len(self.words)

    @property
    def trained_size(self) -> int:
        """Rows of the trainable table, special words included."""
        return len(SPECIAL_WORDS) + len(self.trained)

    def id(self, word: str) -> int:
        """The id of a word, by the rule for unknown words."""
        found = self._ids.get(word)
        return self._ids.get(word.lower(), UNKNOWN_ID) if found is None else found

    def ids(self, tokens: Iterable[str]) -> list[int]:
        """The ids of a text's tokens; an empty text is one unknown word, for no row may be empty."""
        return [self.id(token) for token in tokens] or [UNKNOWN_ID]

    def save(self, path: str | Path) -> None:
        """Writes the vocabulary as JSON."""
        write_json(path, {"trained": self.trained, "frozen": self.frozen})

    @classmethod
    def load(cls, path: str | Path) -> "Vocabulary":
        """Reads a vocabulary that `save` wrote.

        Raises:
            InputError: it is damaged, or holds a word twice.
        """
        words = read_json(path, Words, PARSED_BYTES)
        try:
            return cls(words.trained, words.frozen)
        except ValueError as error:
            raise InputError(f"{path}: {error}; copy the run folder again") from None


def build_vocabulary(
    counts: Mapping[str, int], vector_words: Sequence[str], *, fine_tuned: bool, minimum_count: int = 1
) -> Vocabulary:
    """Builds the union of train's words and the vectors' words.

    Fine-tuned, the trainable table holds train's frequent words, with or without a vector. Otherwise it
    holds only those that have no vector, not even in lower case. Every other word with a vector is
    in the frozen table; a rare word of train without one is unknown, which trains `<unk>`.

    Args:
        counts: occurrences of each word in train.
        vector_words: words of the vectors.
        fine_tuned: whether train's words are trained.
        minimum_count: occurrences from which a word of train gets a row of its own.
    """
    in_vectors = set(vector_words)
    trained = [
        word
        for word, count in sorted(counts.items(), key=lambda item: (-item[1], item[0]))
        if count >= minimum_count
        and word not in SPECIAL_WORDS
        and (fine_tuned or not (word in in_vectors or word.lower() in in_vectors))
    ]
    excluded = {*trained, *SPECIAL_WORDS}
    return Vocabulary(trained, [word for word in vector_words if word not in excluded])
