"""The HTTP interface of trained runs."""

import logging
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Annotated, Any

import msgspec
from fastapi import FastAPI, HTTPException, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import StreamingResponse
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field
from starlette.concurrency import iterate_in_threadpool, run_in_threadpool
from starlette.exceptions import HTTPException as StarletteHTTPException
from starlette.middleware.trustedhost import TrustedHostMiddleware

from embeddings.foundation.errors import InputError, one_line
from pipelines.decoding.sampling import Sampler
from pipelines.serving.batches import BusyError
from pipelines.serving.limits import Limits
from pipelines.serving.measures import Measured, Measures
from pipelines.serving.served_run import ServedRun

log = logging.getLogger(__name__)
PAGE = Path(__file__).parent / "page"
FILES = {
    "/": ("page.html", "text/html"),
    "/page.css": ("page.css", "text/css"),
    "/page.js": ("page.js", "text/javascript"),
}
# The page loads nothing from elsewhere, and nobody else shows it in a frame.
SAFE = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}


def readable(text: str) -> str:
    """A text that can be written as UTF-8; JSON can name half a character."""
    if any("\ud800" <= character <= "\udfff" for character in text):
        raise ValueError("expected whole characters, got half of one")
    return text


def listed(texts: Any) -> Any:
    """One text as a list of one."""
    return [texts] if isinstance(texts, str) else texts


Text = Annotated[str, AfterValidator(readable)]


class Asked(BaseModel):
    """A request; keys that it does not have are refused."""

    model_config = ConfigDict(extra="forbid", strict=True)


class Texts(Asked):
    """Texts to read."""

    texts: Annotated[list[Text], BeforeValidator(listed, json_schema_input_type=str | list[str])]


class ToPredict(Texts):
    """Texts to predict."""

    explain: bool = Field(False, description="add the attention of a translation")


class Prompt(Asked):
    """A text to continue."""

    prompt: Text = ""
    length: int = Field(200, ge=0, description="the most tokens to write")
    temperature: float = Field(1.0, description="lower: more probable tokens; 0: greedy")
    top_k: int = Field(0, description="sample from the k most probable tokens; 0: from all")
    top_p: float = Field(1.0, description="sample from the fewest tokens of this total probability")
    seed: int = Field(1, description="of the sampling")


def create_app(runs: Mapping[str, ServedRun], limits: Limits, measures: Measures, hosts: list[str]) -> FastAPI:
    """The interface of runs.

    Args:
        runs: by name.
        limits: of requests.
        measures: what is counted.
        hosts: names that requests may call the server by; `*` is any.
    """

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        yield
        for run in runs.values():
            run.thread.shutdown()

    app = FastAPI(
        title="Elman",
        description="Predictions of trained runs.",
        lifespan=lifespan,
        docs_url=None,  # their pages load scripts from elsewhere
        redoc_url=None,
        max_body_size=limits.body_bytes,
    )
    writing = 0
    measures.watch(runs)

    def named(name: str) -> ServedRun:
        if name not in runs:
            raise HTTPException(404, f"run: expected one of {', '.join(runs)}, got {one_line(name[:80])!r}")
        return runs[name]

    async def texts_of(run: ServedRun, asked: Texts) -> list[str]:
        await run_in_threadpool(run.check, asked.texts)
        measures.texts.labels(run.run.name).inc(len(asked.texts))
        return asked.texts

    @app.get("/runs")
    async def list_runs() -> Response:
        """The runs, and what each can do."""
        return answer({"runs": [run.described() for run in runs.values()]})

    @app.post("/runs/{name}/predict")
    async def predict(name: str, asked: ToPredict) -> Response:
        """A prediction for each text, as `elman predict` gives it."""
        run = named(name)
        if asked.explain and not run.explains:
            raise InputError(f"explain: run {name!r} has no attention; leave it out, or use elman predict --explain")
        return answer({"predictions": await run.predict(await texts_of(run, asked), asked.explain)})

    @app.post("/runs/{name}/encode")
    async def encode(name: str, asked: Texts) -> Response:
        """A vector for each text."""
        run = named(name)
        return answer({"vectors": await run.encode(await texts_of(run, asked))})

    @app.post("/runs/{name}/generate")
    async def generate(name: str, asked: Prompt) -> Response:
        """The prompt and its continuation as plain text, while it is written."""
        nonlocal writing
        run = named(name)
        if asked.length > limits.length:
            raise InputError(f"length: expected at most {limits.length}, got {asked.length}; continue what was written")
        sampler = Sampler(asked.seed, asked.temperature, asked.top_k, asked.top_p)
        await run_in_threadpool(run.check, [asked.prompt])
        pieces = await run_in_threadpool(run.generate, asked.prompt, sampler, asked.length)
        if writing >= limits.writing:
            raise BusyError
        writing += 1

        async def stream() -> AsyncIterator[str]:
            nonlocal writing
            try:
                async for piece in iterate_in_threadpool(pieces):
                    yield piece
            finally:
                writing -= 1

        return StreamingResponse(stream(), media_type="text/plain; charset=utf-8")

    @app.get("/health")
    async def health() -> Response:
        """Whether the server answers."""
        return answer({"status": "ok", "runs": list(runs)})

    @app.get("/metrics")
    async def metrics() -> Response:
        """Counts for Prometheus."""
        return Response(measures.text(), media_type=measures.media_type)

    for path, (name, media_type) in FILES.items():
        content = (PAGE / name).read_bytes()

        async def page(content: bytes = content, media_type: str = media_type) -> Response:
            return Response(content, media_type=media_type, headers=SAFE)

        app.add_api_route(path, page, include_in_schema=False)

    app.add_exception_handler(InputError, lambda request, error: refused(422, str(error)))
    app.add_exception_handler(BusyError, lambda request, error: refused(503, "too much is waiting; try again later"))
    app.add_exception_handler(RequestValidationError, malformed)
    app.add_exception_handler(StarletteHTTPException, unknown)
    app.add_exception_handler(Exception, failed)
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=hosts)
    app.add_middleware(Measured, measures=measures)
    return app


def answer(content: Any, status: int = 200, **headers: str) -> Response:
    """JSON, of numbers as short as they can be."""
    return Response(msgspec.json.encode(content), status, headers, "application/json")


def refused(status: int, reason: str) -> Response:
    """One line of JSON that says why."""
    return answer({"error": one_line(reason)}, status, **({"Retry-After": "1"} if status == 503 else {}))


def malformed(request: Request, error: Exception) -> Response:
    """The first thing that is wrong with a body."""
    assert isinstance(error, RequestValidationError)
    first = error.errors()[0]
    if first["type"] == "json_invalid":
        return refused(422, f"body: expected JSON, got something else at character {first['loc'][-1]}")
    where = ".".join(str(part) for part in first["loc"] if part != "body")
    return refused(422, f"{where or 'body'}: {first['msg'].removeprefix('Value error, ')}")


def unknown(request: Request, error: Exception) -> Response:
    """Of a path, a run or a method that is not there, or a body that is no JSON."""
    assert isinstance(error, StarletteHTTPException)
    too_large = "body: more bytes than the server takes; send several requests"
    return refused(error.status_code, too_large if error.status_code == 413 else str(error.detail))


async def failed(request: Request, error: Exception) -> Response:
    """Of a fault of ours: the log has the rest."""
    log.error("%s %s: %s", request.method, request.url.path, one_line(str(error)))
    return refused(500, "the server failed; its log says why")
