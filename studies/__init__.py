"""Claims of the literature on recurrent networks, each measured in a small experiment."""

import importlib

importlib.import_module("pipelines")  # with which TensorFlow starts without its notes
