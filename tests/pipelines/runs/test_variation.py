"""Keys of a trained task that may change."""

import pytest
from conformance_cases import task_config

from embeddings.foundation.errors import InputError
from pipelines.decoding import beam, greedy
from pipelines.runs.variation import varied


@pytest.mark.parametrize("changes", [{"model": {"pooling": "mean"}}, {"training": {"epochs": 1}}, {"task": {}}])
def test_a_key_that_training_reads_is_refused(changes):
    with pytest.raises(InputError, match="is read by training; write a run for it"):
        varied(task_config("sentiment"), changes, "here")


def test_decoding_is_replaced_as_a_whole():
    config = varied(
        task_config("translation"), {"decoding": {"method": "beam", "beam_size": 2, "length_penalty": 0.5}}, "x"
    )
    assert config.decoding == beam.Decoding(beam_size=2, length_penalty=0.5)
    assert varied(config, {"decoding": {"method": "greedy"}}, "x").decoding == greedy.Decoding()
