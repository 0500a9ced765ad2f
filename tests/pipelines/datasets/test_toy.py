import dataclasses
import re
from collections import defaultdict
from itertools import islice
from pathlib import Path

import pytest

from embeddings.foundation.config import load_config
from pipelines.datasets.readers import conll_columns, conllu, labelled_text, parallel_text
from pipelines.datasets.sources import toy
from pipelines.datasets.toy import russian
from pipelines.datasets.toy.sentences import sentences
from pipelines.datasets.toy.writer import draw, write_files
from pipelines.text.tokenization import words

ROOT = Path(__file__).parents[3]
SIZES = {"train": 3000, "dev": 500, "test": 1000, "unlabelled": 2000}


@pytest.fixture(scope="module")
def drawn():
    """The sentences of the default data, fewer of the unlabelled ones."""
    return draw(1, SIZES)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A small corpus as files."""
    folder = tmp_path_factory.mktemp("toy")
    write_files(folder, 1, {"train": 60, "dev": 20})
    return folder


def entities(sentence):
    """The names in a sentence: (type, text)."""
    found, name, kind = [], [], ""
    for (form, _), tag in [*zip(sentence.tokens, sentence.entities, strict=True), (("", ""), "O")]:
        if name and not tag.startswith("I-"):
            found.append((kind, " ".join(name)))
            name = []
        if tag != "O":
            name, kind = [*name, form], tag[2:]
    return found


def test_the_same_seed_writes_the_same_bytes_and_another_seed_others(folder, tmp_path):
    write_files(tmp_path / "again", 1, {"train": 60, "dev": 20})
    write_files(tmp_path / "other", 2, {"train": 60, "dev": 20})
    for file in folder.iterdir():
        assert (tmp_path / "again" / file.name).read_bytes() == file.read_bytes()
    assert (tmp_path / "other/train.en").read_bytes() != (folder / "train.en").read_bytes()


def test_every_split_has_its_size(drawn):
    assert {split: len(of_split) for split, of_split in drawn.items()} == SIZES


def test_no_sentence_stands_twice(drawn):
    texts = [sentence.text.lower() for of_split in drawn.values() for sentence in of_split]
    assert len(set(texts)) == len(texts)


def test_a_larger_split_changes_neither_its_beginning_nor_the_other_splits(drawn):
    other = draw(1, {"train": 200, "test": 60})
    assert other["train"] == drawn["train"][:200]
    assert other["test"] == drawn["test"][:60]


def test_train_holds_at_least_1500_words(drawn):
    assert len({form.lower() for sentence in drawn["train"] for form, _ in sentence.tokens}) >= 1500


def test_many_words_have_more_than_one_tag(drawn):
    tags = defaultdict(set)
    for sentence in drawn["train"]:
        for form, tag in sentence.tokens:
            tags[form].add(tag)
    ambiguous = {form for form, of_form in tags.items() if len(of_form) > 1}
    assert {"play", "work", "to", "that", "her"} & ambiguous
    assert len(ambiguous) > 30


def test_test_holds_names_that_train_never_saw_and_unlabelled_texts_show_some_of_them(drawn):
    seen = {name for sentence in drawn["train"] for _, name in entities(sentence)}
    unseen = {name for sentence in drawn["test"] for _, name in entities(sentence)} - seen
    shown = {name for sentence in drawn["unlabelled"] for _, name in entities(sentence)}
    assert len(unseen) > 100
    assert len(unseen & shown) > 20


def test_some_names_are_of_several_types(drawn):
    types = defaultdict(set)
    for sentence in drawn["train"]:
        for kind, name in entities(sentence):
            types[name].add(kind)
    assert sum(len(of_name) > 1 for of_name in types.values()) > 10


def test_entity_tags_are_valid_iob2_and_labels_are_balanced(drawn):
    for sentence in drawn["train"]:
        for before, tag in zip(("O", *sentence.entities), sentence.entities, strict=False):
            assert not tag.startswith("I-") or before in (tag, f"B-{tag[2:]}")
    positive = sum(sentence.label == "positive" for sentence in drawn["train"])
    assert 0.45 < positive / 3000 < 0.55


def test_a_words_sentiment_alone_does_not_tell_the_label(drawn):
    labels = [s.label for s in drawn["train"] if re.search(r"\b(awful|dull|boring|vile)\b", s.text)]
    share = sum(label == "negative" for label in labels) / len(labels)
    assert 0.4 < share < 0.9


def test_the_words_tokenizer_gives_the_grammars_own_tokens(drawn):
    for sentence in drawn["train"]:
        assert words(sentence.text) == [form for form, _ in sentence.tokens]


def test_the_ordinary_readers_read_every_file_and_agree(folder):
    tagged = list(conllu.Reader().read([folder / "train.conllu"]))
    named = list(conll_columns.Reader(comment="# ").read([folder / "train.iob2"]))
    labelled = list(labelled_text.Reader().read([folder / "train.tsv"]))
    parallel = list(parallel_text.Reader().read([folder / "train.en", folder / "train.ru"]))
    expected = [sentence for split, sentence in islice(sentences(1), 2000) if split == "train"][:60]
    for pos, ner, label, pair, sentence in zip(tagged, named, labelled, parallel, expected, strict=True):
        assert pos.text == ner.text == label.text == pair.text == sentence.text
        assert pos.tokens == ner.tokens == tuple(form for form, _ in sentence.tokens)
        assert pos.tags == tuple(tag for _, tag in sentence.tokens)
        assert ner.tags == sentence.entities
        assert label.label == sentence.label
        assert pair.target_text == sentence.translation


def test_metadata_say_what_the_other_files_say(folder):
    block = (folder / "train.conllu").read_text(encoding="utf-8").split("\n\n")[0].split("\n")
    label, text = (folder / "train.tsv").read_text(encoding="utf-8").split("\n")[0].split("\t")
    russian = (folder / "train.ru").read_text(encoding="utf-8").split("\n")[0]
    assert block[:4] == ["# sent_id = train-0", f"# text = {text}", f"# text_ru = {russian}", f"# sentiment = {label}"]
    assert all(len(line.split("\t")) == 10 for line in block[4:])


@pytest.mark.parametrize("name", ["toy_sentiment", "toy_pos", "toy_ner", "toy_translation"])
def test_the_configurations_hold_the_same_sentences(name, drawn, tmp_path):
    config = load_config(toy.Source, ROOT / f"configs/datasets/{name}.yaml")
    assert (config.seed, config.sentences["train"]) == (1, 3000)
    first = dataclasses.replace(config, sentences=dict.fromkeys(config.sentences, 50))  # whatever else is drawn
    for split, examples in first.read(tmp_path / "source").items():
        assert [example.text for example in examples] == [sentence.text for sentence in drawn[split][:50]]


@pytest.mark.parametrize(
    ("noun", "gender", "animate", "parts", "forms"),
    [
        ("отель", "m", False, {}, "отель отеля отелю отель отелем отеле отели отелей отелям отели отелями отелях"),
        ("гость", "m", True, {}, "гость гостя гостю гостя гостем госте гости гостей гостям гостей гостями гостях"),
        (
            "певец", "m", True, {"stem": "певц", "ins": "певцом", "genpl": "певцов"},
            "певец певца певцу певца певцом певце певцы певцов певцам певцов певцами певцах",
        ),
        ("поездка", "f", False, {},
         "поездка поездки поездке поездку поездкой поездке поездки поездок поездкам поездки поездками поездках"),
        ("комедия", "f", False, {},
         "комедия комедии комедии комедию комедией комедии комедии комедий комедиям комедии комедиями комедиях"),
        ("площадь", "f", False, {},
         "площадь площади площади площадь площадью площади площади площадей площадям площади площадями площадях"),
        ("море", "n", False, {}, "море моря морю море морем море моря морей морям моря морями морях"),
        ("музей", "m", False, {}, "музей музея музею музей музеем музее музеи музеев музеям музеи музеями музеях"),
    ],
)  # fmt: skip
def test_nouns_decline(noun, gender, animate, parts, forms):
    declined = russian.decline_noun(noun, gender, animate, parts)
    assert " ".join([*declined["s"], *declined["p"]]) == forms


@pytest.mark.parametrize(
    ("adjective", "gender", "forms"),
    [
        ("новый", "m", "новый нового новому новый новым новом"),
        ("хороший", "n", "хорошее хорошего хорошему хорошее хорошим хорошем"),
        ("большой", "m", "большой большого большому большой большим большом"),
        ("последний", "f", "последняя последней последней последнюю последней последней"),
        ("тихий", "p", "тихие тихих тихим тихие тихими тихих"),
        ("мой", "n", "моё моего моему моё моим моём"),
    ],
)
def test_adjectives_decline(adjective, gender, forms):
    assert " ".join(russian.decline_adjective(adjective)[gender]) == forms


@pytest.mark.parametrize(
    ("surname", "gender", "slavic", "forms"),
    [
        ("Орлов", "m", True, "Орлов Орлова Орлову Орлова Орловым Орлове"),
        ("Орлов", "f", True, "Орлова Орловой Орловой Орлову Орловой Орловой"),
        ("Ростовский", "f", True, "Ростовская Ростовской Ростовской Ростовскую Ростовской Ростовской"),
        ("Остин", "m", False, "Остин Остина Остину Остина Остином Остине"),
        ("Смит", "f", False, "Смит Смит Смит Смит Смит Смит"),
    ],
)
def test_surnames_decline_by_gender_and_origin(surname, gender, slavic, forms):
    assert " ".join(russian.decline_surname(surname, gender, slavic)) == forms


def test_verbs_conjugate():
    found = russian.conjugate("найти", False, {"past": "нашёл,нашла"})
    assert [found[key] for key in ("inf", "pastm", "pastf", "pastn", "pastp")] == [
        "найти",
        "нашёл",
        "нашла",
        "нашло",
        "нашли",
    ]
    admired = russian.conjugate("восхищаться", True, {})
    assert [admired[key] for key in ("pastf", "press1", "press3", "presp1", "presp3")] == (
        ["восхищалась", "восхищаюсь", "восхищается", "восхищаемся", "восхищаются"]
    )


# Russian by hand: gender, case and number over all sentences of a form.
@pytest.mark.parametrize(
    ("english", "russian"),
    [
        (r"\b[Tt]he film was not (\w+) at all\b", r"\b[Фф]ильм был совсем не \w+(ым|им)\b"),
        (r"\bcalled the novel (\w+)[.,!]", r"\bназвал[аи]? роман \w+(ым|им)\b"),
        (r"\bcalled the comedy (\w+)[.,!]", r"\bназвал[аи]? комедию \w+(ой|ей)\b"),
        (r"\bdid not like the film\b", r"\bне понравился фильм\b"),
        (r"\bdid not like the trip\b", r"\bне понравилась поездка\b"),
        (r"^The news that (?:(?!\ba\b|\bthe\b).)+ had (?:told|heard)\b", r"^Новость, которую "),  # the object's case
        (r"\bremembered Anna\b", r"\bвспомнил[аи]? Анну\b"),
        (r"\bwrote about (Ivan|Anna|Olga|Elena|Oslo)\b", r"\b(об (Иване|Анне|Ольге|Осло)|о Елене)\b"),
        (r"\bin Vladimir\b", r"\b[Вв]о Владимире\b"),
        (r"\bin (Cuba|Malta|Cyprus|Crete)\b", r"\b[Нн]а (Кубе|Мальте|Кипре|Крите)\b"),
        (
            r"^The \w+ (Anna|Maria|Olga|Elena|Irina)( \w+)? (came|went|remembered|wrote)\b",
            r" (приехала|вернулась|вспомнила|написала)\b",
        ),
        (r"\b(Anna|Maria|Olga) (Smith|Brown|Wilson)\b", r"\b(Анн|Мари|Ольг)\w+ (Смит|Браун|Уилсон)\b"),  # indeclinable
        (r"\b(bought|sold|lost|found|chose) the red \w+s\b", r"\bкрасные\b"),
    ],
)
def test_russian_agrees(english, russian, drawn):
    everything = [sentence for of_split in drawn.values() for sentence in of_split]
    found = [sentence for sentence in everything if re.search(english, sentence.text)]
    assert found
    for sentence in found:
        assert re.search(russian, sentence.translation), (sentence.text, sentence.translation)
