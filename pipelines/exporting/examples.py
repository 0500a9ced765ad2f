"""A few texts of a prepared dataset with what a run predicts of them, for a README."""

import json
from itertools import islice
from pathlib import Path

from pipelines.data.examples import read_examples
from pipelines.runs.trained_run import TrainedRun

SHOWN, CHARACTERS = 3, 160  # texts, and the longest of them
# What a task predicts -> the key of its rows, and what the README calls it.
ANSWERS = {
    "label": ("label", "label"),
    "labels": ("labels", "labels"),
    "tags": ("tags", "tags"),
    "target_tokens": ("text", "translation"),
}


def shown_examples(run: TrainedRun, data: Path) -> list[tuple[str, str]]:
    """The first short texts of dev, each with its prediction as JSON; of features none."""
    if run.task.reads != "tokens":
        return []
    whole = (example.text for example in read_examples(data / "dev.jsonl"))
    texts = list(islice((text for text in whole if text.strip() and len(text) <= CHARACTERS), SHOWN))
    if run.task.predicts not in ANSWERS:  # a language model's own texts are no predictions of these
        return [(text, json.dumps({"text": text}, ensure_ascii=False)) for text in texts]
    key, name = ANSWERS[run.task.predicts]
    rows = [{"text": text, name: row[key]} for text, row in zip(texts, run.predict(texts), strict=True)]
    return [(row["text"], json.dumps(row, ensure_ascii=False)) for row in rows]
