"""Every reader on damaged files: what comes out is examples, or one line that names a file and a line."""

import dataclasses
import gzip
import io
import json
import re
from collections import Counter, defaultdict
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pyarrow
import pytest
from pyarrow import parquet

from embeddings.foundation import plugins
from embeddings.foundation.config import build_config
from embeddings.foundation.errors import InputError, one_line
from pipelines.data.examples import Example, read_examples, write_examples
from pipelines.data.tag_schemes import check_iob2
from pipelines.datasets.left_out import LeftOut
from pipelines.datasets.readers import FileReader
from pipelines.datasets.spans import SpannedText, tags_of_spans
from pipelines.text.tokenization import words

LINES, MANY_LINES = 2_000, 100_000  # that are damaged, of each reader
WORD = "1\tсобака\tсобака\tNOUN\tNN\t_\t0\troot\t_\tSpaceAfter=No"
WORDS = f"{WORD}\n{WORD.replace('1', '2', 1)}"
CONLLU = f"# text = Zum Haus\n1-2\tZum{8 * chr(9)}_\n{WORDS}\n2.1\tleer{7 * chr(9)}X\t_\n\n# sent_id = 2\n{WORD}\n\n"
CONLL = "# text = Анна lives\nАнна\tB-PER\nlives\tO\n\nOslo\tB-LOC\nCity\tI-LOC\nis\tO\n\n-DOCSTART-\tO\n"
TEXTS = 'Анна saw “it” — fine.\n\nIt is, I think, "good".\nNaïve 日本 👍\n'
ROWS = [
    {"t": "naïve", "l": 5, "m": ["a", "б"], "w": ["New", "Йорк"], "g": ["B-LOC", "I-LOC"]},
    {"t": '👍 \\ " ', "l": 6.5, "m": [], "w": ["a", "b"], "g": ["O", "O"]},
]
JSON = "".join(json.dumps(row, ensure_ascii=row["l"] == 5) + "\n" for row in ROWS)
TSV = 'text\tlabel\tid\nодин "two"\tgood\t1\n\nthree\tbad\t2\n'

PAGE = "<page>\n<title>{}</title>\n<ns>0</ns>\n<revision>\n<text>{}\n</text>\n</revision>\n</page>\n"
LINE = "\n''Анна'' saw a [[house|small house]] &lt;ref&gt;note&lt;/ref&gt; of {{convert|3|m}} there.\n"
DUMP = f'<mediawiki xmlns="http://www.mediawiki.org/xml/export-0.11/">\n{PAGE.format("A", LINE * 9) * 3}</mediawiki>\n'

ARRAY = io.BytesIO()
np.save(ARRAY, np.arange(8, dtype="float32").reshape(2, 2, 2), allow_pickle=False)

DOCUMENTS = [
    {"id": 1, "text": "Анна lives\nin Oslo 👍.", "label": [[0, 4, "PER"], [14, 18, "LOC"], [0, 10, "X"]]},
    {"id": 2, "text": "New York", "entities": [{"id": 1, "label": "LOC", "start_offset": 0, "end_offset": 8}]},
]
REGION = {"start": 0, "end": 4, "text": "Анна", "labels": ["PER"]}
TASKS = [
    {"data": {"text": "Анна спит"}, "annotations": [{"result": [{"type": "labels", "value": REGION}]}]},
    {"data": {"text": "Анна"}, "annotations": [{"result": [], "was_cancelled": True}, {"result": []}]},
]
DOC = {"text": "Анна lives. In Oslo", "ents": [{"start": 0, "end": 4, "label": "PER"}], "tokens": []}
DOC["sents"] = [{"start": 0, "end": 11}, {"start": 12, "end": 19}]
SPACY_2 = {"paragraphs": [{"sentences": [{"tokens": [{"orth": "Oslo", "ner": "U-LOC"}, {"orth": " ", "ner": "O"}]}]}]}
PAIRS = [["Анна lives", {"entities": [[0, 4, "PER"]]}], ["in Oslo", {"entities": []}]]
ENGLISH = '<tuv xml:lang="en-US"><seg>A <bpt i="1">b</bpt>dog</seg></tuv>'
UNIT = f'<tu>\n{ENGLISH}\n<tuv xml:lang="de"><seg>Hund</seg></tuv>\n</tu>\n'
TMX = f'<?xml version="1.0"?>\n<!DOCTYPE tmx SYSTEM "tmx14.dtd">\n<tmx version="1.4"><body>\n{UNIT * 3}</body></tmx>\n'
TABLE = io.BytesIO()
parquet.write_table(pyarrow.table({"t": ["naïve", "дом"] * 9, "l": [0, 1] * 9, "g": [["a", "b"]] * 18}), TABLE)

