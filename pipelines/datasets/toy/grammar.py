"""The grammar: synchronous rules, each of which writes a phrase in English and in Russian.

The files of the folder `rules` hold stanzas: a head line with category and weight, an English line, and one
or more Russian lines, free variants.

    verdict 4
    the/DET {thing} was/AUX@thing not/PART {~quality}
    {thing} не был@thing {quality.ins@thing}

A slot is `{category:name.form@controller}`. Without a name it is called as its category; without a form a
Russian noun stands in the nominative, a verb in the infinitive. `~` before the category turns the sentiment
round; `#` behind it asks for a plural. The form `*` is the one asked of the phrase itself; `in`, `to` and `from`
choose a place's preposition; `=verb` is the case, with its preposition, that this slot governs.
`word@controller` is a word of the table of agreeing words, and the controller `*` is what the phrase itself
agrees with. A slot that stands in Russian alone names a word of the lexicon.

Categories, of rules as of words, may end in `+` or `-`, the sentiment of the sentences that they may stand
in, and in `.topic`. Words outside agree with the first slot of a Russian line in the form `*`, or as the head
line says: with another (`head=name`), or in the plural (`head=plural`).
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib import resources
from typing import NamedTuple

from pipelines.datasets.toy.lexicon import Agreement, Token, Word

_SLOT = re.compile(r"\{(~?)([\w#]+)(?::(\w+))?(?:\.([*=\w]+))?(?:@(\S+))?\}")
_WORD = re.compile(r"(\S+?)(?:/([A-Z]+))?(?:@(\S+))?")
_MANY = Agreement("pa", "p3", plural=True, third=False)


class Slot(NamedTuple):
    """The place of a child in a phrase, the form asked of it and the child it agrees with."""

    name: str
    form: str
    controller: str


class Agreeing(NamedTuple):
    """A word with an alternative for each English number (two), English gender (three) or Russian gender (four)."""

    alternatives: tuple[str, ...]
    tag: str
    controller: str

    def choose(self, agreement: Agreement | None) -> str:
        """The alternative that agrees."""
        assert agreement is not None  # a rule names what the word agrees with
        if len(self.alternatives) == 2:
            return self.alternatives[agreement.plural]
        gender = "mfnp".index(agreement.code[0])
        return self.alternatives[gender if len(self.alternatives) == 4 else (0, 1, 0, 2)[gender]]


class Choice(NamedTuple):
    """A child to be drawn: its name, its category, and its sentiment, the phrase's (1) or the contrary (-1)."""

    name: str
    category: str
    turn: int


@dataclass(frozen=True, eq=False, slots=True)
class Rule:
    """How a phrase is written in both languages."""

    choices: tuple[Choice, ...]
    constants: Mapping[str, Word]  # children that stand in Russian alone
    english: tuple[Token | Agreeing | Slot, ...]
    russian: tuple[tuple[str | Agreeing | Slot, ...], ...]
    head: str  # the child that words outside agree with, or ""
    agreement: Agreement | None  # where no child decides it
    entity: str  # PER, LOC, ORG or ""


def read_rules(words: Mapping[str, Word], agreeing: Mapping[str, tuple[str, ...]]) -> Iterator[tuple[str, float, Rule]]:
    """Yields category, weight and rule for each stanza of each file of the folder `rules`.

    Args:
        words: the words that a Russian line may name, by dictionary form.
        agreeing: the table of agreeing words.
    """
    folder = resources.files("pipelines.datasets.toy") / "rules"
    for file in sorted(folder.iterdir(), key=lambda file: file.name):
        for stanza in file.read_text(encoding="utf-8").split("\n\n"):
            lines = [line for line in stanza.split("\n") if line and not line.startswith("#")]
            if lines:
                category, weight, *head = lines[0].split()
                yield category, float(weight), _rule(category, "".join(head), lines[1:], words, agreeing)


def _rule(
    category: str, head: str, lines: list[str], words: Mapping[str, Word], agreeing: Mapping[str, tuple[str, ...]]
) -> Rule:
    slots = [match.groups() for match in _SLOT.finditer(lines[0])]
    choices = {
        name or kind.removesuffix("#"): (kind, -1 if tilde else 1) for tilde, kind, name, _, _ in reversed(slots)
    }
    russian = tuple(tuple(_russian_part(word, agreeing) for word in line.split()) for line in lines[1:])
    named = [part for line in russian for part in line if isinstance(part, Slot)]
    heads = [slot.name for slot in named if slot.form == "*" and not slot.controller]
    head = head.removeprefix("head=") or next(iter(heads), "")
    return Rule(
        choices=tuple(Choice(name, *choice) for name, choice in reversed(choices.items())),
        constants={slot.name: words[slot.name] for slot in named if slot.name not in choices},
        english=tuple(_english_part(word, agreeing) for word in lines[0].split()),
        russian=russian,
        head="" if head == "plural" else head,
        agreement=_MANY if head == "plural" else None,
        entity=category[:3] if category[:3] in ("PER", "LOC", "ORG") else "",
    )


def _english_part(text: str, agreeing: Mapping[str, tuple[str, ...]]) -> Token | Agreeing | Slot:
    if slot := _slot(text):
        return slot
    form, tag, controller = _split(text)
    return Agreeing(agreeing[form], tag, controller) if controller else (form, tag or "PUNCT")


def _russian_part(text: str, agreeing: Mapping[str, tuple[str, ...]]) -> str | Agreeing | Slot:
    if slot := _slot(text):
        return slot
    form, _, controller = _split(text)
    return Agreeing(agreeing[form], "", controller) if controller else form


def _slot(text: str) -> Slot | None:
    match = _SLOT.fullmatch(text)
    return match and Slot(match[3] or match[2].removesuffix("#"), match[4] or "", match[5] or "")


def _split(text: str) -> tuple[str, str, str]:
    match = _WORD.fullmatch(text)
    assert match  # any text without white space does
    return match[1], match[2] or "", match[3] or ""
