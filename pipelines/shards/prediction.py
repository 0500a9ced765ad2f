"""A trained run predicts shards: of each input shard one of JSON Lines, its rows in the same order and with its ids."""

import functools
import itertools
import json
import tempfile
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

from embeddings.foundation.errors import InputError
from embeddings.foundation.files import atomic_path, check_output, checksum
from embeddings.foundation.limits import PARSED_BYTES, check_text
from embeddings.foundation.progress import Progress
from pipelines.cluster.files import NodeFile, node_folder, place
from pipelines.datasets.shards import Shard, find_shards, guarded, is_url, local_copy
from pipelines.runs.folder import choose_engine, load_run_folder
from pipelines.runs.predict_options import CHUNK
from pipelines.runs.trained_run import TrainedRun
from pipelines.shards.execution import Job, Piece, by_name, in_pieces, machines
from pipelines.shards.output import Output
from pipelines.shards.texts import form, texts

ENDING = ".jsonl"


@dataclass(frozen=True)
class Settings:
    """How texts are predicted."""

    run: Path
    engine: str | None = None
    decoding: Any = None  # instead of the run's own
    key: str = "text"  # of the text in rows with keys
    tokenised: bool = False
    explain: bool = False
    chunk: int = CHUNK  # which decides what is predicted together, and so the last digits of probabilities

    def described(self) -> dict[str, Any]:
        """All that decides a prediction, as JSON."""
        return {
            "elman": version("elman"),
            "run": checksum(self.run / "config.json"),  # which has the checksums of its other files
            "engine": choose_engine(self.run, self.engine),
            **{name: getattr(self, name) for name in ("key", "tokenised", "explain", "chunk")},
            "decoding": asdict(self.decoding) if self.decoding else None,
        }


@dataclass(frozen=True)
class Prediction:
    """Predicts a shard, here or on a node.

    Args:
        settings: how.
        lent: the files of the run folder, for a node; None: it is here.
        group: names what a node keeps of them.
        cpus: threads; None: as many as there are processors.
        target: URL of a folder that the shard goes to from here; empty: it comes back in pieces.
    """

    settings: Settings
    lent: tuple[NodeFile, ...] | None
    group: str
    cpus: int | None
    target: str

    def __call__(self, job: Job) -> Iterator[Piece]:
        settings = self.settings
        run = _loaded(_placed(self.lent, self.group) if self.lent else settings.run, settings.engine)
        if self.cpus:
            run.engine.batches_at_once = min(self.cpus, run.engine.batches_at_once)
        with local_copy(job.shard) as path:
            rows = predicted(run, texts(path, job.shard.name, settings.key), settings)
            if not self.target:
                yield from in_pieces(job.name, rows)
                return
            with tempfile.TemporaryDirectory(prefix="elman-") as folder:
                with open(Path(folder) / "shard", "wb") as file:
                    file.writelines(rows)
                guarded(self.target, lambda: Output(self.target).upload(Path(folder) / "shard", job.name))


def predicted(run: TrainedRun, given: Iterable[tuple[str | int, str]], settings: Settings) -> Iterator[bytes]:
    """The predicted rows of texts as lines of JSON, streaming, with the ids of the texts."""
    ids: deque[str | int] = deque()

    def read() -> Iterator[str]:
        for name, text in given:
            ids.append(name)
            yield text

    for row in run.predict(read(), settings.decoding, settings.tokenised, settings.chunk, settings.explain):
        name = ids.popleft()
        line = json.dumps({**row, "id": name}, ensure_ascii=False) + "\n"
        check_text(str(name), line, PARSED_BYTES, "bytes of JSON")
        yield line.encode("utf-8")


def predict_shards(
    places: Sequence[str],
    output: str,
    settings: Settings,
    task: Path | None = None,
    address: str | None = None,
    cpus: int = 1,
    jobs: int | None = None,
) -> tuple[int, int]:
    """Predicts the shards that are not finished.

    Args:
        places: of the input, as `find_shards` takes them.
        output: folder or URL of the predictions.
        settings: how texts are predicted.
        task: configuration whose `decoding` replaces the run's own.
        address: of a Ray cluster; None: one shard after another, here.
        cpus: of a shard on the cluster.
        jobs: shards at a time on the cluster; None: what there is room for.

    Returns:
        How many shards were predicted, and how many had been before.

    Raises:
        InputError: a place has no shards, one is damaged, or the output is of something else.
    """
    target = Output(output)
    for given in places:
        if is_url(given) == target.is_remote and Path(given).resolve() in Path(output).resolve().parents:
            told = f"expected a folder outside {given}, all of whose files are read; choose another"
            raise InputError(f"{output}: {told}")
    found = find_shards(places)
    shards = by_name([output_name(shard) for shard in found], found)
    if not target.is_remote:
        check_output(output, settings.run, *(shard.path for shard in found if not is_url(shard.path)))
    run = _loaded(settings.run, settings.engine)
    settings = replace(settings, decoding=run.decoding_of(task) if task else None)
    with machines(address, cpus, jobs, [*shards.values()]) as at:
        finished = target.open(settings.described(), shards)  # which writes, when nothing else can be refused
        waiting = [Job(name, shard) for name, shard in shards.items() if name not in finished]
        work = Prediction(settings, at.lend(settings.run), at.group, at.cpus, output if target.is_remote else "")
        with Progress("predict", "shards", len(shards), len(finished)) as progress:
            done = itertools.count(len(finished) + 1)
            at.run(waiting, work, _sink(target), lambda: progress.update(next(done)))
    return len(waiting), len(finished)


def output_name(shard: Shard) -> str:
    """The name of what a shard becomes: its own, with another ending."""
    return shard.name[: shard.name.rindex(form(shard.name))] + ENDING


def _sink(output: Output) -> Callable[[Job], Any]:
    @contextmanager
    def sink(job: Job) -> Iterator[Callable[[Piece], object]]:
        if output.is_remote:  # to which jobs write themselves
            yield lambda piece: None
            return
        with atomic_path(Path(output.place) / job.name) as path, open(path, "wb") as file:
            yield lambda piece: file.write(piece[1])

    return sink


@functools.lru_cache(maxsize=1)
def _loaded(folder: Path, engine: str | None) -> TrainedRun:
    """A run; a process that predicts several shards reads it once."""
    return load_run_folder(folder, engine)


@functools.lru_cache(maxsize=1)
def _placed(lent: tuple[NodeFile, ...], group: str) -> Path:
    """The folder of a run on this node."""
    runs = node_folder(group) / "runs"
    runs.mkdir(parents=True, exist_ok=True, mode=0o700)
    folder = Path(tempfile.mkdtemp(dir=runs))
    place(lent, group, folder)
    return folder
