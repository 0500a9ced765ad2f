"""Folders that a run is exported to: ONNX graphs, a SavedModel, a repository of the Hugging Face Hub."""
