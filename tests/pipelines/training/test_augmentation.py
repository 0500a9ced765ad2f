from pipelines.training.augmentation import with_lower_cased


def test_a_share_of_the_examples_stands_there_again_in_lower_case(ten_entity_examples):
    more = with_lower_cased(ten_entity_examples, 0.3, seed=1)
    assert more[:10] == ten_entity_examples
    assert len(more) == 13
    for added in more[10:]:
        original = next(example for example in ten_entity_examples if example.id == added.id)
        assert added.tokens == tuple(token.lower() for token in original.tokens)
        assert added.text == original.text.lower()
        assert added.tags == original.tags
    assert len({example.id for example in more[10:]}) == 3


def test_the_draw_follows_the_seed(ten_entity_examples):
    drawn = [[example.id for example in with_lower_cased(ten_entity_examples, 0.5, seed)[10:]] for seed in (1, 1, 2)]
    assert drawn[0] == drawn[1] != drawn[2]


def test_no_share_adds_nothing(ten_entity_examples):
    assert with_lower_cased(ten_entity_examples, 0.0, seed=1) == ten_entity_examples
