"""Run folders: written by training, read by everything else."""
