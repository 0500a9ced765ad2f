"""The toy data as files: CoNLL-U, IOB2 columns, labelled text and parallel text."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from pipelines.datasets.toy.sentences import Sentence, sentences


def write_files(folder: Path, seed: int, sizes: Mapping[str, int]) -> None:
    """Writes for each split `<split>.conllu`, `.iob2`, `.tsv`, `.en` and `.ru`.

    Args:
        folder: where; made if it is not there.
        seed: of the grammar.
        sizes: number of sentences of each split: train, dev, test, unlabelled.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for split, drawn in draw(seed, sizes).items():
        files = {
            "conllu": (line for number, sentence in enumerate(drawn) for line in conllu(f"{split}-{number}", sentence)),
            "iob2": (line for sentence in drawn for line in iob2(sentence)),
            "tsv": (f"{sentence.label}\t{sentence.text}" for sentence in drawn),
            "en": (sentence.text for sentence in drawn),
            "ru": (sentence.translation for sentence in drawn),
        }
        for suffix, lines in files.items():
            write_lines(folder / f"{split}.{suffix}", lines)


def draw(seed: int, sizes: Mapping[str, int]) -> dict[str, list[Sentence]]:
    """The first sentences of each split."""
    drawn: dict[str, list[Sentence]] = {split: [] for split in sizes}
    missing = sum(sizes.values())
    stream = sentences(seed)
    while missing:
        split, sentence = next(stream)
        if len(drawn.get(split, ())) < sizes.get(split, 0):
            drawn[split].append(sentence)
            missing -= 1
    return drawn


def conllu(name: str, sentence: Sentence) -> Iterator[str]:
    """A sentence as CoNLL-U, with what the other files say of it as metadata."""
    yield f"# sent_id = {name}"
    yield f"# text = {sentence.text}"
    yield f"# text_ru = {sentence.translation}"
    yield f"# sentiment = {sentence.label}"
    for number, ((form, tag), space) in enumerate(zip(sentence.tokens, sentence.spaces, strict=True), start=1):
        glued = "_" if space or number == len(sentence.tokens) else "SpaceAfter=No"
        yield "\t".join([str(number), form, "_", tag, "_", "_", "_", "_", "_", glued])
    yield ""


def iob2(sentence: Sentence) -> Iterator[str]:
    """A sentence as two columns, token and entity tag, behind a comment with its text."""
    yield f"# text = {sentence.text}"
    for (form, _), tag in zip(sentence.tokens, sentence.entities, strict=True):
        yield f"{form}\t{tag}"
    yield ""


def write_lines(path: Path, lines: Iterable[str]) -> None:
    """Writes lines as UTF-8."""
    with open(path, "w", encoding="utf-8", newline="\n") as file:
        file.writelines(f"{line}\n" for line in lines)
