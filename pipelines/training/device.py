"""The device of a model: chosen before Keras starts, and recorded in its cost."""

import importlib
import os
from typing import Literal

from embeddings.foundation.errors import InputError


def choose_device(device: Literal["auto", "cpu", "gpu"]) -> str:
    """Restricts Keras's backend to a device and names the one in use, such as `cpu` or `gpu: NVIDIA L4`.

    Must run before the backend does anything else.

    Raises:
        InputError: a GPU is demanded and the backend sees none.
    """
    if device == "cpu":
        os.environ["CUDA_VISIBLE_DEVICES"] = "-1"
        os.environ["JAX_PLATFORMS"] = "cpu"
    import keras

    gpu = _gpu_name(keras.backend.backend())
    if device == "gpu" and gpu is None:
        raise InputError(
            "training.device: expected a GPU, the backend sees none; install the extra `gpu`, or set `device: auto`"
        )
    return f"gpu: {gpu}" if gpu else "cpu"


def _gpu_name(backend: str) -> str | None:
    if backend == "jax":
        jax = importlib.import_module("jax")  # no dependency of ours: whoever chooses the backend has it
        return next((found.device_kind for found in jax.devices() if found.platform == "gpu"), None)
    import tensorflow

    gpus = tensorflow.config.list_physical_devices("GPU")
    return tensorflow.config.experimental.get_device_details(gpus[0]).get("device_name", "unknown") if gpus else None
