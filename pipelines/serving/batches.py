"""Texts of simultaneous requests in shared batches."""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from pipelines.serving.limits import Limits


class BusyError(Exception):
    """More waits than is allowed."""


class Batches:
    """Answers requests in their order, as many at a time as fit into a batch.

    Nothing waits for a batch to fill: while one is being computed, the next one gathers.

    Args:
        compute: the answers to texts, one each; it runs in a thread.
        limits: of what waits, and of a batch.
        thread: where it runs.
        computed: told the size of each batch.
    """

    def __init__(
        self,
        compute: Callable[[list[str]], list[Any]],
        limits: Limits,
        thread: ThreadPoolExecutor,
        computed: Callable[[int], None] = lambda size: None,
    ) -> None:
        self._compute, self._limits, self._thread, self._computed = compute, limits, thread, computed
        self._requests: deque[tuple[Sequence[str], asyncio.Future]] = deque()
        self._running: asyncio.Task | None = None
        self.waiting = 0

    async def answer(self, texts: Sequence[str]) -> list[Any]:
        """The answers to a request's texts.

        Raises:
            BusyError: too many texts wait already.
        """
        if not texts:
            return []
        if self.waiting + len(texts) > self._limits.waiting:
            raise BusyError
        answers = asyncio.get_running_loop().create_future()
        self._requests.append((texts, answers))
        self.waiting += len(texts)
        if self._running is None or self._running.done():
            self._running = asyncio.create_task(self._run())
        return await answers

    async def _run(self) -> None:
        while self._requests:
            batch = [self._requests.popleft()]
            size = len(batch[0][0])
            while self._requests and size + len(self._requests[0][0]) <= self._limits.batch:
                batch.append(self._requests.popleft())
                size += len(batch[-1][0])
            await self._answer(batch)
            self.waiting -= size
            self._computed(size)

    async def _answer(self, batch: list[tuple[Sequence[str], asyncio.Future]]) -> None:
        batch = [(texts, answers) for texts, answers in batch if not answers.cancelled()]
        everything = [text for texts, _ in batch for text in texts]
        try:
            found = await asyncio.get_running_loop().run_in_executor(self._thread, self._compute, everything)
        except Exception as error:  # whose request it is shows when each is computed alone
            if len(batch) > 1:
                for request in batch:
                    await self._answer([request])
            elif batch and not batch[0][1].cancelled():
                batch[0][1].set_exception(error)
            return
        start = 0
        for texts, answers in batch:
            if not answers.cancelled():
                answers.set_result(found[start : start + len(texts)])
            start += len(texts)
