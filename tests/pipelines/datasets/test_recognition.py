"""Which reader recognises a file, and with which options; it then reads the file so."""

import json
from pathlib import Path

import pytest

from embeddings.foundation import plugins
from embeddings.foundation.config import build_config
from embeddings.foundation.errors import InputError
from pipelines.data.tag_notation import recognise_notation
from pipelines.datasets.readers import TextReader
from pipelines.datasets.recognition import READERS, Wanted, recognise

ENTITIES, TAGS, LABEL, LABELS = Wanted("tags", entities=True), Wanted("tags"), Wanted("label"), Wanted("labels")
TEXT, TARGET = Wanted("text"), Wanted("target_text")
CONLL_2003 = """\
-DOCSTART- -X- -X- O

EU NNP B-NP B-ORG
rejects VBZ B-VP O
German JJ B-NP B-MISC

Peter NNP B-NP B-PER
Blackburn NNP I-NP I-PER
"""
UNER = "# sent_id = 1\n# text = Oslo is\n1\tOslo\tB-LOC\t-\t-\n2\tis\tO\t-\t-\n\n1\tHe\tO\t-\t-\n"
WNUT = "Oslo\tB-location\nis\tO\n\ncold\tO\n"
CONLLU = "# text = A b\n1\tA\ta\tDET\tDT\t_\t_\t_\t_\t_\n2\tb\tb\tNOUN\tNN\t_\t_\t_\t_\t_\n\n"
XPOS = CONLLU.replace("DET", "_").replace("NOUN", "_")
TABLE = 'id,review,stars\n1,"Good, and\nlong enough.",5\n2,Bad it was.,1\n3,Not so good it was.,1\n4,It was fine.,5\n'
SEMICOLONS = "Text;Category\nWhere is it?;place\nWho is it?;person\nWho was he?;person\nWhere was he?;place\n"
TABS = "sentence\tlabel\na fine film\t1\na dull, bad film\t0\n"
UNNAMED = "n\tquote\tkind\n1\tSo it goes on\tx\n2\tAnd so it ends\ty\n3\tHi there to you\tx\n4\tBye to you all\ty\n"
ONE_HOT = "id,comment,toxic,insult\n7,You are bad,1,1\n8,Thank you,0,0\n"
LABEL_FIRST = "good\tA warm film.\nbad\tA dull film.\ngood\tFine.\n"
LABEL_LAST = "A warm film.\tgood\nA dull film.\tbad\nFine.\tgood\n"
FASTTEXT = "__label__a A warm film.\n__label__b A dull one.\n"
SEVERAL = "__label__a __label__b A warm film.\n__label__b A dull one.\n"
JSON_TAGS = '{"tokens": ["Oslo", "is"], "ner_tags": ["B-LOC", "O"]}\n{"tokens": ["He"], "ner_tags": ["O"]}\n'
JSON_LABEL = '{"review": "Fine.", "stars": 5}\n{"review": "Bad.", "stars": 1}\n'
JSON_LABELS = '{"text": "Fine.", "topics": ["a", "b"]}\n{"text": "Bad.", "topics": []}\n'
BOOK = "It was a bright cold day in\nApril, and the clocks were\nstriking thirteen.\n\nHe went into\nthe house.\n"
LABEL_STUDIO = """\
[{"id": 1, "data": {"text": "Oslo is."}, "annotations": [{"result": [
  {"from_name": "ner", "type": "labels", "value": {"start": 0, "end": 4, "labels": ["LOC"]}}]}]}]
"""
TMX = """\
<?xml version="1.0"?>
<tmx version="1.4"><header/><body><tu><tuv xml:lang="en"><seg>A dog.</seg></tuv>
<tuv xml:lang="de"><seg>Ein Hund.</seg></tuv></tu></body></tmx>
"""
EIGHT = "One two three four five six seven eight."
DUMP = f"<mediawiki><page><title>A</title><ns>0</ns><text>{EIGHT}</text></page></mediawiki>\n"

