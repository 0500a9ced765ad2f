"""Datasets: where they come from, how files are read, and what prepare makes of them."""
