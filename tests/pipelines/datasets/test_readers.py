"""Every reader on files of a few lines, written here."""

import bz2
import gzip
import lzma
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Literal

import pytest

from embeddings.foundation.errors import InputError
from pipelines.data.examples import Example
from pipelines.datasets.readers import (
    conll_columns,
    conllu,
    csv_table,
    fasttext_labels,
    file_per_label,
    json_lines,
    labelled_text,
    parallel_text,
    plain_text,
    whole_file,
)

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
    assert reader.tag_scheme() == scheme


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


def test_conllu_sentences_without_a_blank_line_between_are_refused(write: Write) -> None:
    word = "{}\tJa\tja\tINTJ\tITJ\t_\t0\troot\t_\t_\n"
    for ids, expected in (("1 1", 2), ("1 3", 2), ("2", 1), ("1 2 1", 3)):
        got = ids.split()[-1]
        with pytest.raises(InputError, match=f"expected word {expected}, got {got}; separate sentences by a"):
            list(conllu.Reader().read([write("".join(map(word.format, ids.split())))]))


@pytest.mark.parametrize(
    ("text", "options"),
    [
        ("neg\tbad \t film\n\npos\tgood\n", {}),
        ("bad \t film\tneg\ngood\tpos", {"label_first": False}),
        ("neg bad \t film\r\npos good\r\n", {"separator": " "}),
    ],
)
def test_labelled_text_is_split_at_its_label_alone(write: Write, text: str, options: dict) -> None:
    examples = list(labelled_text.Reader(**options).read([write(text)]))
    assert [(example.label, example.text) for example in examples] == [("neg", "bad \t film"), ("pos", "good")]


def test_a_label_may_have_an_empty_text(write: Write) -> None:
    (example,) = labelled_text.Reader().read([write("neg\t\n")])
    assert (example.label, example.text) == ("neg", "")


@pytest.mark.parametrize("line", ["no label here", "\tno label"])
def test_a_line_without_a_label_is_refused(write: Write, line: str) -> None:
    with pytest.raises(InputError, match=r":2: expected 'label\\ttext', got"):
        list(labelled_text.Reader().read([write(f"pos\tgood\n{line}\n")]))


def test_parallel_lines_are_paired_and_empty_ones_kept(write: Write) -> None:
    examples = list(parallel_text.Reader().read([write("eins\n\ndrei\n"), write("one\ntwo\nthree")]))
    assert [(example.text, example.target_text) for example in examples] == [
        ("eins", "one"),
        ("", "two"),
        ("drei", "three"),
    ]


@pytest.mark.parametrize(
    ("source", "target", "counts"), [("a\n", "a\nb\nc\n", "1 and 3"), ("a\nb\nc\n", "a\n", "3 and 1")]
)
def test_unequal_line_counts_are_refused_with_both(write: Write, source: str, target: str, counts: str) -> None:
    with pytest.raises(InputError, match=f":2: expected as many lines as .*, got {counts}"):
        list(parallel_text.Reader().read([write(source), write(target)]))


def test_plain_text_is_one_text_a_line_over_all_files(write: Write) -> None:
    examples = plain_text.Reader().read([write("one\n\n \ntwo"), write("three\n")])
    assert [example.text for example in examples] == ["one", "two", "three"]


def test_a_whole_file_is_one_text_with_its_line_ends(write: Write) -> None:
    examples = whole_file.Reader().read([write("one\n\n two "), write("three\r\n")])
    assert [example.text for example in examples] == ["one\n\n two \n", "three\n"]


def test_only_a_newline_ends_a_line(write: Write) -> None:
    text = "a\u2028b\x0bc\x85d\xa0e\x1cf"
    (example,) = plain_text.Reader().read([write(f"\ufeff{text}\r\n")])
    assert example.text == text


@pytest.mark.parametrize("content", ["eins\rzwei\rdrei\r", "eins\nzwei\rdrei\n"])
@pytest.mark.parametrize("reader", [plain_text, whole_file, labelled_text, conll_columns])
def test_a_carriage_return_alone_is_refused(write: Write, content: str, reader: Any) -> None:
    with pytest.raises(InputError, match=r":[12]: expected lines that end in `\\n`, got `\\r` within one"):
        list(reader.Reader().read([write(content.replace("i", "\t"))]))