CASES = {  # reader and case -> contents of the files, what is wanted, options, and what the first example has
    "conll_columns, 2003": ([CONLL_2003], ENTITIES, {"token": 0, "tag": 3, "separator": " ", "scheme": "iob2"},
                            ("B-ORG", "O", "B-MISC")),
    "conll_columns, words": ([CONLL_2003], TAGS, {"token": 0, "tag": 1, "separator": " ", "scheme": "none"},
                             ("NNP", "VBZ", "JJ")),
    "conll_columns, its chunks": ([CONLL_2003], Wanted("tags", True, {"tag": 2}),
                                  {"token": 0, "tag": 2, "separator": " ", "scheme": "iob2"}, ("B-NP", "B-VP", "B-NP")),
    "conll_columns, numbered": ([UNER], ENTITIES, {"token": 1, "tag": 2, "separator": "\t", "scheme": "iob2",
                                                   "comment": "# "}, ("B-LOC", "O")),
    "conll_columns, two": ([WNUT], ENTITIES, {"token": 0, "tag": 1, "separator": "\t", "scheme": "iob2"},
                           ("B-location", "O")),
    "conllu": ([CONLLU], TAGS, {"tags": "upos"}, ("DET", "NOUN")),
    "conllu, xpos": ([XPOS], TAGS, {"tags": "xpos"}, ("DT", "NN")),
    "csv_table": ([TABLE], LABEL, {"text": "review", "separator": ",", "label": "stars"}, "5"),
    "csv_table, semicolons": ([SEMICOLONS], LABEL, {"text": "Text", "separator": ";", "label": "Category"}, "place"),
    "csv_table, tabs": ([TABS], LABEL, {"text": "sentence", "separator": "\t", "label": "label"}, "1"),
    "csv_table, other names": ([UNNAMED], LABEL, {"text": "quote", "separator": "\t", "label": "kind"}, "x"),
    "csv_table, one-hot": ([ONE_HOT], LABELS, {"text": "comment", "separator": ",", "one_hot": ["toxic", "insult"]},
                           ("toxic", "insult")),
    "csv_table, texts": ([TABLE], TEXT, {"text": "review", "separator": ",", "label": ""}, "Good, and\nlong enough."),
    "csv_table, languages": (['en,de\n"A dog, a cat.",Ein Hund.\nA cat.,Eine Katze.\n'], TARGET,
                             {"separator": ",", "text": "en", "target": "de"}, "Ein Hund."),
    "csv_table, tabs of pairs": (["id\ttarget\tsource\n1\tEin Hund.\tA dog.\n2\tEine Katze.\tA cat.\n"], TARGET,
                                 {"separator": "\t", "text": "source", "target": "target"}, "Ein Hund."),
    "labelled_text": ([LABEL_FIRST], LABEL, {"separator": "\t", "label_first": True}, "good"),
    "labelled_text, last": ([LABEL_LAST], LABEL, {"separator": "\t", "label_first": False}, "good"),
    "fasttext_labels": ([FASTTEXT], LABEL, {"several": False}, "a"),
    "fasttext_labels, several": ([SEVERAL], LABELS, {"several": True}, ("a", "b")),
    "fasttext_labels, some without a label": (["__label__a A warm film.\nA long one.\n", SEVERAL], LABELS,
                                              {"several": True}, ("a",)),
    "json_lines": ([JSON_TAGS], ENTITIES, {"fields": {"tokens": "tokens", "tags": "ner_tags"}, "scheme": "iob2"},
                   ("B-LOC", "O")),
    "json_lines, label": ([JSON_LABEL], LABEL, {"fields": {"text": "review", "label": "stars"}}, "5"),
    "json_lines, labels": ([JSON_LABELS], LABELS, {"fields": {"text": "text", "labels": "topics"}}, ("a", "b")),
    "json_lines, a list": ([f"[{JSON_LABEL.strip().replace(chr(10), ',' + chr(10))}]"], LABEL,
                           {"fields": {"text": "review", "label": "stars"}}, "5"),
    "json_lines, translations": (['{"translation": {"en": "A dog.", "de": "Ein Hund."}}\n'], TARGET,
                                 {"fields": {"text": "translation.en", "target_text": "translation.de"}}, "Ein Hund."),
    "json_lines, text": ([JSON_LABEL], TEXT, {"fields": {"text": "review"}}, "Fine."),
    "file_per_label": (["A warm film.\n", "A dull film.\n"], LABEL, {"labels": ["file0", "file1"]}, "file0"),
    "parallel_text": (["Ein Hund.\n", "A dog.\n"], TARGET, {}, "A dog."),
    "plain_text": (["The first text.\nThe second one.\n"], TEXT, {}, "The first text."),
    "whole_file": ([BOOK], TEXT, {}, BOOK),
    "conll_columns, BILOU": (["A\tB-X\nb\tL-X\nc\tO\n\nD\tU-X\n"], ENTITIES,
                             {"token": 0, "tag": 1, "separator": "\t", "scheme": "bilou"}, ("B-X", "L-X", "O")),
    "tagged_table": (["Sentence #,Word,POS,Tag\nSentence: 1,Oslo,NNP,B-geo\n,is,VB,O\n"], ENTITIES,
                     {"sentence": "Sentence #", "token": "Word", "tag": "Tag", "separator": ",", "scheme": "iob2"},
                     ("B-geo", "O")),
    "tagged_table, words": (["sentence_id,word,pos\n1,Oslo,NNP\n1,is,VB\n"], TAGS,
                            {"sentence": "sentence_id", "token": "word", "tag": "pos", "separator": ","},
                            ("NNP", "VB")),
    "paired_columns": (["A dog.\tEin Hund.\tby me\nA cat.\tEine Katze.\tby me\n"], TARGET, {"separator": "\t"},
                       "Ein Hund."),
    "tmx": ([TMX], TARGET, {"source": "en", "target": "de"}, "Ein Hund."),
    "doccano": (['{"id": 1, "text": "Oslo is.", "label": [[0, 4, "LOC"]]}\n{"id": 2, "text": "Hi.", "label": []}\n'],
                ENTITIES, {}, None),
    "doccano, relations": (['{"text": "Oslo is.", "entities": [{"id": 0, "label": "LOC", "start_offset": 0,'
                            ' "end_offset": 4}], "relations": []}\n'], ENTITIES, {}, None),
    "label_studio": ([LABEL_STUDIO], ENTITIES, {"label": "ner"}, None),
    "label_studio, least": (['[{"text": "Oslo is.", "ner": [{"start": 0, "end": 4, "labels": ["LOC"]}]}]'],
                            ENTITIES, {"label": "ner"}, None),
    "spacy_json": (['[["Oslo is.", {"entities": [[0, 4, "LOC"]]}]]'], ENTITIES, {}, None),
    "spacy_json, documents": (['{"text": "Oslo is.", "ents": [{"start": 0, "end": 4, "label": "LOC"}]}\n'],
                              ENTITIES, {}, None),
    "json_lines, numbers": (['{"tokens": ["Oslo", "is"], "ner_tags": [1, 0]}\n'],
                            Wanted("tags", True, {"tag_names": ["O", "B-LOC"]}),
                            {"fields": {"tokens": "tokens", "tags": "ner_tags"}, "scheme": "iob2"}, None),
    "wikipedia_dump": ([DUMP], TEXT, {}, EIGHT),
}  # fmt: skip
NEVER = {"feature_file"}  # of no task that `elman add` knows
BELOW = {"brat", "parquet"}  # files that are no text


