"""The lexicon: words in both languages with all their forms, read from the tables of the folder `lexicon`.

A line of a table holds the categories of a word, its English, its Russian, and what the rules of inflection
cannot know: flags, and principal parts as `name=form`. The words of a category stand from frequent to rare.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib import resources
from typing import NamedTuple

from pipelines.datasets.toy import english, russian

Token = tuple[str, str]  # form, UPOS tag

_RESERVES = (0, 2, 0, 1, 0)  # Word.reserve of the names of a table, over and over


class Agreement(NamedTuple):
    """What a word demands of the words that agree with it."""

    code: str  # Russian gender m, f, n, or p for the plural; "a" follows if the word is animate
    person: str = "s3"  # Russian number and person
    plural: bool = False  # English number
    third: bool = True  # whether an English verb in the present takes -s


@dataclass(frozen=True, eq=False, slots=True)
class Word:
    """A word or a fixed phrase with all its forms.

    English forms: `""`, `obj` of pronouns, `inf pres third past` of verbs. Russian forms: `""` of what does not
    inflect; of nouns the cases; of adjectives a case and an `Agreement.code`; of verbs those of `conjugate`.
    """

    english: Mapping[str, tuple[Token, ...]]
    russian: Mapping[str, str]
    agreement: Agreement | None = None
    government: tuple[str, str] = ("", "acc")  # of a verb: the preposition and case of its object
    on: bool = False  # of a place: whether Russian says на, not в
    name: bool = False
    reserve: int = 0  # of a name: 0 stands in every split, 1 not in train, 2 neither in train nor in dev

    def english_form(self, form: str, agreement: Agreement | None) -> tuple[Token, ...]:
        """The tokens of a form that agrees with a word of this agreement."""
        if form == "pres" and (agreement is None or agreement.third):
            form = "third"
        return self.english.get(form) or self.english[""]

    def russian_form(self, form: str, agreement: Agreement | None) -> str:
        """The form that agrees with a word of this agreement."""
        if agreement is not None and form != "inf":
            form += agreement.person if form == "pres" else agreement.code
        return self.russian[form]


class Row(NamedTuple):
    """A line of a table."""

    categories: list[str]
    english: list[str]
    russian: str
    flags: set[str]
    parts: dict[str, str]
    number: int  # from 0, in the table


def read_lexicon() -> Iterator[tuple[str, str, Word]]:
    """Yields category, Russian dictionary form and word, for each category of each word of each table.

    A noun also stands in the category with `#`, as a plural.
    """
    for table, build in _TABLES.items():
        for row in _rows(table):
            for suffix, word in build(row):
                for category in row.categories:
                    yield _with_suffix(category, suffix), row.russian, word


def read_agreeing() -> dict[str, tuple[str, ...]]:
    """Reads the words that templates name and that agree: English by number, or by gender; Russian by gender."""
    return {row.categories[0]: (*row.english[0].split(),) for row in _rows("agreeing")}


def _rows(table: str) -> Iterator[Row]:
    file = resources.files("pipelines.datasets.toy") / "lexicon" / f"{table}.tsv"
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines()):
        categories, english_forms, russian_form, grammar, *_ = *line.split("\t"), "", "", ""
        words = grammar.split()
        parts = {name: form for name, equals, form in (word.partition("=") for word in words) if equals}
        yield Row(
            categories.split(","),
            english_forms.split("|"),
            russian_form,
            {*words} - {f"{name}={form}" for name, form in parts.items()},
            parts,
            number,
        )


def _with_suffix(category: str, suffix: str) -> str:
    name, dot, topic = category.partition(".")
    sign = name[-1] if name[-1] in "+-" else ""
    return name.removesuffix(sign) + suffix + sign + dot + topic


def _tokens(text: str, tag: str) -> tuple[Token, ...]:
    """Splits `by/ADP the/DET way/NOUN`; a word without a tag takes the one given."""
    parts = (word.partition("/") for word in text.split())
    return tuple((form, own or tag) for form, _, own in parts)


def _by_case(cases: Sequence[str]) -> dict[str, str]:
    """Forms by case; the nominative is also the form "" that a template asks for when it names none."""
    return {"": cases[0], **dict(zip(russian.CASES, cases, strict=True))}


def _nouns(row: Row, tag: str = "NOUN") -> Iterator[tuple[str, Word]]:
    kind = next(flag for flag in ("ma", "fa", "m", "f", "n") if flag in row.flags)
    both_plural = "plural" in row.flags
    for suffix, text, cases in zip(("", "#"), (row.english[0], _plural(row)), _noun_cases(row, kind), strict=True):
        if text:
            plural = both_plural or suffix == "#"
            gender = "p" if plural or "russian_plural" in row.flags else kind[0]
            agreement = Agreement(gender + kind[1:], "p3" if gender == "p" else "s3", plural, not plural)
            forms = _by_case(cases)
            yield suffix, Word({"": _tokens(text, tag)}, forms, agreement, on="на" in row.flags)


def _noun_cases(row: Row, kind: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The cases in the singular and in the plural."""
    gender, animate = kind[0], kind.endswith("a")
    if row.flags & {"plural", "russian_plural"}:
        plural = russian.decline_plural(row.russian, row.parts["genpl"], animate, row.parts)
        return plural, plural
    if "0" in row.flags:
        same = (row.russian,) * len(russian.CASES)
        return same, same
    if "adj" in row.flags:
        forms = russian.decline_adjective(row.russian)
        return russian.accusative(forms[gender], gender, animate), russian.accusative(forms["p"], "p", animate)
    forms = russian.decline_noun(row.russian, gender, animate, row.parts)
    return forms["s"], forms["p"]


