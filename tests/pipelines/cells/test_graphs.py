"""The gates of the linear cells as ONNX operators, where float32 is short of digits."""

import numpy as np
import onnxruntime

from pipelines.cells.min_lstm.graph import gates
from pipelines.graphs.graph import Graph


def test_min_lstm_keeps_the_right_share_where_both_gates_are_near_zero_or_out_of_range(tmp_path):
    """A trained language model has such gates. f / (f + i) by float64, from sigmoids that are exact to a share."""
    gate = np.array([-300, -60, -25, -17, -12, -8, 0, 30, 300], "float32")
    forget, update = (part.ravel() for part in np.meshgrid(gate, gate))
    graph = Graph("gates")
    sums = graph.input("sums", "float32", [1, 3 * forget.size])
    candidate, kept, _ = gates(graph, sums)
    graph.output("kept", kept, "float32", [1, forget.size])
    graph.output("candidate", candidate, "float32", [1, forget.size])
    graph.save(tmp_path / "gates.onnx")
    session = onnxruntime.InferenceSession(tmp_path / "gates.onnx")
    found, _ = session.run(["kept", "candidate"], {"sums": np.concatenate([forget, forget, update])[None]})
    log_f, log_i = (-np.logaddexp(0, -part.astype("float64").clip(-80)) for part in (forget, update))
    np.testing.assert_allclose(found[0], np.exp(log_f - np.logaddexp(log_f, log_i)), rtol=1e-5, atol=1e-30)