def write(folder: Path, contents: list[str]) -> list[Path]:
    paths = [folder / f"file{number}.txt" for number in range(len(contents))]
    for path, content in zip(paths, contents, strict=True):
        path.write_text(content, encoding="utf-8")
    return paths


@pytest.mark.parametrize("case", CASES)
def test_a_file_is_recognised_and_read_so(tmp_path, case):
    contents, wanted, options, first = CASES[case]
    paths = write(tmp_path, contents)
    name, recognition = recognise(paths, wanted)
    assert (name, dict(recognition.options)) == (case.partition(",")[0], options)
    reader = build_config(plugins.load(READERS, name).Reader, {**recognition.options, **wanted.options}, name)
    example = next(reader.read(paths))
    assert first is None or getattr(example, wanted.field) == first


def test_every_reader_is_recognised_by_a_case():
    assert {case.partition(",")[0] for case in CASES} | NEVER | BELOW == set(plugins.names(READERS))


@pytest.mark.parametrize(
    ("contents", "wanted", "told"),
    [
        ("Anna\nis\n", ENTITIES, "file0.txt: expected a file with tags, recognised none; name its reader (--reader "),
        ("a,b\n1,2\n", LABEL, "expected one column of labels, which may be 'b'; name it: --set options.label=NAME"),
        ("text,kind,mood\nA is b,x,y\nC is d,z,y\nE is f,x,w\nG is h,z,w\n", LABEL,
         "file0.txt:1: expected one column of labels, which may be 'kind', 'mood'; name it"),
        ('{"a": "It is."}\n', LABEL, "expected a key of text with text in each object, got none; name it: --set "),
        (TABS, Wanted("label", options={"separator": ""}), "file0.txt: several readers recognise it, none can read it: "
         "csv_table: expected a separator of one character, got '' / labelled_text: expected a separator, got none"),
        ("1\tA\tB-X\n2\tb\tO\n1\tC\tO\n2\td\tO\n", ENTITIES, "words that are numbered from 1 again without one"),
        ("text,topic\nIt is.,a;b\nIs it?,b\n", LABELS,
         "file0.txt:1: expected a column of 0 and 1 for each label, got none; name columns of one label each (--set "
         "options.labels=[NAME, ...]); if a column holds several, convert the table to JSON Lines: "
         '{"text": "...", "labels": ["a", "b"]}'),
        ("\xff", TEXT, None),
    ],
)  # fmt: skip
def test_what_is_unsure_is_refused_with_the_option_that_settles_it(tmp_path, contents, wanted, told):
    (path,) = write(tmp_path, [contents])
    if told is None:
        path.write_bytes(b"\xff\xe9")
        told = "file0.txt:1: expected UTF-8, got byte 0xff"
    with pytest.raises(InputError) as error:
        recognise([path], wanted)
    assert told in str(error.value)


