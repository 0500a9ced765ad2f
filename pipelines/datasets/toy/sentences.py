"""Sentences drawn from the grammar, each meant for one split."""

import re
from bisect import bisect
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate, cycle
from random import Random
from typing import NamedTuple

from pipelines.datasets.toy.english import article
from pipelines.datasets.toy.grammar import Rule, read_rules
from pipelines.datasets.toy.lexicon import Token, Word, read_agreeing, read_lexicon
from pipelines.datasets.toy.phrase import Phrase

LABELS = {1: "positive", -1: "negative"}
TOPICS = {"film": 8, "hotel": 5, "book": 4, "trip": 3, "device": 2, "restaurant": 2, "dish": 1, "stage": 1}  # weights
SPLITS = ("train",) * 6 + ("dev",) + ("test",) * 2 + ("unlabelled",) * 40  # whose turn it is, over and over

_RESERVE = {"train": 0, "dev": 1, "test": 2, "unlabelled": 2}  # names up to this Word.reserve stand in the split
_NO_SPACE_BEFORE = {",", ".", "!", "?", ";", ":", "n't", "'s"}
_CONSONANT = "[бвгджзйклмнпрстфхцчшщ]"
_RUSSIAN_SPELLING = tuple(
    (re.compile(pattern, re.IGNORECASE), replacement)
    for pattern, replacement in (
        (r" (?=[,.!?;:»])|(?<=«) |(?<=\w-) ", ""),
        (",+", ","),
        (rf"\b[вск](?= (?:мн[ео]|всем|всех)\b)|\bв(?= «?[вф]{_CONSONANT})|\bс(?= «?[сзшж]{_CONSONANT})", r"\g<0>о"),
        (r"\bо(?= (?:мне|всех)\b)", "обо"),
        (r"\bо(?= «?[аиоуэ])", "об"),
    )
)


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence with everything that is known of it."""

    tokens: tuple[Token, ...]
    entities: tuple[str, ...]  # IOB2, one a token
    label: str
    translation: str

    @property
    def spaces(self) -> list[bool]:
        """Whether white space follows each token."""
        return [form not in _NO_SPACE_BEFORE for form, _ in self.tokens[1:]] + [False]

    @property
    def text(self) -> str:
        """The sentence as it is written."""
        return "".join(form + " " * space for (form, _), space in zip(self.tokens, self.spaces, strict=True))


def sentences(seed: int) -> Iterator[tuple[str, Sentence]]:
    """Yields sentences without end, each with the split that it is for.

    All splits are cut from this one stream, their turns fixed, and a text that came before, in whatever
    case, is passed over. So no sentence stands twice, and the first sentences of a split are the same
    however many of it or of the others are taken.
    """
    grammar = Grammar(Random(seed))
    seen = set()
    for split in cycle(SPLITS):
        sentence = grammar.sentence(split)
        while (key := sentence.text.lower()) in seen:
            sentence = grammar.sentence(split)
        seen.add(key)
        yield split, sentence


class _Draw(NamedTuple):
    """The words and rules of a category with their weights summed up."""

    sums: list[float]
    options: list[Rule | Word]


class Grammar:
    """The words and rules of every category, and how sentences are drawn from them."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self._options: list[tuple[str, float, Rule | Word]] = []
        ranks: Counter[str] = Counter()
        words: dict[str, Word] = {}
        for category, lemma, word in read_lexicon():
            if category == "-" or lemma not in words:
                words[lemma] = word
            self._options.append((category, _weight(word, ranks[category]), word))
            ranks[category] += 1
        for categories, weight, rule in read_rules(words, read_agreeing()):
            self._options.extend((category, weight, rule) for category in categories.split(","))
        self._tables = {
            (split, topic, sign): self._table(split, topic, sign)
            for split in set(SPLITS)
            for topic in TOPICS
            for sign in LABELS
        }
        self._table_of_sign: dict[int, dict[str, _Draw]] = {}
        self._used: set[Word] = set()

    def _table(self, split: str, topic: str, sign: int) -> dict[str, _Draw]:
        options: dict[str, list[tuple[float, Rule | Word]]] = defaultdict(list)
        for category, weight, option in self._options:
            name, _, own_topic = category.partition(".")
            reserved = isinstance(option, Word) and option.reserve > _RESERVE[split]
            if own_topic in ("", topic) and name[-1:] != {1: "-", -1: "+"}[sign] and not reserved:
                if isinstance(option, Word) and option.reserve and split in ("dev", "test"):
                    weight *= 2
                options[name.rstrip("+-")].append((weight, option))
        return {
            name: _Draw(list(accumulate(weight for weight, _ in of_name)), [option for _, option in of_name])
            for name, of_name in options.items()
        }

    def sentence(self, split: str) -> Sentence:
        """Draws a sentence with the names that the split may see."""
        (topic,) = self.random.choices(tuple(TOPICS), tuple(TOPICS.values()))
        self._used.clear()
        self._table_of_sign = {sign: self._tables[split, topic, sign] for sign in LABELS}
        sign = self.random.choice(tuple(LABELS))
        phrase = self._draw("sentence", sign)
        assert isinstance(phrase, Phrase)  # no word is a sentence
        tokens: list[Token] = []
        entities: list[str] = []
        words: list[str] = []
        phrase.write_english(tokens, entities, "", None)
        phrase.write_russian(words, self.random, "", None)
        return Sentence(tuple(_spelt(tokens)), tuple(entities), LABELS[sign], _russian_spelt(words))

    def _draw(self, category: str, sign: int) -> Phrase | Word:
        sums, options = self._table_of_sign[sign][category]
        for _ in range(20):
            option = options[bisect(sums, self.random.random() * sums[-1])]
            if option not in self._used:
                break
        if isinstance(option, Word):
            self._used.add(option)
            return option
        children: dict[str, Phrase | Word] = dict(option.constants)
        for name, child_category, turn in option.choices:
            children[name] = self._draw(child_category, sign * turn)
        return Phrase(option, children)


def _weight(word: Word, rank: int) -> float:
    """How often a word is drawn: by Zipf's law, less steep for names, and no other word is very rare."""
    return 1 / (rank + 8) if word.name else (rank + 1) ** -1.4 + 0.025


def _spelt(tokens: list[Token]) -> list[Token]:
    """Puts in `an` before vowels and the first capital."""
    spelt = [
        (article(tokens[place + 1][0]), tag) if form == "a" and tag == "DET" else (form, tag)
        for place, (form, tag) in enumerate(tokens)
    ]
    return [(spelt[0][0][0].upper() + spelt[0][0][1:], spelt[0][1]), *spelt[1:]]


def _russian_spelt(words: list[str]) -> str:
    """Joins words: punctuation, во and со and об before what asks for them, the first capital."""
    text = " ".join(words)
    for pattern, replacement in _RUSSIAN_SPELLING:
        text = pattern.sub(replacement, text)
    first = 1 if text[0] == "«" else 0
    return text[:first] + text[first].upper() + text[first + 1 :]
