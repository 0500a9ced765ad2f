"""The tables of README and docs/experiments.md, from figures that are kept in git."""

import re
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from benchmarks.summary import BELOW, Headline, headlines
from embeddings.foundation.errors import InputError
from pipelines.evaluation.metrics import Metric
from pipelines.evaluation.predictions import SPLITS
from pipelines.project.yaml_text import WIDTH
from pipelines.reporting.leaderboard import Leaderboard, Row
from pipelines.reporting.table import marked


class Wording(NamedTuple):
    """How a language writes the table of results."""

    titles: Mapping[str, str]  # of the datasets that are shown
    terms: Mapping[str, str]  # of metrics and baselines, where they are not written as their names
    header: str
    interval: str
    speed: str  # the sentences on speed: of a layer (Elman, Keras, PyTorch padded and packed), ratios to joeynmt


ENGLISH = Wording(
    {
        "imdb": "IMDB, sentiment",
        "ewt_pos": "UD English-EWT, POS tagging",
        "uner_ner": "UNER English-EWT, NER",
        "multi30k_de_en": "Multi30k, German to English",
        "multi30k_en_de": "Multi30k, English to German",
    },
    {"bleu": "BLEU", "span_f1": "span F1", "tfidf_logistic_regression": "TF-IDF + logistic regression"},
    "test set | metric | Elman | best baseline",
    "{:.2f} to {:.2f}",
    "On two CPU cores an LSTM layer trains {imdb[0]:,.0f} thousand tokens/s on texts as long as IMDB's (Keras "
    "{imdb[1]:,.0f}, PyTorch {imdb[2]:,.0f} padded and {imdb[3]:,.0f} packed), and {full[0]:,.0f} thousand tokens/s on "
    "rows of equal length (Keras {full[1]:,.0f}, PyTorch {full[2]:,.0f} padded and {full[3]:,.0f} packed). A "
    "translator trains {training:.1f} times as fast as joeynmt's, and decodes {greedy:.1f} times as fast: "
    "[Speed](#speed) has the tables, also where others are faster.",
)
RUSSIAN = Wording(
    {
        "imdb": "IMDB, тональность",
        "ewt_pos": "UD English-EWT, частеречная разметка",
        "uner_ner": "UNER English-EWT, именованные сущности",
        "multi30k_de_en": "Multi30k, с немецкого на английский",
        "multi30k_en_de": "Multi30k, с английского на немецкий",
    },
    {
        "bleu": "BLEU",
        "span_f1": "F1 по сущностям",
        "ensemble": "ансамбль",
        "tfidf_logistic_regression": "TF-IDF + логистическая регрессия",
        "windowed_linear_tagger": "линейный теггер с окном",
        "word_by_word": "пословный перевод",
    },
    "тестовая выборка | метрика | Elman | лучший бейзлайн",
    "{:.2f}–{:.2f}",
    "На двух ядрах CPU слой LSTM обучается со скоростью {imdb[0]:,.0f} тыс. токенов/с на текстах той же длины, что в "
    "IMDB (Keras — {imdb[1]:,.0f}, PyTorch — {imdb[2]:,.0f} с паддингом и {imdb[3]:,.0f} с упаковкой), и "
    "{full[0]:,.0f} тыс. токенов/с на текстах одинаковой длины (Keras — {full[1]:,.0f}, PyTorch — {full[2]:,.0f} с "
    "паддингом и {full[3]:,.0f} с упаковкой). Скорость модели перевода относительно joeynmt: обучение — "
    "{training:.1f}×, перевод — {greedy:.1f}×. В [таблицах](../../README.md#speed) видно и то, в чём быстрее другие "
    "библиотеки.",
)
LAYER = {"cell": "lstm", "bidirectional": False, "batch": 32, "features": 100, "units": 128}  # the one that is shown
LENGTHS = {"full": "rows of equal length", "imdb": "lengths of IMDB", "multi30k": "lengths of Multi30k"}
PASSES = {"train": "training", "inference": "inference"}
LIBRARIES = {  # the best of several ways to run one counts
    "Elman": ("elman",),
    "Keras": ("keras", "keras-jit"),
    "PyTorch, padded": ("torch-padded",),
    "PyTorch, packed": ("torch-packed",),
}
TRANSLATORS = re.compile(r"^\| what \| Elman \| joeynmt \|.*\n\|.*\n((?:\|.*\n)+)", re.MULTILINE)


def beside_baselines(results: Sequence[Mapping[str, Any]]) -> dict[str, tuple[Headline, Headline]]:
    """Of each dataset that README shows its best run and its best baseline on dev.

    Raises:
        InputError: a dataset has no results on test of both.
    """
    found: dict[str, tuple[Headline, Headline]] = {}
    by_dataset = {systems[0].dataset: systems for systems in headlines(results)}
    for dataset in ENGLISH.titles:
        systems = by_dataset.get(dataset, [])
        run, baseline = (next((each for each in systems if each.is_run is kind), None) for kind in (True, False))
        if not run or not baseline:
            raise InputError(f"benchmarks/results.json: expected a run and a baseline of {dataset!r} on test, got none")
        found[dataset] = run, baseline
    return found