TABLES = {
    "one column": ("text\nIt is.\nIs it?\n", LABEL, "a.csv:1: expected columns separated by ',', got one column; name"),
    "only names": ("text,label\n", LABEL, "a.csv:2: expected rows below the names of columns, got none"),
    "more columns": ("text,label\nWell, it is.,a\n", LABEL,
                     "a.csv:2: expected 2 columns, got 3; a text that holds ',' stands in quotation marks"),
    "quotes": ('text;label\n"It is." ;a\n', LABEL, "a.csv:2: expected a table: ';' expected after '\"'; `quotes: f"),
    "empty": ("", LABEL, "a.csv:1: expected text, got an empty file"),
}  # fmt: skip


@pytest.mark.parametrize("case", TABLES)
def test_what_is_wrong_with_a_table_is_told_with_its_line(tmp_path, case):
    content, wanted, told = TABLES[case]
    (tmp_path / "a.csv").write_text(content)
    with pytest.raises(InputError) as error:
        recognise([tmp_path / "a.csv"], wanted)
    assert told in str(error.value)


@pytest.mark.parametrize(
    ("content", "wanted", "options", "first"),
    [
        ('"A film, warm.",x\nA dull film.,y\nA good film.,x\nA bad film.,y\n', LABEL,
         {"columns": ["text", "label"], "separator": ","}, "x"),
        ("1;x;A warm film.\n2;y;A dull film.\n3;x;A good film.\n4;y;A bad film.\n", LABEL,
         {"columns": ["column 0", "label", "text"], "separator": ";"}, "x"),
        ("A dog.;Ein Hund.\nA cat.;Eine Katze.\n", TARGET, {"separator": ";", "columns": ["text", "translation"],
         "text": "text", "target": "translation"}, "Ein Hund."),
    ],
)  # fmt: skip
def test_columns_without_names_are_told_by_what_they_hold(tmp_path, content, wanted, options, first):
    (tmp_path / "a.csv").write_text(content)
    name, recognition = recognise([tmp_path / "a.csv"], wanted)
    assert (name, dict(recognition.options)) == ("csv_table", options)
    reader = build_config(plugins.load(READERS, name).Reader, recognition.options, name)
    found = list(reader.read([tmp_path / "a.csv"]))
    assert getattr(found[0], wanted.field) == first
    assert len(found) == content.count("\n")


