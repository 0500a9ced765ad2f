"""A run as the server has it: what it can do, and the batches that it reads."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from embeddings.foundation.errors import InputError
from pipelines.decoding.sampling import Sampler
from pipelines.runs.folder import load_run_folder
from pipelines.runs.trained_run import TrainedRun
from pipelines.serving.batches import Batches
from pipelines.serving.limits import Limits
from pipelines.tasks.capabilities import FindsEntities, Generates

ANSWERS = {"label": "label", "labels": "labels", "tags": "tags", "target_tokens": "translation", "tokens": "text"}


class ServedRun:
    """A run with its batches, which one thread computes.

    Args:
        run: it runs in ONNX Runtime, which several threads may use.
        limits: of requests.
        computed: told the size of each batch.
    """

    def __init__(self, run: TrainedRun, limits: Limits, computed: Callable[[int], None] = lambda size: None) -> None:
        self.run, self._limits = run, limits
        self.thread = ThreadPoolExecutor(1, thread_name_prefix=run.name)

        def batches(compute: Callable[[list[str]], list[Any]]) -> Batches:
            return Batches(compute, limits, self.thread, computed)

        self._predicted = batches(lambda texts: list(run.predict(texts)))
        self._explained = batches(lambda texts: list(run.predict(texts, explain=True)))
        self._encoded = batches(lambda texts: [vector.tolist() for vector in run.encode(texts)])

    @classmethod
    def load(cls, folder: Path, limits: Limits, computed: Callable[[int], None] = lambda size: None) -> "ServedRun":
        """Reads a run folder.

        Raises:
            InputError: it is none, has no graphs, or reads something else than text.
        """
        run = load_run_folder(folder, "onnx")
        if run.task.reads != "tokens":
            raise InputError(f"{folder}: expected a run that reads text, got one that reads features; leave it out")
        return cls(run, limits, computed)

    @property
    def waiting(self) -> int:
        """Texts that are not answered yet."""
        return self._predicted.waiting + self._explained.waiting + self._encoded.waiting

    @property
    def explains(self) -> bool:
        """Whether it can say what a translation attended to."""
        task = self.run.task
        return task.predicts == "target_tokens" and getattr(task.config.model, "attention", "none") != "none"

    def described(self) -> dict[str, Any]:
        """What the page and other clients are told."""
        task = self.run.task
        return {
            "name": self.run.name,
            "task": task.config.task,
            "answers": "entities" if isinstance(task, FindsEntities) else ANSWERS[task.predicts],
            "labels": list(task.labels),
            "explains": self.explains,
            "generates": isinstance(task, Generates),
        }

    def check(self, texts: Sequence[str]) -> None:
        """Refuses too many texts, or too long ones.

        Raises:
            InputError: they are.
        """
        if len(texts) > self._limits.texts:
            raise InputError(f"texts: expected at most {self._limits.texts}, got {len(texts)}; send several requests")
        for number, text in enumerate(texts):
            if len(text) > self._limits.tokens and (tokens := len(self.run.tokenize(text))) > self._limits.tokens:
                expected = f"expected at most {self._limits.tokens} tokens"
                raise InputError(f"texts[{number}]: {expected}, got {tokens}; send it in parts")

    async def predict(self, texts: Sequence[str], explain: bool) -> list[dict[str, Any]]:
        """A row for each text, whose `id` is its number in the request."""
        rows = await (self._explained if explain else self._predicted).answer(texts)
        return [{**row, "id": str(number)} for number, row in enumerate(rows)]

    async def encode(self, texts: Sequence[str]) -> list[list[float]]:
        """A vector for each text."""
        return await self._encoded.answer(texts)

    def generate(self, prompt: str, sampler: Sampler, length: int) -> Iterator[str]:
        """The prompt's beginning, and a continuation, piece by piece.

        Raises:
            InputError: the run is no language model.
        """
        pieces = self.run.generate(prompt, sampler, length)
        return self._pieces(prompt, pieces)

    def _pieces(self, prompt: str, pieces: Iterator[str]) -> Iterator[str]:
        yield self.run.task.detokenize.beginning(prompt)
        yield from pieces
