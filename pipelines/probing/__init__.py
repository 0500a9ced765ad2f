"""Probing: how well the hidden states of a language model predict labels that it was never trained on.

Reference: Radford, Jozefowicz & Sutskever, "Learning to Generate Reviews and Discovering Sentiment", 2017.
"""
