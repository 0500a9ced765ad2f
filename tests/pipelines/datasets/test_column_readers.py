"""Readers of tokens in lines and tags in columns, on files written here."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Literal

import pytest

from embeddings.foundation.errors import InputError
from pipelines.data.examples import Example
from pipelines.datasets.readers import conll_columns, conllu, json_lines

Write = Callable[[str | bytes], Path]


def pairs(examples: Sequence[Example]) -> list[list[tuple[str, str]]]:
    """Tokens with their tags, sentence by sentence."""
    return [list(zip(example.tokens, example.tags or (), strict=True)) for example in examples]


CONLLU = """\
# sent_id = 1
# text = Zum Haus  ging er
1-2\tZum\t_\t_\t_\t_\t_\t_\t_\t_
1\tZu\tzu\tADP\tAPPR\t_\t3\tcase\t_\t_
2\tdem\tder\tDET\tART\t_\t3\tdet\t_\t_
3\tHaus\tHaus\tNOUN\tNN\t_\t4\tobl\t_\t_
3.1\tleer\t_\tVERB\tVV\t_\t_\t_\t_\t_
4\tging\tgehen\tVERB\tVVFIN\t_\t0\troot\t_\t_
5\ter\ter\tPRON\tPPER\t_\t4\tnsubj\t_\t_

