"""ONNX graphs of trained models, one file a model, written from the weights.

`graph.py` is what they are written with; `words.py`, `recurrent.py`, `characters.py`, `pooling.py`, `attention.py` and
`crf.py` are the pieces that models share. A cell's own piece is `graph.py` in its folder. The layers are read from the
Keras model by name; nothing here imports Keras. Inside a graph sequences are time-major, as ONNX's recurrent operators
take them; inputs and outputs are batch-major, as everything else has them.
"""
