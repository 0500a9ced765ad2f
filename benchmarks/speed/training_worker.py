"""One implementation that trains, in a process of its own.

    python -m benchmarks.speed.training_worker IMPLEMENTATION                      answers commands, JSON lines
    python -m benchmarks.speed.training_worker IMPLEMENTATION CASE FOLDER STARTED  trains, and tells of its progress

Both read the same prepared dataset and score dev, by the same code; model, loss, optimiser and loop are
each one's own.
"""

import itertools
import json
import math
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from benchmarks.speed.training_cases import CASES, TrainingCase
from pipelines.evaluation.family import load_family

Step = Callable[[Any, Any, Any], float]


def main() -> None:
    """Serves {"case", "folder"} with seconds of a warm step, {"steps"} with seconds and tokens; or trains."""
    implementation, *others = sys.argv[1:]
    cases = {case.name: case for case in CASES}
    if others:
        name, folder, started = others
        train(implementation, cases[name], Path(folder), float(started))
        return
    step: Step | None = None
    batches: Iterator[Any] = iter(())
    for line in sys.stdin:
        command = json.loads(line)
        if "case" in command:
            prepared = PREPARED[library(implementation)](
                implementation, cases[command["case"]], Path(command["folder"])
            )
            step, batches = prepared[0], itertools.cycle(list(prepared[1].epoch()))
        assert step
        tokens, begin = 0, time.perf_counter()
        for inputs, targets, weights in itertools.islice(batches, command["steps"]):
            step(inputs, targets, weights)
            tokens += int((inputs[0] if isinstance(inputs, tuple) else inputs).astype(bool).sum())
        print(json.dumps({"seconds": time.perf_counter() - begin, "tokens": tokens}), flush=True)


def library(implementation: str) -> str:
    """`torch` or `elman`."""
    return implementation.partition("-")[0]


def train(implementation: str, case: TrainingCase, folder: Path, started: float) -> None:
    """Trains as many epochs as the case has; a line after the first step, and one after each epoch."""

    def tell(**what: float) -> None:
        print(json.dumps({**what, "seconds": time.time() - started}), flush=True)

    if library(implementation) == "elman":
        train_elman(case, folder, tell)
        return
    step, batches, score = torch_training(implementation, case, folder)
    for epoch in range(case.epochs):
        for number, batch in enumerate(batches.epoch()):
            step(*batch)
            if epoch == number == 0:
                tell(first_step=1)
        tell(score=score())


def set_up(case: TrainingCase, folder: Path) -> Any:
    """The experiment as the stage `train` sets it up."""
    from pipelines.training import experiment

    run, config, cell = case.settings()
    vectors = {"tokens": folder / "random", "target_tokens": folder / "random"}
    return experiment.set_up(run, config, cell, folder / "data", vectors)


def train_elman(case: TrainingCase, folder: Path, tell: Callable[..., None]) -> None:
    """Trains by the code of the stage `train`."""
    from pipelines.training.experiment import learn

    experiment = set_up(case, folder)

    import keras

    steps = itertools.count()

    def after_step(_: int, logs: Any) -> None:
        if next(steps) == 0:
            tell(first_step=1)

    def after_epoch(_: int, logs: Any) -> None:
        tell(score=logs[f"val_{experiment.task.config.monitor}"])

    watch = keras.callbacks.LambdaCallback(on_train_batch_end=after_step, on_epoch_end=after_epoch)
    learn(experiment, folder / "history.csv", [watch])


def elman_training(_: str, case: TrainingCase, folder: Path) -> tuple[Step, Any]:
    """A training step as `pipelines.training.fit` takes it, and the batches."""
    experiment = set_up(case, folder)
    run, task, training = experiment.run, experiment.task, experiment.task.config.training

    from pipelines.models.tracing import training_step
    from pipelines.training.optimizer import build_optimizer

    encoded = task.encoded(experiment.splits["train"], folder)
    batches = task.batches(encoded, training.batch_size, run.seed)
    model, steps = task.training_model(experiment.model, encoded, run.seed), case.epochs * len(batches)
    optimizer = build_optimizer(training, task.cell.clip_norm, steps, model.trainable_variables)
    model.compile(optimizer, task.loss(encoded), jit_compile=False)
    return training_step(model), batches


def torch_training(implementation: str, case: TrainingCase, folder: Path) -> tuple[Step, Any, Callable[[], float]]:
    """A training step of plain PyTorch, the batches, and what scores dev."""
    from benchmarks.speed import torch_models
    from embeddings.foundation import plugins
    from pipelines.data.counts import read_counts
    from pipelines.data.examples import ExampleFile, read_dataset, read_examples
    from pipelines.text.tokenization import detokenizer_of
    from pipelines.training.experiment import load_vectors

    torch = torch_models.torch
    run, config, cell = case.settings()
    data = folder / "data"
    dataset = read_dataset(data, "name", "language", "target_language", "tokenizers")
    kind = plugins.load("pipelines.tasks", config.task).TASK
    vectors = {field: load_vectors(folder / "random", dataset, field) for field in kind.text_fields()}
    task = kind.from_counts(config, cell, read_counts(data), vectors, detokenizer_of(dataset))
    dev = list(read_examples(data / "dev.jsonl"))
    batches = task.batches(
        task.encoded(ExampleFile(data / "train.jsonl"), folder), config.training.batch_size, run.seed
    )

    torch.manual_seed(run.seed)
    model = torch_models.build(task, vectors["tokens"].vector_size, packs="packed" in implementation)
    loss_of = torch.compile(model.loss, dynamic=True) if "compiled" in implementation else model.loss
    optimizer = torch.optim.Adam(model.parameters(), config.training.learning_rate)
    steps = case.epochs * len(batches)
    decay = (lambda step: 0.5 + 0.5 * math.cos(math.pi * min(1, step / steps))) if (
        config.training.schedule == "cosine") else (lambda step: 1.0)  # fmt: skip
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, decay)

    def step(inputs: Any, targets: Any, weights: Any) -> float:
        model.train()
        optimizer.zero_grad()
        loss = loss_of(torch_models.tensors(inputs), torch_models.tensors(targets), torch_models.tensors(weights))
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), cell.clip_norm)
        optimizer.step()
        schedule.step()
        return loss.item()

    def score() -> float:
        model.eval()
        predicted = list(task.predict(torch_models.TorchEngine(model), dev, task.dev_decoding))
        return load_family(config.metrics).of_dataset(data).score(dev, predicted)[config.monitor]

    return step, batches, score


PREPARED: dict[str, Callable[..., Any]] = {"elman": elman_training, "torch": torch_training}


if __name__ == "__main__":
    main()
