"""Length-bucketed batches of examples, and batches of chunks of long texts."""
