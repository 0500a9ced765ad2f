"""Plain text of a dump that the test writes, and of a true one, the first articles, which gensim's package carries."""

import bz2
import hashlib
import json
from pathlib import Path
from xml.sax.saxutils import escape

import pytest

from embeddings.foundation.errors import InputError
from pipelines.data.examples import read_examples
from pipelines.datasets.readers.wikipedia_dump import Reader
from pipelines.prepare import main

HEAD = '<mediawiki xmlns="http://www.mediawiki.org/xml/export-0.11/" version="0.11" xml:lang="en">\n'
SITE = "  <siteinfo>\n    <sitename>Wikipedia</sitename>\n  </siteinfo>\n"
TRUE = "enwiki-latest-pages-articles1.xml-p000000010p000030302-shortened.bz2"

OSLO = """{{Infobox city
| name = Oslo
| population = {{formatnum:709037}}
}}
[[File:Oslo.jpg|thumb|A ''view'' of [[Oslo]].]]
'''Oslo''' ({{IPA|no|ˈʊ̂ʃlʊ}}) is the [[capital city|capital]] of [[Norway]] with 709&nbsp;037 people &amp; ships.<ref
>A {{cite web|url=http://a.no}}<br/> note.</ref><ref name="b" />

<!-- a remark -->Its harbour was described in the ''Visitor'''s guide of 1899, in [http://b.no the first chapter].

== History ==
* the first item of a list of some more words
# another one of the items that a list may have
: an indented line that has more than eight words
{| class="wikitable"
|-
! a head of a table || with two cells of eight words in it
|-
| a cell of a table || with more than eight words in it, too
|
 {|
 | a cell of a table in a table with more than eight words in it
 |}
| a cell of the outer table again, with more than eight words in it
|}
<gallery>
File:Oslo.jpg|A caption in a gallery with more than eight words
</gallery>
Short line.

In 1624 a [[fire]] destroyed it; it was rebuilt as "Christiania" by {{nowrap|the king}}.

[[Category:Capitals in Europe]]
"""
EXPECTED = [
    "Oslo is the capital of Norway with 709\u00a0037 people & ships.",
    "Its harbour was described in the Visitor's guide of 1899, in the first chapter.",
    'In 1624 a fire destroyed it; it was rebuilt as "Christiania" by .',
]


def page(title, text, space="0", more=""):
    revision = f'    <revision>\n      <text xml:space="preserve">{escape(text)}</text>\n    </revision>\n'
    return f"  <page>\n    <title>{title}</title>\n    <ns>{space}</ns>\n{more}{revision}  </page>\n"


BERGEN = "Bergen is a city on the west coast of Norway, and it rains there."
PAGES = (
    page("Oslo", OSLO)
    + page("Kristiania", "#REDIRECT [[Oslo]] and some more words of it here", more='    <redirect title="Oslo" />\n')
    + page("Talk:Oslo", "A talk about the page with more than eight words in it.", space="1")
    + page("Bergen", f"{BERGEN}\n{BERGEN}\n\n{BERGEN}")
)
DUMP = f"{HEAD}{SITE}{PAGES}</mediawiki>\n"


@pytest.fixture
def dump(tmp_path):
    path = tmp_path / "enwiki-pages-articles1.xml.bz2"
    path.write_bytes(bz2.compress(DUMP.encode("utf-8")))
    return path


def test_the_paragraphs_of_articles_are_read_without_their_markup(dump):
    examples = list(Reader().read([dump]))
    assert [example.text for example in examples] == [*EXPECTED, BERGEN, BERGEN, BERGEN]
    assert [example.id.rpartition("/")[2] for example in examples][2:4] == [
        "enwiki-pages-articles1.xml.bz2: Oslo, paragraph 5",
        "enwiki-pages-articles1.xml.bz2: Bergen, paragraph 1",
    ]


def test_it_is_compressed_or_not_and_in_several_streams(dump, tmp_path):
    half = len(DUMP) // 2
    (tmp_path / "plain.xml").write_text(DUMP, encoding="utf-8")
    streams = bz2.compress(DUMP[:half].encode()) + bz2.compress(DUMP[half:].encode())  # as multistream dumps have
    (tmp_path / "multistream.bz2").write_bytes(streams)
    for name in ("plain.xml", "multistream.bz2"):
        assert [example.text for example in Reader().read([tmp_path / name])] == [*EXPECTED, BERGEN, BERGEN, BERGEN]


@pytest.mark.parametrize(("words", "paragraphs"), [(1, 1), (12, 1), (13, 2), (39, 3), (40, 4), (1000, 6), (None, 6)])
def test_the_slice_ends_with_the_paragraph_that_reaches_its_words(dump, words, paragraphs):
    assert [len(text.split()) for text in EXPECTED] == [12, 14, 13]
    assert len(list(Reader(maximum_words=words).read([dump]))) == paragraphs


