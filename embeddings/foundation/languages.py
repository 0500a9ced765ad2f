"""Languages, by the codes of BCP 47: `en`, `zh-TW`."""

import re

_CODE = re.compile("[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")
# Longer codes of languages that text or metrics are treated by; BCP 47 writes the shorter one.
_SHORTER = {
    "ara": "ar", "bul": "bg", "ces": "cs", "chi": "zh", "cze": "cs", "dan": "da", "deu": "de", "eng": "en",
    "est": "et", "fin": "fi", "fra": "fr", "fre": "fr", "geo": "ka", "ger": "de", "ice": "is", "isl": "is",
    "jpn": "ja", "kat": "ka", "khm": "km", "kor": "ko", "lao": "lo", "lav": "lv", "lit": "lt", "mac": "mk",
    "mkd": "mk", "bur": "my", "mya": "my", "rus": "ru", "slk": "sk", "slo": "sk", "slv": "sl", "spa": "es",
    "srp": "sr", "swe": "sv", "tha": "th", "ukr": "uk", "zho": "zh",
}  # fmt: skip


def check_language(key: str, code: str) -> None:
    """Raises a ValueError for what is no code of a language, by which rules of it would not be found.

    Args:
        key: of the configuration.
        code: what stands there.
    """
    first, _, rest = code.replace("_", "-").partition("-")
    meant = "-".join([_SHORTER.get(first.lower(), first.lower()), *([rest] if rest else [])])
    if code != meant or not _CODE.fullmatch(code):
        known = f"; did you mean {meant!r}?" if _CODE.fullmatch(meant) else ""
        raise ValueError(f"expected a code such as `en` or `zh-TW` under {key!r}, got {code[:60]!r}{known}")


def main_language(code: str) -> str:
    """The language without its script and region: `zh` of `zh-TW`."""
    return code.partition("-")[0]