1\tJa\tja\tINTJ\tITJ\t_\t0\troot\t_\t_"""


def test_conllu_gives_syntactic_words_without_empty_nodes(write: Write) -> None:
    first, last = conllu.Reader().read([write(CONLLU)])
    assert first.text == "Zum Haus  ging er"
    assert first.tokens == ("Zu", "dem", "Haus", "ging", "er")
    assert first.tags == ("ADP", "DET", "NOUN", "VERB", "PRON")
    assert (last.text, last.tokens, last.tags) == ("Ja", ("Ja",), ("INTJ",))


def test_conllu_takes_tags_from_the_column_asked_for(write: Write) -> None:
    first, _ = conllu.Reader(tags="xpos").read([write(CONLLU)])
    assert first.tags == ("APPR", "ART", "NN", "VVFIN", "PPER")


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ("1\tJa\tja\tINTJ", r":11: expected 10 columns separated by tabs, got 4"),
        ("x\tJa\tja\tINTJ\tITJ\t_\t0\troot\t_\t_", r":11: expected a number like 3, 3-4 or 3\.1, got 'x'"),
        ("1\tJa\tja\t_\tITJ\t_\t0\troot\t_\t_", r":11: expected upos of the word 'Ja', got none"),
        ("1\t\tja\t_\tITJ\t_\t0\troot\t_\t_", r":11: expected a word, got none"),
        (CONLLU[CONLLU.rindex("1\tJa") :] + "\n# text = Nein", r":12: expected comments before a sentence's words"),
    ],
)
def test_conllu_refuses_a_malformed_line(write: Write, wrong: str, message: str) -> None:
    path = write(CONLLU[: CONLLU.rindex("1\tJa")] + wrong)
    with pytest.raises(InputError, match=message):
        list(conllu.Reader().read([path]))


def test_columns_are_read_with_comments_and_without_a_last_blank_line(write: Write) -> None:
    text = "# text = Al-Zaman in Kut\n1\tAl-Zaman\tB-ORG\n2\tin\tO\n3\tKut\tB-LOC\n\n\n1\t#\tO"
    examples = list(conll_columns.Reader(token=1, tag=2, comment="# ").read([write(text)]))
    assert pairs(examples) == [[("Al-Zaman", "B-ORG"), ("in", "O"), ("Kut", "B-LOC")], [("#", "O")]]
    assert [example.text for example in examples] == ["Al-Zaman in Kut", "#"]


def test_columns_of_conll_2003_are_read_past_document_lines(write: Write) -> None:
    text = "-DOCSTART- -X- -X- O\n\nEU NNP B-NP I-ORG\nsays VBZ B-VP O\n\nPeter NNP B-NP I-PER\n"
    examples = list(conll_columns.Reader(tag=-1, separator=" ", scheme="iob1").read([write(text)]))
    assert pairs(examples) == [[("EU", "I-ORG"), ("says", "O")], [("Peter", "I-PER")]]


def test_a_document_line_ends_a_sentence(write: Write) -> None:
    text = "-DOCSTART-\tO\na\tO\n-DOCSTART-\tO\nb\tO\nc\tO\n"
    assert [example.tokens for example in conll_columns.Reader().read([write(text)])] == [("a",), ("b", "c")]


def test_two_sentences_with_a_comment_but_no_blank_line_between_are_refused(write: Write) -> None:
    first, second = "# text = a\n1\ta\tO\n", "# text = b\n1\tb\tO\n"
    reader = conll_columns.Reader(token=1, tag=2, comment="# ")
    assert [each.text for each in reader.read([write(f"{first}\n{second}# end\n")])] == ["a", "b"]
    with pytest.raises(InputError, match=r":3: expected no comment within a sentence, got one; separate sentences"):
        list(reader.read([write(first + second)]))


@pytest.mark.parametrize(("token", "tag"), [(1, -1), (0, -2)])
def test_token_and_tag_may_not_meet_in_a_column_counted_from_the_end(write: Write, token: int, tag: int) -> None:
    with pytest.raises(InputError, match=rf":1: expected token and tag in two columns, got column {token} of 2 for"):
        list(conll_columns.Reader(token=token, tag=tag).read([write("a\tO\n")]))


def test_a_hash_is_a_token_where_there_are_no_comments(write: Write) -> None:
    assert pairs(list(conll_columns.Reader().read([write("#fun\tO\n@me\tB-person\n")]))) == [
        [("#fun", "O"), ("@me", "B-person")]
    ]


@pytest.mark.parametrize(
    ("scheme", "tags"), [("iob2", "I-PER B-PER I-LOC"), ("iobes", "S-PER I-PER E-LOC"), ("none", "NN I-X B")]
)
def test_tags_are_given_as_the_scheme_writes_them(write: Write, scheme: Literal["iob2", "iobes", "none"], tags) -> None:
    reader = conll_columns.Reader(scheme=scheme)
    (example,) = reader.read([write("".join(f"w\t{tag}\n" for tag in tags.split()))])
    assert example.tags == tuple(tags.split())  # prepare makes valid IOB2 of them
    assert reader.tag_notation().scheme == scheme


@pytest.mark.parametrize(
    ("scheme", "tags", "message"),
    [
        ("iob2", "B-PER E-PER", r":2: expected O, B-..., I-... \(iob2\), got 'E-PER'"),
        ("iobes", "S-PER L-PER", r":2: expected O, B-..., I-..., E-..., S-... \(iobes\), got 'L-PER'"),
        ("iob2", "O PER", r":2: expected O, B-..., I-... \(iob2\), got 'PER'"),
        ("iob2", "O B-", r":2: .*got 'B-'"),
    ],
)
def test_a_tag_that_its_scheme_forbids_is_refused(
    write: Write, scheme: Literal["iob2", "iobes"], tags: str, message: str
) -> None:
    path = write("".join(f"w\t{tag}\n" for tag in tags.split()))
    with pytest.raises(InputError, match=message):
        list(conll_columns.Reader(scheme=scheme).read([path]))


def test_dropped_entity_types_are_read_as_outside(write: Write) -> None:
    (example,) = conll_columns.Reader(drop_types=("OTH",)).read([write("a\tB-OTH\nb\tI-OTH\nc\tB-PER\n")])
    assert example.tags == ("O", "O", "B-PER")


@pytest.mark.parametrize("scheme", ["iob2", "iob1", "iobes"])
def test_a_dropped_type_excuses_no_tag_that_the_scheme_forbids(write: Write, scheme: Literal["iob2", "iob1"]) -> None:
    with pytest.raises(InputError, match=r":2: expected O, .* got 'Z-PER'"):
        list(conll_columns.Reader(scheme=scheme, drop_types=("PER",)).read([write("a\tO\nb\tZ-PER\n")]))


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("token", "expected 2 columns, as the first line has, got 1: 'token'"),
        ("token\tO\tO", "expected 2 columns, as the first line has, got 3"),
        ("\tO", "expected a token and a tag, got no token"),
        ("\xa0\tO", "expected a token and a tag, got no token"),
        ("token\t ", "expected a token and a tag, got no tag"),
    ],
)
@pytest.mark.parametrize("scheme", ["iob2", "none"])
def test_a_line_without_token_or_tag_is_refused(
    write: Write, line: str, message: str, scheme: Literal["iob2", "none"]
) -> None:
    with pytest.raises(InputError, match=f":2: {message}"):
        list(conll_columns.Reader(scheme=scheme).read([write(f"a\tO\n{line}\n")]))


def test_token_and_tag_in_one_column_are_refused(write: Write) -> None:
    with pytest.raises(InputError, match="expected token and tag in two columns, got 1 for both"):
        list(conll_columns.Reader(token=1, tag=1).read([write("a\tO\n")]))


def test_a_space_between_columns_may_be_a_run_of_white_space(write: Write) -> None:
    (example,) = conll_columns.Reader(separator=" ").read([write("Oslo     B-LOC\nis \t      O\n")])
    assert pairs([example]) == [[("Oslo", "B-LOC"), ("is", "O")]]


def test_white_space_around_a_token_is_no_part_of_it(write: Write) -> None:
    (columns,) = conll_columns.Reader().read([write(" Oslo \t B-LOC \n")])
    (objects,) = json_lines.Reader({"tokens": "tokens", "tags": "tags"}).read(
        [write('{"tokens": [" Oslo\\u00a0"], "tags": ["B-LOC "]}')]
    )
    (words,) = conllu.Reader().read([write("1\t Oslo \t_\tPROPN\t_\t_\t0\troot\t_\t_\n")])
    assert columns.tokens == objects.tokens == words.tokens == ("Oslo",)
    assert columns.tags == objects.tags == ("B-LOC",)


def test_a_comment_mark_that_is_a_token_stays_one(write: Write) -> None:
    text = "# text = # one\n#\tO\none\tO\n\n#fun\tB-X\n"
    examples = list(conll_columns.Reader(comment="#").read([write(text)]))
    assert pairs(examples) == [[("#", "O"), ("one", "O")], [("#fun", "B-X")]]
    assert examples[0].text == "# one"
    with pytest.raises(InputError, match=":2: expected a comment or a token, got a line that may be either: '# O'"):
        list(conll_columns.Reader(comment="#", separator=" ").read([write("a O\n# O\n")]))


def test_a_conllu_sentence_that_ends_before_its_words_do_is_refused(write: Write) -> None:
    whole = "1-2\tZum\t_\t_\t_\t_\t_\t_\t_\t_\n" + "".join(
        f"{number}\t{word}\t_\tX\t_\t_\t0\t_\t_\t_\n" for number, word in ((1, "zu"), (2, "dem"))
    )
    assert [example.tokens for example in conllu.Reader().read([write(whole)])] == [("zu", "dem")]
    with pytest.raises(
        InputError, match=r":2: expected the words up to 2, as a multiword token.s line says, got 1; the"
    ):
        list(conllu.Reader().read([write("".join(whole.splitlines(keepends=True)[:2]))]))
    with pytest.raises(InputError, match=r":1: expected a number like 3, 3-4 or .*, got '1-9999"):
        list(conllu.Reader().read([write(whole.replace("1-2", "1-" + "9" * 5_000))]))


def test_conllu_sentences_without_a_blank_line_between_are_refused(write: Write) -> None:
    word = "{}\tJa\tja\tINTJ\tITJ\t_\t0\troot\t_\t_\n"
    for ids, expected in (("1 1", 2), ("1 3", 2), ("2", 1), ("1 2 1", 3)):
        got = ids.split()[-1]
        with pytest.raises(InputError, match=f"expected word {expected}, got {got}; separate sentences by a"):
            list(conllu.Reader().read([write("".join(map(word.format, ids.split())))]))
