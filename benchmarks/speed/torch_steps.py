"""Steps of a PyTorch layer; sequences of unequal length are packed, or padded and masked behind the layer.

Padded, the padding is computed, too, and the backward direction reads it before the text.
"""

import importlib
from collections.abc import Callable
from typing import Any

import numpy as np

from benchmarks.speed.cases import Case

torch: Any = importlib.import_module("torch")  # extra `bench`
LEARNING_RATE = 1e-3
LAYERS = {"lstm": torch.nn.LSTM, "gru": torch.nn.GRU, "simple_rnn": torch.nn.RNN}


def make_steps(case: Case, implementation: str, vectors: np.ndarray) -> dict[str, Callable[[], Any]]:
    """A training step (SGD on the mean square of the outputs) and an inference step."""
    torch.manual_seed(1)
    layer = LAYERS[case.of_others](case.features, case.units, batch_first=True, bidirectional=case.bidirectional)
    inputs, lengths = torch.from_numpy(vectors), torch.from_numpy(case.row_lengths())
    optimizer = torch.optim.SGD(layer.parameters(), LEARNING_RATE)

    packs = implementation == "torch-packed" and case.lengths != "full"
    mask = (torch.arange(inputs.shape[1]) < lengths[:, None])[..., None]

    def outputs() -> Any:
        if packs:
            return layer(packed(inputs, lengths))[0].data
        results = layer(inputs)[0]
        return results if case.lengths == "full" else results * mask

    def train() -> None:
        optimizer.zero_grad()
        results = outputs()
        ((results * results).sum() / lengths.sum()).backward()
        optimizer.step()

    def infer() -> None:
        with torch.inference_mode():
            outputs()

    return {"train": train, "inference": infer}


def packed(inputs: Any, lengths: Any) -> Any:
    """Padded sequences, (batch, time, features), as PyTorch's recurrent layers skip the padding of."""
    return torch.nn.utils.rnn.pack_padded_sequence(inputs, lengths, batch_first=True, enforce_sorted=False)
