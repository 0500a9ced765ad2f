"""Self-training: a run predicts unlabelled texts, and confident predictions join the train of its dataset."""
