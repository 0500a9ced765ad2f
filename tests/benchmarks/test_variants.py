"""Variants of a trained run: the same weights, read or decoded in another way."""

import json

import pytest
from conformance_cases import DATASET, RUN, build, cell_config, task_config

from benchmarks.variants import main
from pipelines.data.examples import write_examples
from pipelines.runs.engines.keras_engine import KerasEngine
from pipelines.runs.folder import save_run
from pipelines.runs.variation import varied

VARIANTS = "variants: {windows: {run: a, task: b, dataset: c, seed: 1, set: {model: {truncation: windows}}}}"


@pytest.fixture(scope="module")
def folders(ten_examples, small_vectors, tmp_path_factory):
    root = tmp_path_factory.mktemp("variants")
    config = task_config("sentiment", maximum_tokens=3)
    task, model = build(config, cell_config("gru", True), small_vectors, ten_examples)
    (root / "run").mkdir()
    save_run(root / "run", "small", RUN, task, model, DATASET)
    for split in ("dev", "test"):
        write_examples(root / "data" / f"{split}.jsonl", ten_examples)
    return root, task, model


def test_a_variant_predicts_as_a_run_of_its_keys_with_the_same_weights(folders, ten_examples):
    root, task, model = folders
    (root / "variants.yaml").write_text(VARIANTS)
    main([str(root / "run"), "--variants", str(root / "variants.yaml"), "--variant", "windows",
          "--data", str(root / "data"), "--output", str(root / "predictions")])  # fmt: skip
    task.config = varied(task.config, {"model": {"truncation": "windows"}}, "here")
    expected = list(task.predict(KerasEngine(model), ten_examples))
    for split in ("dev", "test"):
        rows = [json.loads(line) for line in (root / "predictions" / f"{split}.jsonl").read_text().splitlines()]
        assert [row["label"] for row in rows] == [row["label"] for row in expected]
        assert rows[6]["probabilities"] == pytest.approx(expected[6]["probabilities"], abs=1e-5)


def test_an_unknown_variant_is_named(folders, capsys):
    root = folders[0]
    (root / "variants.yaml").write_text(VARIANTS)
    with pytest.raises(SystemExit) as stopped:
        main([str(root / "run"), "--variants", str(root / "variants.yaml"), "--variant", "window",
              "--data", str(root / "data"), "--output", str(root / "none")])  # fmt: skip
    assert stopped.value.code == 2
    assert "unknown variant 'window'; did you mean 'windows'?" in capsys.readouterr().err
