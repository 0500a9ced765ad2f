"""Word2Vec trained a window at a time: the engine `batched`."""
