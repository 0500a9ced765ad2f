"""The language of some texts, told by their letters, and by the words that a language cannot do without."""

import unicodedata
from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

from pipelines.text.tokenization import words_lowercase

# Of languages that share their letters with others.
FUNCTION_WORDS = {
    "bg": "и на да се не в за от че е с са ще си ли",
    "cs": "se na je že to v a s z do o jsem ale by pro si jako",
    "da": "og at det en den til er som på de med han af ikke jeg var",
    "de": "der die und das ist nicht ein den von mit sich auf dem zu eine es ich war",
    "en": "the of and to in is that was for it with on as his be are this not",
    "es": "el la de que los y en las por un con una para no es se lo su",
    "fi": "ja on ei se että oli hän mutta ovat niin kun myös kuin tai",
    "fr": "le la les des est et une dans que pour pas qui du sur au un il ce",
    "hu": "a az és hogy nem egy is van ez de volt csak meg mint",
    "it": "il di che la e un per non una sono del con le si gli è da",
    "nl": "de het een van en is niet dat ik op te zijn voor met er aan",
    "no": "og det at en den til er som på de med han av ikke jeg var",
    "pl": "nie się w z na do to że jest i jak po o co ale za tym",
    "pt": "o de que não um uma os para com do da em por se as é no",
    "ro": "și de în la nu că pe cu este un care din mai să se",
    "ru": "и в не на что я он с как это по но за из у от так",
    "sv": "och att det som en på är av för den med till inte jag var han",
    "tr": "bir ve bu da de için ne ile mi çok ama daha gibi var",
    "uk": "і в не на що я з та як це до але за від він у",
}
LANGUAGE_OF = {  # script, as Unicode names its letters -> the language that is mostly written in it
    "ARABIC": "ar",
    "ARMENIAN": "hy",
    "BENGALI": "bn",
    "CJK": "zh",
    "DEVANAGARI": "hi",
    "GEORGIAN": "ka",
    "GREEK": "el",
    "HANGUL": "ko",
    "HEBREW": "he",
    "HIRAGANA": "ja",
    "KATAKANA": "ja",
    "TAMIL": "ta",
    "THAI": "th",
}
LEAST_SHARE = 0.05  # of all words that are function words of the language
LEAST_LEAD = 1.2  # of the first language over the second


class Language(NamedTuple):
    """A language and what tells it; an empty code where nothing does."""

    code: str
    told_by: str


def guess_language(texts: Iterable[str]) -> Language:
    """The language of texts, most of which are in one."""
    found = list(texts)
    scripts = Counter(_script(letter) for text in found for letter in text if letter.isalpha())
    script = scripts.most_common(1)[0][0] if scripts else ""
    if script == "CJK" and 20 * (scripts["HIRAGANA"] + scripts["KATAKANA"]) > scripts.total():
        script = "HIRAGANA"
    if script in LANGUAGE_OF:
        return Language(LANGUAGE_OF[script], f"{100 * scripts[script] // scripts.total()} % of its letters")
    counts = Counter(word for text in found for word in words_lowercase(text))
    shares = {
        code: sum(counts[word] for word in words.split()) / max(1, counts.total())
        for code, words in FUNCTION_WORDS.items()
    }
    (first, share), (second, next_share) = sorted(shares.items(), key=lambda item: -item[1])[:2]
    if share < LEAST_SHARE:
        return Language("", "hardly any function word of a known language")
    if share < LEAST_LEAD * next_share:
        return Language("", f"it may be {first} or {second}")
    return Language(
        first, f"{100 * share:.0f} % of the words are its function words, such as {_most_frequent(counts, first)}"
    )


def _script(letter: str) -> str:
    return unicodedata.name(letter, "").partition(" ")[0].partition("-")[0]


def _most_frequent(counts: Counter[str], code: str) -> str:
    words = sorted(FUNCTION_WORDS[code].split(), key=lambda word: -counts[word])
    return ", ".join(f"`{word}`" for word in words[:2])
