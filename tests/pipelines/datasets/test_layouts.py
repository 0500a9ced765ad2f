"""Tables, pairs and binary files in the layouts that spreadsheets, corpora and libraries write."""

import json
import lzma
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow
import pytest
from pyarrow import ipc, parquet

from embeddings.foundation.errors import InputError
from pipelines.datasets.left_out import LeftOut
from pipelines.datasets.readers import (
    conll_columns,
    csv_table,
    json_lines,
    labelled_text,
    paired_columns,
    plain_text,
    tagged_table,
    tmx,
)
from pipelines.datasets.readers import parquet as parquet_reader

Write = Callable[[str | bytes], Path]


def test_columns_without_tags_are_sentences_to_predict(write: Write) -> None:
    path = write("Anna\tNNP\nlives\tVBZ\n\nOslo\tNNP\n")
    first, second = conll_columns.Reader(tag=None).read([path])
    assert (first.tokens, first.tags, second.tokens) == (("Anna", "lives"), None, ("Oslo",))
    (words,) = conll_columns.Reader(tag=None).read([write("Anna\nlives\n")])
    assert words.tokens == ("Anna", "lives")
    with pytest.raises(InputError, match=":2: expected a token, got no token"):
        list(conll_columns.Reader(tag=None).read([write("a\tb\n\xa0\tb\n")]))


def test_numbers_of_tags_and_labels_have_names(write: Write) -> None:
    names = ("O", "B-PER", "I-PER")
    (columns,) = conll_columns.Reader(tag_names=names).read([write("Anna\t1\nLee\t2\nleft\t0\n")])
    options: dict[str, Any] = {"fields": {"tokens": "w", "tags": "t"}, "tag_names": names, "scheme": "iob2"}
    (objects,) = json_lines.Reader(**options).read([write('{"w": ["Anna", "Lee", "left"], "t": [1, 2, 0]}')])
    assert columns.tags == objects.tags == ("B-PER", "I-PER", "O")
    table = csv_table.Reader(label_names=("bad", "good")).read([write("text,label\na,1\nb,0\n")])
    assert [example.label for example in table] == ["good", "bad"]
    with pytest.raises(InputError, match=r":2: expected a number from 0 to 2 \(`tag_names`\), got '3'"):
        list(conll_columns.Reader(tag_names=names).read([write("Anna\t1\nLee\t3\n")]))
    with pytest.raises(InputError, match=r":1: expected a number from 0 to 2 \(`tag_names`\), got 'B-PER'"):
        list(conll_columns.Reader(tag_names=names).read([write("Anna\tB-PER\n")]))
    with pytest.raises(InputError, match=r":1: expected a number from 0 to 2 \(`tag_names`\), got 'True'"):
        list(json_lines.Reader(**options).read([write('{"w": ["a"], "t": [true]}')]))


KAGGLE = 'Sentence #,Word,POS,Tag\nSentence: 1,Thousands,NNS,O\n,London,NNP,B-geo\n,",",",",O\nSentence: 2,Hi,UH,O\n'


def test_a_table_says_which_sentence_a_token_belongs_to(write: Write) -> None:
    reader = tagged_table.Reader(sentence="Sentence #", token="Word", tag="Tag", scheme="iob2")
    path = write(KAGGLE)
    first, second = reader.read([path])
    assert (first.tokens, first.tags) == (("Thousands", "London", ","), ("O", "B-geo", "O"))
    assert (second.tokens, second.tags, second.id) == (("Hi",), ("O",), f"{path}:5")
    numbered = tagged_table.Reader(columns=("sentence", "token", "tag"), separator="\t")
    sentences = numbered.read([write("1\ta\tX\n1\tb\tY\n2\tc\tX\n\n1\td\tX\n")])  # another sentence of the same number
    assert [example.tokens for example in sentences] == [("a", "b"), ("c",), ("d",)]
    with pytest.raises(InputError, match=r":2: expected a sentence in column 'sentence', got none"):
        list(tagged_table.Reader().read([write("sentence,token,tag\n,a,O\n")]))
    with pytest.raises(InputError, match=r":2: expected a value in column 'tag', got none"):
        list(tagged_table.Reader().read([write("sentence,token,tag\n1,a,\n")]))


