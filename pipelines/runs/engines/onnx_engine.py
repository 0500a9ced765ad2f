"""ONNX Runtime: the graphs of a run folder, without Keras."""

import functools
import logging
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime

from embeddings.foundation.errors import InputError
from embeddings.foundation.limits import GRAPH_MEMORY_BYTES, check_limit, lifted
from pipelines.models.engine import Memory, States
from pipelines.runs.engines import DECODER, ENCODER, MODEL
from pipelines.runs.engines.onnx_file import check_graph_file

log = logging.getLogger(__name__)
STEPS = 4096  # of the rows that one run reads: arrays of more leave the processor's cache, which costs a fifth
ADVICE = "copy the run folder again"
LARGEST = 1 << 24  # of the dimensions that a graph declares


class ONNXEngine:
    """Runs the graphs of a run folder.

    A session takes one thread, and several batches run at once: more threads a session gain less on recurrent loops.

    Args:
        folder: with the graphs.
        load_keras: loads the Keras model, given what needs gradients; it is refused if not given.

    Raises:
        InputError: a graph cannot be read.
    """

    def __init__(self, folder: Path, load_keras: Callable[[str], Any] | None = None) -> None:
        self._load_keras, self._keras = load_keras, None
        self.batches_at_once = _cores()
        found = [name for name in (MODEL, ENCODER, DECODER) if (folder / f"{name}.onnx").exists()]
        self._folder, self._found = folder, {name: Session(folder / f"{name}.onnx") for name in found}

    def _session(self, name: str) -> "Session":
        if name not in self._found:
            raise InputError(f"{self._folder}: expected {name}.onnx, which its task needs, got none; {ADVICE}")
        return self._found[name]

    @property
    def choices(self) -> int | None:
        """How many labels or tags the model chooses among, where it does."""
        shape = self._found[MODEL].outputs.get("outputs") if MODEL in self._found else None
        return shape[-1] if shape and isinstance(shape[-1], int) else None

    @property
    def width(self) -> int | None:
        shapes = [shape for each in self._found.values() if (shape := each.outputs.get("hidden_states"))]
        return shapes[0][-1] if shapes and isinstance(shapes[0][-1], int) else None

    @property
    def tables(self) -> set[int]:
        return {rows for session in self._found.values() for rows in session.tables}

    def outputs(self, inputs: Any) -> np.ndarray:
        return self._in_parts(self._session(MODEL), "outputs", _listed(inputs))

    def hidden_states(self, inputs: Any) -> np.ndarray:
        reads = self._found.get(ENCODER) or self._session(MODEL)
        arrays = _listed(inputs)
        if "logits" in reads.outputs:  # a language model's, from states of zero
            arrays += self.first_states(len(arrays[0]))
        return self._in_parts(reads, "hidden_states", arrays)

    @staticmethod
    def _in_parts(session: "Session", name: str, arrays: Sequence[np.ndarray]) -> np.ndarray:
        """One output of a session for all rows, some at a time where they are long.

        Inputs whose first dimension is not the batch, such as the distinct words of all rows, go whole to each part.
        """
        rows, size = len(arrays[0]), max(8, STEPS // max(1, arrays[0].shape[1]))
        in_rows = [shape[0] == session.inputs[0][0] for shape in session.inputs]
        parts = [
            [array[start : start + size] if cut else array for array, cut in zip(arrays, in_rows, strict=True)]
            for start in range(0, max(rows, 1), size)
        ]
        found = [session.run([name], part)[0] for part in parts]
        return np.concatenate(found) if len(found) > 1 else found[0]

    def start(self, sources: np.ndarray) -> tuple[Memory, States]:
        encoder = self._session(ENCODER)
        names = [name for name in encoder.outputs if name != "hidden_states"]
        found = dict(zip(names, encoder.run(names, [sources]), strict=True))
        states = [found.pop(name) for name in names if name.startswith("state_")]
        return found, states

    def step(self, words: np.ndarray, states: States, memory: Memory) -> tuple[np.ndarray, States, np.ndarray | None]:
        decoder = self._session(DECODER)
        logits, *after = decoder.run([*decoder.outputs], [words, *states, *memory.values()])
        weights = after.pop() if "weights" in decoder.outputs else None
        return logits, after, weights

    def first_states(self, rows: int) -> States:
        return [np.zeros((rows, shape[1]), "float32") for shape in self._session(MODEL).inputs[1:]]

    def read(self, token_ids: np.ndarray, states: States) -> tuple[np.ndarray, States]:
        model = self._session(MODEL)
        names = [name for name in model.outputs if name != "hidden_states"]
        logits, *after = model.run(names, [token_ids, *states])
        return logits, after

    def keras_model(self, purpose: str) -> Any:
        if self._load_keras is None:
            raise InputError(f"{purpose}: expected the engine keras, which alone has gradients; use --engine keras")
        if self._keras is None:
            log.info(f"{purpose} needs gradients: Keras is loaded for them")
            self._keras, self.batches_at_once = self._load_keras(purpose), 1  # Keras is not for several threads
        return self._keras


class Session:
    """One graph in ONNX Runtime."""

    def __init__(self, path: Path) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 4  # what goes wrong is raised
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        options.add_session_config_entry("session.use_env_allocators", "1")
        self.tables = check_graph_file(path)
        _limit_memory()
        # ONNX Runtime opens no link out of the folder, as DVC's are to its cache (`cache.type symlink`).
        linked = [name for name in (f"{path.stem}.weights", f"{path.name}.data") if path.with_name(name).is_symlink()]
        held = [np.memmap(path.with_name(name), "u1", "r") for name in linked]
        options.add_external_initializers_from_files_in_memory(linked, held, [*map(len, held)])
        try:
            # Without the fallback, which prints what went wrong and tries the same again.
            self._session = onnxruntime.InferenceSession(
                path, options, providers=["CPUExecutionProvider"], enable_fallback=0
            )
            self._names = [each.name for each in self._session.get_inputs()]
            self.inputs = [each.shape for each in self._session.get_inputs()]
            self.outputs = {each.name: each.shape for each in self._session.get_outputs()}
        except Exception as error:  # ONNX Runtime has classes of errors of its own, and derives them from nothing else
            raise _refusal(path, "an ONNX graph", error) from None
        self._needed = onnxruntime.RunOptions()
        self._needed.only_execute_path_to_fetches = True
        self._path = path
        for shape in (*self.inputs, *self.outputs.values()):
            if any(isinstance(size, int) and not 0 <= size <= LARGEST for size in shape):
                raise InputError(f"{path}: expected dimensions up to {LARGEST:,}, got {shape}; {ADVICE}")

    def run(self, names: Sequence[str], arrays: Sequence[np.ndarray]) -> list[np.ndarray]:
        """The named outputs for arrays, one for each input; those of an empty batch are empty.

        ONNX Runtime ends the process on an empty batch.
        """
        if not arrays[0].size:
            rows = len(arrays[0])
            shapes = [
                [rows, *(size if isinstance(size, int) else 0 for size in self.outputs[name][1:])] for name in names
            ]
            return [np.zeros(shape, "float32") for shape in shapes]
        try:
            return self._session.run(list(names), dict(zip(self._names, arrays, strict=True)), self._needed)
        except Exception as error:  # of ONNX Runtime's own classes again, or of `zip`
            raise _refusal(self._path, "a graph of the run's task", error) from None


@functools.cache
def _limit_memory() -> None:
    """Gives the sessions of this process one pool of memory, with a limit."""
    place = onnxruntime.OrtMemoryInfo(
        "Cpu", onnxruntime.OrtAllocatorType.ORT_ARENA_ALLOCATOR, 0, onnxruntime.OrtMemType.DEFAULT
    )
    pool = onnxruntime.OrtArenaCfg({"max_mem": _cores() * lifted(GRAPH_MEMORY_BYTES)})
    onnxruntime.create_and_register_allocator(place, pool)


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _refusal(path: Path, expected: str, error: Exception) -> InputError:
    said = " ".join(str(error).split())
    if "BFCArena" in said:  # the pool, which has no room
        try:
            check_limit(path, "bytes of memory for each batch", GRAPH_MEMORY_BYTES)
        except InputError as refusal:
            return refusal
    return InputError(f"{path}: expected {expected}, got {said[:300]}; {ADVICE}")


def _listed(inputs: Any) -> list[np.ndarray]:
    return list(inputs) if isinstance(inputs, tuple) else [inputs]
