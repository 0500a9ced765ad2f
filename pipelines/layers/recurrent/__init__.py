"""Recurrent layers, one file each; a cell's configuration names the file.

Each file offers `layer(units, name, seed)`: a Keras recurrent layer that returns the whole sequence and its
last states, with settings under which cuDNN can run it.
"""
