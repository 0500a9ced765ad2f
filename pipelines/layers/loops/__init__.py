"""Recurrent loops compiled for a CPU, of which each folder of `cells` holds one (`kernel.py`).

`dispatch.py` lets a layer of Keras run one, `operation.py` makes it a TensorFlow operation with a gradient,
`threads.py` shares a batch out, `walk.py`, `product.py`, `mixing.py`, `arithmetic.py` and `memory.py` are what a loop
is built from. `linear.py` holds what the layers share whose loop has no product.
"""
