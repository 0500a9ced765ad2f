"""How many chains run at a time, where nobody says so."""

from types import SimpleNamespace

import psutil
import pytest

from pipelines.reproduction import jobs


@pytest.mark.parametrize(("processors", "gigabytes", "expected"), [(2, 20, 2), (8, 4, 2), (1, 64, 1), (4, 0.5, 1)])
def test_jobs_are_what_processors_and_memory_allow(monkeypatch, processors, gigabytes, expected):
    monkeypatch.setattr(jobs.os, "sched_getaffinity", lambda _: set(range(processors)), raising=False)
    monkeypatch.setattr(psutil, "virtual_memory", lambda: SimpleNamespace(available=gigabytes * 1e9))
    assert jobs.default_jobs() == expected
