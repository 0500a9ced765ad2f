"""Requests per second of `elman serve`, and how long each waits, with and without shared batches.

python -m benchmarks.speed.serving

It needs a run and the data of the default graph (`make repro`). Clients are in one process on the same machine and ask
for one text at a time, each on a connection of its own.
"""

import argparse
import asyncio
import json
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import psutil
from rich.console import Console
from rich.table import Table

from embeddings.foundation.errors import exits_on_input_error
from pipelines.data.examples import read_examples

WARM_SECONDS = 5


@exits_on_input_error
def main(arguments: list[str] | None = None) -> None:
    """Prints a table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.speed.serving", description=__doc__)
    parser.add_argument("--run", type=Path, default=Path("runs/ner-bilstm-skip_gram"), help="run folder")
    parser.add_argument("--data", type=Path, default=Path("data/toy_ner"), help="prepared dataset: dev is sent")
    parser.add_argument("--clients", type=int, default=64, help="at the same time (64)")
    parser.add_argument("--seconds", type=float, default=60, help="of each measurement (60)")
    options = parser.parse_args(arguments)
    texts = [example.text for example in read_examples(options.data / "dev.jsonl")]
    columns = ("batches", "requests/s", "median ms", "99 % ms", "errors", "MB after warm-up", "MB at the end")
    table = Table(*columns, title=f"{options.clients} clients, {options.seconds:g} s each")
    for name, batch in (("shared", 256), ("each request alone", 1)):
        with server(options.run, batch) as (process, port):
            asyncio.run(load(port, options.run.name, texts, options.clients, WARM_SECONDS))
            warm = megabytes(process)
            times, errors = asyncio.run(load(port, options.run.name, texts, options.clients, options.seconds))
            median, late = 1000 * np.quantile(times, [0.5, 0.99])
            rate = f"{len(times) / options.seconds:,.0f}"
            sizes = f"{warm:.1f}", f"{megabytes(process):.1f}"
            table.add_row(name, rate, f"{median:.1f}", f"{late:.1f}", str(errors), *sizes)
    Console(width=120).print(table)


@contextmanager
def server(run: Path, batch: int) -> Iterator[tuple[subprocess.Popen, int]]:
    """A server of a run: its process and its port."""
    command = [sys.executable, "-m", "pipelines.cli", "serve", str(run), "--port", "0", "--batch", str(batch)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr
        found = re.search(r":(\d+) serves", process.stderr.readline())
        assert found
        yield process, int(found[1])
        process.terminate()


async def load(port: int, run: str, texts: list[str], clients: int, seconds: float) -> tuple[list[float], int]:
    """The seconds that each request took, and how many were not answered with 200."""
    end, times, errors = time.perf_counter() + seconds, [], 0

    async def client(number: int) -> None:
        nonlocal errors
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        while (begin := time.perf_counter()) < end:
            body = json.dumps({"texts": texts[(number + len(times)) % len(texts)]}).encode()
            head = f"POST /runs/{run}/predict HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
            writer.write(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body)
            answer = await reader.readuntil(b"\r\n\r\n")
            length = re.search(rb"content-length: (\d+)", answer)
            await reader.readexactly(int(length[1]) if length else 0)
            errors += b" 200 " not in answer[:20]
            times.append(time.perf_counter() - begin)
        writer.close()

    await asyncio.gather(*(client(number) for number in range(clients)))
    return times, errors


def megabytes(process: subprocess.Popen) -> float:
    """The memory of a process."""
    return psutil.Process(process.pid).memory_info().rss / 1e6


if __name__ == "__main__":
    main()