# Reader -> files that it reads, with options: a new reader stands here too.
SAMPLES: dict[str, list[tuple[list[str | bytes], dict[str, Any]]]] = {
    "brat": [(["Анна lives\nin New\nYork.\n", "T1\tPER 0 4\tАнна\nT2\tLOC 14 17;18 22\tNew York\nR1\tX\n"], {})],
    "conll_columns": [
        (["Анна\tN\nlives\tV\n\nOslo\tN\n"], {"tag": None}),
        (["Анна\tper_b\nlives\to\n\nOslo\tloc_u\n"], {"scheme": "bilou", "tag_form": "X_B"}),
        (["Анна\t1\nlives\t0\n\nOslo\t1\n"], {"tag_names": ["O", "B-PER"]}),
        ([CONLL], {"comment": "# "}),
        ([CONLL.replace("I-", "E-")], {"scheme": "iobes", "comment": "#"}),
        ([CONLL.replace("\t", " ")], {"separator": " ", "tag": -1, "scheme": "iob1", "comment": "#"}),
        ([CONLL, CONLL], {"scheme": "none", "comment": "#", "drop_types": ["LOC"]}),
    ],
    "conllu": [([CONLLU], {}), ([CONLLU, CONLLU], {"tags": "xpos"})],
    "csv_table": [
        ([TSV], {"separator": "\t", "quotes": False}),
        ([TSV], {"separator": "\t", "quotes": False, "labels": ["label", "id"]}),
        (["text,good,bad\nодин,1,0\n\ntwo,0,0\n"], {"one_hot": ["good", "bad"]}),
        (
            ["sep=;\n1;Дом;big;good\n2;two;;\n"],
            {"columns": ["a", "t", "b", "label"], "text": ["t", "b"], "unlabelled": True},
        ),
        (['en;de\n"a ""b""";Дом\n\nc;d\n'], {"separator": ";", "text": "en", "target": "de"}),
        (["text,n\nОдин,1\n\ntwo,2\n"], {"label": ""}),
        (['a,text,label\n1,"one, ""two""\nдва",good\n\n2,three,bad\n'], {}),
    ],
    "doccano": [
        (["".join(json.dumps(each, ensure_ascii=False) + "\n" for each in DOCUMENTS)], {}),
        ([json.dumps(DOCUMENTS, indent=1)], {}),
    ],
    "fasttext_labels": [
        (["__label__a __label__б Очень good\n\n__label__a not\tgood 👍\n"], {}),
        (["#a Очень good\n#b\n"], {"prefix": "#", "several": False}),
        (["__label__a Очень good\nnot good\n"], {"unlabelled": True}),
    ],
    "feature_file": [([ARRAY.getvalue(), "один\ntwo\n"], {}), ([ARRAY.getvalue(), "a\nb\n"], {"lines": "labels"})],
    "file_per_label": [([TEXTS, TEXTS], {"labels": ["good", "bad"]})],
    "json_lines": [
        ([json.dumps(ROWS, indent=1)], {"fields": {"text": "t", "labels": "m"}}),
        ([JSON], {"fields": {"text": "t", "label": "l"}}),
        ([JSON, JSON], {"fields": {"tokens": "w", "tags": "g"}}),
        ([JSON], {"fields": {"text": "t", "labels": "m"}}),
        ([JSON], {"fields": {"text": "t", "target_text": "t", "target_tokens": "w"}}),
    ],
    "label_studio": [
        ([json.dumps(TASKS, ensure_ascii=False, indent=1)], {}),
        (["\n".join(json.dumps({"text": "Анна", "label": each}) for each in ([REGION], []))], {"overlaps": "refuse"}),
    ],
    "labelled_text": [
        (["good\tОчень good\n\nbad\tnot\tgood 👍\n"], {}),
        (["Очень good 1\n\nnot good 0\n"], {"separator": " ", "label_first": False}),
    ],
    "paired_columns": [
        (["Go.\tИди.\tCC-BY 2.0\n\nStop!\tСтой!\tCC-BY 2.0\n"], {}),
        (["a\tb\nc\td\n"], {"source": 1, "target": 0}),
    ],
    "parquet": [
        ([TABLE.getvalue()], {"fields": {"text": "t", "label": "l"}, "label_names": ["bad", "good"]}),
        ([TABLE.getvalue()], {"fields": {"tokens": "g", "tags": "g"}}),
    ],
    "parallel_text": [([TEXTS, TEXTS], {})],
    "plain_text": [([TEXTS], {}), ([TEXTS, TEXTS], {})],
    "spacy_json": [
        ([json.dumps(PAIRS, ensure_ascii=False, indent=1)], {}),
        ([json.dumps({"annotations": [*PAIRS, None]}, indent=1)], {}),
        (["".join(json.dumps(each) + "\n" for each in (DOC, SPACY_2))], {}),
    ],
    "tagged_table": [
        (["sentence,token,tag\ns1,Анна,B-PER\n,is,O\n\ns2,Oslo,B-LOC\n"], {"scheme": "iob2"}),
        (["1;one\n1;two\n2;three\n"], {"columns": ["sentence", "token"], "separator": ";", "tag": None}),
    ],
    "tmx": [([TMX], {"source": "en", "target": "de"}), ([TMX, TMX], {"source": "de", "target": "en-US"})],
    "whole_file": [([TEXTS, TEXTS], {})],
    "wikipedia_dump": [([DUMP], {"minimum_words": 1}), ([DUMP, DUMP], {"minimum_words": 3, "maximum_words": 400})],
}

