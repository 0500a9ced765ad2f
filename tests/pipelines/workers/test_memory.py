"""A worker without the memory for its model."""

from typing import Any

import numpy as np
import pytest

from embeddings.foundation.errors import InputError
from pipelines.workers import actors
from pipelines.workers.actors import Actor


@pytest.mark.parametrize("step", ["begin", "gradients"])
def test_it_says_so_in_one_line(monkeypatch, step):
    class Wide:
        def __init__(self, description):
            if description == "begin":
                np.empty(10**17)

        def gradients(self, trained, values, part):
            np.empty(10**17)

    monkeypatch.setattr(actors, "Shard", Wide)
    actor: Any = Actor()
    if step == "gradients":
        actor.begin(step)
    with pytest.raises(InputError, match=r"^out of memory: Unable to allocate 711. PiB"):
        getattr(actor, step)(*{"begin": ["begin"], "gradients": [((), []), None]}[step])
