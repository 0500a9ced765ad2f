"""The items of a JSON file of others: lines of JSON, one list, or one object."""

import io
import json
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path

import msgspec

from embeddings.foundation.limits import PARSED_BYTES, check_limit
from embeddings.foundation.reading import decode

ADVICE = "correct the file, or export it again"


def json_items(lines: Iterable[tuple[int, str]], path: Path) -> Iterator[tuple[int, bytes]]:
    """Yields the items of a file, undecoded, each with the number of the line on which it begins.

    Lines of JSON are streamed; a list or an object over several lines, or on the only one, is read as a whole.

    Args:
        lines: of the file, with their numbers.
        path: of the file, for errors.

    Raises:
        InputError: it is not JSON, or too large.
    """
    written = ((number, line) for number, line in lines if line.strip())
    begin = list(zip(range(2), written, strict=False))
    first_lines = [numbered for _, numbered in begin]
    if len(first_lines) == 2 and _is_json(first_lines[0][1]):
        for number, line in chain(first_lines, written):
            yield number, line.encode("utf-8")
        return
    whole, last = io.StringIO(), 1
    for number, line in chain(first_lines, written):
        check_limit(f"{path}:{number}", "characters in a JSON file", PARSED_BYTES, whole.tell())
        whole.write("\n" * (number - last) + line)  # blank lines too, so that the numbers agree
        last = number
    content = whole.getvalue().encode("utf-8")
    if not content.strip().startswith(b"["):
        if content:
            yield first_lines[0][0], content
        return
    cursor, line = 0, 1  # of the item before
    for item in decode(content, msgspec.json.Decoder(list[msgspec.Raw]), path, advice=ADVICE):
        start = content.find(bytes(item), cursor)
        line += content.count(b"\n", cursor, start)
        yield line, bytes(item)
        cursor, line = start + len(bytes(item)), line + bytes(item).count(b"\n")


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except (RecursionError, ValueError):
        return False
    return True
