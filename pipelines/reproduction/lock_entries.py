"""The entry of a stage in `dvc.lock`, written without reading and writing those of all others as DVC does.

DVC's round trip of the whole file is linear in its lines, and takes most of DVC's time beside a stage. Here the lines
of the other entries stay as they are, and DVC's own writer gives those of the entry that changed, so that the file's
bytes are those that DVC would write. It also appears whole or not at all.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

from embeddings.foundation.files import atomic_file

HEAD = "schema: '2.0'\nstages:\n"


def write_entries_alone() -> None:
    """Lets DVC, in this process, write only what has changed of a lock file."""
    from dvc import dvcfile
    from dvc.utils.serialize import modify_yaml

    dvcfile.modify_yaml = modifier(modify_yaml)


def modifier(whole: Callable[..., AbstractContextManager[Any]]) -> Callable[..., AbstractContextManager[Any]]:
    """DVC's context manager that gives the content of a YAML file and writes it when the block ends, for lock files.

    Args:
        whole: DVC's own, which is used for other files, and for lock files that DVC has not written.
    """

    @contextmanager
    def modify(path: str, fs: Any = None) -> Iterator[Any]:
        from dvc.utils.serialize import dumps_yaml, parse_yaml

        found = entries(Path(path).read_bytes().decode() if Path(path).exists() else "")
        names = parse_yaml("".join(entry.partition("\n")[0] + "\n" for entry in found), path)
        if not found or len(names) != len(found):
            with whole(path, fs=fs) as content:
                yield content
            return
        content = {"schema": "2.0", "stages": dict(zip(names, found, strict=True))}
        yield content  # in which DVC puts what an entry says in the place of its lines
        if others := {key: value for key, value in content.items() if key not in ("schema", "stages")}:
            with whole(path, fs=fs) as everything:
                everything.update(others)
            return
        with atomic_file(path) as file:
            file.write(HEAD)
            for name, entry in content["stages"].items():
                lines = entry if isinstance(entry, str) else dumps_yaml({**content, "stages": {name: entry}})
                file.write(lines.removeprefix(HEAD))

    return modify


def entries(text: str) -> list[str]:
    """The lines of each entry of a lock file as DVC writes it; none where somebody else wrote it."""
    first, *found = re.split(r"^(?=  \S)", text, flags=re.MULTILINE)
    is_of_dvc = first == HEAD and "#" not in text and all(re.fullmatch(r"  \S.*:\n( {4}.*\n)+", each) for each in found)
    return found if is_of_dvc else []
