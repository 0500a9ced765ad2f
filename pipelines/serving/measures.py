"""What the server counts, for Prometheus."""

import time
from collections.abc import Mapping
from typing import Any

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Gauge, Histogram, generate_latest

SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
SIZES = (1, 2, 4, 8, 16, 32, 64, 128, 256)


class Measures:
    """Counters of one server."""

    media_type = CONTENT_TYPE_LATEST

    def __init__(self) -> None:
        registry = self._registry = CollectorRegistry()
        self.requests = Counter("elman_requests", "Answered requests", ["route", "status"], registry=registry)
        self.seconds = Histogram(
            "elman_request_seconds", "Until the end of an answer", ["route"], registry=registry, buckets=SECONDS
        )
        self.texts = Counter("elman_texts", "Texts in requests", ["run"], registry=registry)
        self.batches = Histogram("elman_batch_texts", "Texts read at once", registry=registry, buckets=SIZES)
        self._waiting = Gauge("elman_waiting_texts", "Texts that are not answered yet", ["run"], registry=registry)

    def watch(self, runs: Mapping[str, Any]) -> None:
        """Shows what waits for each run."""
        for name, run in runs.items():
            self._waiting.labels(name).set_function(lambda run=run: run.waiting)

    def text(self) -> bytes:
        """In Prometheus's format."""
        return generate_latest(self._registry)


class Measured:
    """Counts requests and their time.

    Args:
        app: what comes behind (ASGI).
        measures: where they are counted.
    """

    def __init__(self, app: Any, measures: Measures) -> None:
        self._app, self._measures = app, measures

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Handles a connection, as ASGI has it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        status, begin = "none", time.perf_counter()

        async def noted(message: Any) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = str(message["status"])
            await send(message)

        try:
            await self._app(scope, receive, noted)
        finally:
            route = getattr(scope.get("route"), "path", "other")  # never what a client made up
            self._measures.requests.labels(route, status).inc()
            self._measures.seconds.labels(route).observe(time.perf_counter() - begin)
