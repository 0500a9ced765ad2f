"""Recurrent cells, a folder each; a cell's configuration names the folder.

Importing the folder itself loads no Keras. It offers `Config`, a frozen dataclass of the keys that the cell has beside
those of every encoder, each with a default; and `SMALL`, values of these keys, in a file's form, with which the cell is
tested. They hold nothing that draws.

`layer.py` offers `layer(units, name, seed, **own)`, own being keys of `Config`: a Keras recurrent layer that returns
the whole sequence and its last states. With the default keys its settings are those under which cuDNN can run it.
One with a kernel that overrides `call` or `inner_loop` says in `is_plain` when its loop alone would not be the layer.

`reference.py` holds the equations, once more and in NumPy alone: `step(inputs, states, weights, **own)`, own being what
`SMALL` gives. Inputs are (batch, features), states a sequence of (batch, units), weights what the layer's `get_weights`
gives. It returns the output, (batch, units), and the list of the states after the step.

`kernel.py` holds the loop over time and its gradient, compiled for a CPU: a `pipelines.layers.loops.kernel.Kernel`.

`graph.py` holds the layer as operators of ONNX: `recurrent(graph, inputs, weights, lengths, starts, own)`. The inputs
are (time, batch, features), the weights what `get_weights` gives of the layer of each direction, the lengths the real
steps of each row or None, the starts the first states of each direction, (batch, units), or None for zeros, and own is
a `Config`. It returns the outputs, (time, batch, width of all directions), which mean nothing at padding, and the last
states of each direction. Without it runs of the cell are predicted by Keras alone.
"""
