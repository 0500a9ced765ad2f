"""Most frequent tag: counts, ties and unknown words by hand."""

from pipelines.baselines.most_frequent_tag import fit
from pipelines.data.examples import Example


def tagged(*sentences):
    """Examples from sentences such as `the/DET dog/NOUN`."""
    pairs = [[token.rsplit("/", 1) for token in sentence.split()] for sentence in sentences]
    return [
        Example(f"x-{number}", "", tuple(word for word, _ in pair), tags=tuple(tag for _, tag in pair))
        for number, pair in enumerate(pairs)
    ]


def predict(train, *words):
    (row,) = fit(train, seed=1)([Example("y", "", words)])
    return row["tags"]


def test_a_word_gets_its_most_frequent_tag_and_of_equals_the_alphabetically_first():
    train = tagged("book/VERB book/NOUN run/VERB book/NOUN run/NOUN")
    for order in (train, tagged("run/NOUN book/NOUN run/VERB book/NOUN book/VERB")):
        assert predict(order, "book", "run") == ["NOUN", "NOUN"]


def test_an_unknown_word_takes_the_tag_of_its_lower_case():
    train = tagged("go/VERB May/PROPN may/AUX x/NOUN y/NOUN")
    assert predict(train, "Go", "GO", "May", "MAY") == ["VERB", "VERB", "PROPN", "AUX"]


def test_an_unknown_word_takes_the_tag_of_the_rarest_words_not_of_the_most_frequent():
    train = tagged("the/DET the/DET the/DET the/DET dog/NOUN cat/NOUN runs/VERB")
    assert predict(train, "bird") == ["NOUN"]


def test_the_rarest_words_may_stand_more_than_once():
    train = tagged("the/DET the/DET the/DET dog/NOUN dog/NOUN")
    assert predict(train, "bird") == ["NOUN"]


def test_a_sentence_without_tokens_gets_no_tags_and_no_sentences_get_no_rows():
    model = fit(tagged("a/X"), seed=1)
    assert list(model([Example("y", "", ())])) == [{"id": "y", "tags": []}]
    assert list(model([])) == []
