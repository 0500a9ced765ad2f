"""Chains of stages as processes of DVC, several at a time; each line that they write begins with the chain's name."""

import contextlib
import json
import os
import queue
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence

from pipelines.reproduction.chains import Chain

TRAINING_BYTES = 1.5e9  # what the largest training of the default graph takes, its DVC included
GRACE_SECONDS = 3  # in which processes end by themselves, since a terminal's Ctrl-C reaches them as well
ADVICE = (  # of DVC, after each of its commands
    "To track the changes with git, run:",
    "git add ",
    "To enable auto staging, run:",
    "dvc config core.autostage true",
    "Use `dvc push` to send your updates to remote storage.",
    "Updating lock file ",
    "Generating lock file ",
)


def default_jobs() -> int:
    """As many as there are processors, and as memory has room for."""
    import psutil

    processors = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, min(processors, int(psutil.virtual_memory().available / TRAINING_BYTES)))


def run_chains(chains: Sequence[Chain], jobs: int, after_each: Callable[[], None]) -> dict[str, str]:
    """Runs chains as soon as what they need is finished, heavy ones first; where one fails, the others go on.

    Args:
        chains: what to run; stages that they need and that are not among them are finished.
        jobs: how many to run at a time.
        after_each: is called when a chain has succeeded.

    Returns:
        What failed, and what was not run for that: name of the chain -> why.
    """
    waiting = sorted(chains, key=lambda chain: -chain.weight)
    unfinished = {stage for chain in chains for stage in chain.stages}
    width = max(len(chain.name) for chain in chains)
    ended: queue.Queue[tuple[Chain, str | None]] = queue.Queue()
    idle = [Worker(ended) for _ in range(jobs)]
    running: dict[Chain, Worker] = {}
    problems: dict[str, str] = {}
    try:
        while True:
            ready = [chain for chain in waiting if not chain.needs & unfinished]
            while ready and idle:
                chain, worker = ready.pop(0), idle.pop()
                waiting.remove(chain)
                running[chain] = worker
                worker.run(chain, f"{chain.name:<{width}} | ")
            if not running:
                break
            chain, problem = ended.get()
            idle.append(running.pop(chain))
            if problem:
                problems[chain.name] = problem
            else:
                unfinished.difference_update(chain.stages)
                after_each()
    finally:
        end([worker.process for worker in [*idle, *running.values()]])
    return problems | {chain.name: "not run, since it needs what failed" for chain in waiting}


class Worker:
    """A process of DVC that runs one chain after the other.

    Args:
        ended: takes each chain at its end, and what is wrong with it.
    """

    def __init__(self, ended: "queue.Queue[tuple[Chain, str | None]]") -> None:
        self.ended = ended
        self.process = self._start()

    def _start(self) -> subprocess.Popen:
        return subprocess.Popen(
            [sys.executable, "-m", "pipelines.reproduction.worker"],
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
        )

    def run(self, chain: Chain, prefix: str) -> None:
        """Begins a chain; each line that it writes gets a prefix."""
        if self.process.poll() is not None:
            self.process = self._start()
        assert self.process.stdin
        command = ["--wait-for-lock", "repro", "--single-item", "--glob", *chain.targets]
        print(json.dumps(command), file=self.process.stdin, flush=True)
        threading.Thread(target=self._pass_on, args=(chain, prefix), daemon=True).start()

    def _pass_on(self, chain: Chain, prefix: str) -> None:
        assert self.process.stdout
        problem = None
        for line in self.process.stdout:
            text = line.strip()
            if line.startswith("\0"):
                self.ended.put((chain, (problem or "it failed") if text != "\0" + "0" else None))
                return
            if text.startswith("ERROR:"):
                problem = text.removeprefix("ERROR:").strip()
            if text and not text.startswith(ADVICE):
                sys.stdout.write(f"{prefix}{line.rstrip()}\n")
                sys.stdout.flush()
        self.ended.put((chain, f"its process ended with status {self.process.wait()}"))


def end(processes: Sequence[subprocess.Popen]) -> None:
    """Lets processes end by themselves, then interrupts them and those that they started, then kills them."""
    import psutil

    for process in processes:
        if process.stdin:
            process.stdin.close()
    for signal_number in (None, signal.SIGINT, signal.SIGKILL):
        left = [process for process in processes if process.poll() is None]
        if signal_number and left:
            for process in psutil.Process().children(recursive=True):
                with contextlib.suppress(psutil.NoSuchProcess):
                    process.send_signal(signal_number)
        finish = time.monotonic() + GRACE_SECONDS
        while any(process.poll() is None for process in left) and time.monotonic() < finish:
            time.sleep(0.05)
