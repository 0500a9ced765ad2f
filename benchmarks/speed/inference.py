"""Speed of trained runs in ONNX Runtime beside Keras: a sentence alone, batches, translation, start-up, stages, 8 bits.

python -m benchmarks.speed.inference

It needs the runs and the data of the default graph (`make repro`). Both engines are measured in turn, in the same
minutes; nothing else should run on the machine.
"""

import argparse
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table

from embeddings.foundation.errors import exits_on_input_error

CELLS = ("lstm", "sru", "min_gru", "min_lstm", "qrnn", "gru", "simple_rnn")
LENGTHS = (12, 30, 250)
BARS = {"lstm": (2.0, 2.0, 2.0), "sru": (2.0, 2.0, 2.0), "gru": (1.5, 1.5, 1.0)}  # by length; a simple one has none
ALONE, TRANSLATED, STARTED = 5.0, 1.5, 4.0
ROWS, UNITS, BATCH, BATCHES, ROUNDS = 6000, 64, 64, 12, 7
Row = tuple[str, float, float, str, float | None]  # what, of Keras, of ONNX Runtime, the unit, the bar of their ratio


@exits_on_input_error
def main(arguments: list[str] | None = None) -> None:
    """Prints tables."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.speed.inference", description=__doc__)
    parser.add_argument("--runs", type=Path, default=Path("runs"), help="run folders of the default graph")
    parser.add_argument("--data", type=Path, default=Path("data"), help="its prepared datasets")
    options = parser.parse_args(arguments)
    table = Table("what", "Keras", "ONNX Runtime", "", "times as fast", "at least")
    measured = (taggers(), translation(options), start_up(options), stages(options))
    for what, keras, onnx, unit, bar in (row for rows in measured for row in rows):
        ratio = onnx / keras if unit.endswith("/s") else keras / onnx
        digits = 0 if unit.endswith("/s") else 2
        shown = f"{keras:,.{digits}f}", f"{onnx:,.{digits}f}", unit, f"{ratio:.1f}", f"{bar:.1f}" if bar else ""
        table.add_row(what, *shown)
    Console(width=120).print(table)
    Console(width=120).print(eight_bits(options))


def taggers() -> Iterator[Row]:
    """Both directions of 64 units, a sentence alone and batches of 64."""
    from pipelines.batches.batching import Encoded, in_batches_by_length

    draws = np.random.default_rng(1)
    for cell in CELLS:
        keras, onnx = engines_of(cell)
        for place, length in enumerate(LENGTHS):
            texts = draws.integers(4, ROWS, (BATCHES * BATCH, length)).astype("int32")
            one, encoded = texts[:1], [Encoded(text) for text in texts]

            def batches(engine: Any, encoded: list = encoded) -> None:
                def predict(batch: list) -> Any:
                    return engine.outputs(np.stack([text.source for text in batch]))

                in_batches_by_length(encoded, BATCH, predict, engine.batches_at_once)

            def alone(engine: Any, one: Any = one) -> None:
                for _ in range(20):
                    engine.outputs(one)

            slow, fast = in_turn(alone, keras, onnx)
            yield f"{cell}, a sentence of {length}", 50 * slow, 50 * fast, "ms", ALONE if length <= 30 else None
            slow, fast = in_turn(batches, keras, onnx)
            bar = BARS[cell][place] if cell in BARS else None
            yield f"{cell}, 64 x {length}", texts.size / slow, texts.size / fast, "tokens/s", bar


def engines_of(cell: str) -> tuple[Any, Any]:
    """A tagger of random weights, in Keras and in ONNX Runtime."""
    from pipelines.graphs.tagger import tagger_graph
    from pipelines.models.config import EncoderConfig
    from pipelines.models.tagger import build_tagger
    from pipelines.models.tracing import trace_once
    from pipelines.runs.engines.keras_engine import KerasEngine
    from pipelines.runs.engines.onnx_engine import ONNXEngine
    from pipelines.text.vocabulary import Vocabulary

    config = EncoderConfig(cell, units=UNITS, depth=1, bidirectional=True, dropout=0.0, clip_norm=1.0)
    words = {"tokens": Vocabulary([str(number) for number in range(ROWS)])}
    model = build_tagger(words, UNITS, [[True] * 10] * 10, config, seed=1)
    trace_once(model)
    with tempfile.TemporaryDirectory() as folder:
        graph = tagger_graph(model, config, crf=False, characters=False, word_shapes=False)
        graph.save(Path(folder, "model.onnx"))
        return KerasEngine(model), ONNXEngine(Path(folder))


def translation(options: argparse.Namespace) -> Iterator[Row]:
    """Greedy translation in batches of 64."""
    from pipelines.data.examples import read_examples
    from pipelines.decoding import greedy
    from pipelines.runs.folder import load_run_folder

    examples = list(read_examples(options.data / "toy_translation/dev.jsonl"))
    for folder in sorted(options.runs.glob("translation-*")):
        keras, onnx = (load_run_folder(folder, name) for name in ("keras", "onnx"))

        def translate(run: Any) -> None:
            list(run.task.predict(run.engine, examples, greedy.Decoding()))

        slow, fast = in_turn(translate, keras, onnx)
        yield f"{folder.name}, greedy", len(examples) / slow, len(examples) / fast, "sentences/s", TRANSLATED


def start_up(options: argparse.Namespace) -> Iterator[Row]:
    """A text from standard input to its prediction, beside `import keras` alone."""
    folder = next(iter(sorted(options.runs.glob("ner-bilstm-*"))))
    predict = [sys.executable, "-m", "pipelines.cli", "predict", str(folder)]
    slow = median(wall([sys.executable, "-c", "import keras"]) for _ in range(ROUNDS))
    fast = median(wall(predict, "Anna saw New Tver.") for _ in range(ROUNDS))
    yield "import keras; echo text | elman predict", slow, fast, "s", STARTED


def stages(options: argparse.Namespace) -> Iterator[Row]:
    """The stages `predict` of all runs, each in a process of its own."""
    took = {"keras": 0.0, "onnx": 0.0}
    with tempfile.TemporaryDirectory() as output:
        for folder in sorted(options.runs.iterdir()):
            data = options.data / dataset_of(folder)
            for name in took:
                given = [str(folder), "--data", str(data), "--report-test", "true", "--output", output + "/out"]
                took[name] += wall([sys.executable, "-m", "pipelines.predict", *given, "--engine", name])
    yield "all stages predict", took["keras"], took["onnx"], "s", STARTED


def eight_bits(options: argparse.Namespace) -> Table:
    """Size, speed and score of a run of each task with weights of 8 bits, beside those of 32."""
    from pipelines.data.examples import read_examples
    from pipelines.evaluation.family import load_family
    from pipelines.runs.folder import export_run, load_run_folder

    table = Table("run", "MB", "8 bits", "sentences/s", "8 bits", "metric on dev", "32 bits", "8 bits")
    for folder in sorted(options.runs.iterdir()):
        data = options.data / dataset_of(folder)
        examples = list(read_examples(data / "dev.jsonl"))
        with tempfile.TemporaryDirectory() as exported:
            export_run(folder, Path(exported), quantized=True)
            runs = load_run_folder(folder, "onnx"), load_run_folder(exported, "onnx")

            def predict(run: Any, examples: list = examples) -> list:
                return list(run.task.predict(run.engine, examples))

            family, monitor = load_family(runs[0].task.config.metrics).of_dataset(data), runs[0].task.config.monitor
            scores = [f"{family.score(examples, predict(run))[monitor]:.2f}" for run in runs]
            rates = [f"{len(examples) / seconds:,.0f}" for seconds in in_turn(predict, *runs)]
            sizes = [f"{megabytes(each):.2f}" for each in (folder, Path(exported))]
            table.add_row(folder.name, *sizes, *rates, monitor, *scores)
    return table


def megabytes(folder: Path) -> float:
    """Of a folder's graphs."""
    return sum(path.stat().st_size for pattern in ("*.onnx", "*.weights") for path in folder.glob(pattern)) / 1e6


def dataset_of(folder: Path) -> str:
    """The name of a run's dataset."""
    from pipelines.runs.description import read_description

    return read_description(folder)["run"]["dataset"]


def in_turn(measured: Callable[[Any], Any], *subjects: Any) -> list[float]:
    """The median seconds for each subject, warm; a round measures each of them once."""
    for subject in subjects:
        measured(subject)
    rounds = [[_seconds(lambda subject=subject: measured(subject)) for subject in subjects] for _ in range(ROUNDS)]
    return [median(of_subject) for of_subject in zip(*rounds, strict=True)]


def wall(command: list[str], text: str = "") -> float:
    """The seconds of a process."""
    return _seconds(lambda: subprocess.run(command, input=text, text=True, capture_output=True, check=True))


def _seconds(action: Callable[[], Any]) -> float:
    started = time.perf_counter()
    action()
    return time.perf_counter() - started


if __name__ == "__main__":
    main()
