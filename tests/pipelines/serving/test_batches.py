"""Requests that share batches: each gets its own answers."""

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from pipelines.serving.batches import Batches, BusyError
from pipelines.serving.limits import Limits


def run(coroutine):
    """Runs it in a thread of its own: in this one a browser of other tests may have a loop."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, coroutine).result()


class Work:
    """Upper case, batch by batch; the first batch waits until it is let go."""

    def __init__(self, **limits):
        self.read, self.go = [], threading.Event()
        self.sizes = []
        self.batches = Batches(self.compute, Limits(**limits), ThreadPoolExecutor(1), self.sizes.append)

    def compute(self, texts):
        self.go.wait(10)
        self.read.append(list(texts))
        if "fail" in texts:
            raise ValueError("fail")
        return [text.upper() for text in texts]

    async def ask(self, *requests, cancelled=None):
        """The first request, and while it is being computed all others at the same time."""
        tasks = []
        for texts in requests:
            tasks.append(asyncio.create_task(self.batches.answer(texts)))
            if len(tasks) == 1:
                await asyncio.sleep(0.01)
        await asyncio.sleep(0.01)
        if cancelled is not None:
            tasks[cancelled].cancel()
        self.go.set()
        return await asyncio.gather(*tasks, return_exceptions=True)


def test_what_waits_while_a_batch_is_computed_is_the_next_one():
    work = Work()
    answers = run(work.ask(["a"], ["b", "c"], [], ["d"]))
    assert answers == [["A"], ["B", "C"], [], ["D"]]
    assert work.read == [["a"], ["b", "c", "d"]]
    assert work.sizes == [1, 3]
    assert work.batches.waiting == 0


def test_a_batch_has_a_limit_and_a_request_is_never_cut():
    work = Work(batch=2)
    run(work.ask(["a"], ["b"], ["c"], ["d", "e", "f"], ["g"]))
    assert work.read == [["a"], ["b", "c"], ["d", "e", "f"], ["g"]]


def test_a_failure_is_of_the_request_that_fails():
    work = Work()
    first, good, bad, other = run(work.ask(["a"], ["b"], ["fail"], ["c"]))
    assert (first, good, other) == (["A"], ["B"], ["C"])
    assert isinstance(bad, ValueError)


def test_a_request_that_was_given_up_is_not_computed():
    work = Work()
    answers = run(work.ask(["a"], ["b"], ["c"], cancelled=1))
    assert isinstance(answers[1], asyncio.CancelledError)
    assert answers[2] == ["C"]
    assert work.read == [["a"], ["c"]]
    assert work.batches.waiting == 0


def test_more_than_may_wait_is_refused():
    work = Work(waiting=3)
    answers = run(work.ask(["a"], ["b"], ["c", "d"], ["e"]))
    assert isinstance(answers[2], BusyError)
    assert [answers[0], answers[1], answers[3]] == [["A"], ["B"], ["E"]]
    with pytest.raises(BusyError):
        run(work.batches.answer(["f"] * 4))
