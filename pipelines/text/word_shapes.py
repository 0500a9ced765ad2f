"""The shape of a word: upper case, digits and so on.

`elman export` puts this file beside a model, so it imports nothing of Elman.
"""

SHAPES = ("padding", "lower", "capitalised", "upper", "mixed", "digits", "with_digits", "other")


def shape(word: str) -> int:
    """The number of a word's shape among `SHAPES`."""
    if any(character.isdigit() for character in word):
        return SHAPES.index("with_digits" if any(character.isalpha() for character in word) else "digits")
    if not any(character.isalpha() for character in word):
        return SHAPES.index("other")
    if word.islower():
        return SHAPES.index("lower")
    if word.isupper() and len(word) > 1:
        return SHAPES.index("upper")
    return SHAPES.index("capitalised" if word[0].isupper() and not any(map(str.isupper, word[1:])) else "mixed")