@pytest.mark.parametrize(
    ("suffix", "compress"), [(".gz", gzip.compress), (".bz2", bz2.compress), (".xz", lzma.compress)]
)
def test_compressed_files_read_as_plain_ones(tmp_path: Path, suffix: str, compress: Callable) -> None:
    path = tmp_path / f"text{suffix}"
    path.write_bytes(compress(b"eins\nzwei"))
    assert [example.text for example in plain_text.Reader().read([path])] == ["eins", "zwei"]
    path.write_bytes(compress(b"eins\n" * 100)[:-9])
    with pytest.raises(InputError, match=rf"text{suffix}:\d+: expected a whole file, got an error: "):
        list(plain_text.Reader().read([path]))
    path.write_bytes(compress(b""))
    for reader in (plain_text, whole_file):
        with pytest.raises(InputError, match=rf"text{suffix}:1: expected text, got an empty file; write or"):
            list(reader.Reader().read([path]))
    path.write_bytes(compress(b"eins\n" * 100)[:12] + b"?" * 30)
    with pytest.raises(InputError, match=rf"text{suffix}:1: expected a whole file, got an error: "):
        list(plain_text.Reader().read([path]))


def test_a_line_that_is_not_utf_8_is_refused(write: Write) -> None:
    with pytest.raises(InputError, match=r":2: expected UTF-8, got byte 0xe4"):
        list(plain_text.Reader().read([write("a\nä\n".encode("latin-1"))]))


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"none\.txt: no such file"):
        list(plain_text.Reader().read([tmp_path / "none.txt"]))


def test_a_table_is_read_by_the_names_of_its_columns(write: Write) -> None:
    path = write('id,stars,review\r\n1,good,"Fine, ""really""\nfine"\r\n\r\n2,bad,Dull\r\n')
    first, second = csv_table.Reader(text="review", label="stars").read([path])
    assert (first.text, first.label) == ('Fine, "really"\nfine', "good")
    assert (second.text, second.label, second.id) == ("Dull", "bad", f"{path}:5")


def test_a_text_of_a_table_may_be_long(write: Write) -> None:
    (example,) = csv_table.Reader().read([write(f"text,label\n{'a' * 1_000_000},1\n")])
    assert len(example.text) == 1_000_000


