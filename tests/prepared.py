"""A dataset of files written by a test, put through the stage prepare."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from pipelines.prepare import main


def prepare(root: Path, files: Mapping[str, str | list[str]], **config: Any) -> Path:
    """Prepares a dataset of files with the given contents; returns its folder."""
    named: dict[str, list[dict[str, str]]] = {}
    for split, contents in files.items():
        for number, content in enumerate([contents] if isinstance(contents, str) else contents):
            (root / f"{split}{number}").write_text(content, encoding="utf-8")
            named.setdefault(split, []).append({"path": f"{split}{number}"})
    about = {"source": "files", "version": "3", "language": "en", "licence": "none", "citation": "none", "files": named}
    (root / "tiny.yaml").write_text(yaml.safe_dump(about | config))
    main(["--dataset", str(root / "tiny.yaml"), "--output", str(root / "data")])
    return root / "data"


def read_json(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))
