"""What the scores of a model are, and so how an ensemble averages them: `pipelines.graphs.ensemble.average`."""

from typing import Literal

Averages = Literal["choices", "decisions", "potentials"]
