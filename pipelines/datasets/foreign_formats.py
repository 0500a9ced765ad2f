"""Formats that are no text, known by their first bytes: what turns them into one, or which reader reads them."""

from pathlib import Path

from embeddings.foundation.errors import InputError
from embeddings.foundation.reading import COMPRESSED, open_file

_SAVE = "save it as CSV (UTF-8) and read that with `csv_table`"
_JSON = "`pandas.read_{}(...).to_json(name, orient='records', lines=True, force_ascii=False)` writes JSON Lines"
# First bytes -> what the file is, and what to do with it.
FORMATS: dict[bytes, tuple[str, str]] = {
    b"PK\3\4": ("a zip archive or an Office document", f"unpack it; a table of Excel or LibreOffice: {_SAVE}"),
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1": ("an old Office document", f"open it in Excel or LibreOffice and {_SAVE}"),
    b"PAR1": ("a Parquet file", "choose `reader: parquet`"),
    b"ARROW1": ("an Arrow file", "choose `reader: parquet`, which reads it too"),
    b"\xff\xff\xff\xff": ("an Arrow stream", "choose `reader: parquet`, which reads it too"),
    b"ORC": ("an ORC file", _JSON.format("orc")),
    b"\x89HDF\r\n\x1a\n": ("an HDF5 file", _JSON.format("hdf")),
    b"\x80\x03": ("a pickle", _JSON.format("pickle")),
    b"\x80\x04": ("a pickle", _JSON.format("pickle")),
    b"\x80\x05": ("a pickle", _JSON.format("pickle")),
    b"SQLite format 3\0": ("a SQLite database", "`sqlite3 -header -csv FILE 'SELECT ...'` writes CSV"),
    b"\x93NUMPY": ("a NumPy file", "choose `reader: feature_file` for features"),
    b"%PDF-": ("a PDF", "`pdftotext -layout FILE` writes its text"),
    b"{\\rtf": ("a rich text document", "save it as plain text (UTF-8)"),
    b"\x1f\x8b": ("a gzip archive", "add `.gz` to its name, and it is read as it is"),
    b"BZh": ("a bzip2 archive", "add `.bz2` to its name, and it is read as it is"),
    b"\xfd7zXZ\0": ("an xz archive", "add `.xz` to its name, and it is read as it is"),
    b"(\xb5/\xfd": ("a Zstandard archive", "`zstd -d FILE` unpacks it"),
    b"7z\xbc\xaf'\x1c": ("a 7z archive", "`7z x FILE` unpacks it"),
    b"#FORMAT=WebAnno TSV": ("WebAnno TSV", "export the project from INCEpTION as CoNLL 2003 or CoNLL-U"),
    b"#begin document": (
        "CoNLL-2012 (OntoNotes)",
        "turn the brackets of its entity column into IOB2 tags first",
    ),
    b"<?xml": ("XML", "choose `reader: tmx` for TMX; from INCEpTION or brat export CoNLL 2003 or standoff instead"),
}
_DOCBIN = "`for doc in DocBin().from_disk(FILE).get_docs(nlp.vocab): print(json.dumps(doc.to_json()))`"


def recognised(path: Path) -> tuple[str, str] | None:
    """What a file is that is no text, and what to do with it; None of one that may be text.

    Raises:
        OSError: it cannot be opened.
    """
    if path.suffix in COMPRESSED:
        return None
    with open_file(path) as file:
        beginning = file.read(32).removeprefix(b"\xef\xbb\xbf")
    if path.suffix == ".spacy":
        return "a DocBin of spaCy", f"{_DOCBIN} writes what `reader: spacy_json` reads"
    return next((told for mark, told in FORMATS.items() if beginning.startswith(mark)), None)


def check_is_text(path: Path) -> None:
    """Refuses a file that is recognised as no text.

    Raises:
        InputError: it is, or it is no ordinary file.
    """
    try:
        found = recognised(path)
    except OSError:
        return  # whoever reads it tells what is wrong
    if found:
        what, advice = found
        raise InputError(f"{path}:1: expected lines of text, got {what}; {advice}")
