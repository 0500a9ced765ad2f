"""Claims of the literature on recurrent networks, each measured in a small experiment."""
