"""Batches of examples, and of chunks of long texts."""
