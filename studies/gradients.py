"""How the gradient of a loss at the end of a text fares on its way back through the steps, and what the gates do."""

from collections.abc import Iterator
from typing import Any

import numpy as np

DISTANCES = (0, 1, 2, 3, 5, 7, 10, 15, 20, 30, 40, 50, 60, 70, 80, 90, 100)  # from the end of a text


def read(
    model: Any, token_ids: np.ndarray, labels: np.ndarray, cut: str = ""
) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
    """Reads texts step by step, as the recurrent layer of a classifier does.

    Args:
        model: from `studies.recall.classifier`.
        token_ids: int32 (texts, time).
        labels: the classes of the texts, at whose cross-entropy L the gradients begin.
        cut: a state, `h` or `c`, through which no gradient passes from a step to the step before; so that only paths
            along the other one are left, whose gradient alone is told.

    Returns:
        The Euclidean norm of dL/ds_t for each state s that the layer carries (`h`, `c`), its mean over the texts,
        (time,); and each gate's value, its mean over texts and units, (time,).
    """
    import tensorflow

    words, layer, classes = model.layers[1:]
    cell, vectors = layer.cell, words(token_ids)
    states, names = layer.get_initial_state(len(token_ids)), carried_states(cell)
    history, opened = [], []
    with tensorflow.GradientTape() as tape:
        tape.watch(states)
        for step in range(vectors.shape[1]):
            opened.append(gates(cell, vectors[:, step], states))
            before = [
                tensorflow.stop_gradient(state) if names[number : number + 1] == [cut] else state
                for number, state in enumerate(states)
            ]
            outputs, states = cell(vectors[:, step], before)
            history.append(states)
        scores = tensorflow.nn.sparse_softmax_cross_entropy_with_logits(labels, classes(outputs))
        loss = tensorflow.reduce_sum(scores)
    gradients: Any = tape.gradient(loss, history)
    norms = {
        # In float64, which holds the squares of whatever float32 does.
        name: np.array([np.linalg.norm(np.asarray(step[number], "float64"), axis=-1).mean() for step in gradients])
        for number, name in enumerate(names)
        if name != cut
    }
    return norms, {gate: np.array([step[gate] for step in opened]) for gate in opened[0]}


def by_distance(model: Any, sample: tuple[np.ndarray, np.ndarray], cut: str = "") -> Iterator[dict[str, Any]]:
    """Rows of the norm of dL/ds by the distance from the end of some texts, s the state that is carried furthest."""
    norms, _ = read(model, *sample, cut=cut)
    state, values = list(norms.items())[-1]
    for distance in DISTANCES:
        yield {"state": state, "distance": distance, "norm": float(f"{values[-1 - distance]:.4g}")}


def carried_states(cell: Any) -> list[str]:
    """The names of a cell's states; what a QRNN's convolution carries is none of them."""
    names = {"LSTMCell": ["h", "c"], "SRUCell": ["c"], "QRNNCell": ["c"]}
    return names.get(type(cell).__name__, ["h"])


def gates(cell: Any, inputs: Any, states: list[Any]) -> dict[str, float]:
    """The mean value of each gate of a cell in one step; a simple RNN has none.

    Args:
        cell: of an LSTM, a GRU (reset after the product), an SRU, a minGRU, a minLSTM or a QRNN.
        inputs: float (batch, features).
        states: before the step.
    """
    from keras import ops

    from pipelines.layers.loops.linear import LinearCell

    if isinstance(cell, LinearCell):
        _, forget, output = cell.gates(cell.sums(inputs, states[1:])[0])
        opened = {"forget": forget} | ({} if output is None else {"output": output})
        return {name: float(ops.mean(gate)) for name, gate in opened.items()}
    before, projected = states[0], inputs @ cell.kernel
    if hasattr(cell, "peephole"):
        parts = ops.split(projected, projected.shape[-1] // cell.units, axis=-1)[1:3]
        sums = ops.concatenate(parts, axis=-1) + cell.peephole * ops.tile(before, (1, 2)) + cell.bias
        names = ["forget", "reset"]
    elif len(states) == 2:
        sums, names = projected + before @ cell.recurrent_kernel + cell.bias, ["input", "forget", "", "output"]
    elif hasattr(cell, "reset_after"):
        sums = projected + cell.bias[0] + before @ cell.recurrent_kernel + cell.bias[1]
        names = ["update", "reset", ""]
    else:
        return {}
    values = ops.convert_to_numpy(ops.sigmoid(sums)).mean(axis=0)
    return {name: float(part.mean()) for name, part in zip(names, np.split(values, len(names)), strict=True) if name}
