"""Phrases: a rule of the grammar with its children, written in both languages."""

from collections.abc import Mapping
from random import Random

from pipelines.datasets.toy.grammar import Agreeing, Rule, Slot
from pipelines.datasets.toy.lexicon import Agreement, Token, Word

_PLACES = {  # form and whether the place takes на -> preposition and case
    ("in", False): ("в", "loc"), ("to", False): ("в", "acc"), ("from", False): ("из", "gen"),
    ("in", True): ("на", "loc"), ("to", True): ("на", "acc"), ("from", True): ("с", "gen"),
}  # fmt: skip
_FIXED = {"masculine": Agreement("ma"), "neuter": Agreement("n")}  # controllers that are no children


class Phrase:
    """A rule with its children."""

    __slots__ = ("agreement", "children", "on", "rule")

    def __init__(self, rule: Rule, children: Mapping[str, "Phrase | Word"]) -> None:
        head = children[rule.head] if rule.head else None
        self.rule = rule
        self.children = children
        self.agreement = head.agreement if head else rule.agreement
        self.on = head.on if head else False

    def write_english(self, tokens: list[Token], entities: list[str], form: str, agreement: Agreement | None) -> None:
        """Appends the tokens of a form that agrees with `agreement`, and their entity tags (IOB2)."""
        start = len(tokens)
        for part in self.rule.english:
            if isinstance(part, Slot):
                child, asked, controller = self._resolve(part, form, agreement)
                if isinstance(child, Word):
                    tokens.extend(child.english_form(asked, controller))
                else:
                    child.write_english(tokens, entities, asked, controller)
            elif isinstance(part, Agreeing):
                tokens.append((part.choose(self._controller(part.controller, agreement)), part.tag))
            else:
                tokens.append(part)
            entities += ["O"] * (len(tokens) - len(entities))
        if self.rule.entity:
            entities[start:] = [f"{'I' if number else 'B'}-{self.rule.entity}" for number in range(len(tokens) - start)]

    def write_russian(self, words: list[str], random: Random, form: str, agreement: Agreement | None) -> None:
        """Appends the words of a form that agrees with `agreement`; of free variants one is drawn."""
        variants = self.rule.russian
        for part in variants[0] if len(variants) == 1 else random.choice(variants):
            if isinstance(part, str):
                words.append(part)
                continue
            if isinstance(part, Agreeing):
                words.append(part.choose(self._controller(part.controller, agreement)))
                continue
            child, asked, controller = self._resolve(part, form, agreement)
            preposition, asked = self._govern(asked, child.on)
            if preposition:
                words.append(preposition)
            if isinstance(child, Word):
                words.append(child.russian_form(asked, controller))
            else:
                child.write_russian(words, random, asked, controller)

    def _resolve(
        self, slot: Slot, form: str, agreement: Agreement | None
    ) -> tuple["Phrase | Word", str, Agreement | None]:
        child = self.children[slot.name]
        return child, form if slot.form == "*" else slot.form, self._controller(slot.controller, agreement)

    def _controller(self, name: str, agreement: Agreement | None) -> Agreement | None:
        if not name:
            return None
        return agreement if name == "*" else _FIXED.get(name) or self.children[name].agreement

    def _govern(self, form: str, on: bool) -> tuple[str, str]:
        """The preposition and the case of a form that names a governor or a direction."""
        if form[:1] == "=":
            governor = self.children[form[1:]]
            assert isinstance(governor, Word)  # a rule names a word as the governor
            return governor.government
        return _PLACES.get((form, on), ("", form))
