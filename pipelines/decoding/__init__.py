"""Decoding methods, one file each; `decoding.method` of a task's configuration names the file.

Each file offers `Decoder(model, config)`: a Keras model from source ids to written ids, of a `Seq2Seq` and a
`DecodingConfig`. But for sampling: language models write by it, and it chooses from logits. `limits.py` holds what
decoders share.
"""
