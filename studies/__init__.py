"""Claims of the literature on recurrent networks, each measured in a small experiment."""

import pipelines  # noqa: F401  (TensorFlow starts without its notes)