def test_tags_of_several_schemes_are_refused_by_the_one_of_most(tmp_path):
    (path,) = write(tmp_path, ["A\tB-X\nb\tL-X\nc\tO\nd\tO\n\ne\tU-X\nf\tE-X\ng\tO\nh\tO\n"])
    name, recognition = recognise([path], ENTITIES)
    assert (name, recognition.options["scheme"]) == ("conll_columns", "bilou")
    reader = build_config(plugins.load(READERS, name).Reader, recognition.options, name)
    with pytest.raises(
        InputError, match=r":7: expected O, B-\.\.\., I-\.\.\., L-\.\.\., U-\.\.\. \(bilou\), got 'E-X'"
    ):
        list(reader.read([path]))


def test_a_file_that_two_readers_recognise_alike_is_refused_until_one_is_named(tmp_path):
    (path,) = write(tmp_path, ["quote\tkind\nIt is.\tx\nIt was.\ty\nHe is.\tx\nIt has.\ty\n"])
    with pytest.raises(InputError, match=r"may be read as csv_table \(.*\) or labelled_text \(.*\); choose one with"):
        recognise([path], LABEL)
    assert recognise([path], LABEL, "csv_table")[0] == "csv_table"


@pytest.mark.parametrize(
    ("scheme", "form", "tags"),
    [
        ("iob2", "B-X", "B-A I-A O B-A B-A"),
        ("iob1", "B-X", "I-A I-A O I-A B-A"),
        ("iobes", "B-X", "B-A E-A O S-A S-A"),
        ("bilou", "B-X", "B-A I-A L-A O U-A"),
        ("bmes", "B-X", "B-A M-A E-A O S-A"),
        ("bmewo", "B-X", "B-A M-A E-A O W-A"),
        ("iob2", "B_X", "B_A I_A O B_A"),
        ("iob2", "X-B", "A-B A-I O A-B"),
        ("iob2", "B-X", "b-A i-A o b-A"),
        ("iob2", "B", "B I O B B"),
        ("io", "X", "PER O O O LOC LOC O O"),
        ("iob2", "B-X", "B-A I-A O I-B I-B B-A B-A B-A"),  # broken once
        ("iob2", "B-X", "B-A I-A"),
        ("none", "B-X", "NOUN VERB NOUN"),
        ("none", "B-X", "O O"),
        ("io", "X", "O O O O O O T-cell C-term"),  # capitals that no scheme has
    ],
)
def test_the_notation_is_the_one_that_the_tags_break_least(scheme, form, tags):
    notation = recognise_notation([tags.split()])
    assert (notation.scheme, notation.form) == (scheme, form)