def test_a_table_may_lack_names_and_have_a_title_beside_the_body(write: Write) -> None:
    reader = csv_table.Reader(columns=("label", "title", "body"), text=("title", "body"))
    path = write('"3","Wall St. Falls","Shares, again."\n"4","Short",""\n')
    assert [(each.label, each.text, each.id) for each in reader.read([path])] == [
        ("3", "Wall St. Falls Shares, again.", f"{path}:1"),
        ("4", "Short", f"{path}:2"),
    ]
    with pytest.raises(InputError, match=":2: expected 3 columns, got 2"):
        list(reader.read([write("1,a,b\n2,c\n")]))
    with pytest.raises(InputError, match=":1: expected a column 'subject', got none"):
        list(csv_table.Reader(text=("subject", "text")).read([write("text,label\n")]))


def test_a_first_line_names_the_separator(write: Write) -> None:
    path = write("sep=;\ntext;label\nFine, really;good\nDull\n")
    with pytest.raises(InputError, match=":4: expected 2 columns, got 1"):
        list(csv_table.Reader().read([path]))
    (example,) = csv_table.Reader().read([write("sep=;\r\ntext;label\r\nFine, really;good\r\n")])
    assert (example.text, example.label) == ("Fine, really", "good")
    (plain,) = csv_table.Reader(separator=";").read([write("text;label\nFine, really;good\n")])
    assert (plain.text, plain.label) == ("Fine, really", "good")


def test_spreadsheets_write_utf_16(write: Write) -> None:
    content = "text\tlabel\r\nДом “a”\tgood\r\nNaïve\tbad\r\n"
    for encoding in ("utf-16", "utf-16-le", "utf-16-be", "utf-8-sig", "utf-8"):
        written = write(content.encode(encoding))
        table = csv_table.Reader(separator="\t", encoding=encoding).read([written])
        assert [(each.text, each.label, each.id) for each in table] == [
            ("Дом “a”", "good", f"{written}:2"),
            ("Naïve", "bad", f"{written}:3"),
        ]


def test_files_are_read_in_their_encoding(write: Write, tmp_path: Path) -> None:
    (western,) = labelled_text.Reader(encoding="cp1252").read([write("gut\tÄrger – „so“\n".encode("cp1252"))])
    assert western.text == "Ärger – „so“"
    (japanese,) = plain_text.Reader(encoding="shift_jis").read([write("東京\n".encode("shift_jis"))])
    assert japanese.text == "東京"
    long = "ж" * 200_000  # longer than what is read at once, which may end within a character
    (tmp_path / "long.txt.xz").write_bytes(lzma.compress(f"{long}\nend\n".encode("utf-16")))
    assert [each.text for each in plain_text.Reader(encoding="utf-16").read([tmp_path / "long.txt.xz"])] == [
        long,
        "end",
    ]


def test_another_encoding_than_the_one_named_is_refused_with_its_line(write: Write) -> None:
    with pytest.raises(
        InputError, match=r":2: expected UTF-8, got byte 0xc4; .* or name its `encoding` in the options"
    ):
        list(plain_text.Reader().read([write("eins\nÄrger\n".encode("cp1252"))]))
    with pytest.raises(InputError, match=r":1: expected UTF-8, got byte 0xff; .* or name `encoding: utf-16` in the"):
        list(plain_text.Reader().read([write("eins\n".encode("utf-16"))]))
    with pytest.raises(InputError, match=r":2: expected cp1252, got an error: .*0x81"):
        list(plain_text.Reader(encoding="cp1252").read([write(b"eins\nzwei \x81\n")]))
    with pytest.raises(InputError, match=r":1: expected utf-16, got an error"):
        list(plain_text.Reader(encoding="utf-16").read([write(b"\xff\xfea")]))
    for name in ("utf-61", "rot13", "base64", "a\0b"):
        with pytest.raises(InputError, match="expected an encoding that Python knows, such as utf-16 or cp1252, got"):
            plain_text.Reader(encoding=name)


