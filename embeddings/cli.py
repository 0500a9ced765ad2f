"""Command `elman vectors`: trains or imports vectors, or queries existing ones.

elman vectors --config ...                        train or read, see `python -m embeddings.train --help`
elman vectors neighbours VECTORS WORD             the nearest words, with cosines
elman vectors analogy VECTORS A B C               A is to B as C is to what?
elman vectors similarity VECTORS WORD WORD        the cosine of two words
elman vectors evaluate VECTORS                    word similarity and analogies, with coverage
elman vectors export VECTORS OUTPUT --format F    for other programs
"""

import argparse
import json
import sys
from functools import partial
from pathlib import Path
from typing import Any

from embeddings import store, train
from embeddings.evaluate import evaluate
from embeddings.export import FORMATS, export
from embeddings.foundation.errors import exits_on_input_error
from embeddings.foundation.escaping import printable
from embeddings.foundation.options import count_option
from embeddings.neighbours import analogy, cosine, neighbours

QUESTIONS = ("neighbours", "analogy", "similarity", "evaluate", "export")


def main(arguments: list[str] | None = None) -> None:
    """Trains, unless the first argument names a query."""
    arguments = sys.argv[1:] if arguments is None else arguments
    if arguments and arguments[0] in QUESTIONS:
        ask(arguments)
    elif arguments in (["-h"], ["--help"]):
        show(__doc__ or "")
        train.main(arguments)
    else:
        train.main(arguments)


@partial(exits_on_input_error, tells_time=False)
def show(text: str) -> None:
    """Prints what there is."""
    print(text)


@partial(exits_on_input_error, tells_time=False)
def ask(arguments: list[str]) -> None:
    """Answers one query about vectors, on standard output."""
    parser = argparse.ArgumentParser(prog="elman vectors", description="Query trained word vectors.")
    questions = parser.add_subparsers(dest="question", required=True)
    for question in QUESTIONS:
        command = questions.add_parser(question)
        command.add_argument("vectors", type=Path, help="folder of vectors")
        if question in ("neighbours", "analogy"):
            command.add_argument("--count", type=count_option, default=10, help="words to show")
        if question == "export":
            command.add_argument("output", type=Path, help="file to write; for `projector` a folder")
            command.add_argument("--format", choices=FORMATS, required=True, help="format of the other program")
        words = {"neighbours": ("word",), "analogy": ("a", "b", "c"), "similarity": ("first", "second")}
        for word in words.get(question, ()):
            command.add_argument(word)
    options = parser.parse_args(arguments)

    queries = options.question in ("neighbours", "analogy", "similarity")  # which need no gensim
    vectors: Any = store.read(options.vectors) if queries else store.load(options.vectors)
    match options.question:
        case "neighbours":
            _show(neighbours(vectors, options.word, options.count))
        case "analogy":
            _show(analogy(vectors, options.a, options.b, options.c, options.count))
        case "similarity":
            print(f"{cosine(vectors, options.first, options.second):.4f}")
        case "evaluate":
            print(json.dumps(evaluate(vectors), indent=2))
        case "export":
            export(vectors, options.output, options.format)


def _show(found: list[tuple[str, float]]) -> None:
    for word, value in found:
        print(f"{value:.4f}  {printable(word)}")


if __name__ == "__main__":
    main()