def test_a_table_from_a_spreadsheet_is_read_in_its_encoding(tmp_path):
    (tmp_path / "a.csv").write_text(SEMICOLONS.replace("Where is it?", "Où est-il ?"), encoding="utf-16")
    name, recognition = recognise([tmp_path / "a.csv"], LABEL)
    assert recognition.options["encoding"] == "utf-16"
    reader = build_config(plugins.load(READERS, name).Reader, recognition.options, name)
    assert next(reader.read([tmp_path / "a.csv"])).text == "Où est-il ?"
    (tmp_path / "b.csv").write_text(SEMICOLONS.replace("Where is it?", "Où est-il ?"), encoding="cp1252")
    with pytest.raises(InputError, match="name its `encoding`"):
        recognise([tmp_path / "b.csv"], LABEL)
    given = Wanted("label", options={"encoding": "cp1252"})
    assert recognise([tmp_path / "b.csv"], given)[1].options["encoding"] == "cp1252"


def test_an_encoding_that_python_lacks_is_refused_by_every_reader(tmp_path):
    of_text = {
        name: kind
        for name in plugins.names(READERS)
        if issubclass(kind := plugins.load(READERS, name).Reader, TextReader)
    }
    required = {"file_per_label": {"labels": ["a"]}, "json_lines": {"fields": {"text": "text"}}}
    for name, kind in of_text.items():
        with pytest.raises(InputError, match=f"reader {name}: expected an encoding that Python knows.*got 'klingon'"):
            build_config(kind, {"encoding": "klingon", **required.get(name, {})}, f"reader {name}")
    for given in ("klingon", 5):
        with pytest.raises(InputError, match=f"expected an encoding that Python knows.*got '{given}'"):
            recognise(write(tmp_path, [LABEL_FIRST]), Wanted("label", options={"encoding": given}))


@pytest.mark.parametrize(
    ("fields", "tags", "told"),
    [
        ({"tokens": "w"}, ["O"], ":1: expected tags, got none; name their key: --set options.fields="),
        ({"tokens": "w", "tags": "tag"}, ["O"], ":1: expected the key 'tag', got none; did you mean 'tags'?"),
        ({"tokens": "w", "tags": "tags"}, ["O", None], ":2: expected words in 'tags', got null"),
        ({"tokens": "w", "tags": "tags"}, [1], ":1: expected tags, got numbers; name them: --set options.tag_names="),
    ],
)
def test_tags_that_are_none_are_refused_with_their_line(tmp_path, fields, tags, told):
    rows = [{"w": ["a"], "tags": tags[:1]}, {"w": ["a"], "tags": tags[-1:]}]
    paths = write(tmp_path, ["\n".join(map(json.dumps, rows))])
    with pytest.raises(InputError) as error:
        recognise(paths, Wanted("tags", True, {"fields": fields}), "json_lines")
    assert told in str(error.value)


def test_what_is_no_text_is_refused_with_its_converter(tmp_path):
    (tmp_path / "a.xlsx").write_bytes(b"PK\3\4rest")
    with pytest.raises(
        InputError, match=r"a\.xlsx:1: expected lines of text, got a zip archive or an Office document; "
    ):
        recognise([tmp_path / "a.xlsx"], LABEL)


def test_a_folder_of_brat_and_a_table_of_parquet_are_recognised(tmp_path):
    import pyarrow
    from pyarrow import parquet

    (tmp_path / "brat").mkdir()
    (tmp_path / "brat/a.txt").write_text("Oslo is.\n")
    (tmp_path / "brat/a.ann").write_text("T1\tLOC 0 4\tOslo\n")
    assert recognise([tmp_path / "brat"], ENTITIES)[0] == "brat"
    table = pyarrow.table({"text": ["It is.", "It was."], "label": ["a", "b"]})
    parquet.write_table(table, tmp_path / "a.parquet")
    name, recognition = recognise([tmp_path / "a.parquet"], LABEL)
    assert (name, recognition.options) == ("parquet", {"fields": {"text": "text", "label": "label"}})


