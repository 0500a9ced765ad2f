"""Predictions for a reader: JSON Lines, plain text, CoNLL columns, or a page of token attributions."""

import json
import logging
import time
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from embeddings.foundation.errors import InputError
from pipelines.reporting.explanations import END, START, section

log = logging.getLogger(__name__)

FORMATS = ("jsonl", "text", "conll", "html")


def print_predictions(rows: Iterable[Mapping[str, Any]], form: str) -> None:
    """Prints predictions on standard output as they come, and then the throughput on standard error."""
    start, examples, tokens = time.perf_counter(), 0, 0

    def counted() -> Iterator[Mapping[str, Any]]:
        nonlocal examples, tokens
        for row in rows:
            examples, tokens = examples + 1, tokens + len(row.get("source_tokens", ()))
            yield row

    for text in formatted(counted(), form):
        print(text, end="", flush=True)
    seconds = time.perf_counter() - start
    if tokens or not examples:
        log.info(f"{examples:,} texts, {tokens:,} tokens, {tokens / seconds:,.0f} tokens/s")
    else:
        log.info(f"{examples:,} examples, {examples / seconds:,.0f} examples/s")


def formatted(rows: Iterable[Mapping[str, Any]], form: str) -> Iterator[str]:
    """Each prediction as text, and around those of a page its beginning and its end.

    Args:
        rows: predictions; those of a page have explanations.
        form: one of `FORMATS`.

    Raises:
        InputError: the predictions cannot be written so.
    """
    write = {"jsonl": _json, "text": _text, "conll": _columns, "html": section}[form]
    page, beginning = form == "html", START if form == "html" else ""
    for row in rows:
        yield f"{beginning}{write(row)}\n"
        beginning = ""
    if page:
        yield beginning + END


def _json(row: Mapping[str, Any]) -> str:
    return json.dumps(row, ensure_ascii=False)


def _text(row: Mapping[str, Any]) -> str:
    """Its label, its labels separated by commas, its tags by spaces, or its text."""
    if "log_probabilities" in row:
        raise InputError("--format text: a language model predicts no text; `elman generate` writes one")
    if "labels" in row:
        return ", ".join(row["labels"])
    return " ".join(row["tags"]) if "tags" in row else row.get("label", row.get("text")) or ""


def _columns(row: Mapping[str, Any]) -> str:
    """One token and its tag per line, separated by a tab; and an empty line."""
    if "tags" not in row:
        raise InputError("--format conll is for taggers; this run predicts no tags")
    return "".join(f"{token}\t{tag}\n" for token, tag in zip(row["source_tokens"], row["tags"], strict=True))
