"""What holds for every metric family: a new one is tested once it has a case here."""

import random

import numpy as np
import pytest

from embeddings.foundation import plugins
from pipelines.data.examples import Example, names_of
from pipelines.evaluation.family import load_family
from pipelines.evaluation.scores import Context, evaluate

CONTEXT = Context(dataset="any", data_version="1", split="dev", gold_tokens=True, seed=1, resamples=10)
WORDS = ["the", "old", "cat", "saw", "a", "dog", "near", "the", "river", "and", "ran", "home", "at", "once"]


def labelled(generator):
    label = generator.choice("abc")
    guess = generator.choice([label, label, *"abd"])
    shares = {name: generator.randint(1, 4) for name in "abd"}
    probabilities = {name: share / sum(shares.values()) for name, share in shares.items()}
    return {"label": label}, {"label": guess, "probabilities": probabilities}


def multilabelled(generator):
    actual = [label for label in "abc" if generator.random() < 0.4]
    guess = [label for label in "abd" if generator.random() < (0.8 if label in actual else 0.2)]
    return {"labels": tuple(actual)}, {"labels": guess, "probabilities": {name: generator.random() for name in "abd"}}


def tagged(tags):
    def make(generator):
        actual = [generator.choice(tags) for _ in range(generator.randint(1, 9))]
        return {"tags": tuple(actual)}, {"tags": [generator.choice([tag, tag, *tags]) for tag in actual]}

    return make


def translated(generator):
    reference = generator.sample(WORDS, 8)
    output = [generator.choice([word, word, *WORDS]) for word in reference]
    return {"target_text": " ".join(reference)}, {"text": " ".join(output), "tokens": output}


def captioned(generator):
    reference, output = (" ".join(generator.sample(WORDS, 2)) for _ in range(2))
    return {"target_text": reference}, {"text": generator.choice([reference, output])}


def scored(generator):
    tokens = generator.randint(1, 9)
    values = [-generator.random() * 5 for _ in range(tokens)]
    unknown = sorted(generator.sample(range(tokens), generator.randint(0, tokens)))
    return {"tokens": ("word",) * tokens, "text": " ".join(["word"] * tokens)}, {
        "log_probabilities": values,
        "unknown": unknown,
    }


CASES = {
    "classification": labelled,
    "multilabel": multilabelled,
    "tagging": tagged(["N", "V", "ADJ"]),
    "entities": tagged(["O", "O", "B-PER", "I-PER", "B-LOC", "I-LOC"]),
    "translation": translated,
    "captioning": captioned,
    "perplexity": scored,
}


def split(name, size=30):
    """Examples and predictions of a family, the same at every call."""
    generator = random.Random(4)
    references, predictions = [], []
    for number in range(size):
        known, prediction = CASES[name](generator)
        tokens = ("word",) * len(known.get("tags", "x"))
        references.append(Example(f"dev-{number}", **{"text": "", "tokens": tokens, **known}))
        predictions.append({"id": f"dev-{number}", **prediction})
    return references, predictions


def test_every_family_has_a_case():
    assert set(plugins.names("pipelines.evaluation.families")) == set(CASES)


@pytest.mark.parametrize("name", CASES)
def test_every_number_has_options_and_resamples(name):
    statistic = load_family(name).statistic(*split(name))
    values = statistic.values(np.ones((3, statistic.units)))
    assert set(values) == set(statistic.options)
    assert {column.shape for column in values.values()} == {(3,)}


@pytest.mark.parametrize("name", CASES)
def test_a_resample_gives_the_values_of_the_examples_drawn(name):
    family = load_family(name)
    references, predictions = split(name)
    weights = np.random.default_rng(2).multinomial(30, [1 / 30] * 30, size=4).astype(float)
    resampled = family.statistic(references, predictions).values(weights)
    for row, drawn in enumerate(np.repeat(np.arange(30), counts.astype(int)) for counts in weights):
        whole = family.statistic([references[index] for index in drawn], [predictions[index] for index in drawn])
        for key, value in whole.whole().items():
            assert resampled[key][row] == pytest.approx(value), key


