"""Probes: what the states of a language model tell of a text's label, although it was never shown one.

Reference: Radford, Jozefowicz & Sutskever, "Learning to Generate Reviews and Discovering Sentiment", 2017.
"""
