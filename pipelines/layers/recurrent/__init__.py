"""Recurrent layers, one file each; a cell's configuration names the file.

Each file offers `layer(units, name, seed, recurrent_dropout, weight_dropout, dtype)`: a Keras recurrent layer that
returns the whole sequence and its last states. Without recurrent dropout its settings are those under which cuDNN can
run it.
"""
