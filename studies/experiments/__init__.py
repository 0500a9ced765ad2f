"""The experiments, one file each: `measure` gives the figures of its claims, a row a measurement."""
