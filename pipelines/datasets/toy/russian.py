"""Russian inflection by rule: declension of nouns, adjectives and names, conjugation of verbs.

What a rule cannot know (a fleeting vowel, a stress, an irregular form) is given as a principal part. The
classes follow A. A. Zaliznyak, Grammatical Dictionary of the Russian Language (1977), stress apart.
"""

from collections.abc import Mapping

CASES = ("nom", "gen", "dat", "acc", "ins", "loc")
GENDERS = "mfnp"  # masculine, feminine, neuter, plural: what adjectives and past tenses agree with

_HUSHERS, _VELARS, _VOWELS = "жчшщ", "кгх", "аеёиоуыэюя"
_NOUN = {  # singular endings of the cases in order, the accusative that of things; "=" is the bare word
    "masculine": ("=", "а", "у", "=", "ом", "е"),
    "masculine soft": ("=", "я", "ю", "=", "ем", "е"),
    "feminine": ("а", "ы", "е", "у", "ой", "е"),
    "feminine soft": ("я", "и", "е", "ю", "ей", "е"),
    "feminine third": ("=", "и", "и", "=", "ью", "и"),
    "neuter": ("=", "а", "у", "=", "ом", "е"),
    "neuter soft": ("=", "я", "ю", "=", "ем", "е"),
}
_NOUN_PLURAL = {"masculine": "ы", "feminine": "ы", "neuter": "а", "neuter soft": "я"}  # all other classes: и
_ADJECTIVE = {
    "m": ("ый", "ого", "ому", "ый", "ым", "ом"),
    "f": ("ая", "ой", "ой", "ую", "ой", "ой"),
    "n": ("ое", "ого", "ому", "ое", "ым", "ом"),
    "p": ("ые", "ых", "ым", "ые", "ыми", "ых"),
}
_ADJECTIVE_SOFT = {
    "m": ("ий", "его", "ему", "ий", "им", "ем"),
    "f": ("яя", "ей", "ей", "юю", "ей", "ей"),
    "n": ("ее", "его", "ему", "ее", "им", "ем"),
    "p": ("ие", "их", "им", "ие", "ими", "их"),
}
_PRONOUNS = {
    "этот": ("этот этого этому этот этим этом", "эта этой этой эту этой этой", "это", "эти этих этим эти этими этих"),
    "мой": ("мой моего моему мой моим моём", "моя моей моей мою моей моей", "моё", "мои моих моим мои моими моих"),
    "наш": ("наш нашего нашему наш нашим нашем", "наша нашей нашей нашу нашей нашей", "наше",
            "наши наших нашим наши нашими наших"),
    "весь": ("весь всего всему весь всем всём", "вся всей всей всю всей всей", "всё", "все всех всем все всеми всех"),
}  # fmt: skip
_SURNAME = (("", "а", "у", "а", "ым", "е"), ("а", "ой", "ой", "у", "ой", "ой"))  # Орлов, Орлова


def attach(stem: str, ending: str, stressed: bool = False) -> str:
    """Joins stem and ending by the spelling rules: no ы, я, ю after к г х ж ч ш щ, no unstressed о after ж ч ш щ ц."""
    last, first = stem[-1], ending[:1]
    if last in _HUSHERS + _VELARS and first == "ы":
        first = "и"
    if last in _HUSHERS + "ц":
        first = {"я": "а", "ю": "у", "о": "о" if stressed else "е"}.get(first, first)
    return stem + first + ending[1:]


