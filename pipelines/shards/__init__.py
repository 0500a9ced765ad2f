"""Large corpora in many files: each is read by itself, on this machine or a Ray cluster, and not again after a kill."""