@pytest.mark.parametrize("name", CASES)
def test_weights_mix_two_systems_whose_predictions_stand_one_after_the_other(name):
    """Paired tests swap the results of examples so."""
    family = load_family(name)
    references, predictions = split(name)
    lengths = {}  # the other system: the predictions of other examples that are as long
    for number, row in enumerate(predictions):
        lengths.setdefault(len(row.get("tags", row.get("log_probabilities", ()))), []).append(number)
    taken = {one: other for group in lengths.values() for one, other in zip(group, group[1:] + group[:1], strict=True)}
    others = [predictions[taken[number]] for number in range(30)]
    joint = family.statistic([*references, *references], [*predictions, *others])
    of_one = np.random.default_rng(3).integers(2, size=(4, 30)).astype(float)
    mixed = joint.values(np.concatenate([of_one, 1 - of_one], axis=1))
    for row, chosen in enumerate(of_one):
        rows = [one if own else other for own, one, other in zip(chosen, predictions, others, strict=True)]
        for key, value in family.statistic(references, rows).whole().items():
            assert mixed[key][row] == pytest.approx(value), key


@pytest.mark.parametrize("name", CASES)
def test_a_metric_alone_has_the_values_that_it_has_among_the_others(name):
    family = load_family(name)
    weights = np.random.default_rng(3).multinomial(30, [1 / 30] * 30, size=4).astype(float)
    among = family.statistic(*split(name)).values(weights)
    for metric in (*family.MAIN, *family.OTHERS):
        alone = family.statistic(*split(name), only=metric)
        assert (metric.name, "") in alone.options
        np.testing.assert_array_equal(alone.values(weights)[metric.name, ""], among[metric.name, ""])


@pytest.mark.parametrize("name", CASES)
def test_the_order_of_the_examples_changes_no_value(name):
    family = load_family(name)
    references, predictions = split(name)
    forward = family.statistic(references, predictions).whole()
    assert family.statistic(references[::-1], predictions[::-1]).whole() == pytest.approx(forward)


@pytest.mark.parametrize("name", CASES)
def test_a_family_lists_every_metric_of_the_whole_that_it_measures(name):
    family = load_family(name)
    assert {metric.name for metric in (*family.MAIN, *family.OTHERS)} == set(family.score(*split(name)))


@pytest.mark.parametrize("name", CASES)
def test_the_score_in_training_is_the_value_that_is_reported(name):
    family = load_family(name)
    case = split(name)
    reported = {score.metric: score.value for score in evaluate(family, *case, CONTEXT) if not score.label}
    assert family.score(*case) == pytest.approx(reported, abs=1e-4)


@pytest.mark.parametrize("name", CASES)
def test_perfect_predictions_score_100_and_have_no_loss(name):
    family = load_family(name)
    references, predictions = split(name)
    for reference, row in zip(references, predictions, strict=True):
        row |= {
            "label": reference.label,
            "labels": list(reference.labels or ()),
            "tags": list(reference.tags or ()),
            "text": reference.target_text or "",
        }
        row |= {"log_probabilities": [0.0] * len(reference.tokens), "unknown": []}
        row |= {"probabilities": {name: float(name in names_of(reference)) for name in "abc"}}
    if name == "entities":  # tags at random break the scheme, which only the conlleval reading allows
        references = [reference for reference in references if "I-" not in "".join(reference.tags or ())]
        predictions = [{"tags": list(reference.tags or ())} for reference in references]
    expected = {metric.name: 0 if metric.better == "lower" else 100 for metric in (*family.MAIN, *family.OTHERS)}
    expected |= {"perplexity": 1} if name == "perplexity" else {}
    assert family.score(references, predictions) == pytest.approx(expected, abs=1e-5)


@pytest.mark.parametrize("name", CASES)
def test_a_prediction_that_lacks_what_is_scored_is_refused(name):
    family = load_family(name)
    references, predictions = split(name)
    family.check(references[0], predictions[0])
    with pytest.raises(ValueError, match="expected"):
        family.check(references[0], {"id": "dev-0"})
    if name != "perplexity":  # every text has a probability
        with pytest.raises(ValueError, match="expected an example with"):
            family.check(Example("dev-0", "", ("word",)), predictions[0])
