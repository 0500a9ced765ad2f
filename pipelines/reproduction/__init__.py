"""The stages of dvc.yaml, several at once, on a lock file that survives a kill."""