def test_translations_within_a_column_of_parquet_are_recognised(tmp_path):
    import pyarrow
    from pyarrow import parquet

    rows = [{"en": "A dog.", "de": "Ein Hund."}, {"en": "A cat.", "de": "Eine Katze."}]
    parquet.write_table(pyarrow.table({"id": [1, 2], "translation": rows}), tmp_path / "a.parquet")
    name, recognition = recognise([tmp_path / "a.parquet"], TARGET)
    reader = build_config(plugins.load(READERS, name).Reader, recognition.options, name)
    found = [(each.text, each.target_text) for each in reader.read([tmp_path / "a.parquet"])]
    assert found == [("A dog.", "Ein Hund."), ("A cat.", "Eine Katze.")]
    reader = build_config(plugins.load(READERS, name).Reader, {"fields": {"text": "translation.fr"}}, name)
    with pytest.raises(InputError, match=r"a.parquet:1: expected the key 'translation\.fr', got none"):
        list(reader.read([tmp_path / "a.parquet"]))


@pytest.mark.parametrize(
    ("labels", "told"),
    [([0, 1, 2], r"a.parquet:3: expected a number from 0 to 1 \(`label_names`\), got '2'"), ([0, 1], None)],
)
def test_names_of_classes_of_a_column_that_is_another_or_not_there_end_no_recognition(tmp_path, labels, told):
    import pyarrow
    from pyarrow import parquet

    classes = {"label": {"_type": "ClassLabel", "names": ["bad", "good"]}}
    about = {"huggingface": json.dumps({"info": {"features": {**classes, "gone": classes["label"]}}})}
    table = pyarrow.table({"text": ["It is."] * len(labels), "label": labels}).replace_schema_metadata(about)
    parquet.write_table(table, tmp_path / "a.parquet")
    name, recognition = recognise([tmp_path / "a.parquet"], LABEL)
    examples = plugins.load(READERS, name).Reader(**recognition.options).read([tmp_path / "a.parquet"])
    if told is None:
        assert [example.label for example in examples] == ["bad", "good"]
    else:
        with pytest.raises(InputError, match=told):
            list(examples)


@pytest.mark.parametrize(
    ("content", "wanted", "options", "told"),
    [
        (LABEL_FIRST, "label", {"separator": 5}, "expected str under 'separator', got 5"),
        (LABEL_FIRST, "label", {"separator": ""}, "expected a separator, got none"),
        (TABLE, "label", {"separator": "ab"}, "expected a separator of one character, got 'ab'"),
        ("A dog.\tEin Hund.\n", "target_text", {"separator": ""}, "expected a separator, got none"),
        (FASTTEXT, "label", {"prefix": 5}, "reader fasttext_labels: expected str under 'prefix', got 5"),
        (WNUT, "tags", {"tag": "x"}, "reader conll_columns: expected int | None under 'tag', got 'x'"),
        (WNUT, "tags", {"token": "x"}, "reader conll_columns: expected int under 'token', got 'x'"),
        (JSON_TAGS, "tags", {"fields": "tags"}, "expected a mapping of keys to values under 'fields', got 'tags'"),
    ],
)
def test_an_option_of_another_kind_is_refused(tmp_path, content, wanted, options, told):
    with pytest.raises(InputError) as error:
        recognise(write(tmp_path, [content]), Wanted(wanted, wanted == "tags", options))
    assert told in str(error.value)


def test_columns_may_be_wanted_without_tags(tmp_path):
    assert recognise(write(tmp_path, [WNUT]), Wanted("tags", True, {"tag": None}))[0] == "conll_columns"


def test_a_translation_memory_says_its_encoding_itself(tmp_path):
    (tmp_path / "a.tmx").write_text(TMX.replace('"1.0"?', '"1.0" encoding="utf-16"?'), encoding="utf-16")
    name, recognition = recognise([tmp_path / "a.tmx"], TARGET)
    assert dict(recognition.options) == {"source": "en", "target": "de"}
    reader = plugins.load(READERS, name).Reader(**recognition.options)
    assert [example.target_text for example in reader.read([tmp_path / "a.tmx"])] == ["Ein Hund."]