def test_a_slice_goes_on_in_the_next_file_and_reads_none_that_it_does_not_need(dump, tmp_path):
    (tmp_path / "damaged.bz2").write_bytes(b"nothing")
    assert len(list(Reader(maximum_words=90).read([dump, dump, tmp_path / "damaged.bz2"]))) == 7


def test_short_paragraphs_may_be_kept(dump):
    assert "Short line." in [example.text for example in Reader(minimum_words=2).read([dump])]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (DUMP[:-5], rf":{DUMP.count(chr(10))}: expected XML of a MediaWiki dump, got unclosed token"),
        (DUMP.replace("</page>", "</pag>", 1), r":\d+: expected XML of a MediaWiki dump, got mismatched tag"),
        ("<html><page/></html>", ":1: expected a dump of MediaWiki, got XML of 'html'"),
        ("", ":1: expected XML of a MediaWiki dump, got no element found"),
        (
            DUMP.replace("<mediawiki", '<!DOCTYPE m [<!ENTITY a "b">]><mediawiki').replace("Bergen is", "&c; is"),
            "entity",
        ),
    ],
)
def test_what_is_no_dump_is_refused_in_one_line(tmp_path, content, message):
    (tmp_path / "a.xml").write_text(content, encoding="utf-8")
    with pytest.raises(InputError, match=f"a.xml{message}" if message.startswith(":") else message):
        list(Reader().read([tmp_path / "a.xml"]))


def test_a_dump_that_is_not_whole_is_refused(dump):
    dump.write_bytes(dump.read_bytes()[:-20])
    with pytest.raises(
        InputError, match=r"\.bz2:\d+: expected a whole file, got an error: .*; copy or download it again"
    ):
        list(Reader().read([dump]))


def test_many_pages_do_not_stay_in_memory(tmp_path):
    import tracemalloc

    many = "".join(page(f"Bergen {number}", BERGEN) for number in range(5_000))
    (tmp_path / "many.xml").write_text(f"{HEAD}{many}</mediawiki>", encoding="utf-8")
    examples = Reader().read([tmp_path / "many.xml"])
    next(examples)
    tracemalloc.start()
    assert sum(1 for _ in examples) == 4_999
    assert tracemalloc.get_traced_memory()[1] < 1_000_000
    tracemalloc.stop()


@pytest.mark.parametrize("key", ["maximum_words", "minimum_words"])
def test_a_length_below_one_is_refused(key):
    with pytest.raises(ValueError, match=f"expected {key} of at least 1, got 0"):
        Reader(**{key: 0})


def config(tmp_path, path, sha256):
    (tmp_path / "slice.yaml").write_text(
        "{source: files, version: '1', language: en, tokenizer: words, reader: wikipedia_dump, licence: CC BY-SA,"
        f" citation: Wikipedia, options: {{maximum_words: 50}}, files: {{unlabelled: [{{path: '{path}',"
        f" sha256: '{sha256}'}}]}}}}"
    )
    return ["--dataset", str(tmp_path / "slice.yaml"), "--output", str(tmp_path / "out")]


def test_prepare_makes_the_slice_of_a_dump_with_the_checksum_of_its_configuration(dump, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("ELMAN_DATA", str(tmp_path))
    main(config(tmp_path, dump.name, hashlib.sha256(dump.read_bytes()).hexdigest()))
    examples = list(read_examples(tmp_path / "out/unlabelled.jsonl"))
    assert [example.text for example in examples] == [*EXPECTED, BERGEN]
    assert examples[0].tokens[:6] == ("Oslo", "is", "the", "capital", "of", "Norway")
    assert json.loads((tmp_path / "out/dataset.json").read_text())["language"] == "en"
    dump.write_bytes(bz2.compress(DUMP.replace("Oslo", "Riga").encode()))
    with pytest.raises(SystemExit):
        main(config(tmp_path, dump.name, "0" * 64))
    assert "sha256" in capsys.readouterr().err


def test_a_true_dump_gives_sentences_and_no_markup(tmp_path):
    main([*config(tmp_path, f"gensim:{TRUE}", ""), "--output", str(tmp_path / "true")])
    (first, *_) = read_examples(tmp_path / "true/unlabelled.jsonl")
    assert first.text.startswith("Anarchism is a political philosophy that advocates self-governed societies")
    from gensim.test.utils import datapath

    examples = list(Reader().read([Path(datapath(TRUE))]))
    words = [len(example.text.split()) for example in examples]
    assert 5_000 < len(words) < 6_000
    assert 380_000 < sum(words) < 420_000
    left = [
        example.text for example in examples if any(m in example.text for m in ("{{", "}}", "[[", "]]", "''", "<ref"))
    ]
    assert len(left) < 10, left[:10]
