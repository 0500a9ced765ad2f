"""English inflection: regular forms by rule, irregular ones given."""

import re

_CONSONANT_Y = re.compile("[^aeiou]y$")
_SIBILANT = re.compile("(s|x|z|ch|sh)$")
_DOUBLED = re.compile("^[^aeiou]*[aeiou][bdgmnprt]$")  # one short syllable: stop, plan
_VOWEL_SOUND = re.compile("(?!uni|use|usu|euro|one|once)[aeiou]|hour|hon", re.IGNORECASE)


def add_s(word: str) -> str:
    """The plural of a noun, or the third person of a verb: `box`, `boxes`."""
    if _CONSONANT_Y.search(word):
        return word[:-1] + "ies"
    return word + ("es" if _SIBILANT.search(word) else "s")


def add_ed(verb: str) -> str:
    """The past of a regular verb: `plan`, `planned`."""
    if _CONSONANT_Y.search(verb):
        return verb[:-1] + "ied"
    if verb.endswith("e"):
        return verb + "d"
    return verb + (verb[-1] if _DOUBLED.search(verb) else "") + "ed"


def article(next_word: str) -> str:
    """The indefinite article before a word."""
    return "an" if _VOWEL_SOUND.match(next_word) else "a"
