"""An ONNX graph of a run folder, checked before ONNX Runtime reads it.

The file is read field by field, as Protocol Buffers write it, so that prediction needs no further package.

Reference: https://protobuf.dev/programming-guides/encoding and the messages in onnx.proto.
"""

import math
import mmap
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from embeddings.foundation.errors import InputError
from embeddings.foundation.limits import MODEL_BYTES, check_limit
from embeddings.foundation.reading import open_file

OPERATORS = frozenset((
    "Add", "And", "Cast", "Concat", "Conv", "Div", "Equal", "Exp", "Expand", "GRU", "Gather", "GreaterOrEqual",
    "Identity", "LSTM", "Log", "LogSoftmax", "MatMul", "Max", "Mul", "Not", "RNN", "Range", "ReduceL2",
    "ReduceLogSumExp", "ReduceMax", "ReduceMean", "ReduceSum", "Relu", "Reshape", "Scan", "Shape", "Sigmoid", "Slice",
    "Softmax", "Split", "Squeeze", "Sub", "Tanh", "TfIdfVectorizer", "Transpose", "Unsqueeze", "Where",
))  # fmt: skip
QUANTIZED = frozenset((
    "ConvInteger", "DequantizeLinear", "DynamicQuantizeLSTM", "DynamicQuantizeLinear", "DynamicQuantizeMatMul",
    "MatMulInteger", "MatMulIntegerToFloat",
))  # fmt: skip
DOMAINS = ("", "ai.onnx", "com.microsoft")
NESTED = 4  # graphs in graphs
# Of a tensor's number types: bytes of one number, and the field that holds them where they are not raw.
SIZES = {1: 4, 2: 1, 3: 1, 6: 4, 7: 8, 9: 1, 10: 2, 11: 8}
FLOAT, FLOAT_DATA = 1, 4  # the type, and the field of floating-point numbers that are not raw

Message = dict[int, list]  # a number of a field -> its values: whole numbers, or bytes


class _DamagedError(ValueError):
    """The file is not what it should be; the message says why."""


def check_graph_file(path: Path) -> set[int]:
    """Refuses a file that is no graph as training writes it; gives the number of rows of each of its tables.

    Operators are those of our graphs; weights are in the file, or beside it in `<name>.weights` or, of quantized ones,
    `<name>.onnx.data`; they are as many as their shapes say, and numbers.

    Raises:
        InputError: it is something else.
    """
    try:
        with open_file(path) as file:
            size = path.stat().st_size
            check_limit(path, "bytes", MODEL_BYTES, size)
            return _check_model(path, memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)))
    except InputError:
        raise
    except (_DamagedError, ValueError) as error:
        raise InputError(f"{path}: expected an ONNX graph, got {error}; copy the run folder again") from None


def _check_model(path: Path, view: memoryview) -> set[int]:
    model = _message(view)
    if 20 in model or 25 in model or len(model.get(7, [])) != 1:
        raise _DamagedError("one with functions or training, or none")
    _check_graph(path, model[7][0], 0)
    shapes = [_numbers(_message(weights).get(1, [])) for weights in _message(model[7][0]).get(5, [])]
    return {shape[0] for shape in shapes if len(shape) == 2}


def _check_graph(path: Path, view: memoryview, depth: int) -> None:
    if depth > NESTED:
        raise _DamagedError("graphs within graphs")
    graph = _message(view)
    if 15 in graph:
        raise _DamagedError("sparse weights")
    for weights in graph.get(5, []):
        _check_tensor(path, weights)
    for each in graph.get(1, []):
        node = _message(each)
        operator, domain = _text(node, 4), _text(node, 7)
        if domain not in DOMAINS or operator not in OPERATORS | QUANTIZED:
            raise _DamagedError(f"the operator {operator[:60]!r} of {domain[:60]!r}, which no run has")
        attributes = [_message(attribute) for attribute in node.get(5, [])]
        if operator == "TfIdfVectorizer":
            _check_columns(attributes)
        for attribute in attributes:
            for inner in (*attribute.get(6, []), *attribute.get(11, [])):
                _check_graph(path, inner, depth + 1)
            for tensor in (*attribute.get(5, []), *attribute.get(10, [])):
                _check_tensor(path, tensor)


def _check_columns(attributes: list[Message]) -> None:
    """Refuses n-grams whose numbers are not those of so many columns: a large one would take all memory."""
    named = {_text(each, 1): each for each in attributes}
    columns = _numbers(named.get("ngram_indexes", {}).get(8, []))
    if columns != list(range(len(columns))):
        raise _DamagedError("n-grams that are not numbered from 0")


