"""One training on several workers: each computes the gradients of some rows of every batch, and they are added up."""