def _plural(row: Row) -> str:
    """The English plural: the same word if that is plural, given if irregular, "" if there is none."""
    if "plural" in row.flags:
        return row.english[0]
    return row.english[1] if len(row.english) > 1 else english.add_s(row.english[0])


def _names(row: Row) -> Iterator[tuple[str, Word]]:
    _, word = next(_nouns(row, "PROPN"))
    yield "", replace(word, name=True, reserve=_reserve(row))


def _reserve(row: Row) -> int:
    return _RESERVES[row.number % len(_RESERVES)]


def _surnames(row: Row) -> Iterator[tuple[str, Word]]:
    for gender, form in zip("mf", (row.english[0], row.english[-1]), strict=True):
        cases = russian.decline_surname(row.russian, gender, slavic=len(row.english) > 1)
        agreement = Agreement(gender + "a")
        yield gender, Word({"": ((form, "PROPN"),)}, _by_case(cases), agreement, name=True, reserve=_reserve(row))


def _brands(row: Row) -> Iterator[tuple[str, Word]]:
    kind = "f" if row.russian[-1] in "ая" else "m"
    if row.russian[-1] in "оиуе":  # agrees with компания
        kind, row = "f", row._replace(flags={"0"})
    yield from _names(row._replace(flags={*row.flags, kind}))


def _adjectives(row: Row) -> Iterator[tuple[str, Word]]:
    forms = {}
    for gender, cases in russian.decline_adjective(row.russian).items():
        for code in (gender, gender + "a"):
            by_case = _by_case(russian.accusative(cases, gender, code.endswith("a")))
            forms |= {case + code: form for case, form in by_case.items()}
    yield "", Word({"": _tokens(row.english[0], "ADJ")}, forms)


def _verbs(row: Row) -> Iterator[tuple[str, Word]]:
    word, *particle = row.english[0].split(" ", 1)
    rest = _tokens(particle[0], "ADP") if particle else ()
    past = row.english[1] if len(row.english) > 1 else english.add_ed(word)
    participle = row.english[2] if len(row.english) > 2 else past
    forms = {"inf": word, "pres": word, "third": english.add_s(word), "past": past, "part": participle}
    conjugated = russian.conjugate(row.russian, "imperfective" in row.flags, row.parts)
    animate = {f"past{gender}a": conjugated[f"past{gender}"] for gender in russian.GENDERS}
    preposition, _, case = next(iter(row.flags - {"-", "imperfective"}), "").rpartition("+")
    yield (
        "",
        Word(
            {name: ((form, "VERB"), *rest) for name, form in forms.items()},
            {"": row.russian, **conjugated, **animate},
            government=(preposition, case),
        ),
    )


def _phrases(row: Row) -> Iterator[tuple[str, Word]]:
    yield "", Word({"": _tokens(row.english[0], "ADV")}, {"": row.russian})


def _pronouns(row: Row) -> Iterator[tuple[str, Word]]:
    subject, other = row.english[0], row.english[-1]
    person = next(flag for flag in row.flags if flag[0] in "sp" and flag[1:].isdigit())
    gender = next(iter(row.flags - {person}))
    agreement = Agreement(gender + "a", person, person[0] == "p", False)
    english_forms = {"": ((subject, "PRON"),), "obj": ((other, "PRON"),)}
    yield "", Word(english_forms, _by_case(row.russian.split()), agreement)


_TABLES: dict[str, Callable[[Row], Iterator[tuple[str, Word]]]] = {
    "things": _nouns,
    "people": _nouns,
    "objects": _nouns,
    "nominals": _nouns,
    "first_names": _names,
    "surnames": _surnames,
    "places": _names,
    "brands": _brands,
    "judgements": _adjectives,
    "adjectives": _adjectives,
    "verbs": _verbs,
    "phrases": _phrases,
    "pronouns": _pronouns,
}