def _check_tensor(path: Path, view: memoryview) -> None:
    tensor = _message(view)
    name = _text(tensor, 8)[:60]
    shape, kind = _numbers(tensor.get(1, [])), (tensor.get(2) or [0])[0]
    if kind not in SIZES:
        raise _DamagedError(f"weights {name!r} of a type that no run has")
    expected = math.prod(shape) * SIZES[kind]
    if tensor.get(13) or tensor.get(14, [0])[0]:
        values = _beside(path, name, tensor)
    elif 9 in tensor:
        values = tensor[9][-1]
        if isinstance(values, int):
            raise _DamagedError("a number in the place of weights")
    else:  # small ones, in fields of their own
        if math.prod(shape) > len(view):
            raise _DamagedError(f"weights {name!r} of shape {list(shape)} in {len(view)} bytes")
        values, expected = b"".join(each for each in tensor.get(FLOAT_DATA, []) if not isinstance(each, int)), None
    if expected is not None and len(values) != expected:
        raise _DamagedError(f"weights {name!r} of shape {list(shape)} in {len(values)} bytes")
    if kind == FLOAT and np.isnan(np.frombuffer(values, "<f4", len(values) // 4)).any():
        raise InputError(f"{path}: expected numbers, got NaN in {name!r}; the training has diverged, train it again")


def _beside(path: Path, name: str, tensor: Message) -> np.ndarray:
    """The bytes of weights that stand in a file of their own."""
    entries = {_text(entry, 1): _text(entry, 2) for entry in map(_message, tensor.get(13, []))}
    location = entries.get("location", "")
    if location not in (f"{path.stem}.weights", f"{path.name}.data"):
        raise _DamagedError(f"weights {name!r} in another file than {path.stem}.weights")
    place = {key: entries.get(key, "0") for key in ("offset", "length")}
    if not all(value.isascii() and value.isdigit() and len(value) < 16 for value in place.values()):
        raise _DamagedError(f"weights {name!r} at {place}")
    offset, length = (int(place[key]) for key in ("offset", "length"))
    other = path.with_name(location)
    try:
        with open_file(other):
            check_limit(other, "bytes", MODEL_BYTES, other.stat().st_size)
        return np.memmap(other, "u1", "r", offset, (length,)) if length else np.zeros(0, "u1")
    except (OSError, ValueError):
        raise InputError(f"{other}: expected {offset + length:,} bytes of weights; copy the run folder again") from None


def _message(view: memoryview | int) -> Message:
    """The fields of a message."""
    if isinstance(view, int):
        raise _DamagedError("a number in the place of a message")
    found: Message = {}
    for number, value in _fields(view):
        found.setdefault(number, []).append(value)
    return found


def _fields(view: memoryview) -> Iterator[tuple[int, int | memoryview]]:
    place, end = 0, len(view)
    while place < end:
        key, place = _varint(view, place)
        number, wire = key >> 3, key & 7
        if wire == 0:
            value, place = _varint(view, place)
        elif wire == 2:
            length, place = _varint(view, place)
            value, place = view[place : place + length], place + length
        elif wire in (1, 5):
            length = 8 if wire == 1 else 4
            value, place = view[place : place + length], place + length
        else:
            raise _DamagedError("bytes that no message has")
        if place > end or not number:
            raise _DamagedError("a message that ends too early")
        yield number, value


def _varint(view: memoryview, place: int) -> tuple[int, int]:
    value = 0
    for shift in range(0, 70, 7):
        if place >= len(view):
            raise _DamagedError("a message that ends too early")
        byte = view[place]
        place += 1
        value |= (byte & 127) << shift
        if byte < 128:
            return value, place
    raise _DamagedError("a number without end")


def _numbers(values: list) -> list[int]:
    """A repeated field of whole numbers, packed or not; none is below 0."""
    found: list[int] = []
    for value in values:
        place = 0
        while isinstance(value, memoryview) and place < len(value):
            number, place = _varint(value, place)
            found.append(number)
        if isinstance(value, int):
            found.append(value)
    if any(number >= 1 << 40 for number in found):
        raise _DamagedError("a negative or absurd dimension")
    return found


def _text(message: Message, number: int) -> str:
    value = (message.get(number) or [b""])[-1]
    if isinstance(value, int):
        raise _DamagedError("a number in the place of a name")
    return bytes(value).decode("utf-8", "replace")
