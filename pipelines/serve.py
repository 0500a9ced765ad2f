"""Command `serve`: trained runs over HTTP on this machine, and a page to try them."""

import argparse
import logging
from dataclasses import fields
from pathlib import Path

from embeddings.foundation.errors import InputError, exits_on_input_error
from embeddings.foundation.options import count_option
from pipelines.serving.limits import Limits
from pipelines.serving.listening import listening

log = logging.getLogger(__name__)
HELP = {
    "body_bytes": "bytes of a request",
    "texts": "texts in a request",
    "tokens": "tokens in a text",
    "waiting": "texts of a run that are not answered yet",
    "batch": "texts of simultaneous requests that are read at once; 1: each request alone",
    "length": "tokens that a language model writes",
    "writing": "texts that language models write at once",
}
LOOPBACK = ["127.0.0.1", "localhost", "[::1]", "::1"]


@exits_on_input_error
def main(arguments: list[str] | None = None) -> None:
    """Serves until it is told to end; what was accepted is answered first."""
    parser = argparse.ArgumentParser(prog="elman serve", description=__doc__)
    parser.add_argument("runs", type=Path, nargs="+", help="run folders")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (127.0.0.1: this machine alone)")
    parser.add_argument("--port", type=int, default=8000, help="port to listen on (8000; 0: a free one)")
    limits = parser.add_argument_group("limits")
    for field in fields(Limits):
        option = f"--{field.name.replace('_', '-')}"
        limits.add_argument(
            option, type=count_option, default=field.default, help=f"{HELP[field.name]} ({field.default})"
        )
    options = parser.parse_args(arguments)
    given = {field.name: getattr(options, field.name) for field in fields(Limits)}
    if not 0 <= options.port < 1 << 16:
        raise InputError(f"--port: expected 0 to 65535, got {options.port}")
    try:
        import uvicorn

        from pipelines.serving.app import create_app
        from pipelines.serving.measures import Measures
    except ModuleNotFoundError as error:
        raise InputError(f"serve: {error.name} is not installed; install it: pip install elman[serve]") from None
    from pipelines.serving.served_run import ServedRun

    measures = Measures()
    served: dict[str, ServedRun] = {}
    for folder in options.runs:
        run = ServedRun.load(folder, Limits(**given), measures.batches.observe)
        if run.run.name in served:
            raise InputError(f"{folder}: expected runs of different names, got {run.run.name!r} twice; leave one out")
        served[run.run.name] = run
    hosts = LOOPBACK if options.host in LOOPBACK else ["*"]
    app = create_app(served, Limits(**given), measures, hosts)
    config = uvicorn.Config(app, log_config=None, access_log=False, server_header=False)
    with listening(options.host, options.port) as listened:
        log.info(f"http://{options.host}:{listened.getsockname()[1]} serves {', '.join(served)}; Ctrl+C ends it")
        uvicorn.Server(config).run([listened])


if __name__ == "__main__":
    main()
