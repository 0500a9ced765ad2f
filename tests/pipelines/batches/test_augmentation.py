import numpy as np
import pytest

from embeddings.foundation.errors import InputError
from pipelines.batches.augmentation import lowercase_augmentation, shift_augmentation
from pipelines.data.examples import Example


def test_a_share_of_the_examples_stands_there_again_in_lower_case(ten_entity_examples):
    more = lowercase_augmentation(ten_entity_examples, 0.3, seed=1)
    assert more[:10] == ten_entity_examples
    assert len(more) == 13
    for added in more[10:]:
        original = next(example for example in ten_entity_examples if example.id == added.id)
        assert added.tokens == tuple(token.lower() for token in original.tokens)
        assert added.text == original.text.lower()
        assert added.tags == original.tags
    assert len({example.id for example in more[10:]}) == 3


def test_the_draw_follows_the_seed(ten_entity_examples):
    drawn = [
        [example.id for example in lowercase_augmentation(ten_entity_examples, 0.5, seed)[10:]] for seed in (1, 1, 2)
    ]
    assert drawn[0] == drawn[1] != drawn[2]


def test_no_share_adds_nothing(ten_entity_examples):
    assert lowercase_augmentation(ten_entity_examples, 0.0, seed=1) == ten_entity_examples


def test_an_image_stands_there_again_moved_by_a_pixel_to_each_side():
    image = np.array([[1, 2, 3], [4, 5, 6]], dtype="float32")
    example = Example("train-0", "", (), label="a", features=image)
    original, *moved = shift_augmentation([example])
    assert original is example
    assert [np.asarray(each.features).tolist() for each in moved] == [
        [[4, 5, 6], [0, 0, 0]],  # up
        [[0, 0, 0], [1, 2, 3]],  # down
        [[2, 3, 0], [5, 6, 0]],  # left
        [[0, 1, 2], [0, 4, 5]],  # right
    ]
    assert {each.label for each in moved} == {"a"}


@pytest.mark.parametrize("features", [None, np.zeros(4, "float32")])
def test_what_is_no_image_cannot_be_moved(features):
    with pytest.raises(InputError, match=r"training\.shift_augmentation: expected images, got train-0 without one"):
        shift_augmentation([Example("train-0", "", (), features=features)])