PIECES = [
    *(bytes([code]) for code in (0, 1, 7, 8, 9, 9, 9, 10, 11, 12, 13, 26, 27, 28, 31, 32, 34, 39, 44, 127)),
    *(
        text.encode()
        for text in ("\u2028", "\u2029", "\x85", "\xa0", "\ufeff", "\u200b", "\u202e", "\U0010ffff", "\r\n")
    ),
    *(b"\xff", b"\xfe\xff", b"\x80", b"\xc0\x80", b"\xed\xa0\x80", b"\xf0\x9f\x91", b"\xd0", b"\xf4\x90\x80\x80"),
    *(b"#", b"# text =", b"_", b"-", b"B-", b"I-X", b"1-1", b"3.1", b"  ", b'""', b"[", b"[" * 5_000, b"}", b"null"),
    *(rb"\ud83d", rb"\u0000", b"1e999", b"NaN", b"9" * 5_000, b"-DOCSTART-", "²".encode(), "٣".encode()),
]


def insert(line: bytes, at: int, random: Random) -> bytes:
    return line[:at] + random.choice(PIECES) * random.choice((1, 1, 1, 2, 9)) + line[at:]


def flip(line: bytes, at: int, random: Random) -> bytes:
    return line[:at] + bytes([(line[at : at + 1] or b"\0")[0] ^ (1 << random.randrange(8))]) + line[at + 1 :]


def delete(line: bytes, at: int, random: Random) -> bytes:
    return line[:at] + line[at + random.randint(1, 4) :]


def cut(line: bytes, at: int, random: Random) -> bytes:
    """Ends a line early, in the middle of a character perhaps, with or without a line end."""
    return line[:at] + random.choice((b"", b"\n"))


def repeat(line: bytes, at: int, random: Random) -> bytes:
    return line * random.randint(2, 3)


def drop(line: bytes, at: int, random: Random) -> bytes:
    return b""