def results_table(shown: Mapping[str, tuple[Headline, Headline]], words: Wording = ENGLISH) -> Iterator[str]:
    """Lines of a table: runs beside baselines on test; the better one is bold."""
    yield f"\n| {words.header} |\n| --- | --- | --- | --- |\n"
    for dataset, (run, baseline) in shown.items():
        ours, theirs = f"{run.value:.2f}", f"{baseline.value:.2f}"
        ours, theirs = (f"{ours}{BELOW}", f"**{theirs}**") if run.is_below else (f"**{ours}**", theirs)
        ours, theirs = (
            f"{value} ({words.interval.format(each.low, each.high)})"
            for value, each in ((ours, run), (theirs, baseline))
        )
        ours += f", {term('ensemble', words)}" if run.name.endswith("-ensemble") else ""
        name = term(baseline.name, words)
        yield f"| {words.titles[dataset]} | {term(run.metric, words)} | {ours} | {theirs}, {name} |\n"
    yield "\n"


def term(name: str, words: Wording = ENGLISH) -> str:
    """The name of a metric or a baseline as people write it."""
    return words.terms.get(name, name.replace("_", " "))


def layer_speeds(rows: Sequence[Mapping[str, Any]]) -> dict[tuple[str, str], list[float]]:
    """Thousand tokens per second of an LSTM layer in each library, by pass and lengths.

    Args:
        rows: those of `benchmarks.speed.recurrent`; of a case that was measured twice the last day counts.

    Raises:
        InputError: a library was not measured.
    """
    rows = [row for row in rows if all(row[key] == value for key, value in LAYER.items())]
    last = max((row["measured"] for row in rows), default="")
    speeds = {
        (row["pass"], row["lengths"], row["implementation"]): row["tokens_per_second"] / 1000
        for row in rows
        if row["measured"] == last
    }
    try:
        return {
            (each, lengths): [max(speeds[each, lengths, name] for name in names) for names in LIBRARIES.values()]
            for each in PASSES
            for lengths in LENGTHS
        }
    except KeyError as missing:
        raise InputError(f"benchmarks/speed/recurrent.json: expected a row of {missing}, got none") from None


def layer_table(speeds: Mapping[tuple[str, str], Sequence[float]]) -> Iterator[str]:
    """Lines of a table of all speeds of the layer; the fastest is bold."""
    yield f"\n| an LSTM of {LAYER['units']} units, thousand tokens/s | {' | '.join(LIBRARIES)} |\n"
    yield f"| --- |{' ---: |' * len(LIBRARIES)}\n"
    for (each, lengths), found in speeds.items():
        cells = [f"**{speed:,.0f}**" if speed == max(found) else f"{speed:,.0f}" for speed in found]
        yield f"| {PASSES[each]}, {LENGTHS[lengths]} | {' | '.join(cells)} |\n"
    yield "\n"


def translator_speeds(page: str) -> list[tuple[str, str, str]]:
    """What was measured of translators, and the speeds of Elman and joeynmt, as benchmarks/speed/README.md has them.

    Raises:
        InputError: the page has no such table.
    """
    table = TRANSLATORS.search(page)
    if not table:
        raise InputError("benchmarks/speed/README.md: expected a table of Elman and joeynmt, got none")
    cells = ([cell.strip() for cell in line.strip("|").split("|")] for line in table[1].splitlines())
    return [(what, ours, theirs) for what, ours, theirs, _ in cells]


def translators_table(speeds: Sequence[tuple[str, str, str]]) -> Iterator[str]:
    """Lines of a table of the speed of translators; the faster is bold."""
    yield "\n| Multi30k, GRU with attention | Elman | joeynmt |\n| --- | ---: | ---: |\n"
    for what, ours, theirs in speeds:
        ours, theirs = (ours, f"**{theirs}**") if number(theirs) > number(ours) else (f"**{ours}**", theirs)
        yield f"| {what} | {ours} | {theirs} |\n"
    yield "\n"


def speed_in_short(
    layers: Mapping[tuple[str, str], Sequence[float]],
    translators: Sequence[tuple[str, str, str]],
    words: Wording = ENGLISH,
) -> str:
    """The sentences on speed at the beginning of README."""
    training, greedy = (number(ours) / number(theirs) for _, ours, theirs in translators[:2])
    lengths = {name: layers["train", name] for name in ("imdb", "full")}
    sentences = words.speed.format(**lengths, training=training, greedy=greedy)
    return "\n".join(["", *textwrap.wrap(sentences, WIDTH, break_long_words=False), "", ""])


def number(text: str) -> float:
    """A number as pages have it."""
    return float(text.replace(",", ""))


def leaderboard_tables(leaderboard: Leaderboard) -> Iterator[str]:
    """Lines of a table a group: each system's headline on dev and test, the best on dev first and in bold."""
    for group in leaderboard.groups:
        title = group.headline.title
        yield f"\n| {group.task} | {title}, dev | {title}, test |\n| --- | ---: | ---: |\n"
        for row in group.rows:
            name = marked(row, row is group.rows[0])
            yield f"| {name} | {' | '.join(cell(row, split, group.headline) for split in SPLITS)} |\n"
    yield "\n"


def cell(row: Row, split: str, headline: Metric) -> str:
    """A value with half its interval; nothing for a split that is not scored."""
    value = row.scores.get(split, {}).get(headline.name)
    if not value:
        return ""
    return f"{headline.write(value.value, fewer=1)} ± {headline.write((value.high - value.low) / 2, fewer=1)}"
