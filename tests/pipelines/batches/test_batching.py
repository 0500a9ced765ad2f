import numpy as np
import pytest

from pipelines.batches.batching import Encoded, TrainingBatches, bucketed, in_batches_by_length, pad, streamed


def test_rows_are_padded_at_the_end():
    assert pad([[5, 6], [7]]).tolist() == [[5, 6], [7, 0]]


@pytest.mark.parametrize("row", [[], [0], [4, 0, 5]])
def test_an_empty_or_padded_row_is_refused(row):
    with pytest.raises(ValueError, match="row 1"):
        pad([[5], row])


def test_an_epoch_holds_every_example_once():
    lengths = np.random.default_rng(1).integers(1, 40, 1003).tolist()
    batches = list(bucketed(lengths, 32, np.random.default_rng(2)))
    assert sorted(index for batch in batches for index in batch) == list(range(1003))
    assert max(map(len, batches)) == 32


def test_batches_of_like_length_hold_far_less_padding_than_batches_as_they_come():
    lengths = np.random.default_rng(1).integers(1, 400, 3200).tolist()

    def padding(batches):
        padded = sum(len(batch) * max(lengths[index] for index in batch) for batch in batches)
        return 1 - sum(lengths) / padded

    as_they_come = padding([range(start, start + 32) for start in range(0, 3200, 32)])
    assert padding(bucketed(lengths, 32, np.random.default_rng(2))) < 0.05 < 0.4 < as_they_come


def test_epochs_differ_and_the_same_seed_repeats_them():
    examples = [Encoded([number + 4]) for number in range(100)]

    def epochs(seed):
        batches = TrainingBatches(examples, lambda batch: batch, 8, seed)
        return [list(batches.epoch()) for _ in range(2)]

    first, second = epochs(1)
    assert first != second
    assert epochs(1) == [first, second]
    assert epochs(2) != [first, second]


def test_results_come_back_in_the_order_of_the_examples():
    examples = [Encoded([4] * length) for length in (3, 1, 2, 5, 4)]
    seen = []

    def predict(batch):
        seen.append([len(example.source) for example in batch])
        return seen[-1]

    assert in_batches_by_length(examples, 2, predict) == [3, 1, 2, 5, 4]
    assert seen == [[1, 2], [3, 4], [5]]


def test_a_batch_of_long_examples_holds_fewer(monkeypatch):
    monkeypatch.setattr("pipelines.batches.batching.MOST_STEPS", 10)
    sizes = []
    examples = [Encoded([1] * length) for length in (12, 2, 2, 3, 6, 4)]
    results = in_batches_by_length(
        examples, 3, lambda batch: sizes.append(len(batch)) or [len(each.source) for each in batch]
    )
    assert results == [12, 2, 2, 3, 6, 4]
    assert sizes == [3, 1, 1, 1]  # 2, 2, 3; 4 alone, for two of up to 6 steps are 12; 6; 12


def test_predictions_stream_in_the_order_of_what_is_predicted(monkeypatch):
    monkeypatch.setattr("pipelines.batches.batching.STREAMED", 3)
    drawn = []

    def lengths():
        for length in (3, 1, 2, 5, 4):
            drawn.append(length)
            yield length

    found = streamed(
        lengths(), lambda length: Encoded([4] * length), 2, lambda batch: [len(each.source) for each in batch]
    )
    assert next(found) == (3, Encoded([4] * 3), 3)
    assert drawn == [3, 1, 2]  # no more are held than are predicted at once
    assert [(item, result) for item, _, result in found] == [(1, 1), (2, 2), (5, 5), (4, 4)]
