"""Command `new`: makes a project of your own: a git repository and DVC project on the installed package."""

import argparse
from pathlib import Path

from embeddings.foundation.errors import exits_on_input_error


@exits_on_input_error
def main(arguments: list[str] | None = None) -> None:
    """Makes the folder of a project."""
    parser = argparse.ArgumentParser(prog="elman new", description=__doc__)
    parser.add_argument("folder", type=Path, metavar="FOLDER", help="new or empty; written completely or not at all")
    options = parser.parse_args(arguments)

    from pipelines.project.creation import create

    create(options.folder)
    print(f"made {options.folder}, a DVC project in git; its README.md says more")
    print(f"next: cd {options.folder}; elman add NAME --task TASK --train FILE")


if __name__ == "__main__":
    main()
