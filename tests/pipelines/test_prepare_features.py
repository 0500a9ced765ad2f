"""The stage prepare on features, from NumPy files to the dataset's folder."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml
from prepared import read_json

from pipelines.data.examples import read_examples
from pipelines.prepare import main


def prepare_features(root: Path, arrays: Mapping[str, np.ndarray], **config: Any) -> Path:
    """Prepares features with a caption each, `a` for the first of a split, `ab` for the second, and so on."""
    files: dict[str, list[dict[str, str]]] = {}
    for split, array in arrays.items():
        np.save(root / f"{split}.npy", array, allow_pickle=False)
        (root / f"{split}.txt").write_text("".join(f"{'abcdef'[: n + 1]}\n" for n in range(len(array))))
        files[split] = [{"path": f"{split}.npy"}, {"path": f"{split}.txt"}]
    about = {"source": "files", "version": "1", "language": "", "tokenizer": "", "licence": "none", "citation": "none"}
    about |= {"target_language": "en", "target_tokenizer": "characters", "reader": "feature_file"}
    (root / "tiny.yaml").write_text(yaml.safe_dump(about | {"files": files} | config))
    main(["--dataset", str(root / "tiny.yaml"), "--output", str(root / "data")])
    return root / "data"


def test_features_have_captions_and_no_tokens(root: Path) -> None:
    array = np.arange(12.0).reshape(3, 2, 2)
    folder = prepare_features(root, {"train": array, "dev": array[1:]})
    first, second, _ = read_examples(folder / "train.jsonl")
    assert (first.tokens, second.target_text, second.target_tokens) == ((), "ab", ("a", "b"))
    np.testing.assert_array_equal(np.load(folder / "train.npy", allow_pickle=False), array)
    dataset = read_json(folder / "dataset.json")
    assert dataset["features"] == [2, 2]
    assert dataset["tokenizers"] == {"tokens": None, "target_tokens": "characters"}
    assert read_json(folder / "counts.json")["target_tokens"] == {"a": 3, "b": 2, "c": 1}
    report = read_json(folder / "report.json")
    assert report["splits"]["train"]["features"] == {"shape": [2, 2], "minimum": 0.0, "maximum": 11.0}
    assert report["warnings"] == {}
    assert report["overlap"]["train and dev"] == {"sentences": 2, "examples": {"train": 2, "dev": 2}}
    page = (folder / "report.md").read_text()
    assert "| train | 2 x 2 | 0.0 | 11.0 |" in page
    assert "Features that occur in two splits" in page
    assert "Truncation" not in page


def test_features_follow_their_examples_when_splits_are_drawn_and_overlap_is_removed(root: Path) -> None:
    array = np.arange(10.0).reshape(5, 2)
    folder = prepare_features(root, {"train": array, "test": array[2:3]}, remove_overlap=True, dev_share=0.4, seed=3)
    found = {
        split: [
            (example.target_text, np.asarray(example.features).tolist())
            for example in read_examples(folder / f"{split}.jsonl")
        ]
        for split in ("train", "dev", "test")
    }
    assert found["test"] == [("a", [4, 5])]
    assert len(found["dev"]) == 2
    rest = [("abcde"[: n + 1], [2.0 * n, 2.0 * n + 1]) for n in (0, 1, 3, 4)]  # the third has the features of test
    assert sorted([*found["train"], *found["dev"]]) == rest


def test_splits_of_different_shapes_are_refused(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        prepare_features(root, {"train": np.zeros((2, 4)), "dev": np.zeros((2, 2, 2))})
    assert stopped.value.code == 2
    assert (
        "expected features of one shape in every split, got {'train': (4,), 'dev': (2, 2)}" in capsys.readouterr().err
    )
    assert not (root / "data").exists()
