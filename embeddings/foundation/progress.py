"""How far the training of vectors is, and how long it still takes."""

import threading
import time
from typing import Any


class Progress:
    """Prints a line after each epoch (one a second at most), and every half minute within an epoch.

    gensim reports nothing within an epoch over a `corpus_file`, so the time left is told from finished epochs.
    Use it as a context and as a gensim callback.

    Args:
        epochs: how many there will be.
        words: words of the corpus, passed once an epoch.
        interval_seconds: time between two lines within an epoch.
    """

    def __init__(self, epochs: int, words: int, interval_seconds: float = 30) -> None:
        self._epochs = epochs
        self._words = words
        self._interval_seconds = interval_seconds
        self._finished = 0
        self._epoch_seconds = 0.0  # mean of the finished epochs
        self._printed = 0.0
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._tick, daemon=True)

    def __enter__(self) -> "Progress":
        self._begin = time.perf_counter()
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._stopped.set()
        self._thread.join()

    @property
    def seconds(self) -> float:
        """Time since training began."""
        return time.perf_counter() - self._begin

    def on_train_begin(self, model: Any) -> None:
        pass

    def on_epoch_begin(self, model: Any) -> None:
        pass

    def on_epoch_end(self, model: Any) -> None:
        self._finished += 1
        self._epoch_seconds = self.seconds / self._finished
        if self._finished == self._epochs or self.seconds - self._printed >= 1:
            self._print(f"epoch {self._finished} of {self._epochs}: {self._words / self._epoch_seconds:,.0f} words/s")

    def on_train_end(self, model: Any) -> None:
        pass

    def _tick(self) -> None:
        while not self._stopped.wait(self._interval_seconds):
            self._print(f"in epoch {self._finished + 1} of {self._epochs}")

    def _print(self, state: str) -> None:
        self._printed = self.seconds
        left = (
            f", about {max(0.0, self._epoch_seconds * self._epochs - self.seconds):.0f} s left"
            if self._finished
            else ""
        )
        print(f"{state}, {self.seconds:.0f} s so far{left}", flush=True)
