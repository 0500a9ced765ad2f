"""Progress: a line now and then, or a bar on a terminal."""

import contextlib
import os
import pty
import subprocess
import sys
import time
from pathlib import Path

from embeddings.foundation.progress import Progress


def test_a_line_comes_after_every_interval(capsys, monkeypatch):
    now = 0.0
    monkeypatch.setattr("embeddings.foundation.progress.time.perf_counter", lambda: now)
    with Progress("train", "examples", interval_seconds=0.25) as progress:
        for _ in progress.counted(range(10)):
            now += 0.125
    assert capsys.readouterr().err.splitlines() == [
        f"train: {count} examples, {seconds} s so far, 8 examples/s"
        for count, seconds in ((2, 0), (4, 0), (6, 1), (8, 1), (10, 1))
    ]


def test_a_short_job_tells_nothing(capsys):
    with Progress("train", "examples") as progress:
        assert list(progress.counted("abc")) == ["a", "b", "c"]
    assert capsys.readouterr().err == ""


def test_what_is_kept_is_told_at_once_with_the_time_left(capsys, monkeypatch):
    clock = iter([100.0, *[108.0] * 9])
    monkeypatch.setattr("embeddings.foundation.progress.time.perf_counter", lambda: next(clock))
    with Progress("training", "epochs", total=5, begin=1) as progress:  # four epochs, two of them in eight seconds
        progress.update(3, "epoch 3 of 5: accuracy 0.5", keep=True)
    assert capsys.readouterr().err == "training: epoch 3 of 5: accuracy 0.5, 8 s so far, about 8 s left\n"


def test_a_heartbeat_tells_the_time_left_without_updates(capsys):
    with Progress("vectors", "epochs", total=3, interval_seconds=0.2, heartbeat=True) as progress:
        progress.update(1)
        time.sleep(0.5)
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) >= 2
    assert all(line.startswith("vectors: 1 of 3 epochs, ") and line.endswith(" s left") for line in lines)


SCRIPT = """
import sys
from embeddings.foundation.progress import Progress
progress = Progress("training", "epochs", total=4)
progress.start()
progress.update(1, "epoch 1 of 4, loss 0.5", keep=True)
print("a message", file=sys.stderr)
raise SystemExit(2)
"""


def test_a_terminal_gets_a_bar_that_goes_and_the_lines_stay(tmp_path):
    ours, theirs = pty.openpty()
    environment = {**os.environ, "TERM": "xterm", "COLUMNS": "100"}
    command = [sys.executable, "-c", SCRIPT]
    with subprocess.Popen(command, stderr=theirs, env=environment, cwd=Path(__file__).parents[3]) as process:
        os.close(theirs)
        written = b""
        with contextlib.suppress(OSError):  # which ends a terminal on Linux
            while read := os.read(ours, 1024):
                written += read
    os.close(ours)
    shown = written.decode()
    assert process.returncode == 2
    assert "\u2501" in shown  # the bar
    assert "training: epoch 1 of 4, loss 0.5, 0 s so far" in shown
    assert shown.index("a message") > shown.index("loss 0.5")
    assert shown.rindex("\x1b[?25h") > shown.rindex("\x1b[?25l")  # the cursor is shown again
