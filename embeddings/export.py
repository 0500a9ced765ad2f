"""Vectors as files of other programs: word2vec's two formats, and those of TensorBoard's projector."""

from pathlib import Path
from typing import TYPE_CHECKING

from embeddings.foundation.errors import InputError
from embeddings.foundation.files import atomic_file, atomic_folder, atomic_path

if TYPE_CHECKING:
    from gensim.models import KeyedVectors

VECTORS, METADATA = "vectors.tsv", "metadata.tsv"
CONFIG = "projector_config.pbtxt"  # by which TensorBoard finds the two
FORMATS = {  # each with the characters that end a word in it
    "word2vec_text": " \t\n\v\f\r",
    "word2vec_binary": " \n",
    "projector": "\t\n\r",
}


def export(vectors: "KeyedVectors", output: str | Path, form: str) -> None:
    """Writes vectors, the most frequent word first, whole or not at all.

    `word2vec_text` and `word2vec_binary` are files that gensim's `KeyedVectors.load_word2vec_format` and many others
    read. `projector` is a folder, which `tensorboard --logdir FOLDER` opens in its projector: `vectors.tsv`,
    `metadata.tsv` with the word and, where it is known, the count, and the configuration that names both. The first
    two can also be loaded at https://projector.tensorflow.org.

    Raises:
        InputError: an unknown format, no vectors, a word that the format cannot hold, or something else is at `output`.
    """
    if form not in FORMATS:
        raise InputError(f"expected a format of {', '.join(FORMATS)}, got {form!r}")
    if not len(vectors):
        raise InputError(f"{output}: there is nothing to export, the vectors hold no words")
    output = Path(output)
    if output.is_dir() if form != "projector" else output.exists() and not (output / METADATA).is_file():
        raise InputError(f"{output}: something else is there already; choose another path")
    words = [str(word) for word in vectors.index_to_key]
    if lost := [word for word in words if not _holds(form, word)]:
        others = [name for name in FORMATS if all(_holds(name, word) for word in words)]
        advice = f"choose {' or '.join(others)}" if others else "no format of these can; remove such words"
        more = f" and {len(lost) - 1:,} more" if lost[1:] else ""
        raise InputError(
            f"{output}: {form} cannot hold the word {lost[0]!r}{more}, whose white space ends it; {advice}"
        )
    if form == "projector":
        _write_projector(vectors, output)
        return
    with atomic_path(output) as temporary:
        vectors.save_word2vec_format(str(temporary), binary=form == "word2vec_binary")


def _holds(form: str, word: str) -> bool:
    return bool(word) and not any(character in FORMATS[form] for character in word)


def _write_projector(vectors: "KeyedVectors", folder: Path) -> None:
    counts = vectors.expandos.get("count")
    with atomic_folder(folder) as temporary:
        with atomic_file(temporary / CONFIG) as file:
            file.write(f'embeddings {{\n  tensor_path: "{VECTORS}"\n  metadata_path: "{METADATA}"\n}}\n')
        with atomic_file(temporary / VECTORS) as file:
            for row in vectors.vectors:
                file.write("\t".join(f"{value:.6g}" for value in row) + "\n")
        with atomic_file(temporary / METADATA) as file:
            file.write("word\tcount\n" if counts is not None else "")  # a single column has no header
            for number, word in enumerate(vectors.index_to_key):
                file.write(f"{word}\t{counts[number]}\n" if counts is not None else f"{word}\n")
