"""Save, and load in a fresh process, in another folder, with the built wheel: the same predictions by each engine."""

import json
import os
import subprocess
import sys
import zipfile
from dataclasses import replace

from conformance_cases import CASES, DATASET, RUN, build, case_id, examples_of, of_case

from pipelines.data.examples import write_examples
from pipelines.runs.engines import ENGINES
from pipelines.runs.engines.keras_engine import KerasEngine
from pipelines.runs.engines.onnx_engine import ONNXEngine
from pipelines.runs.folder import save_run

PREDICT = """
import json, sys
import pipelines
from pipelines.data.examples import read_examples
from pipelines.runs.folder import load_run_folder
print(pipelines.__file__, file=sys.stderr)
for folder in sys.argv[2:]:
    run = load_run_folder(folder, sys.argv[1])
    print(json.dumps(list(run.task.predict(run.engine, read_examples(folder + "/examples.jsonl")))))
heavy = {"tensorflow", "keras", "sklearn", "scipy", "gensim", "dvc", "pandas", "numba", "onnx"}
print(sorted(heavy & set(sys.modules)))
"""


def test_every_run_predicts_the_same_in_a_fresh_process_elsewhere(
    wheel, ten_examples, ten_entity_examples, small_vectors, tmp_path
):
    site = tmp_path / "site"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(site)
    expected: dict[str, dict] = {engine: {} for engine in ENGINES}
    for case in CASES:
        examples = examples_of(case[0], ten_examples, ten_entity_examples)
        config, cell = of_case(case)
        task, model = build(config, replace(cell, depth=2), small_vectors, examples)
        folder = tmp_path / case_id(case)
        folder.mkdir()
        save_run(folder, folder.name, RUN, task, model, DATASET)
        write_examples(folder / "examples.jsonl", examples)
        for name, engine in (("onnx", ONNXEngine(folder)), ("keras", KerasEngine(model))):
            expected[name][str(folder)] = list(task.predict(engine, examples))
    for name, of_runs in expected.items():
        done = subprocess.run(
            [sys.executable, "-c", PREDICT, name, *of_runs],
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": str(site)},
            capture_output=True,
            text=True,
            check=True,
        )
        assert str(site) in done.stderr
        *rows, heavy = done.stdout.splitlines()
        assert [json.loads(line) for line in rows] == list(of_runs.values())
        assert heavy == "[]" or name == "keras"
