"""Elman on real data, and its speed."""

import pipelines  # noqa: F401  (TensorFlow starts without its notes)
