"""What `--task` names: the task's module, what its files must give, and settings that fit an amount of data."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Kind:
    """A kind of task."""

    module: str  # of pipelines/tasks
    field: str  # of an example, which the files must give
    metrics: str
    monitor: str
    baselines: tuple[str, ...]
    entities: bool = False
    bidirectional: bool = True

    @property
    def has_tags(self) -> bool:
        """Whether what is predicted is a sequence of tags, which a CRF scores as a whole."""
        return self.field == "tags"

    @property
    def translates(self) -> bool:
        """Whether words of another language are written."""
        return self.field == "target_text"

    @property
    def writes(self) -> bool:
        """Whether the text itself is predicted."""
        return self.field == "text"


TAGGING = ("most_frequent_tag", "windowed_linear_tagger")
LABELLING = ("majority", "nb_svm", "tfidf_logistic_regression")
KINDS = {
    "ner": Kind("ner", "tags", "entities", "span_f1", TAGGING, entities=True),
    "pos": Kind("pos_tagging", "tags", "tagging", "accuracy", TAGGING),
    "sentiment": Kind("sentiment", "label", "classification", "accuracy", LABELLING),
    "classification": Kind("text_classification", "label", "classification", "accuracy", LABELLING),
    "multilabel": Kind(
        "multilabel_classification", "labels", "multilabel", "micro_f1", ("label_priors", "one_vs_rest_tfidf")
    ),
    "translation": Kind("translation", "target_text", "translation", "bleu", ("word_by_word",)),
    "language_model": Kind(
        "text_generation", "text", "perplexity", "nats_per_character", ("ngram_language_model",), bidirectional=False
    ),
}
SKEWED_SHARE = 0.75  # of the most frequent label, from which accuracy tells little


@dataclass(frozen=True)
class Amount:
    """How much data there is, in train."""

    examples: int
    tokens: int
    longest: int  # tokens of the text that 99 % do not exceed
    most_frequent: float = 0.0  # share of the most frequent label


def task_config(kind: Kind, amount: Amount, tokenizer: str) -> dict[str, Any]:
    """The configuration of a task, sized for the data: the less there is, the smaller and the more epochs."""
    monitor = kind.monitor
    if monitor == "accuracy" and kind.field == "label" and amount.most_frequent > SKEWED_SHARE:
        monitor = "macro_f1"
    config: dict[str, Any] = {
        "task": kind.module,
        "metrics": kind.metrics,
        "monitor": monitor,
        "baselines": list(kind.baselines),
        "model": {"word_vectors": "fine_tuned", "minimum_count": _step(amount.tokens, {30_000: 1, 5_000_000: 2}, 5)},
    }
    if kind.writes:
        return config | _language_model(amount, tokenizer, config["model"])
    if kind.field in ("label", "labels"):
        config["model"] |= {"maximum_tokens": min(400, max(20, amount.longest)), "pooling": "max"}
    if kind.translates:
        config["model"] |= {"maximum_tokens": 100, "annotations": "states_and_words"}
        config["decoding"] = {"method": "greedy", "maximum_ratio": 2.0, "maximum_extra": 10}
    epochs = _step(amount.examples, {500: 40, 2_000: 25, 10_000: 12, 50_000: 8}, 4)
    config["training"] = {
        "optimizer": "adam",
        "learning_rate": 0.003,
        "batch_size": _step(amount.examples, {500: 8, 5_000: 16}, 32),
        "epochs": epochs,
        "patience": max(2, epochs // 4),
    }
    return config


def _language_model(amount: Amount, tokenizer: str, model: dict[str, Any]) -> dict[str, Any]:
    """The keys of a language model: as many rows at once as leave each of them ten chunks or more."""
    characters = tokenizer == "characters"
    chunk = 100 if characters else 35
    rows = max(1, min(32, amount.tokens // (10 * chunk)))
    epochs = max(1, min(30, (4_000_000 if characters else 2_000_000) // max(1, amount.tokens)))
    common = {"optimizer": "adam", "learning_rate": 0.003, "schedule": "cosine"}
    return {
        "model": {**model, "chunk_tokens": chunk},
        "training": {**common, "batch_size": rows, "epochs": epochs, "patience": max(2, epochs // 4)},
    }


def vectors_config(corpus: list[str], tokens: int, field: str) -> dict[str, Any]:
    """The configuration of word vectors on own texts, sized for the number of their tokens."""
    return {
        "algorithm": "skip_gram",
        "dimensions": _step(tokens, {100_000: 50, 5_000_000: 100}, 200),
        "seed": 1,
        "corpus": corpus,
        "field": field,
        "window": 5,
        "minimum_count": _step(tokens, {30_000: 1, 1_000_000: 2}, 5),
        "negative_samples": 5,
        "subsampling": _step(tokens, {1_000_000: 0.001}, 0.0001),
        "learning_rate": _step(tokens, {1_000_000: 0.05}, 0.025),
        "epochs": max(5, min(30, 1_000_000 // max(1, tokens))),
        "workers": 1,
    }


def cell_config(layer: str, units: int, bidirectional: bool) -> dict[str, Any]:
    """The configuration of an encoder of one layer."""
    return {
        "cell": layer,
        "units": units,
        "depth": 1,
        "bidirectional": bidirectional,
        "dropout": 0.2,
        "clip_norm": 1.0,
    }


def cell_name(layer: str, units: int, bidirectional: bool) -> str:
    """The name of such a configuration."""
    return f"{'bi' * bidirectional}{layer}{'' if units == 64 else f'_{units}'}"


def units_for(kind: Kind, tokens: int) -> int:
    """The width of an encoder for so many tokens of train."""
    return _step(tokens, {300_000: 64, 3_000_000: 128}, 256) if kind.writes else _step(tokens, {500_000: 64}, 128)


def dev_share_for(examples: int) -> float:
    """The share of train that becomes dev: a tenth, more of few, and of many what 5,000 examples are."""
    return round(0.2 if examples < 500 else min(0.1, 5_000 / examples), 4)


def subwords_for(examples: int) -> int | None:
    """The size of a vocabulary of subwords, of each language, or None where whole words are enough for so few."""
    return _step(examples, {5_000: None, 50_000: 4_000}, 8_000)


def _step(number: int, upto: Mapping[int, Any], beyond: Any) -> Any:
    """The value of the first bound that a number is below."""
    return next((value for bound, value in upto.items() if number < bound), beyond)