def lengthen(line: bytes, at: int, random: Random) -> bytes:
    """Makes a line long; now and then a megabyte."""
    size = 1_000_000 if random.random() < 0.02 else random.choice((100, 10_000))
    piece = line[at : at + random.randint(1, 9)] or b"a"
    return line[:at] + piece * (size // len(piece)) + line[at:]


def replace(line: bytes, at: int, random: Random) -> bytes:
    """Puts random bytes in a line's place."""
    return random.randbytes(random.randint(0, 40)) + b"\n"


DAMAGES: list[Callable[[bytes, int, Random], bytes]] = [
    *(insert, insert, insert, flip, flip, delete, delete, cut, repeat, drop, replace),
]


def in_bytes(content: str | bytes) -> bytes:
    return content.encode("utf-8") if isinstance(content, str) else content


def damaged(content: str | bytes, random: Random) -> tuple[bytes, int]:
    """A file's content with one line damaged, or a few, some of them more than once; and how many."""
    lines = in_bytes(content).splitlines(keepends=True)
    chosen = random.sample(range(len(lines)), min(len(lines), random.choice((1, 1, 1, 2, 3))))
    for number in chosen:
        for _ in range(random.choice((1, 1, 2))):
            damage = lengthen if random.random() < 0.01 else random.choice(DAMAGES)
            lines[number] = damage(lines[number], random.randint(0, len(lines[number])), random)
    return b"".join(lines), len(chosen)


def reader_of(name: str, options: dict[str, Any]) -> FileReader:
    """A reader with its options, as a configuration gives them."""
    return build_config(plugins.load("pipelines.datasets.readers", name).Reader, options, name)


def outcome(reader: FileReader, paths: list[Path]) -> list[Example] | str:
    """The examples of a reader, or the line that a command prints."""
    try:
        return list(reader.read(paths))
    except InputError as error:
        message = one_line(str(error))
    assert re.match(rf"{re.escape(str(paths[0].parent))}/\d\.\w+:\d+: expected ", message), message[:2_000]
    assert len(message) < 1_000, message[:2_000]
    return message


def tagged(example: Example) -> Example:
    """An example of which spans of characters have become tags."""
    if not isinstance(example, SpannedText):
        return example
    tokens = tuple(words(example.text))
    longest = dataclasses.replace(example, overlaps="longest")
    tags = tags_of_spans(longest, tokens, "train", defaultdict(Counter))
    check_iob2(tags)
    return dataclasses.replace(example.plain(), tokens=tokens, tags=tags)


def fuzz(name: str, folder: Path, total: int) -> dict[str, int]:
    """Reads files with `total` damaged lines; counts the files that are read and those that are refused."""
    random = Random(name)
    counts = {"lines": 0, "read": 0, "refused": 0}
    found: list[Example] = []
    while counts["lines"] < total:
        contents, options = random.choice(SAMPLES[name])
        paths, hit = [folder / f"{number}.txt" for number in range(len(contents))], random.randrange(len(contents))
        for number, (path, content) in enumerate(zip(paths, contents, strict=True)):
            written, lines = damaged(content, random) if number == hit else (in_bytes(content), 0)
            path.write_bytes(written)
            counts["lines"] += lines
        examples = outcome(reader_of(name, options), paths)
        counts["refused" if isinstance(examples, str) else "read"] += 1
        given = [] if isinstance(examples, str) else examples
        found += [tagged(example) for example in given if not isinstance(example, LeftOut)]
    assert all(all(example.tokens) and example.label != "" for example in found)
    write_examples(folder / "found.jsonl", found)  # what is read can be written, and read by the other stages
    assert all(a == b for a, b in zip(read_examples(folder / "found.jsonl"), found, strict=True))
    return counts


def test_every_reader_has_samples() -> None:
    assert set(SAMPLES) == set(plugins.names("pipelines.datasets.readers"))


@pytest.mark.parametrize("name", plugins.names("pipelines.datasets.readers"))
def test_samples_are_well_formed(name: str, tmp_path: Path) -> None:
    for contents, options in SAMPLES[name]:
        paths = [tmp_path / f"{number}.txt" for number in range(len(contents))]
        for path, content in zip(paths, contents, strict=True):
            path.write_bytes(in_bytes(content))
        assert len(list(reader_of(name, options).read(paths))) >= 2


@pytest.mark.parametrize("name", plugins.names("pipelines.datasets.readers"))
def test_damaged_files_are_read_or_refused_in_one_line(name: str, tmp_path: Path) -> None:
    counts = fuzz(name, tmp_path, LINES)
    assert counts["read"] > LINES / 20
    assert name in ("file_per_label", "plain_text", "whole_file") or counts["refused"] > LINES / 20


@pytest.mark.slow
@pytest.mark.parametrize("name", plugins.names("pipelines.datasets.readers"))
def test_many_damaged_files_are_read_or_refused_in_one_line(name: str, tmp_path: Path) -> None:
    print(name, fuzz(name, tmp_path, MANY_LINES))


@pytest.mark.parametrize("name", plugins.names("pipelines.datasets.readers"))
def test_damaged_archives_are_read_or_refused_in_one_line(name: str, tmp_path: Path) -> None:
    random = Random(name)
    contents, options = SAMPLES[name][0]
    paths = [tmp_path / f"{number}.gz" for number in range(len(contents))]
    refused = 0
    for _ in range(100):
        for path, content in zip(paths, contents, strict=True):
            whole = gzip.compress(in_bytes(content))
            path.write_bytes(flip(whole, random.randrange(len(whole)), random)[: random.randint(1, 2 * len(whole))])
        refused += isinstance(outcome(reader_of(name, options), paths), str)
    assert refused > 50
