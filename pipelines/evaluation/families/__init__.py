"""Metric families, one file each; a task names the file under `metrics:`, whose `FAMILY` is the family."""