def test_pairs_stand_beside_their_attribution(write: Write) -> None:
    path = write("Go.\tVa !\tCC-BY 2.0 (France) Attribution: tatoeba.org #2877272 (CM)\nHi.\tSalut !\tCC-BY 2.0\n")
    assert [(each.text, each.target_text) for each in paired_columns.Reader().read([path])] == [
        ("Go.", "Va !"),
        ("Hi.", "Salut !"),
    ]
    numbered = write("1276\tLet's try.\t2410\tEssayons.\n")  # as Tatoeba exports pairs
    (pair,) = paired_columns.Reader(source=3, target=1).read([numbered])
    assert (pair.text, pair.target_text) == ("Essayons.", "Let's try.")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("a\tb\nc\n", r":2: expected 2 columns, got 1: 'c'"),
        ("a\tb\tc\nd\te\n", r":2: expected 3 columns, as the first line has, got 2"),
        ("a\tb\n\tc\n", r":2: expected two texts, got one"),
        ("a b\n", r":1: expected 2 columns, got 1"),
    ],
)
def test_malformed_pairs_are_refused(write: Write, content: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        list(paired_columns.Reader().read([write(content)]))
    with pytest.raises(InputError, match="expected source and target in two columns, got 1 and 1"):
        paired_columns.Reader(source=1, target=1)


TMX = """<?xml version="1.0" encoding="{encoding}"?>
<!DOCTYPE tmx SYSTEM "tmx14.dtd">
<tmx version="1.4"><header srclang="en"/><body>
<tu tuid="1">
 <tuv xml:lang="en-GB"><seg>A <bpt i="1">&lt;b&gt;</bpt>red<ept i="1">&lt;/b&gt;</ept> <hi>dog</hi> &amp;
   cat.</seg></tuv>
 <tuv xml:lang="de-DE"><note>no</note><seg>Ein Hund.</seg></tuv>
 <tuv xml:lang="de"><seg>Ein roter Hund.</seg></tuv>
</tu>
<tu><tuv lang="EN"><seg>Alone.</seg></tuv></tu>
<tu><tuv xml:lang="de"><seg>Größe.</seg></tuv><tuv xml:lang="en"><seg>Size.</seg></tuv></tu>
</body></tmx>
"""


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "iso-8859-1"])
def test_a_translation_memory_gives_pairs(write: Write, encoding: str) -> None:
    path = write(TMX.format(encoding=encoding).encode(encoding))
    units = list(tmx.Reader("en", "de").read([path]))
    pairs = [(each.text, each.target_text, each.id) for each in units if not isinstance(each, LeftOut)]
    assert pairs == [("A red dog & cat.", "Ein roter Hund.", f"{path}:4"), ("Size.", "Größe.", f"{path}:11")]
    assert [(each.id, each.reason) for each in units if isinstance(each, LeftOut)] == [(f"{path}:10", tmx.INCOMPLETE)]
    backwards = [(each.text, each.target_text) for each in tmx.Reader("de-DE", "en").read([path])]
    assert backwards[0] == ("Ein Hund.", "A red dog & cat.")


