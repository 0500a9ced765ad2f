"""Decoding methods, a folder each; `decoding.method` of a task's configuration names the folder.

A folder offers `Decoding`, the dataclass of its keys, and in `decoder.py` `decode(engine, sources, config)`, of an
engine of an encoder-decoder, what it reads of a batch, and those keys. It gives the hypotheses of each source, the best
first, int32 (batch, hypotheses, time), and their scores, float32 (batch, hypotheses). `config.py` holds the keys that
methods share, `constraints.py` which tokens they may write, and how many, `alignment.py` what was attended to. Language
models write by `sampling.py`.
"""

SHARED = ("alignment", "config", "constraints", "sampling")  # modules that are no plug-ins
