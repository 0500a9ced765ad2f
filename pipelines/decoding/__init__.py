"""Decoding methods, a folder each; `decoding.method` of a task's configuration names the folder.

A folder offers `Decoding`, the dataclass of its keys, and in `decoder.py` `Decoder(model, config)`, of a `Seq2Seq` and
those keys: a Keras model from source ids to hypotheses, the best first, int32 (batch, hypotheses, time), and their
scores, float32 (batch, hypotheses). `config.py` holds the keys that methods share,
`constraints.py` which tokens they may write, and how many. Language models write by `sampling.py`.
"""

SHARED = ("config", "constraints", "sampling")  # modules that are no plug-ins
