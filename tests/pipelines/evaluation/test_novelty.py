"""Scores of the seen and of the unseen, with numbers by hand."""

from pipelines.data.examples import Example
from pipelines.evaluation.novelty import by_novelty, known_from


def sentence(text, tags, number=0):
    return Example(f"dev-{number}", text, tuple(text.split()), tags=tuple(tags.split()))


TRAIN = [sentence("Anna saw New Tver", "B-PER O B-LOC I-LOC")]


def table(references, predictions, train, vectors):
    of_entities = any("B-" in tag for each in references for tag in each.tags)
    known = known_from(train, vectors, of_entities)
    rows = by_novelty(references, [{"tags": tags.split()} for tags in predictions], known, seed=1)
    return {group: (int(items), metric, float(value)) for group, items, metric, value, *_ in rows}


def test_entities_are_seen_where_train_has_one_of_the_same_words():
    references = [sentence("Anna saw Ivan", "B-PER O B-PER"), sentence("Anna New Tver Oslo", "B-LOC B-LOC I-LOC B-LOC")]
    found = table(references, ["B-PER O O", "B-PER B-LOC I-LOC B-LOC"], TRAIN, ["anna", "new", "Tver"])
    # Seen: Anna, Anna (LOC), New Tver; two are right, and Anna (PER) in their stead: 2 of 3, 2 of 3.
    assert found["entity seen"] == (3, "span_f1", 66.67)
    # Unseen: Ivan, which is missed, and Oslo: precision 1, recall 1/2.
    assert found["entity unseen"] == (2, "span_f1", 66.67)
    assert found["all words seen"] == found["all words with a vector"] == found["entity seen"]
    assert found["a word unseen"] == found["a word without a vector"] == found["entity unseen"]


def test_a_new_entity_of_known_words_is_unseen():
    found = table([sentence("Tver", "B-LOC")], ["B-LOC"], TRAIN, None)
    assert found == {"entity unseen": (1, "span_f1", 100.0), "all words seen": (1, "span_f1", 100.0)}


def test_tags_are_scored_by_their_words():
    train = [sentence("the dog saw", "DET NOUN VERB")]
    references = [sentence("The dog saw", "DET NOUN NOUN"), sentence("the cat", "DET NOUN")]
    found = table(references, ["DET NOUN VERB", "DET VERB"], train, ["the", "cat"])
    assert found["word seen"] == (3, "accuracy", 66.67)  # dog and the are right, saw is not
    assert found["word unseen"] == (2, "accuracy", 50.0)  # The is right, cat is not
    assert found["word with a vector"] == (3, "accuracy", 66.67)  # The, the and cat
    assert found["word without a vector"] == (2, "accuracy", 50.0)


def test_tags_that_look_like_those_of_entities_are_scored_by_their_words():
    train = [sentence("the dog saw", "I-DET B-NOUN O")]
    known = known_from(train, None, of_entities=False)
    rows = by_novelty(train, [{"tags": ["I-DET", "O", "O"]}], known, seed=1)
    assert [row[:4] for row in rows] == [["word seen", "3", "accuracy", "66.67"]]


def test_an_interval_holds_its_value():
    (row,) = by_novelty(
        [sentence("Tver", "B-LOC", number) for number in range(20)],
        [{"tags": ["B-LOC" if number % 2 else "O"]} for number in range(20)],
        known_from([], None, of_entities=True),
        seed=1,
    )[:1]
    value, low, high = map(float, row[3:])
    assert low < value < high <= 100
