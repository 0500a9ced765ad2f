"""An ONNX graph that is written operator by operator."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

OPSET = 21
IR_VERSION = 10  # the file format that came with this opset
EXTERNAL_BYTES = 1 << 26  # weights of this size stand in a file of their own, which ONNX Runtime maps into memory
TYPES = {"int32": TensorProto.INT32, "float32": TensorProto.FLOAT, "bool": TensorProto.BOOL}


class Graph:
    """Nodes, weights, inputs and outputs; a value is known by its name, which every method returns.

    Equal calls give equal files.

    Args:
        name: of the graph.
        inside: the graph whose values this one also sees, where it is the body of a loop.
    """

    def __init__(self, name: str, inside: "Graph | None" = None) -> None:
        self.name = name
        self.root = inside.root if inside else self
        self.nodes: list[onnx.NodeProto] = []
        self.inputs: list[onnx.ValueInfoProto] = []
        self.outputs: list[onnx.ValueInfoProto] = []
        if not inside:
            self.weights: dict[str, onnx.TensorProto] = {}
            self._constants: dict[tuple, str] = {}
            self._count = 0

    def input(self, name: str, dtype: str, shape: Sequence[int | str]) -> str:
        """Adds an input; a dimension that is a name may have any size."""
        self.inputs.append(helper.make_tensor_value_info(name, TYPES[dtype], shape))
        return name

    def output(self, name: str, value: str, dtype: str, shape: Sequence[int | str]) -> None:
        """Adds a value to the outputs, by a name of its own."""
        self.nodes.append(helper.make_node("Identity", [value], [name]))
        self.outputs.append(helper.make_tensor_value_info(name, TYPES[dtype], shape))

    def result(self, value: str, dtype: str, shape: Sequence[int | str]) -> None:
        """Adds a value to the outputs as it is, in the body of a loop; each can be one of them."""
        self.outputs.append(helper.make_tensor_value_info(value, TYPES[dtype], shape))

    def constant(self, values: Any, dtype: str = "float32") -> str:
        """Adds weights or other numbers, once if there are equal ones."""
        array = np.ascontiguousarray(values, dtype)
        array = array.reshape(np.shape(values))  # NumPy makes a vector of a single number
        root, key = self.root, (array.tobytes(), array.dtype.str, array.shape)
        if key not in root._constants:
            name = root._constants[key] = f"weights_{len(root.weights)}"
            root.weights[name] = numpy_helper.from_array(array, name)
        return root._constants[key]

    def add(self, operator: str, *inputs: str | None, **attributes: Any) -> str:
        """Adds an operator with one output."""
        return self.add_many(operator, 1, *inputs, **attributes)[0]

    def add_many(self, operator: str, outputs: int, *inputs: str | None, **attributes: Any) -> list[str]:
        """Adds an operator with several outputs; an input that is None is left out."""
        names = []
        for _ in range(outputs):
            self.root._count += 1
            names.append(f"{operator.lower()}_{self.root._count}")
        self.nodes.append(helper.make_node(operator, [each or "" for each in inputs], names, **attributes))
        return names

    def body(self, name: str) -> "Graph":
        """An empty graph for the body of a loop, which sees the values and weights of this one."""
        return Graph(name, self)

    def dense(self, inputs: str, kernel: Any, bias: Any = None, activation: str | None = None) -> str:
        """inputs @ kernel + bias, through an activation."""
        product = self.add("MatMul", inputs, self.constant(kernel))
        if bias is not None:
            product = self.add("Add", product, self.constant(bias))
        return self.add(activation, product) if activation else product

    def concat(self, values: Sequence[str], axis: int = -1) -> str:
        """Joins values; a single one stays as it is."""
        return self.add("Concat", *values, axis=axis) if len(values) > 1 else values[0]

    def split(self, value: str, parts: int) -> list[str]:
        """Cuts the last dimension into equal parts."""
        return self.add_many("Split", parts, value, axis=-1, num_outputs=parts) if parts > 1 else [value]

    def transpose(self, value: str, *order: int) -> str:
        """Reorders dimensions."""
        return self.add("Transpose", value, perm=order)

    def swapped(self, value: str) -> str:
        """(batch, time, width) as (time, batch, width), and the other way round."""
        return self.transpose(value, 1, 0, 2)

    def unsqueeze(self, value: str, *axes: int) -> str:
        """Adds dimensions of one."""
        return self.add("Unsqueeze", value, self.constant(axes, "int64"))

    def squeeze(self, value: str, *axes: int) -> str:
        """Removes dimensions of one."""
        return self.add("Squeeze", value, self.constant(axes, "int64"))

    def pick(self, value: str, index: int, axis: int = 0) -> str:
        """The part of a value at one index of an axis, which goes."""
        return self.add("Gather", value, self.constant(index, "int64"), axis=axis)

    def part(self, value: str, start: int, end: int, axis: int) -> str:
        """The part of a value from one index of an axis to before another; negative ones count from the end."""
        return self.add("Slice", value, *(self.constant([number], "int64") for number in (start, end, axis)))

    def turned(self, sequence: str) -> str:
        """The steps of (time, batch, width) from the last one to the first, those of padding among them."""
        return self.add("Slice", sequence, *(self.constant([number], "int64") for number in (-1, -(2**62), 0, -1)))

    def proto(self) -> onnx.GraphProto:
        """The graph as ONNX has it."""
        weights = list(self.weights.values()) if self.root is self else []
        return helper.make_graph(self.nodes, self.name, self.inputs, self.outputs, weights)

    def save(self, path: Path) -> None:
        """Checks the graph and writes it; large weights stand beside it in `<name>.weights`.

        Raises:
            onnx.checker.ValidationError: the graph is none.
        """
        opset = [helper.make_opsetid("", OPSET)]
        model = helper.make_model(self.proto(), producer_name="elman", opset_imports=opset, ir_version=IR_VERSION)
        onnx.save_model(
            model,
            path,
            save_as_external_data=any(len(weights.raw_data) >= EXTERNAL_BYTES for weights in self.weights.values()),
            location=f"{path.stem}.weights",
            size_threshold=EXTERNAL_BYTES,
        )
        onnx.checker.check_model(str(path), full_check=True)