def test_columns_may_stand_between_tabs(write: Write) -> None:
    (example,) = csv_table.Reader(separator="\t").read([write("label\ttext\n1\ta, b\n")])
    assert (example.text, example.label) == ("a, b", "1")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (
            "txt,label\na,1\n",
            r":1: expected a column 'text'.*'txt'",
        ),
        ("text,label\na,1\nb\n", r":3: expected 2 columns, got 1"),
        ("text,label\na, \n", r":2: expected a label, got none"),
        ('text,label\n"a,1\n', r": expected a table: unexpected end of data"),
        ("", r":1: expected a column 'text'"),
        ("text,label,text\na,1,b\n", r":1: expected one column 'text', got 2; give them different names"),
    ],
)
def test_a_malformed_table_is_refused(write: Write, content: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        list(csv_table.Reader().read([write(content)]))


def test_columns_that_are_not_read_may_have_the_same_name(write: Write) -> None:
    (example,) = csv_table.Reader().read([write("text,label,,\na,1,b,c\n")])
    assert (example.text, example.label) == ("a", "1")


def test_marks_are_text_where_nothing_is_quoted(write: Write) -> None:
    path = write('text\tlabel\n"foo\t1\nbar"\t0\n  \t\n')
    found = [(example.text, example.label) for example in csv_table.Reader(separator="\t", quotes=False).read([path])]
    assert found == [('"foo', "1"), ('bar"', "0")]
    with pytest.raises(InputError, match="separator of one character"):
        csv_table.Reader(separator="||")


def test_objects_are_read_by_their_keys(write: Write) -> None:
    content = '{"review": "Fine", "stars": 5, "x": null}\n\n{"review": "Dull", "stars": 1}\n'
    first, second = json_lines.Reader({"text": "review", "label": "stars"}).read([write(content)])
    assert (first.text, first.label, second.text, second.label) == ("Fine", "5", "Dull", "1")


def test_objects_may_hold_tokens_and_tags(write: Write) -> None:
    content = '{"words": ["New", "York"], "ner": ["I-LOC", "I-LOC"]}\n'
    (example,) = json_lines.Reader({"tokens": "words", "tags": "ner"}).read([write(content)])
    assert (example.text, pairs([example])) == ("New York", [[("New", "I-LOC"), ("York", "I-LOC")]])


@pytest.mark.parametrize(
    ("content", "fields", "message"),
    [
        ("[1]", {"text": "text"}, r":1: expected a JSON object, got list"),
        ('{"text": "a"', {"text": "text"}, r":1: expected a JSON object: "),
        ('{"txt": "a"}', {"text": "text"}, r":1: expected the key 'text'.*'txt'"),
        ('{"text": ["a"]}', {"text": "text"}, r":1: expected a text under 'text', got a list"),
        ('{"text": null}', {"text": "text"}, r":1: expected a text under 'text', got null"),
        ('{"text": 5}', {"text": "text"}, r":1: expected a text under 'text', got 5"),
        ('{"text": "a", "label": NaN}', {"text": "text", "label": "label"}, r":1: expected a label.*got NaN"),
        ('{"text": "a", "label": null}', {"text": "text", "label": "label"}, r":1: expected a label.*got null"),
        ('{"tokens": ["a", null]}', {"tokens": "tokens"}, r":1: expected words in 'tokens', got null"),
        ('{"tokens": ["a", 1]}', {"tokens": "tokens"}, r":1: expected words in 'tokens', got 1"),
        ('{"tokens": "a"}', {"tokens": "tokens"}, r":1: expected a list of 'tokens'"),
        ('{"tokens": ["a", " "]}', {"tokens": "tokens"}, r":1: expected words in 'tokens', got an empty item"),
        ('{"text": "a", "label": " "}', {"text": "text", "label": "label"}, r":1: expected a label, got none"),
        (r'{"text": "\ud83d"}', {"text": "text"}, r":1: expected whole characters, got a lone surrogate, .ud83d"),
        ("[" * 200_000, {"text": "text"}, r":1: expected a JSON object: "),
        ('{"text": ' + "1" * 5_000 + "}", {"text": "text"}, r":1: expected a JSON object: "),
        ("{}", {"texts": "text"}, r"unknown field 'texts'"),
        ("{}", {"label": "label"}, r"must map text or tokens"),
    ],
)
def test_malformed_objects_are_refused(write: Write, content: str, fields: dict, message: str) -> None:
    with pytest.raises(InputError, match=message):
        list(json_lines.Reader(fields).read([write(content)]))


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        ('5 "5"', r":2: expected labels that are numbers, as in .*:1, got text; write all labels as text"),
        ('"good" true', r":2: expected labels that are text, as in .*:1, got numbers"),
        ('["a"] ["b","c"] ["d",1]', r":3: expected labels that are text, as in .*:1, got numbers"),
        ('["a"] "b"', r":2: expected a list of 'l', got the text 'b'"),
        ('[""]', r":1: expected words in 'l', got an empty item"),
        ("[null]", r":1: expected words in 'l', got null"),
    ],
)
def test_labels_of_objects_are_of_one_kind(write: Write, labels: str, message: str) -> None:
    path = write("".join(f'{{"t": "a", "l": {label}}}\n' for label in labels.split(" ")))
    field = "labels" if labels.startswith("[") else "label"
    with pytest.raises(InputError, match=message):
        list(json_lines.Reader({"text": "t", field: "l"}).read([path]))


