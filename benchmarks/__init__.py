"""Elman on real data, and its speed."""

import importlib

importlib.import_module("pipelines")  # with which TensorFlow starts without its notes
