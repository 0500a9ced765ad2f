"""The loop over time of each cell and its gradient, compiled by numba: NumPy arrays in and out, no Keras.

Both work on some `rows` of a batch. The rows don't depend on each other: each thread takes its share of them through
the whole sequence and never waits for another within a step.

Where a gradient will be asked for, `forward` writes over the projected inputs of a step what `backward` needs of it
first: the gates, and so on. What else it needs stands in `saved`.
"""