def test_an_object_may_have_several_labels_or_none(write: Write) -> None:
    path = write('{"t": "a", "l": ["x", " y ", "x"]}\n{"t": "b", "l": []}\n')
    assert [example.labels for example in json_lines.Reader({"text": "t", "labels": "l"}).read([path])] == [
        ("x", "y"), (),
    ]  # fmt: skip
    (numbers,) = json_lines.Reader({"text": "t", "labels": "l"}).read([write('{"t": "a", "l": [1, 2.5]}')])
    assert numbers.labels == ("1", "2.5")
    with pytest.raises(InputError, match="label and labels; expected one of them"):
        json_lines.Reader({"text": "t", "labels": "l", "label": "k"})


def test_several_columns_hold_the_labels_of_a_text(write: Write) -> None:
    path = write("text,first,second\na,x,y\nb,,y\nc,x,x\n")
    reader = csv_table.Reader(labels=("first", "second"))
    assert [example.labels for example in reader.read([path])] == [("x", "y"), ("y",), ("x",)]
    with pytest.raises(InputError, match=r":2: expected a first or second, got none; `one_hot` columns may"):
        list(reader.read([write("text,first,second\na,,\n")]))
    with pytest.raises(InputError, match=r":1: expected a column 'second', got none"):
        list(reader.read([write("text,first\na,x\n")]))


def test_columns_of_zero_and_one_mark_the_labels_of_a_text(write: Write) -> None:
    reader = csv_table.Reader(one_hot=("toxic", "insult"))
    examples = list(reader.read([write("toxic,text,insult\n1,a,0\n0,b, 0\n1,c,1\n")]))
    assert [(example.text, example.labels) for example in examples] == [
        ("a", ("toxic",)), ("b", ()), ("c", ("toxic", "insult")),
    ]  # fmt: skip
    with pytest.raises(InputError, match=r":3: expected 0 or 1 in column 'insult', got 'yes'"):
        list(reader.read([write("toxic,text,insult\n1,a,0\n1,b,yes\n")]))
    with pytest.raises(InputError, match="expected one of `label`, `labels` and `one_hot`, got several"):
        csv_table.Reader(label="toxic", one_hot=("toxic",))


def test_words_with_a_prefix_are_labels(write: Write) -> None:
    path = write("__label__a __label__b  The  text\n\n__label__a\n  __label__c __label__c\tx\n")
    examples = list(fasttext_labels.Reader().read([path]))
    assert [(example.labels, example.text) for example in examples] == [
        (("a", "b"), "The  text"), (("a",), ""), (("c",), "x"),
    ]  # fmt: skip
    (one,) = fasttext_labels.Reader(prefix="#", several=False).read([write("#good It is __label__fine\n")])
    assert (one.label, one.labels, one.text) == ("good", None, "It is __label__fine")


@pytest.mark.parametrize(
    ("line", "options", "message"),
    [
        ("no label", {}, r":1: expected __label__<label> before the text, got 'no label'"),
        ("__label__ text", {}, r":1: expected __label__<label> before the text, got 'text'"),
        ("__label__a in __label__b", {}, r":1: expected all labels before the text, got one in 'in __label__b'; move"),
        ("__label__a __label__b x", {"several": False}, r":1: expected one label, got 2: a, b; `several: true` reads"),
    ],
)
def test_a_line_whose_labels_cannot_be_read_is_refused(write: Write, line: str, options: dict, message: str) -> None:
    with pytest.raises(InputError, match=message):
        list(fasttext_labels.Reader(**options).read([write(f"{line}\n")]))


def test_tokens_and_tags_of_an_object_must_be_as_many(write: Write) -> None:
    with pytest.raises(InputError, match="expected 2 tags, one per token, got 1"):
        list(json_lines.Reader({"tokens": "w", "tags": "t"}).read([write('{"w": ["a", "b"], "t": ["O"]}')]))


def test_a_label_may_be_told_by_the_file(write: Write) -> None:
    examples = list(file_per_label.Reader(("neg", "pos")).read([write("bad film\n\nworse\n"), write("good")]))
    assert [(example.text, example.label) for example in examples] == [
        ("bad film", "neg"), ("worse", "neg"), ("good", "pos"),
    ]  # fmt: skip
    with pytest.raises(InputError, match="put them in quotation marks"):
        file_per_label.Reader((True,))  # as YAML reads yes