def decline_noun(nominative: str, gender: str, animate: bool, parts: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    """All forms of a noun: number (`s` or `p`) -> the cases in order.

    Args:
        nominative: the form of the dictionary, singular.
        gender: `m`, `f` or `n`.
        animate: whether the accusative is the genitive (in the masculine singular, and in every plural).
        parts: principal parts that differ from the rule: `stem` of the oblique cases (отец: отц), `ins` and `loc`
            of the singular, `pl` and `genpl`, the plural's nominative and genitive.
    """
    kind, bare = _noun_class(nominative, gender)
    stem = parts.get("stem", bare)
    singular = [nominative if ending == "=" else attach(stem, ending) for ending in _NOUN[kind]]
    if stem[-1] == "и":  # гений, линия, здание: -ии beside музее, статье, море
        singular[5] = stem + "и"
        if kind == "feminine soft":
            singular[2] = stem + "и"
    singular[4], singular[5] = parts.get("ins", singular[4]), parts.get("loc", singular[5])
    if animate and kind in ("masculine", "masculine soft"):
        singular[3] = singular[1]
    plural = parts.get("pl") or attach(stem, _NOUN_PLURAL.get(kind, "и"))
    genitive = parts.get("genpl") or _plural_genitive(kind, nominative, stem)
    return {"s": tuple(singular), "p": decline_plural(plural, genitive, animate, parts)}


def decline_plural(nominative: str, genitive: str, animate: bool, parts: Mapping[str, str]) -> tuple[str, ...]:
    """The cases of a plural from its nominative and genitive; the part `inspl` may differ: людьми."""
    stem, last = nominative[:-1], nominative[-1]
    soft = last == "я" or (last == "и" and stem[-1] not in _HUSHERS + _VELARS)
    oblique = attach(stem, "я" if soft else "а")
    instrumental = parts.get("inspl", oblique + "ми")
    return nominative, genitive, oblique + "м", genitive if animate else nominative, instrumental, oblique + "х"


def _noun_class(nominative: str, gender: str) -> tuple[str, str]:
    stem, last = nominative[:-1], nominative[-1]
    if last in "ая":
        return ("feminine" if last == "а" else "feminine soft"), stem
    if last in "ое":
        hard = last == "о" or stem[-1] in _HUSHERS + "ц"
        return ("neuter" if hard else "neuter soft"), stem
    if last in "ьй":
        return ("feminine third" if gender == "f" else "masculine soft"), stem
    return "masculine", nominative


def _plural_genitive(kind: str, nominative: str, stem: str) -> str:
    if kind == "masculine":
        return stem + "ей" if stem[-1] in _HUSHERS else attach(stem, "ов")
    if stem[-1] in _VOWELS and kind != "masculine soft":
        return stem + "й"
    if kind in ("masculine soft", "feminine third", "neuter soft"):
        return stem + ("ев" if nominative[-1] == "й" else "ей")
    if kind == "feminine soft":
        return stem + "ь"
    if stem[-1] == "к" and stem[-2] not in _VOWELS:  # a fleeting vowel: поездка, чашка, скамейка
        body = stem[:-2] if stem[-2] in "ьй" else stem[:-1]
        return body + ("ек" if stem[-2] in _HUSHERS + "ьй" else "ок")
    return stem


def decline_adjective(nominative: str) -> dict[str, tuple[str, ...]]:
    """All forms of an adjective in -ый, -ой, -ий or of a pronoun such as этот: gender (`p` the plural) -> cases.

    The masculine and plural accusatives are those of things; those of living beings are the genitives.
    """
    if nominative in _PRONOUNS:
        masculine, feminine, neuter, plural = (tuple(forms.split()) for forms in _PRONOUNS[nominative])
        neuter = (*neuter, *masculine[1:3], *neuter, *masculine[4:])
        return {"m": masculine, "f": feminine, "n": neuter, "p": plural}
    stem, ending = nominative[:-2], nominative[-2:]
    table = _ADJECTIVE_SOFT if ending == "ий" and stem[-1] == "н" else _ADJECTIVE
    forms = {gender: tuple(attach(stem, part, ending == "ой") for part in parts) for gender, parts in table.items()}
    forms["m"] = (nominative, *forms["m"][1:3], nominative, *forms["m"][4:])
    return forms


def accusative(cases: tuple[str, ...], gender: str, animate: bool) -> tuple[str, ...]:
    """The cases of an adjective with the accusative of a living being, if it is one."""
    return (*cases[:3], cases[1], *cases[4:]) if animate and gender in "mp" else cases


def decline_surname(masculine: str, gender: str, slavic: bool) -> tuple[str, ...]:
    """The cases of a surname of a man or a woman, from the man's nominative.

    A Slavic one agrees in gender (Орлов, Орлова); of others a woman's declines only if it ends in -а or -я.
    """
    if slavic and masculine.endswith("й"):
        return accusative(decline_adjective(masculine)[gender], gender, True)
    if slavic:
        return tuple(masculine + ending for ending in _SURNAME[gender == "f"])
    if masculine[-1] in "ая" or (gender == "m" and masculine[-1] not in _VOWELS):
        return decline_noun(masculine, gender, True, {})["s"]
    return (masculine,) * len(CASES)


def conjugate(infinitive: str, imperfective: bool, parts: Mapping[str, str]) -> dict[str, str]:
    """The forms of a verb: `inf`, `past` and a gender, `pres` and number and person (no second person).

    Args:
        infinitive: the form of the dictionary, -ся included.
        imperfective: whether there is a present.
        parts: principal parts that differ from the rule: `past` (masculine and feminine) and `pres` (я, он, они),
            with commas between and without -ся.
    """
    reflexive = infinitive.endswith("ся")
    body = infinitive.removesuffix("ся")
    masculine, feminine = parts["past"].split(",") if "past" in parts else (body[:-2] + "л", body[:-2] + "ла")
    forms = {"inf": body, "pastm": masculine, "pastf": feminine}
    forms |= {"pastn": feminine[:-1] + "о", "pastp": feminine[:-1] + "и"}
    if imperfective:
        first, third, thirds = parts["pres"].split(",") if "pres" in parts else _present(body)
        forms |= {"press1": first, "press3": third, "presp1": third[:-1] + "м", "presp3": thirds}
    if not reflexive:
        return forms
    return {key: form + ("сь" if form[-1] in _VOWELS else "ся") for key, form in forms.items()}


def _present(infinitive: str) -> tuple[str, str, str]:
    stem = infinitive[:-3]
    if infinitive.endswith("овать"):
        stem = infinitive[:-5]
        return stem + "ую", stem + "ует", stem + "уют"
    if infinitive.endswith("ить"):
        return attach(stem, "ю"), stem + "ит", attach(stem, "ят")
    if infinitive.endswith("нуть"):
        return stem + "у", stem + "ет", stem + "ут"
    stem = infinitive[:-2]
    return stem + "ю", stem + "ет", stem + "ют"