BOMB = (
    '<?xml version="1.0"?>\n<!DOCTYPE tmx [\n<!ENTITY a "ha">\n<!ENTITY b "&a;&a;">\n]>\n<tmx><body><tu/></body></tmx>'
)
OUTSIDE = '<!DOCTYPE tmx [<!ENTITY x SYSTEM "file:///etc/passwd">]>\n<tmx><tu><tuv lang="en"><seg>&x;</seg></tuv></tu>'


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (BOMB, r":3: expected TMX without entities of its own, got 'a'; remove it"),
        (OUTSIDE, r":1: expected TMX without entities of its own, got 'x'"),
        ("<html/>", r":1: expected TMX, got XML of 'html'"),
        ("<tmx>\n<body>\n<tu></body></tmx>", r":3: expected TMX, got malformed XML: mismatched tag"),
        (
            '<tmx><tu><tuv xml:lang="fr"><seg>a</seg></tuv></tu></tmx>',
            r":1: expected units in 'en' and 'de', got .* fr",
        ),
        ("", r":1: expected TMX, got malformed XML: no element found"),
    ],
)
def test_what_is_no_translation_memory_is_refused(write: Write, content: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        list(tmx.Reader("en", "de").read([write(content)]))
    with pytest.raises(InputError, match="expected two languages, got 'en-US' and 'en'"):
        tmx.Reader("en-US", "en")


@pytest.mark.parametrize(
    ("begin", "message"),
    [
        (b"PK\x03\x04xl/workbook.xml", "got a zip archive or an Office document; .*save it as CSV"),
        (b"\x80\x04\x95", r"got a pickle; `pandas\.read_pickle"),
        (b"SQLite format 3\x00", "got a SQLite database; `sqlite3 -header -csv"),
        (b"PAR1\x15\x04", "got a Parquet file; choose `reader: parquet`"),
        (b"%PDF-1.7\n", "got a PDF; `pdftotext"),
        (b"\x1f\x8b\x08", "got a gzip archive; add `.gz` to its name"),
        (b"#FORMAT=WebAnno TSV 3.3\n", "got WebAnno TSV; export the project from INCEpTION"),
        (b"#begin document (x); part 000\n", r"got CoNLL-2012 \(OntoNotes\); turn the brackets"),
        (b'\xef\xbb\xbf<?xml version="1.0"?>', "got XML; choose `reader: tmx` for TMX"),
    ],
)
def test_a_format_that_is_no_text_is_named_with_its_converter(write: Write, begin: bytes, message: str) -> None:
    for reader in (csv_table.Reader(), conll_columns.Reader(), plain_text.Reader()):
        with pytest.raises(InputError, match=r"\.txt:1: expected lines of text, " + message):
            list(reader.read([write(begin)]))


TABLE = {
    "review": ["Fine", "Dull", "So"],
    "stars": [1, 0, -1],
    "words": [["a", "b"], ["c"], []],
    "ner": [[1, 2], [0], []],
}
FEATURES = {
    "review": {"dtype": "string", "_type": "Value"},
    "stars": {"names": ["bad", "good"], "_type": "ClassLabel"},
    "ner": {"feature": {"names": ["O", "B-X", "I-X"], "_type": "ClassLabel"}, "_type": "Sequence"},
}


@pytest.fixture(params=["parquet", "arrow file", "arrow stream"])
def table(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A table with names of classes, as Hugging Face's datasets write one."""
    metadata = {"huggingface": json.dumps({"info": {"features": FEATURES}})}
    content = pyarrow.table(TABLE).replace_schema_metadata(metadata)
    path = tmp_path / "table"
    if request.param == "parquet":
        parquet.write_table(content, path)
    else:
        writer = ipc.new_file if request.param == "arrow file" else ipc.new_stream
        with writer(str(path), content.schema) as opened:
            opened.write_table(content)
    return path


def test_tables_of_arrow_have_names_of_classes(table: Path) -> None:
    reader = parquet_reader.Reader({"text": "review", "label": "stars"}, unlabelled=True)
    found = [(each.text, each.label, each.id) for each in reader.read([table])]
    assert found == [("Fine", "good", f"{table}:1"), ("Dull", "bad", f"{table}:2"), ("So", None, f"{table}:3")]
    with pytest.raises(InputError, match=r":3: expected a number from 0 to 1 \(`label_names`\), got '-1'"):
        list(parquet_reader.Reader({"text": "review", "label": "stars"}).read([table]))
    tagged = parquet_reader.Reader({"tokens": "words", "tags": "ner"}, scheme="iob2")
    assert [(each.tokens, each.tags) for each in tagged.read([table])] == [
        (("a", "b"), ("B-X", "I-X")), (("c",), ("O",)), ((), ()),
    ]  # fmt: skip
    renamed = parquet_reader.Reader({"tokens": "words", "tags": "ner"}, tag_names=("O", "B-Y", "I-Y"))
    assert next(renamed.read([table])).tags == ("B-Y", "I-Y")


def test_columns_that_a_table_lacks_and_damaged_ones_are_refused(table: Path) -> None:
    with pytest.raises(InputError, match=r":1: expected a column 'reviews', got none; did you mean 'review'\?"):
        list(parquet_reader.Reader({"text": "reviews"}).read([table]))
    with pytest.raises(InputError, match=r":1: expected a text under 'stars', got 1"):
        list(parquet_reader.Reader({"text": "stars"}).read([table]))
    table.write_bytes(table.read_bytes()[: table.stat().st_size // 2])
    with pytest.raises(InputError, match=r":1: expected Parquet or Arrow, got an error: .*; copy or write the file"):
        list(parquet_reader.Reader({"text": "review"}).read([table]))
    with pytest.raises(InputError, match=r"none: no such file"):
        list(parquet_reader.Reader({"text": "review"}).read([table.parent / "none"]))


def test_rows_without_a_label_are_read_where_it_is_said(write: Write) -> None:
    table = csv_table.Reader(unlabelled=True)
    assert [each.label for each in table.read([write("text,label\na,x\nb,\nc, \n")])] == ["x", None, None]
    assert table.sets_apart()
    marks = csv_table.Reader(one_hot=("p", "q"), unlabelled=True)
    assert [each.labels for each in marks.read([write("text,p,q\na,1,0\nb,,\n")])] == [("p",), None]
    objects = json_lines.Reader({"text": "t", "label": "l"}, unlabelled=True)
    found = [
        each.label
        for each in objects.read([write('{"t": "a", "l": "x"}\n{"t": "b", "l": null}\n{"t": "c", "l": ""}\n')])
    ]
    assert found == ["x", None, None]
