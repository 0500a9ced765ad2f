"""A Ray cluster: how to reach it, what its nodes must have in common, and how files get to them."""
