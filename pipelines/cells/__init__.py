"""Recurrent cells, a folder each; a cell's configuration names the folder.

`layer.py` offers `layer(units, name, seed, recurrent_dropout, weight_dropout, dtype)`: a Keras recurrent layer that
returns the whole sequence and its last states. Without recurrent dropout its settings are those under which cuDNN can
run it.

`kernel.py` holds its loop over time and the gradient, compiled by numba: NumPy arrays in and out, no Keras. Both work
on some `rows` of a batch. The rows don't depend on each other: each thread takes its share of them through the whole
sequence and never waits for another within a step. Where a gradient will be asked for, `forward` writes over the
projected inputs of a step what `backward` needs of it first: the gates, and so on. What else it needs is in `saved`.
"""

SHARED = ("config",)  # modules that are no plug-ins
