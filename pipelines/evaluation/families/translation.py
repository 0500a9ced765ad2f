"""Metrics of translations: sacreBLEU's BLEU and chrF on detokenised output against untouched references.

`bleu_lowercase` is what older papers report, of lower-cased tokens. BLEU's tokens are sacreBLEU's for the language.
"""

import logging
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from embeddings.foundation.errors import InputError
from embeddings.foundation.languages import main_language
from pipelines.data.examples import Example, read_dataset
from pipelines.evaluation.family import Family, Key, Predictions, References, Statistic
from pipelines.evaluation.metrics import Metric

log = logging.getLogger(__name__)

OPTIONS: dict[str, dict[str, Any]] = {  # each is part of sacreBLEU's own signature
    "bleu": {"tokenize": "13a", "lowercase": False, "smooth_method": "exp"},
    "chrf": {"char_order": 6, "word_order": 0, "lowercase": False, "whitespace": False},
    "bleu_lowercase": {"tokenize": "13a", "lowercase": True, "smooth_method": "exp"},
}
# Tokenizers of sacreBLEU for languages whose words no spaces part, or which it analyses.
TOKENIZERS = {
    **dict.fromkeys(("zh", "cmn", "yue", "wuu", "hak", "nan", "lzh"), "zh"),  # Chinese, and single ones of it
    "ja": "ja-mecab",
    "ko": "ko-mecab",
    **dict.fromkeys(("th", "lo", "km", "my", "bo", "dz", "shn"), "char"),
}
LONGEST_NGRAM = 4  # of BLEU
LENGTHS = 5  # words that sentences of one row of the table by length differ by at most
LONGEST = 30  # longer sentences share a row


def bleu_tokenizer(language: str) -> str:
    """The name of sacreBLEU's tokenizer of a language; none where it is WMT's 13a."""
    return TOKENIZERS.get(main_language(language), "")


class Translation(Family):
    """Metrics of translations.

    Args:
        tokenizer: sacreBLEU's, of BLEU, where it is not WMT's 13a.
    """

    UNIT = "sentence"
    MAIN = (Metric("bleu", unit=""), Metric("chrf", unit=""), Metric("bleu_lowercase", unit=""))

    def __init__(self, tokenizer: str = "") -> None:
        self.tokenizer = tokenizer
        self._scorer = cache(_scorer)  # which remembers the tokens of references, for the next system

    def of_dataset(self, folder: Path) -> "Translation":
        """With the tokenizer that sacreBLEU has for the language of the references.

        Raises:
            InputError: the packages that it needs are not installed.
        """
        language = read_dataset(folder, "target_language")["target_language"]
        name = bleu_tokenizer(language)
        self._scorers(self.MAIN[:1])  # sacreBLEU itself is there
        family = Translation(name)
        try:
            family._scorers(self.MAIN[:1])
        except (ImportError, RuntimeError):
            told = f"BLEU of {language!r} needs sacreBLEU's tokenizer {name!r}, which lacks its packages"
            raise InputError(f"{folder}: {told}; install `sacrebleu[{language[:2]}]`") from None
        return family

    def check(self, reference: Example, prediction: Mapping[str, Any]) -> None:
        """Requires the raw reference and the detokenised output."""
        if reference.target_text is None:
            raise InputError("expected an example with a `target_text`, got one without")
        if not isinstance(prediction.get("text"), str):
            raise InputError(f"expected a detokenised `text`, got {prediction.get('text')!r}")

    def statistic(self, references: References, predictions: Predictions, only: Metric | None = None) -> Statistic:
        """Every number as sacreBLEU prints it, 0 to 100, from the sums of each sentence's n-gram counts."""
        outputs, raw = _texts(references, predictions)
        scorers = self._scorers([only] if only else self.MAIN)
        tables = {name: np.array(each._extract_corpus_statistics(outputs, [raw])) for name, each in scorers.items()}

        for name in ("bleu", "bleu_lowercase"):
            if name in tables and len(outputs) and not tables[name][:, -1].any():
                warn_of_short(LONGEST_NGRAM)

        def values(weights: np.ndarray) -> dict[Key, np.ndarray]:
            return {
                (name, ""): np.array(
                    [scorer._compute_score_from_stats(row).score for row in (weights @ tables[name]).tolist()]
                )
                for name, scorer in scorers.items()
            }

        options = {
            (name, ""): {key: item for key, item in scorer.get_signature().info.items() if item is not None}
            for name, scorer in scorers.items()
        }
        return Statistic(len(references), values, options, "sacrebleu")

    def tables(self, references: References, predictions: Predictions) -> dict[str, list[Sequence[Any]]]:
        """`lengths`: BLEU by the length of references, in words separated by white space."""
        scorer = self._scorers(self.MAIN[:1])["bleu"]
        of_length: dict[int, list[int]] = {}
        outputs, raw = _texts(references, predictions)
        for number, text in enumerate(raw):
            of_length.setdefault(min(max(len(text.split()) - 1, 0), LONGEST) // LENGTHS, []).append(number)
        rows: list[Sequence[Any]] = [("words", "sentences", "bleu", "length_ratio")]
        for group, numbers in sorted(of_length.items()):
            first = group * LENGTHS + 1
            found = scorer.corpus_score([outputs[number] for number in numbers], [[raw[number] for number in numbers]])
            words = f"{first} to {first + LENGTHS - 1}" if first <= LONGEST else f"more than {LONGEST}"
            rows.append((words, len(numbers), round(found.score, 2), round(found.sys_len / max(found.ref_len, 1), 3)))
        return {"lengths": rows}

    def _scorers(self, metrics: Iterable[Metric]) -> dict[str, Any]:
        from sacrebleu.metrics.bleu import BLEU
        from sacrebleu.metrics.chrf import CHRF

        of_language: dict[str, Any] = {"tokenize": self.tokenizer} if self.tokenizer else {}
        return {
            name: self._scorer(CHRF, **OPTIONS[name])
            if name == "chrf"
            else self._scorer(BLEU, **{**OPTIONS[name], **of_language})
            for name in (metric.name for metric in metrics)
        }


@cache
def warn_of_short(words: int) -> None:
    """Says, once in a process, why BLEU is 0, however good the outputs are."""
    log.warning(f"BLEU is 0, since no output has {words} tokens and BLEU needs matches of {words} in a row; see chrF")


def _scorer(kind: type, **options: Any) -> Any:
    return kind(**options)


def _texts(references: References, predictions: Predictions) -> tuple[list[str], list[str]]:
    return [row["text"] for row in predictions], [str(reference.target_text) for reference in references]


FAMILY = Translation()
