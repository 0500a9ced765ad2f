"""Elman: recurrent networks for text on Word2Vec vectors, as stages of a DVC pipeline."""
