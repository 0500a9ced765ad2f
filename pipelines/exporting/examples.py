"""A few texts of a prepared dataset with what a run predicts of them, for a README."""

import json
from itertools import islice
from pathlib import Path

from pipelines.data.examples import read_examples
from pipelines.runs.trained_run import TrainedRun

SHOWN, CHARACTERS = 3, 160  # texts, and the longest of them
ANSWERS = {"label": "label", "labels": "labels", "tags": "tags", "target_tokens": "text"}


def shown_examples(run: TrainedRun, data: Path) -> list[tuple[str, str]]:
    """The first short texts of dev, each with its prediction as JSON; of features none."""
    if run.task.reads != "tokens":
        return []
    whole = (example.text for example in read_examples(data / "dev.jsonl"))
    texts = list(islice((text for text in whole if text.strip() and len(text) <= CHARACTERS), SHOWN))
    key = ANSWERS.get(run.task.predicts)
    rows = run.predict(texts) if key else [{}] * len(texts)
    return [
        (text, json.dumps({"text": text, **({key: row[key]} if key else {})}, ensure_ascii=False))
        for text, row in zip(texts, rows, strict=True)
    ]
