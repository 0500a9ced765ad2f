"""A run folder that is damaged is refused before Keras is loaded."""

from pathlib import Path

import pytest

from embeddings.foundation.errors import InputError
from pipelines.runs.folder import load_run_folder

DATASET = '{"tokenizers": {"tokens": "words", "target_tokens": null}, "language": "en", "target_language": ""}'
OLD = '{"name": "run", "run": {}, "task": {}, "cell": {}, "dataset": DATASET}'.replace("DATASET", DATASET)
CONFIG = OLD.replace("{", '{"format": 2, ', 1)


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({}, r"run: expected a run folder with a config\.json"),
        ({"config.json": "{"}, r"config\.json:1: expected JSON"),
        ({"config.json": "{}"}, r"config\.json: expected an object with the key 'name'"),
        (
            {"config.json": OLD},
            r"config\.json: expected a run folder of format 2, got 1; train it again: the stage train@run, or",
        ),
        ({"config.json": CONFIG.replace("2", "3", 1)}, r"config\.json: expected a run folder of format 2, got 3"),
        ({"config.json": CONFIG}, r"model\.keras: expected a whole model, got none; copy the run folder again"),
        ({"config.json": CONFIG, "model.keras": "PK\x03\x04cut"}, r"model\.keras: expected a whole model, got none"),
    ],
)
def test_a_damaged_run_folder_is_refused_in_one_line(tmp_path: Path, files: dict[str, str], message: str) -> None:
    (tmp_path / "run").mkdir()
    for name, content in files.items():
        (tmp_path / "run" / name).write_text(content)
    with pytest.raises(InputError, match=message):
        load_run_folder(tmp_path / "run")
